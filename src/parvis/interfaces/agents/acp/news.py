"""News of orders to the agent that bought: written in the protocol's form, and signed with its secret."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import override

from parvis.connectors.agents.rendering import News
from parvis.interfaces.agents.acp import orders
from parvis.interfaces.agents.acp.moments import moment


def body(news: News) -> bytes:
    """The event: the whole order each time, never a difference."""
    with override("fr" if news.order.locale == "fr" else "en"):
        data = orders.order_document(news.order, session=news.session_token)
    event = {"type": "order_create" if news.first else "order_update", "data": data}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def headers(news: News, sent: bytes, /, *, secret: str, at: datetime) -> Mapping[str, str]:
    """The headers of one try."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Parvis-ACP/1",
        "Request-Id": news.key,
        "Timestamp": moment(at),
        "Merchant-Signature": signature(secret, sent, timestamp=int(at.timestamp())),
    }


def signature(secret: str, sent: bytes, *, timestamp: int) -> str:
    """``t=<seconds>,v1=<hex>``: HMAC-SHA256 over the time, a point, and the bytes as they are sent."""
    signed = f"{timestamp}.".encode() + sent
    return f"t={timestamp},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
