"""JSON-RPC messages as they come in, and the errors that go out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

MODERN = "2026-07-28"
LEGACY = ("2025-11-25", "2025-06-18")
SUPPORTED = (MODERN, *LEGACY)

META = "io.modelcontextprotocol/"
META_VERSION = META + "protocolVersion"
META_CAPABILITIES = META + "clientCapabilities"
META_LOG_LEVEL = META + "logLevel"
META_SERVER = META + "serverInfo"
META_SUBSCRIPTION = META + "subscriptionId"

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
RESOURCE_NOT_FOUND_BEFORE_2026 = -32002
HEADER_MISMATCH = -32020
CAPABILITY_MISSING = -32021
VERSION_UNSUPPORTED = -32022

MAX_DEPTH = 40
MAX_ID = 200
LARGEST_ID = 2**53


class RpcError(Exception):
    """An answer that is an error: ``code`` of JSON-RPC, ``status`` of HTTP (None: as the version has it)."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        data: Any = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data
        self.status = status
        self.headers = dict(headers or {})

    def body(self, identity: "Id | None") -> dict[str, Any]:
        """The JSON-RPC error response; without an id where none could be read."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            error["data"] = self.data
        known = {} if identity is None else {"id": identity}
        return {"jsonrpc": "2.0", **known, "error": error}


Id = str | int


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a client. ``id`` None: a notification. ``method`` empty: the answer to a request of ours, whose
    whole is ``params``."""

    id: Id | None
    method: str
    params: dict[str, Any]

    @property
    def meta(self) -> dict[str, Any]:
        found = self.params.get("_meta")
        return found if isinstance(found, dict) else {}


def parse(body: bytes) -> Message:
    """Read one message. Raises :class:`RpcError`: no JSON, no JSON-RPC, several at once, NUL or endless nesting."""
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RpcError(PARSE_ERROR, "The body is not JSON.", status=400) from None
    if isinstance(raw, list):
        raise RpcError(INVALID_REQUEST, "Send one message a request, not a batch.", status=400)
    if not isinstance(raw, dict) or raw.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, "Send one JSON-RPC 2.0 message.", status=400)
    identity = _identity(raw)
    if "method" not in raw and identity is not None and ("result" in raw or "error" in raw):
        return Message(id=identity, method="", params=raw)
    method = raw.get("method")
    params = raw.get("params", {})
    if not isinstance(method, str) or not 0 < len(method) <= MAX_ID:
        raise Malformed(INVALID_REQUEST, "method: a name is needed.", identity)
    if not isinstance(params, dict):
        raise Malformed(
            INVALID_PARAMS if identity is not None else INVALID_REQUEST, "params: an object, please.", identity
        )
    _plain(params, identity)
    return Message(id=identity, method=method, params=params)


class Malformed(RpcError):
    """A message that cannot be taken, but whose id could be read."""

    def __init__(self, code: int, message: str, identity: Id | None) -> None:
        super().__init__(code, message, status=400)
        self.identity = identity


def _identity(raw: dict[str, Any]) -> Id | None:
    if "id" not in raw:
        return None
    given = raw["id"]
    if isinstance(given, str) and len(given) <= MAX_ID:
        return given
    if isinstance(given, int) and not isinstance(given, bool) and abs(given) < LARGEST_ID:
        return given
    raise RpcError(INVALID_REQUEST, "id: a text or an integer.", status=400)


def _plain(value: Any, identity: Id | None, depth: int = 0) -> None:
    """No NUL, which no database takes, and no nesting that would exhaust whoever walks through it."""
    if depth > MAX_DEPTH:
        raise Malformed(INVALID_PARAMS, "params: nested too deeply.", identity)
    if isinstance(value, str):
        if "\x00" in value:
            raise Malformed(INVALID_PARAMS, "params: a text holds NUL.", identity)
    elif isinstance(value, dict):
        for key, each in value.items():
            _plain(key, identity, depth + 1)
            _plain(each, identity, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _plain(each, identity, depth + 1)
