"""The signature of a webhook: ``TestPay-Signature: t=<unix seconds>,v1=<hex>``, HMAC-SHA256 over ``t.body``."""

import hashlib
import hmac
from datetime import datetime

from django.conf import settings

from parvis.domains.checkout.ports import BadSignature

HEADER = "TestPay-Signature"
TOLERANCE_SECONDS = 300


def secret() -> bytes:
    """The key shared by sender and receiver, derived from the installation's own secret."""
    return hmac.new(settings.SECRET_KEY.encode(), b"testpay webhooks", hashlib.sha256).digest()


def sign(body: bytes, *, at: datetime, key: bytes | None = None) -> str:
    """The header's value for a body sent at ``at``."""
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={_digest(moment, body, key or secret())}"


def verify(header: str, body: bytes, *, at: datetime, key: bytes | None = None) -> None:
    """Raise BadSignature unless the body was signed with the key within 300 s of ``at``. Several ``v1`` may stand in
    one header (while a key is being changed); each is compared in constant time."""
    moment, given = "", []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            moment = value
        elif name == "v1":
            given.append(value)
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 12) or not given:
        raise BadSignature(reason="malformed")
    expected = _digest(moment, body, key or secret()).encode()
    # No short cut: every candidate is compared, whatever the first one says.
    matches = [hmac.compare_digest(expected, candidate.encode()) for candidate in given[:5]]
    if not any(matches):
        raise BadSignature(reason="mismatch")
    if abs(at.timestamp() - int(moment)) > TOLERANCE_SECONDS:
        raise BadSignature(reason="too old")


def _digest(moment: str, body: bytes, key: bytes) -> str:
    return hmac.new(key, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
