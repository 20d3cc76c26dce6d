"""What the headers of a request must say, and which era it belongs to."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from parvis.interfaces.agents.mcp.protocol import messages
from parvis.interfaces.agents.mcp.protocol.messages import HEADER_MISMATCH, INVALID_PARAMS, Message, RpcError
from parvis.interfaces.agents.mcp.protocol.server import Call, Server

_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_ENCODED = re.compile(r"^=\?base64\?(.*)\?=$", re.DOTALL)
_VISIBLE = re.compile(r"^[\x20-\x7e\t]*$")


def from_here(request: HttpRequest, *, hosts: list[str], origins: tuple[str, ...] = ()) -> None:
    """A page elsewhere in somebody's browser must not speak to us, under whatever name it reached us (DNS rebinding).
    Raises :class:`RpcError` with status 403. ``hosts`` are our names, ``origins`` trusted besides."""
    host = request.META.get("HTTP_HOST", request.META.get("SERVER_NAME", ""))
    name, _port = split_domain_port(host)
    if not name or not validate_host(name, hosts):
        raise RpcError(messages.INVALID_REQUEST, "This host is not served here.", status=403)
    origin = request.headers.get("Origin")
    if origin is None or origin in origins:
        return
    try:
        parts = urlsplit(origin)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != host.lower():
        raise RpcError(messages.INVALID_REQUEST, "Requests from other sites' pages are not taken.", status=403)


def negotiate(request: HttpRequest, message: Message, server: Server, caller: Any) -> Call:
    """The version and what the client can do. Raises :class:`RpcError`."""
    header, meta = request.headers.get("MCP-Protocol-Version"), message.meta
    modern = any(key in meta for key in (messages.META_VERSION, messages.META_CAPABILITIES))
    if not modern and (header is None or header in messages.LEGACY):
        return Call(version=header or messages.LEGACY[0], caller=caller, meta=meta)
    if not modern and header != messages.MODERN:
        raise _unsupported(header)
    version, capabilities = meta.get(messages.META_VERSION), meta.get(messages.META_CAPABILITIES)
    if not isinstance(version, str) or not isinstance(capabilities, dict):
        raise RpcError(
            INVALID_PARAMS,
            f"_meta needs {messages.META_VERSION} (a text) and {messages.META_CAPABILITIES} (an object).",
            status=400,
        )
    if header is None:
        raise _mismatch("MCP-Protocol-Version is missing")
    if header.strip() != version:
        raise _mismatch("MCP-Protocol-Version is not that of _meta")
    if version != messages.MODERN:
        raise _unsupported(version)
    _standard(request, message)
    _own(request, message, server)
    answers = message.params.get("inputResponses")
    state = message.params.get("requestState")
    return Call(
        version=version,
        caller=caller,
        capabilities=capabilities,
        meta=meta,
        answers=answers if isinstance(answers, dict) else {},
        state=state if isinstance(state, str) else None,
    )


def _unsupported(requested: Any) -> RpcError:
    return RpcError(
        messages.VERSION_UNSUPPORTED,
        "Unsupported protocol version",
        data={"supported": list(messages.SUPPORTED), "requested": str(requested)[:100]},
        status=400,
    )


def _mismatch(what: str) -> RpcError:
    return RpcError(HEADER_MISMATCH, f"Header mismatch: {what}.", status=400)


def _standard(request: HttpRequest, message: Message) -> None:
    """Mcp-Method and Mcp-Name say what the body says."""
    if message.id is None:
        return
    method = request.headers.get("Mcp-Method")
    if method is None or method.strip() != message.method:
        raise _mismatch("Mcp-Method is missing" if method is None else "Mcp-Method is not the body's method")
    source = _NAMED.get(message.method)
    if source is None:
        return
    name = request.headers.get("Mcp-Name")
    if name is None:
        raise _mismatch("Mcp-Name is missing")
    if decoded(name) != message.params.get(source):
        raise _mismatch(f"Mcp-Name is not params.{source}")


def decoded(value: str) -> str:
    """A header's value, which may be in base64. Raises :class:`RpcError`."""
    value = value.strip(" \t")
    if not _VISIBLE.match(value):
        raise _mismatch("a value holds characters that no header may hold")
    found = _ENCODED.match(value)
    if found is None:
        return value
    try:
        return base64.b64decode(found[1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise _mismatch("a value is not valid base64") from None


def _own(request: HttpRequest, message: Message, server: Server) -> None:
    """Parameters that a tool wants repeated in headers (x-mcp-header)."""
    if message.method != "tools/call":
        return
    tool = next((each for each in server.tools if each.name == message.params.get("name")), None)
    given = message.params.get("arguments")
    if tool is None or tool.takes is not None or not isinstance(given, dict):
        return
    for name, path in _mirrored(tool.schema):
        value: Any = given
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        header = request.headers.get(f"Mcp-Param-{name}")
        if value is None and header is None:
            continue
        if header is None or value is None or not _same(decoded(header), value):
            raise _mismatch(f"Mcp-Param-{name} is not the body's value")


def _mirrored(schema: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, each in (schema.get("properties") or {}).items():
        if isinstance(each, Mapping):
            if isinstance(each.get("x-mcp-header"), str):
                yield each["x-mcp-header"], (*path, key)
            yield from _mirrored(each, (*path, key))


def _same(header: str, value: Any) -> bool:
    if isinstance(value, bool):
        return header == ("true" if value else "false")
    if isinstance(value, int | float):
        try:
            return float(header) == float(value)
        except ValueError:
            return False
    return bool(header == value)
