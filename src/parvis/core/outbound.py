"""Requests to addresses that somebody else chose: only to the public internet, checked at the moment of connecting.

The host is resolved here, every address it has must be public, and the connection goes to the address that was
checked, so that a name cannot point elsewhere between the check and the call. Redirects are not followed.
"""

import ipaddress
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from parvis.core.errors import ParvisError

MAX_ANSWER_BYTES = 64 * 1024
_SECONDS = httpx.Timeout(10, connect=5)
_MOST_SECONDS = 30  # for a whole answer, however slowly it drips in


class AddressRefused(ParvisError):
    """``url`` leads where no outsider may send us; ``reason`` says why."""

    code = "address_refused"
    status = 422
    template = "The address %(url)s is not allowed: %(reason)s."


def told(error: Exception) -> str:
    """Why a call has failed, for logs and lists: without its address, which may hold a secret. 300 characters."""
    why = error.params["reason"] if isinstance(error, AddressRefused) else error
    return f"{type(error).__name__}: {why}"[:300]


@dataclass(frozen=True)
class Reply:
    """Status and the beginning of the body."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Target:
    """A checked address: where to connect, and the name to ask for there."""

    url: str
    host: str
    address: str
    port: int
    secure: bool


def check(url: str, *, allowed: Sequence[str] = ()) -> Target:
    """Resolve ``url`` and make sure that it is public; raises :class:`AddressRefused`.

    ``allowed``: "host:port" pairs that the operator trusts although they are not public.
    """
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise AddressRefused(url=url, reason="the port is not a number") from error
    host = parts.hostname or ""
    trusted = f"{host}:{port}" in allowed
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.password:
        raise AddressRefused(url=url, reason="give an https address without user name")
    if parts.scheme == "http" and not trusted:
        raise AddressRefused(url=url, reason="only https is allowed")
    addresses = _resolve(url, host, port)
    for address in addresses:
        if not trusted and not _public(address):
            raise AddressRefused(url=url, reason="it leads into a private network")
    return Target(url=url, host=host, address=addresses[0], port=port, secure=parts.scheme == "https")


def _resolve(url: str, host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused(url=url, reason="the host name cannot be resolved") from error
    return [str(entry[4][0]) for entry in found]


def _public(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return _public(str(inner))
    return ip.is_global and not ip.is_multicast


def post(url: str, *, body: bytes, headers: Mapping[str, str], allowed: Sequence[str] = ()) -> Reply:
    """POST ``body`` to a checked address. Raises :class:`AddressRefused` and ``httpx.HTTPError`` (worth a retry)."""
    return _send("POST", url, body=body, headers=headers, allowed=allowed, most=MAX_ANSWER_BYTES)


def patch(url: str, *, body: bytes, headers: Mapping[str, str], allowed: Sequence[str] = ()) -> Reply:
    """PATCH a checked address. Raises as :func:`post`."""
    return _send("PATCH", url, body=body, headers=headers, allowed=allowed, most=MAX_ANSWER_BYTES)


def get(url: str, *, most: int, headers: Mapping[str, str] | None = None, allowed: Sequence[str] = ()) -> Reply:
    """GET a checked address; at most ``most`` bytes of the answer are read. Raises as :func:`post`."""
    return _send("GET", url, body=None, headers=headers or {}, allowed=allowed, most=most)


def _send(
    method: str, url: str, *, body: bytes | None, headers: Mapping[str, str], allowed: Sequence[str], most: int
) -> Reply:
    target = check(url, allowed=allowed)
    parts = urlsplit(url)
    literal = f"[{target.address}]" if ":" in target.address else target.address
    pinned = parts._replace(netloc=f"{literal}:{target.port}").geturl()
    name = target.host if target.port in (80, 443) else f"{target.host}:{target.port}"
    ends = time.monotonic() + _MOST_SECONDS
    with (
        httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client,
        client.stream(
            method,
            pinned,
            content=body,
            headers={**headers, "Host": name},
            extensions={"sni_hostname": target.host} if target.secure else {},
        ) as answer,
    ):
        kept = bytearray()
        for chunk in answer.iter_bytes():
            kept += chunk
            if len(kept) >= most:
                break
            if time.monotonic() > ends:
                raise httpx.ReadTimeout("the answer drips in too slowly")
        return Reply(status=answer.status_code, body=bytes(kept[:most]))
