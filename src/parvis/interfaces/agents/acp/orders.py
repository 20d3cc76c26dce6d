"""Orders as the protocol's documents, and the news of them that agents are sent, signed."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext, override

from parvis.connectors.agents.rendering import News
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product
from parvis.domains.checkout.contracts import Order, OrderLine, OrderState, Refund, RefundState
from parvis.interfaces.agents.acp import places, totals

Document = dict[str, Any]
_ADJUSTED = {RefundState.PENDING: "pending", RefundState.SUCCEEDED: "completed", RefundState.FAILED: "failed"}


def order_document(order: Order, *, session: str) -> Document:
    """The whole order as it stands; ``session`` is the checkout it came from.

    ``total`` is what was charged, whatever was refunded since (``amount_refunded``).
    """
    products = catalog.products({line.product_id for line in order.lines}, locale=order.locale)
    told: Document = {
        "type": "order",
        "id": order.number,
        "checkout_session_id": session,
        "order_number": order.number,
        "permalink_url": places.order_url(order),
        "status": status(order),
        "line_items": [_line(line, order, products.get(line.product_id)) for line in order.lines],
        "fulfillments": [_fulfillment(order)],
        "adjustments": [_refund(refund, order) for refund in order.refunds],
        "totals": totals.of_whole(order.totals),
    }
    if order.refunded.amount_minor:
        told["totals"].append(totals.entry("amount_refunded", gettext("Refunded"), order.refunded.amount_minor))
    if order.paid_at is not None:
        told["confirmation"] = {"confirmation_number": order.number, "receipt_url": places.order_url(order)}
    return told


def status(order: Order) -> str:
    """The order's state in the protocol's words. A refund changes no status: it is an adjustment."""
    if order.state is OrderState.CANCELLED:
        return "canceled"
    if order.delivered_at is not None:
        return "completed"
    if order.shipped_at is not None:
        return "shipped"
    if order.state is OrderState.REFUNDED:
        return "canceled"  # all the money went back before anything left
    return "created" if order.paid_at is None else "processing"


def _line(line: OrderLine, order: Order, product: Product | None) -> Document:
    current = 0 if status(order) == "canceled" else line.quantity - line.refunded_quantity
    fulfilled = current if order.shipped_at is not None else 0
    variant = ", ".join(part for part in (line.size, line.colour) if part)
    told: Document = {
        "id": line.sku,
        "title": f"{line.name}, {variant}" if variant else line.name,
        "product_id": product.slug if product is not None else str(line.product_id),
        "quantity": {"ordered": line.quantity, "current": current, "fulfilled": fulfilled},
        "unit_price": line.unit.amount_minor,
        "subtotal": line.total.amount_minor,
        "status": "removed" if current == 0 else "fulfilled" if fulfilled == current else "processing",
    }
    if product is not None:
        url = places.page("storefront:product", order.locale, slug=product.slug)
        told |= places.absolute({"url": url, "image_url": product.image_url})
    return told


def _fulfillment(order: Order) -> Document:
    pickup = bool(order.address.point)
    left = "ready_for_pickup" if pickup else "shipped"
    moments = (
        ("processing", order.paid_at),
        (left, order.shipped_at),
        ("delivered", order.delivered_at),
        ("canceled", order.cancelled_at),
    )
    passed = [(kind, at) for kind, at in moments if at is not None]
    told: Document = {
        "id": f"{order.number}-1",
        "type": "pickup" if pickup else "shipping",
        "status": passed[-1][0] if passed else "pending",
        "line_items": [{"id": line.sku, "quantity": line.quantity} for line in order.lines],
        "destination": {
            "name": order.name,
            "line_one": order.address.line1,
            "line_two": order.address.line2,
            "city": order.address.city,
            "state": order.address.region,
            "country": order.address.country,
            "postal_code": order.address.postcode,
        },
        "events": [{"id": f"{order.number}-{kind}", "type": kind, "occurred_at": _moment(at)} for kind, at in passed],
    }
    if order.tracking and not pickup:
        told["tracking_number"] = order.tracking
    return told


def _refund(refund: Refund, order: Order) -> Document:
    skus = {line.id: line.sku for line in order.lines}
    lines = [{"id": skus[line], "quantity": count} for line, count in refund.lines.items() if line in skus and count]
    told: Document = {
        "id": f"refund-{refund.id}",
        "type": "refund",
        "occurred_at": _moment(refund.at),
        "status": _ADJUSTED[refund.state],
        "amount": refund.amount.amount_minor,
        "currency": refund.amount.currency.lower(),
    }
    return told | ({"line_items": lines} if lines else {})


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# -- news to the agent --------------------------------------------------------------------------------------------


def body(news: News) -> bytes:
    """The event: the whole order each time, never a difference."""
    with override("fr" if news.order.locale == "fr" else "en"):
        data = order_document(news.order, session=news.session_token)
    event = {"type": "order_create" if news.first else "order_update", "data": data}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def headers(news: News, sent: bytes, /, *, secret: str, at: datetime) -> Mapping[str, str]:
    """The headers of one try, signed with the secret that the agent's platform gave."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Parvis-ACP/1",
        "Request-Id": news.key,
        "Timestamp": _moment(at),
        "Merchant-Signature": signature(secret, sent, timestamp=int(at.timestamp())),
    }


def signature(secret: str, sent: bytes, *, timestamp: int) -> str:
    """``t=<seconds>,v1=<hex>``: HMAC-SHA256 over the time, a point, and the bytes as they are sent."""
    signed = f"{timestamp}.".encode() + sent
    return f"t={timestamp},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
