"""News of orders: the whole order each time, signed, to the address in the platform's profile."""

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from parvis.connectors.agents.rendering import News
from parvis.core import message_signatures as signatures
from parvis.core import signing_keys
from parvis.interfaces.agents.ucp import envelope, orders, releases, versions


def body(news: News) -> bytes:
    """The whole order, as the body of a message to the platform."""
    version = releases.of(news.version).version
    ucp = envelope.metadata(version, {versions.ORDER: [{"version": version}]})
    told = {"ucp": ucp, **orders.entity(news.order, news.session_token)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def headers(news: News, content: bytes, *, secret: str, at: datetime) -> Mapping[str, str]:
    """All headers of a message: who sends it, which one it is, and a signature of all of that with the body.
    ``secret`` is not needed: the platform verifies with the keys of our profile."""
    parts = urlsplit(news.url)
    default = {"https": 443, "http": 80}.get(parts.scheme)
    authority = parts.hostname or ""
    authority = authority if parts.port in (None, default) else f"{authority}:{parts.port}"
    sent = {
        "UCP-Agent": f'profile="{settings.PUBLIC_URL}/.well-known/ucp"',
        "Content-Type": envelope.JSON,
        "Content-Digest": signatures.digest(content),
        "Idempotency-Key": news.key,
        "Webhook-Id": news.key,
        "Webhook-Timestamp": str(int(news.occurred_at.timestamp())),
    }
    message = signatures.HttpMessage(
        {name.lower(): value for name, value in sent.items()},
        content,
        method="POST",
        authority=authority,
        path=parts.path or "/",
        query=parts.query,
    )
    cover = ["@method", "@authority", "@path", *(["@query"] if parts.query else [])]
    cover += [name.lower() for name in sent]
    return sent | signatures.sign(message, key=signing_keys.current(at=at), cover=cover, at=at)
