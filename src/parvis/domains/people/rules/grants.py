"""Pure decisions about assistants: where answers may go, what a program may call itself, what proves a code."""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
MOST_REDIRECTS: Final = 10
LONGEST_REDIRECT: Final = 1000
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:.]+")
_PLAIN = re.compile(r"[\x21-\x7e]+")


def redirect_parts(uri: str) -> SplitResult | None:
    """An address that an answer may be sent to: https, or this machine's own; without fragment, user name, or
    characters that no address has. None for any other."""
    if not 0 < len(uri) <= LONGEST_REDIRECT or not _PLAIN.fullmatch(uri):
        return None
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if not _HOST.fullmatch(host) or parts.username is not None or parts.password is not None or "#" in uri:
        return None
    if port == 0 or parts.netloc.endswith(":"):
        return None
    local = parts.scheme == "http" and host in LOOPBACK
    return parts if parts.scheme == "https" or local else None


def may_redirect(uri: str, registered: Sequence[str]) -> bool:
    """Whether ``uri`` is one of those registered: letter by letter; but a program on the customer's own machine may
    listen on any port (RFC 8252, 7.3)."""
    parts = redirect_parts(uri)
    if parts is None:
        return False
    if uri in registered:
        return True
    if parts.scheme != "http":
        return False
    return any(_without_port(parts) == _without_port(urlsplit(each)) for each in registered)


def _without_port(parts: SplitResult) -> tuple[str, str | None, str, str]:
    return (parts.scheme, parts.hostname, parts.path, parts.query)


def described_by_itself(client_id: str) -> bool:
    """Whether a client id is an address with a document about the client: https, with a path, nothing hidden in it."""
    try:
        parts = urlsplit(client_id)
        host = parts.hostname
    except ValueError:
        return False
    segments = parts.path.split("/")
    return bool(
        _PLAIN.fullmatch(client_id)
        and len(client_id) <= 500
        and parts.scheme == "https"
        and host
        and parts.path not in ("", "/")
        and "." not in segments
        and ".." not in segments
        and "#" not in client_id
        and parts.username is None
    )


def plausible_challenge(challenge: str) -> bool:
    """Whether it can be the S256 of a verifier."""
    return _CHALLENGE.fullmatch(challenge) is not None


def proves(verifier: str, challenge: str) -> bool:
    """Whether ``verifier`` is what ``challenge`` was made of (RFC 7636, S256)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(made, challenge)
