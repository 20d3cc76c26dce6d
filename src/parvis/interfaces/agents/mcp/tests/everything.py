"""What the official conformance suite expects of a server under test, on the shop's own machinery."""

import json
import queue
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from parvis.interfaces.agents.mcp.protocol.server import (
    Ask,
    Call,
    Done,
    Outcome,
    Prompt,
    Say,
    Server,
    Steps,
    Tool,
    text,
)
from parvis.interfaces.agents.mcp.protocol.transport import Mailbox, Transport
from parvis.interfaces.agents.mcp.tests import rounds

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
SILENCE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA="
_LISTENERS: set["queue.Queue[str]"] = set()
_LOCK = threading.Lock()


def _image() -> dict[str, Any]:
    return {"type": "image", "data": PIXEL, "mimeType": "image/png"}


def _embedded(uri: str, words: str, kind: str = "text/plain") -> dict[str, Any]:
    return {"type": "resource", "resource": {"uri": uri, "mimeType": kind, "text": words}}


def _always(*content: dict[str, Any]) -> Any:
    return lambda _call, _arguments: Done(content=list(content))


# -- told on the way ------------------------------------------------------------------------------------------


def _logging(call: Call, _: Any) -> Steps:
    for words in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        yield Say(method="notifications/message", params={"level": "info", "data": words})
        time.sleep(0.03)
    return Done(content=[text("Tool with logging executed successfully")])


def _progress(call: Call, _: Any) -> Steps:
    token = call.meta.get("progressToken", 0)
    for part in (0, 50, 100):
        yield Say(
            method="notifications/progress",
            params={"progressToken": token, "progress": part, "total": 100, "message": f"{part} of 100"},
        )
        time.sleep(0.03)
    return Done(content=[text(str(token))])


def _sampling(call: Call, given: Mapping[str, Any]) -> Steps:
    said = yield Ask(
        method="sampling/createMessage",
        params={
            "messages": [{"role": "user", "content": text(str(given.get("prompt", "")))}],
            "maxTokens": 100,
        },
    )
    found = ((said or {}).get("result") or {}).get("content") or {}
    return Done(content=[text(f"LLM response: {found.get('text', 'none')}")])


def _elicited(message: str, schema: dict[str, Any], words: str) -> Any:
    def run(call: Call, given: Mapping[str, Any]) -> Steps:
        said = yield Ask(
            method="elicitation/create",
            params={"message": given.get("message", message), "requestedSchema": schema},
        )
        found = (said or {}).get("result") or {}
        content = json.dumps(found.get("content", {}))
        return Done(content=[text(f"{words}: action={found.get('action')}, content={content}")])

    return run


_ANSWER = {
    "type": "object",
    "properties": {"response": {"type": "string", "description": "Answer"}},
    "required": ["response"],
}
_DEFAULTS = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": True},
    },
    "required": [],
}
_ENUMS = {
    "type": "object",
    "properties": {
        "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
        "titledSingle": {
            "type": "string",
            "oneOf": [
                {"const": "value1", "title": "First Option"},
                {"const": "value2", "title": "Second Option"},
                {"const": "value3", "title": "Third Option"},
            ],
        },
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "items": {"type": "string", "enum": ["option1", "option2", "option3"]},
        },
        "titledMulti": {
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "items": {
                "anyOf": [
                    {"const": "value1", "title": "First Choice"},
                    {"const": "value2", "title": "Second Choice"},
                    {"const": "value3", "title": "Third Choice"},
                ]
            },
        },
    },
    "required": [],
}
_FULL_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


# -- changes --------------------------------------------------------------------------------------------------


def _trigger(kind: str) -> Any:
    def run(call: Call, _: Any) -> Outcome:
        with _LOCK:
            for listener in _LISTENERS:
                listener.put(kind)
        return Done(content=[text("Mutation triggered")])

    return run


_FILTERS = {"tools": "toolsListChanged", "prompts": "promptsListChanged"}


def _listen(call: Call, params: dict[str, Any]) -> Iterator[Say]:
    wanted = params.get("notifications") or {}
    kinds = {kind for kind, key in _FILTERS.items() if wanted.get(key) is True}
    mine: queue.Queue[str] = queue.Queue()
    with _LOCK:
        _LISTENERS.add(mine)
    try:
        granted = {_FILTERS[kind]: True for kind in sorted(kinds)}
        yield Say(method="notifications/subscriptions/acknowledged", params={"notifications": granted})
        ends = time.monotonic() + 5
        while time.monotonic() < ends:
            try:
                kind = mine.get(timeout=0.2)
            except queue.Empty:
                yield Say()
                continue
            if kind in kinds:
                yield Say(method=f"notifications/{kind}/list_changed")
    finally:
        with _LOCK:
            _LISTENERS.discard(mine)


# -- what can be read -----------------------------------------------------------------------------------------


