"""Requests that an agent signs, with a secret that it shares with the shop.

The protocol has the headers ``Signature`` and ``Timestamp``, and leaves it to both sides to agree on how. Here it is
HMAC-SHA256 as for the news of orders, over a time, a point, and the body as it is sent, in either spelling::

    Timestamp: 2026-11-23T06:00:00Z           the time as this header has it
    Signature: <base64url>

    Signature: t=1795413600,v1=<64 hex>       the time in seconds; several v1 while a secret is changed
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from parvis.core.numbers import whole
from parvis.interfaces.agents.acp.schemas import Refused

SKEW = timedelta(minutes=5)
LONGEST = 1000


def verify(headers: Mapping[str, str], body: bytes, *, secret: str, at: datetime) -> None:
    """Raise :class:`Refused` (401) unless the request was signed with this secret within five minutes. The time in
    ``Timestamp`` has been looked at before."""
    given, stamp = headers.get("Signature", ""), headers.get("Timestamp", "")
    if not given:
        raise _refused("the Signature header is required: this agent signs its requests")
    if len(given) > LONGEST:
        raise _refused("Signature is too long")
    if given.startswith("t="):
        stamp, marks = _parts(given)
        told = whole(stamp)
        if told is None or abs(at.timestamp() - told) > SKEW.total_seconds():
            raise _refused("the time in Signature is more than five minutes from now")
        wanted = digest(secret, stamp, body).hex()
    elif stamp:
        marks = [given.translate(str.maketrans("+/", "-_")).rstrip("=")]
        wanted = base64.urlsafe_b64encode(digest(secret, stamp, body)).decode().rstrip("=")
    else:
        raise _refused("the Timestamp header is required with Signature")
    if not any(hmac.compare_digest(mark.encode(), wanted.encode()) for mark in marks):
        raise _refused("Signature does not fit the time and the body")


def digest(secret: str, stamp: str, body: bytes) -> bytes:
    """HMAC-SHA256 over the time, a point, and the body."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).digest()


def _parts(given: str) -> tuple[str, list[str]]:
    pairs = [part.strip().partition("=") for part in given.split(",")]
    times = [value for name, _is, value in pairs if name == "t"]
    return times[0] if len(times) == 1 else "", [value for name, _is, value in pairs if name == "v1"]


def _refused(problem: str) -> Refused:
    return Refused(problem=problem, word="invalid_signature", status=401)
