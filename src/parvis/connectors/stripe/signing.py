"""``Stripe-Signature: t=<unix seconds>,v1=<hex>[,v1=…]``: HMAC-SHA256 with the endpoint's secret over ``t.body``."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from parvis.domains.checkout.ports import BadSignature

HEADER = "Stripe-Signature"
TOLERANCE_SECONDS = 300
_MOST = 10


def sign(body: bytes, *, secret: str, at: datetime) -> str:
    """The header's value (for the simulator and tests)."""
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={_digest(moment, body, secret)}"


def verify(header: str, body: bytes, *, secrets: Sequence[str], at: datetime) -> None:
    """Raise BadSignature unless one of the ``v1`` was made with one of the secrets (two while one is being changed),
    within 300 s of ``at`` either way."""
    moment, given = "", []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            moment = value
        elif name == "v1":
            given.append(value)
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 12) or not given:
        raise BadSignature(reason="malformed")
    expected = [_digest(moment, body, secret).encode() for secret in secrets if secret]
    # No short cut: every pair is compared in constant time, whatever the first one says.
    matches = [hmac.compare_digest(one, candidate.encode()) for one in expected for candidate in given[:_MOST]]
    if not any(matches):
        raise BadSignature(reason="mismatch")
    if abs(at.timestamp() - int(moment)) > TOLERANCE_SECONDS:
        raise BadSignature(reason="too old")


def _digest(moment: str, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
