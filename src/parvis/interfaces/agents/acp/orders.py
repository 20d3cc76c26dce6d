"""Orders as the protocol's documents: what was bought, how it travels, and what was changed since."""

from typing import Any

from django.utils.translation import gettext

from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product
from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.contracts import (
    Order,
    OrderLine,
    OrderState,
    Refund,
    RefundState,
    Return,
    ReturnState,
)
from parvis.interfaces.agents.acp import fulfillments, places, totals
from parvis.interfaces.agents.acp.moments import moment

Document = dict[str, Any]
_ADJUSTED = {RefundState.PENDING: "pending", RefundState.SUCCEEDED: "completed", RefundState.FAILED: "failed"}
_RETURNED = {
    ReturnState.REQUESTED: "pending",
    ReturnState.ACCEPTED: "pending",
    ReturnState.RECEIVED: "completed",
    ReturnState.REFUNDED: "completed",
    ReturnState.REFUSED: "failed",
    ReturnState.CANCELLED: "failed",
}


def order_document(order: Order, *, session: str, note: str = "") -> Document:
    """The whole order as it stands; ``session`` is the checkout it came from, ``note`` what the buyer asked in it
    (the news of orders have no place for it).

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
        "fulfillments": fulfillments.of_order(order),
        "adjustments": [
            *(_returned(back, order) for back in order.returns),
            *(_refund(refund, order) for refund in order.refunds),
        ],
        "totals": totals.of_whole(order.totals),
    }
    if order.refunded.amount_minor:
        told["totals"].append(totals.entry("amount_refunded", gettext("Refunded"), order.refunded.amount_minor))
    support = _support()
    if support:
        told["support"] = support
    if order.paid_at is not None:
        told["confirmation"] = {"confirmation_number": order.number, "receipt_url": places.order_url(order)}
        if note:
            told["confirmation"]["order_notes"] = note
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


def _support() -> Document:
    """Whom to ask, as far as the brand has said so."""
    seller = checkout.seller()
    told = {"email": seller.email, "phone": seller.phone}
    return {key: value for key, value in told.items() if value}


def _line(line: OrderLine, order: Order, product: Product | None) -> Document:
    current = 0 if status(order) == "canceled" else line.quantity - line.refunded_quantity
    fulfilled = min(current, fulfillments.fulfilled(line, order))
    variant = ", ".join(part for part in (line.size, line.colour) if part)
    told: Document = {
        "id": line.sku,
        "title": f"{line.name}, {variant}" if variant else line.name,
        "product_id": product.slug if product is not None else str(line.product_id),
        "quantity": {"ordered": line.quantity, "current": current, "fulfilled": fulfilled},
        "unit_price": line.unit.amount_minor,
        "subtotal": line.total.amount_minor,
        "status": _progress(current, fulfilled),
    }
    if product is not None:
        url = places.page("storefront:product", order.locale, slug=product.slug)
        told |= places.absolute({"url": url, "image_url": product.image_url})
    return told


def _progress(current: int, fulfilled: int) -> str:
    if current == 0:
        return "removed"
    if fulfilled == current:
        return "fulfilled"
    return "partial" if fulfilled else "processing"


def _refund(refund: Refund, order: Order) -> Document:
    skus = {line.id: line.sku for line in order.lines}
    lines = [{"id": skus[line], "quantity": count} for line, count in refund.lines.items() if line in skus and count]
    told: Document = {
        "id": f"refund-{refund.id}",
        "type": "refund",
        "occurred_at": moment(refund.at),
        "status": _ADJUSTED[refund.state],
        "amount": refund.amount.amount_minor,
        "currency": refund.amount.currency.lower(),
    }
    return told | ({"line_items": lines} if lines else {})


def _returned(back: Return, order: Order) -> Document:
    """Goods that come back; the money is an adjustment of its own."""
    skus = {line.id: line.sku for line in order.lines}
    counts = [(line.line_id, line.quantity) for line in back.lines]
    told: Document = {
        "id": f"return-{back.id}",
        "type": "return",
        "occurred_at": moment(back.requested_at),
        "status": _RETURNED[back.state],
    }
    lines = [{"id": skus[line], "quantity": count} for line, count in counts if line in skus and count]
    return told | ({"line_items": lines} if lines else {})
