"""How a request becomes a result."""

from typing import Any

from pydantic import ValidationError

from parvis.interfaces.agents.mcp.protocol import messages
from parvis.interfaces.agents.mcp.protocol.messages import INVALID_PARAMS, Message, RpcError
from parvis.interfaces.agents.mcp.protocol.server import (
    Call,
    Done,
    Handler,
    Json,
    NeedsInput,
    Outcome,
    Resources,
    Server,
    Steps,
    text,
)

LISTS_FRESH_MS = 300_000


def dispatch(server: Server, call: Call, message: Message) -> Json | Steps:
    """The result of a request, or its steps where it tells something on the way. Raises :class:`RpcError`."""
    params = message.params
    if message.method == "tools/call":
        return _call_tool(server, call, params)
    handler = _handler(server, call, message.method)
    if handler is None:
        raise RpcError(
            messages.METHOD_NOT_FOUND,
            f"Method not found: {message.method[:100]}",
            status=404 if call.modern else None,
        )
    return handler(call, params)


def _handler(server: Server, call: Call, method: str) -> Handler | None:
    own: dict[str, Handler] = {}
    if server.tools:
        own["tools/list"] = lambda _, params: _all(params, "tools", [each.told() for each in server.tools])
    if server.prompts:
        own["prompts/list"] = lambda _, params: _all(params, "prompts", [each.told() for each in server.prompts])
        own["prompts/get"] = lambda call, params: _prompt(server, call, params)
    if server.resources is not None:
        own |= _resources(server.resources)
    if call.modern:
        own["server/discover"] = lambda _, __: _discovered(server)
        own |= server.more_modern
    else:
        own["initialize"] = lambda _, params: _initialized(server, params)
        own["ping"] = lambda _, __: {}
        own |= server.more
    return own.get(method)


def _discovered(server: Server) -> Json:
    return {
        "supportedVersions": list(messages.SUPPORTED),
        "capabilities": server.declared(modern=True),
        "instructions": server.instructions,
    }


def _initialized(server: Server, params: Json) -> Json:
    wanted = params.get("protocolVersion")
    if not isinstance(wanted, str) or not isinstance(params.get("capabilities", {}), dict):
        raise RpcError(INVALID_PARAMS, "initialize needs protocolVersion, capabilities and clientInfo.")
    return {
        "protocolVersion": wanted if wanted in messages.LEGACY else messages.LEGACY[0],
        "capabilities": server.declared(modern=False),
        "serverInfo": server.identity(),
        "instructions": server.instructions,
    }


def _all(params: Json, key: str, told: list[Json]) -> Json:
    if params.get("cursor") is not None:
        raise RpcError(INVALID_PARAMS, "This list has one page: no cursor is known.")
    return {key: told}


def _resources(resources: Resources) -> dict[str, Handler]:
    def listed(call: Call, params: Json) -> Json:
        cursor = params.get("cursor")
        if cursor is not None and not isinstance(cursor, str):
            raise RpcError(INVALID_PARAMS, "cursor: a text that an earlier page gave.")
        found, following = resources.listed(call, cursor)
        return {"resources": found} | ({"nextCursor": following} if following else {})

    def read(call: Call, params: Json) -> Json:
        uri = params.get("uri")
        if not isinstance(uri, str) or not 0 < len(uri) <= 2000:
            raise RpcError(INVALID_PARAMS, "uri: the address of a resource is needed.")
        found = resources.read(call, uri)
        if not found:
            code = INVALID_PARAMS if call.modern else messages.RESOURCE_NOT_FOUND_BEFORE_2026
            raise RpcError(code, "Resource not found", data={"uri": uri})
        return {"contents": found}

    return {
        "resources/list": listed,
        "resources/templates/list": lambda call, params: _all(params, "resourceTemplates", resources.templates(call)),
        "resources/read": read,
    }


def _prompt(server: Server, call: Call, params: Json) -> Json:
    prompt = next((each for each in server.prompts if each.name == params.get("name")), None)
    if prompt is None:
        raise RpcError(INVALID_PARAMS, f"Unknown prompt: {str(params.get('name'))[:100]}")
    given = params.get("arguments") or {}
    if not isinstance(given, dict) or any(not isinstance(each, str) or len(each) > 2000 for each in given.values()):
        raise RpcError(INVALID_PARAMS, "arguments: texts of at most 2,000 characters.")
    for argument in prompt.arguments:
        if argument.get("required") and not given.get(argument["name"]):
            raise RpcError(INVALID_PARAMS, f"arguments.{argument['name']}: missing.")
    made = prompt.run(call, given)
    if isinstance(made, NeedsInput):
        return input_required(made)
    return {"description": prompt.description, "messages": made}


def _call_tool(server: Server, call: Call, params: Json) -> Json | Steps:
    tool = server.tool(params.get("name"))
    given = params.get("arguments")
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise RpcError(INVALID_PARAMS, "arguments: an object, please.")
    arguments: Any = given
    if tool.takes is not None:
        try:
            arguments = tool.takes.model_validate(given)
        except ValidationError as error:
            return told(Done(content=[text(_problems(error))], error=True))
    outcome = tool.run(call, arguments)
    if isinstance(outcome, Done | NeedsInput):
        return told(outcome)
    return outcome


def _problems(error: ValidationError) -> str:
    """What is wrong with the arguments, in words a model can act upon; never the arguments themselves."""
    lines = [
        f"{'.'.join(str(part) for part in each['loc'])[:100] or 'arguments'}: {each['msg'][:200]}"
        for each in error.errors(include_url=False, include_context=False, include_input=False)[:10]
    ]
    return "The arguments do not fit the input schema. " + "; ".join(lines)


def told(outcome: Outcome) -> Json:
    """A tool's outcome as a result."""
    if isinstance(outcome, NeedsInput):
        return input_required(outcome)
    result: Json = {"content": [dict(each) for each in outcome.content]}
    if outcome.structured is not None:
        result["structuredContent"] = outcome.structured
    if outcome.error:
        result["isError"] = True
    return result


def input_required(needed: NeedsInput) -> Json:
    result: Json = {"resultType": "input_required"}
    if needed.requests:
        result["inputRequests"] = {key: dict(each) for key, each in needed.requests.items()}
    if needed.state is not None:
        result["requestState"] = needed.state
    return result


_CACHED = {
    "server/discover": "public",
    "tools/list": "public",
    "prompts/list": "public",
    "resources/list": "public",
    "resources/templates/list": "public",
    "resources/read": "public",
}


def finished(server: Server, call: Call, method: str, result: Json) -> Json:
    """The result with what the present version asks of every one of them."""
    if not call.modern:
        return result
    done = {"resultType": "complete", **result}
    done["_meta"] = {messages.META_SERVER: server.identity(), **result.get("_meta", {})}
    if method in _CACHED and done["resultType"] == "complete":
        done.setdefault("ttlMs", LISTS_FRESH_MS)
        done.setdefault("cacheScope", _CACHED[method])
    return done
