"""Fixtures of the conformance suite that need several rounds: the server asks before it can answer (2026-07-28)."""

import hashlib
import hmac
import json
import secrets
from typing import Any

from parvis.interfaces.agents.mcp.protocol.messages import INVALID_PARAMS, RpcError
from parvis.interfaces.agents.mcp.protocol.server import Call, Done, NeedsInput, Outcome, text

_SECRET = secrets.token_bytes(32)


def _form(message: str, **fields: str) -> dict[str, Any]:
    return {
        "method": "elicitation/create",
        "params": {
            "mode": "form",
            "message": message,
            "requestedSchema": {
                "type": "object",
                "properties": {key: {"type": kind} for key, kind in fields.items()},
                "required": list(fields),
            },
        },
    }


def _sample(words: str) -> dict[str, Any]:
    return {
        "method": "sampling/createMessage",
        "params": {"messages": [{"role": "user", "content": text(words)}], "maxTokens": 50},
    }


def _filled(call: Call, key: str, field: str) -> Any:
    answer = call.answers.get(key)
    content = answer.get("content") if isinstance(answer, dict) else None
    return content.get(field) if isinstance(content, dict) else None


def _signed(what: dict[str, Any]) -> str:
    data = json.dumps({**what, "nonce": secrets.token_hex(8)})
    return json.dumps({"data": data, "mac": hmac.new(_SECRET, data.encode(), hashlib.sha256).hexdigest()})


def _opened(call: Call, kind: str) -> dict[str, Any] | None:
    """What the state holds; None without one. A state that we did not sign is refused."""
    if call.state is None:
        return None
    try:
        sealed = json.loads(call.state)
        data = sealed["data"]
        good = hmac.compare_digest(hmac.new(_SECRET, data.encode(), hashlib.sha256).hexdigest(), sealed["mac"])
    except (ValueError, KeyError, TypeError, AttributeError):
        good = False
    if not good:
        raise RpcError(INVALID_PARAMS, "requestState: not ours.")
    found = json.loads(data)
    return found if found.get("kind") == kind else None


def needs_name(call: Call, _: Any) -> Outcome:
    name = _filled(call, "user_name", "name")
    if isinstance(name, str):
        return Done(content=[text(f"Hello, {name}!")])
    return NeedsInput(requests={"user_name": _form("What is your name?", name="string")})


def needs_sample(call: Call, _: Any) -> Outcome:
    answer = _filled(call, "sample_request", "text")
    if isinstance(answer, str):
        return Done(content=[text(f"Sampling result: {answer}")])
    return NeedsInput(requests={"sample_request": _sample("What is the capital of France?")})


def _roots(call: Call, key: str) -> list[Any] | None:
    answer = call.answers.get(key)
    found = answer.get("roots") if isinstance(answer, dict) else None
    return found if isinstance(found, list) else None


def needs_roots(call: Call, _: Any) -> Outcome:
    found = _roots(call, "roots_request")
    if found is not None:
        return Done(content=[text(f"Found {len(found)} root(s)")])
    return NeedsInput(requests={"roots_request": {"method": "roots/list", "params": {}}})


def confirmed(kind: str, words: str) -> Any:
    def run(call: Call, _: Any) -> Outcome:
        if _opened(call, kind) is not None and _filled(call, "confirm", "ok") is True:
            return Done(content=[text(words)])
        return NeedsInput(requests={"confirm": _form("Please confirm", ok="boolean")}, state=_signed({"kind": kind}))

    return run


def needs_several(call: Call, _: Any) -> Outcome:
    name, greeting = _filled(call, "user_name", "name"), _filled(call, "greeting", "text")
    roots = _roots(call, "client_roots")
    if _opened(call, "several") is not None and name and greeting and roots is not None:
        return Done(content=[text(f"Name: {name}; Greeting: {greeting}; Roots: {len(roots)}")])
    return NeedsInput(
        requests={
            "user_name": _form("What is your name?", name="string"),
            "greeting": _sample("Generate a greeting"),
            "client_roots": {"method": "roots/list", "params": {}},
        },
        state=_signed({"kind": "several"}),
    )


def needs_rounds(call: Call, _: Any) -> Outcome:
    state = _opened(call, "rounds") or {}
    name, colour = _filled(call, "step1", "name"), _filled(call, "step2", "color")
    if state.get("round") == 2 and colour:
        return Done(content=[text(f"Multi-round complete for {state['name']} who likes {colour}")])
    if state.get("round") == 1 and name:
        return NeedsInput(
            requests={"step2": _form("Step 2: What is your favorite color?", color="string")},
            state=_signed({"kind": "rounds", "round": 2, "name": name}),
        )
    return NeedsInput(
        requests={"step1": _form("Step 1: What is your name?", name="string")},
        state=_signed({"kind": "rounds", "round": 1}),
    )


def needs_what_is_there(call: Call, _: Any) -> Outcome:
    if call.answers:
        return Done(content=[text(f"capabilities-ok: received {','.join(call.answers)}")])
    wanted = {}
    if "elicitation" in call.capabilities:
        wanted["elicit_input"] = _form("Elicitation input", value="string")
    if "sampling" in call.capabilities:
        wanted["sample_input"] = _sample("Sample request")
    if not wanted:
        return Done(content=[text("No supported capabilities declared")])
    return NeedsInput(requests=wanted, state=_signed({"kind": "capabilities"}))


def needs_capability(call: Call, _: Any) -> Outcome:
    call.needs("sampling")
    return Done(content=[text("Success")])


def prompt_with_input(call: Call, _: Any) -> Any:
    words = _filled(call, "user_context", "context")
    if isinstance(words, str):
        return [{"role": "user", "content": text(f"Prompt with context: {words}")}]
    return NeedsInput(requests={"user_context": _form("What context should the prompt use?", context="string")})
