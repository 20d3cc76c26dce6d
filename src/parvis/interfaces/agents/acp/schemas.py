"""The published schemas are the description of every request: what does not fit is refused with the place.

Formats count too (a date is a date, an address an address), and closed objects are closed.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource

from parvis.core.errors import ParvisError

FOLDER = Path(__file__).parent / "spec"
CHECKOUT, CART, PAYMENT = "schema.agentic_checkout.json", "schema.cart.json", "schema.delegate_payment.json"
LONGEST = 200  # characters of a refusal: what was sent is not repeated at length


class Refused(ParvisError):
    """A request that does not fit: ``problem`` says why in words, ``param`` is the JSONPath of the place, ``word`` the
    protocol's code for it, ``status`` the HTTP status. ``field`` is the place as the journal keeps it: without names
    that the caller has made up."""

    code = "invalid"
    status = 400
    template = "%(problem)s"

    def __init__(self, *, problem: str, param: str = "", word: str = "invalid", status: int = 400) -> None:
        super().__init__(problem=problem, param=param, field=_ours(param))
        self.code, self.status = word, status  # type: ignore[misc]  # those of this refusal, not of the class


_STEP = re.compile(r"\.\w+|\[[0-9]+\]")


def _ours(param: str) -> str:
    """A JSONPath up to the first name in it that no schema has."""
    kept = "$" if param.startswith("$") else ""
    while kept and (step := _STEP.match(param, len(kept))) is not None:
        if step.group().startswith(".") and step.group()[1:] not in _names():
            break
        kept += step.group()
    return kept


@cache
def _names() -> frozenset[str]:
    """All names of fields in the published schemas."""
    found: set[str] = set()
    parts: list[Any] = list(_book().documents.values())
    while parts:
        part = parts.pop()
        if isinstance(part, Mapping):
            found |= set(part["properties"]) if isinstance(part.get("properties"), Mapping) else set()
            parts += part.values()
        elif isinstance(part, list):
            parts += part
    return frozenset(found)


def _date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return datetime.fromisoformat(value).tzinfo is not None and "T" in value.upper()
    except ValueError:
        return False


def _uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) and " " not in value


def _email(value: object) -> bool:
    if not isinstance(value, str):
        return True
    name, at, host = value.rpartition("@")
    return bool(name and at and host) and len(value) <= 254 and not any(each.isspace() for each in value)


FORMATS = FormatChecker(formats=())
for _name, _check in (("date-time", _date_time), ("uri", _uri), ("email", _email)):
    FORMATS.checks(_name)(_check)


class Book:
    """Schemas of some folders, which refer to each other by file name."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.documents: dict[str, Mapping[str, Any]] = {}
        for folder in folders:
            for file in sorted(folder.glob("schema.*.json")):
                self.documents[file.name] = json.loads(file.read_text(encoding="utf-8"))
        registry: Registry[Any] = Registry()
        for document in self.documents.values():
            for name, other in self.documents.items():
                registry = registry.with_resource(urljoin(document["$id"], name), Resource.from_contents(other))
            registry = registry.with_resource(document["$id"], Resource.from_contents(document))
        self.registry = registry

    def validator(self, file: str, name: str) -> Draft202012Validator:
        """The validator of one definition of one file."""
        place = f"{self.documents[file]['$id']}#/$defs/{name}"
        return Draft202012Validator({"$ref": place}, registry=self.registry, format_checker=FORMATS)


@cache
def validator(file: str, name: str) -> Draft202012Validator:
    """The validator of one definition of the schemas that the shop itself needs."""
    return _book().validator(file, name)


@cache
def _book() -> Book:
    return Book((FOLDER,))


def check(file: str, name: str, body: Any) -> None:
    """Raise :class:`Refused` for the first thing in ``body`` that does not fit the definition."""
    for error in validator(file, name).iter_errors(body):
        raise _refused(error)


def fits(file: str, name: str, body: Any) -> bool:
    """Whether ``body`` fits the definition."""
    return bool(validator(file, name).is_valid(body))


def _refused(error: ValidationError) -> Refused:
    place, rule = list(error.absolute_path), str(error.validator)
    if rule == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        return Refused(problem=f"{missing} is required", param=json_path([*place, missing]), word="missing")
    if rule == "additionalProperties" and isinstance(error.instance, Mapping):
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        extra = next((name for name in error.instance if name not in known), "")
        param = json_path([*place, extra])
        return Refused(problem=f"{extra[:60]} is not a field here", param=param, word="unknown_field")
    return Refused(problem=_words(error, rule)[:LONGEST], param=json_path(place))


WORDS = {
    "type": "must be of type {}",
    "enum": "must be one of {}",
    "const": "must be {}",
    "format": "must be a valid {}",
    "pattern": "must match {}",
    "minItems": "must hold at least {}",
    "uniqueItems": "must not hold anything twice",
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "anyOf": "needs {}",
}


def _words(error: ValidationError, rule: str) -> str:
    """What is wrong, without repeating what was sent (it may be a secret)."""
    wanted = error.validator_value
    if rule == "anyOf":
        wanted = [" and ".join(each["required"]) for each in wanted if "required" in each]
    listed = ", ".join(map(str, wanted)) if isinstance(wanted, Sequence) and not isinstance(wanted, str) else wanted
    what = error.absolute_path[-1] if error.absolute_path else "the body"
    return f"{what} {WORDS.get(rule, 'does not fit the schema').format(listed)}"


def json_path(parts: Iterable[str | int]) -> str:
    """The place as RFC 9535 writes it: ``$.line_items[0].id``."""
    return "$" + "".join(_steps(parts))


def _steps(parts: Iterable[str | int]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, int):
            yield f"[{part}]"
        elif part.isidentifier():
            yield f".{part}"
        else:
            yield f"[{json.dumps(part[:60])}]"
