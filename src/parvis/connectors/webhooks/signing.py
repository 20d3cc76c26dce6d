"""The Standard Webhooks signature: HMAC-SHA256 over ``id.timestamp.body``, base64, under ``v1``."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime

PREFIX = "whsec_"
TOLERANCE_SECONDS = 300


def new_secret() -> str:
    """A fresh signing secret, as the receiver is given it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def signature(*, secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of the ``webhook-signature`` header."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(*, secret: str, message_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """All headers of a message."""
    timestamp = int(at.timestamp())
    return {
        "content-type": "application/json",
        "user-agent": "Parvis-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret=secret, message_id=message_id, timestamp=timestamp, body=body),
    }


def verify(*, secret: str, given: Mapping[str, str], body: bytes, at: datetime) -> bool:
    """Whether a message is ours and fresh; what a receiver does (any of several signatures may match)."""
    try:
        timestamp = int(given["webhook-timestamp"])
    except (KeyError, ValueError):
        return False
    if abs(at.timestamp() - timestamp) > TOLERANCE_SECONDS:
        return False
    expected = signature(secret=secret, message_id=given.get("webhook-id", ""), timestamp=timestamp, body=body)
    return any(hmac.compare_digest(expected, each) for each in given.get("webhook-signature", "").split())
