"""Does an answer satisfy the JSON schema that it was asked for? The part of JSON schema that models are asked in."""

import json
from collections.abc import Mapping
from typing import Any

from parvis.core.language_model import BadAnswer

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


def parse(text: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The JSON object in ``text``, bare or in one code fence. Raises :class:`BadAnswer`."""
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```") and len(bare) > 6:
        bare = bare[3:-3].removeprefix("json").strip()
    try:
        found = json.loads(bare)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(reason="it is not JSON") from error
    problem = mismatch(found, schema)
    if problem:
        raise BadAnswer(reason=problem)
    return dict(found)


def mismatch(value: Any, schema: Mapping[str, Any], where: str = "answer") -> str:
    """What of ``value`` does not fit ``schema``, or "" when all does."""
    kind = schema.get("type")
    if kind is not None and not _is(value, kind):
        return f"{where} is not of type {kind}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} is none of {', '.join(map(str, schema['enum']))}"
    if isinstance(value, dict):
        return _object(value, schema, where)
    if isinstance(value, list):
        return _array(value, schema, where)
    return _bounds(value, schema, where)


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def _object(value: Mapping[str, Any], schema: Mapping[str, Any], where: str) -> str:
    properties = schema.get("properties", {})
    missing = [name for name in schema.get("required", ()) if name not in value]
    if missing:
        return f"{where} lacks {', '.join(missing)}"
    for name, inner in value.items():
        if name in properties:
            problem = mismatch(inner, properties[name], f"{where}.{name}")
            if problem:
                return problem
        elif schema.get("additionalProperties") is False:
            return f"{where} has an unknown {name[:40]}"
    return ""


def _array(value: list[Any], schema: Mapping[str, Any], where: str) -> str:
    if len(value) > schema.get("maxItems", len(value)):
        return f"{where} has {len(value)} items"
    inner = schema.get("items", {})
    return next((problem for item in value if (problem := mismatch(item, inner, f"{where}[]"))), "")


def _bounds(value: Any, schema: Mapping[str, Any], where: str) -> str:
    if isinstance(value, str):
        return f"{where} is too long" if len(value) > schema.get("maxLength", len(value)) else ""
    if isinstance(value, bool):
        return ""
    inside = schema.get("minimum", value) <= value <= schema.get("maximum", value)  # false for NaN
    return "" if inside else f"{where} is out of range"