class Fixtures:
    def listed(self, call: Call, cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
        return [
            {"uri": "test://static-text", "name": "static-text", "mimeType": "text/plain"},
            {"uri": "test://static-binary", "name": "static-binary", "mimeType": "image/png"},
            {"uri": "test://watched-resource", "name": "watched-resource", "mimeType": "text/plain"},
        ], None

    def templates(self, call: Call) -> list[dict[str, Any]]:
        return [{"uriTemplate": "test://template/{id}/data", "name": "template", "mimeType": "application/json"}]

    def read(self, call: Call, uri: str) -> list[dict[str, Any]] | None:
        if uri == "test://static-binary":
            return [{"uri": uri, "mimeType": "image/png", "blob": PIXEL}]
        if uri in ("test://static-text", "test://watched-resource"):
            return [{"uri": uri, "mimeType": "text/plain", "text": "The content of a static resource."}]
        if uri.startswith("test://template/") and uri.endswith("/data"):
            name = uri.removeprefix("test://template/").removesuffix("/data")
            return [{"uri": uri, "mimeType": "application/json", "text": json.dumps({"id": name, "data": name})}]
        return None


def _plain(name: str, run: Any, schema: Any = None) -> Tool:
    return Tool(
        name=name,
        description=f"For the conformance suite: {name}",
        run=run,
        schema=schema or {"type": "object", "properties": {}},
    )


def _failing(call: Call, _: Any) -> Outcome:
    return Done(content=[text("This tool intentionally returns an error for testing")], error=True)


def _string(name: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "string"}}, "required": [name]}


TOOLS = (
    _plain("test_simple_text", _always(text("This is a simple text response for testing."))),
    _plain("test_image_content", _always(_image())),
    _plain("test_audio_content", _always({"type": "audio", "data": SILENCE, "mimeType": "audio/wav"})),
    _plain("test_embedded_resource", _always(_embedded("test://embedded-resource", "An embedded resource."))),
    _plain(
        "test_multiple_content_types",
        _always(
            text("Multiple content types test:"),
            _image(),
            _embedded("test://mixed-content-resource", '{"test": "data", "value": 123}', "application/json"),
        ),
    ),
    _plain("test_tool_with_logging", _logging),
    _plain("test_tool_with_progress", _progress),
    _plain("test_error_handling", _failing),
    _plain("test_reconnection", _always(text("One JSON answer: there is no stream to come back to."))),
    _plain("test_sampling", _sampling, _string("prompt")),
    _plain("test_elicitation", _elicited("", _ANSWER, "User response"), _string("message")),
    _plain("test_elicitation_sep1034_defaults", _elicited("Defaults", _DEFAULTS, "Elicitation completed")),
    _plain("test_elicitation_sep1330_enums", _elicited("Choose", _ENUMS, "Elicitation completed")),
    _plain("json_schema_2020_12_tool", _always(text("Called.")), _FULL_SCHEMA),
    _plain("test_missing_capability", rounds.needs_capability),
    _plain("test_input_required_result_elicitation", rounds.needs_name),
    _plain("test_input_required_result_sampling", rounds.needs_sample),
    _plain("test_input_required_result_list_roots", rounds.needs_roots),
    _plain("test_input_required_result_request_state", rounds.confirmed("state", "state-ok: requestState validated")),
    _plain("test_input_required_result_multiple_inputs", rounds.needs_several),
    _plain("test_input_required_result_multi_round", rounds.needs_rounds),
    _plain("test_input_required_result_tampered_state", rounds.confirmed("tamper", "integrity-ok: state verified")),
    _plain("test_input_required_result_capabilities", rounds.needs_what_is_there),
    _plain("test_streaming_elicitation", _progress),
    _plain("test_logging_tool", _logging),
    _plain("test_trigger_tool_change", _trigger("tools")),
    _plain("test_trigger_prompt_change", _trigger("prompts")),
    _plain(
        "test_custom_header",
        _always(text("The header says what the body says.")),
        {"type": "object", "properties": {"region": {"type": "string", "x-mcp-header": "Region"}}},
    ),
)


def _user(*content: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": each} for each in content]


def _argument(name: str) -> dict[str, Any]:
    return {"name": name, "description": f"The argument {name}", "required": True}


PROMPTS = (
    Prompt(
        name="test_simple_prompt",
        description="Without arguments",
        run=lambda _call, _: _user(text("This is a simple prompt for testing.")),
    ),
    Prompt(
        name="test_prompt_with_arguments",
        description="With two arguments",
        arguments=[_argument("arg1"), _argument("arg2")],
        run=lambda _call, given: _user(text(f"Prompt with arguments: arg1='{given['arg1']}', arg2='{given['arg2']}'")),
    ),
    Prompt(
        name="test_prompt_with_embedded_resource",
        description="With a resource in it",
        arguments=[_argument("resourceUri")],
        run=lambda _call, given: _user(
            _embedded(given["resourceUri"], "Embedded resource content for testing."),
            text("Please process the embedded resource above."),
        ),
    ),
    Prompt(
        name="test_prompt_with_image",
        description="With an image",
        run=lambda _call, _: _user(_image(), text("Please analyze the image above.")),
    ),
    Prompt(name="test_input_required_result_prompt", description="Asks for input", run=rounds.prompt_with_input),
)


def _nothing(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    return {}


def _completed(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    return {"completion": {"values": [], "total": 0, "hasMore": False}}


def everything() -> Transport:
    """A server with all the suite looks for, on localhost only."""
    server = Server(
        name="parvis-everything",
        title="Everything",
        version="1",
        tools=TOOLS,
        resources=Fixtures(),
        prompts=PROMPTS,
        capabilities={"logging": {}, "completions": {}, "resources": {"subscribe": True}},
        capabilities_modern={
            "logging": {},
            "completions": {},
            "tools": {"listChanged": True},
            "prompts": {"listChanged": True},
        },
        more={
            "logging/setLevel": _nothing,
            "resources/subscribe": _nothing,
            "resources/unsubscribe": _nothing,
            "completion/complete": _completed,
        },
        more_modern={"completion/complete": _completed},
        listen=_listen,
    )
    return Transport(server, hosts=["localhost", "127.0.0.1"], mailbox=Mailbox())
