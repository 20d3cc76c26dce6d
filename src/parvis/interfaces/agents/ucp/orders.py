"""/orders/{id}: the whole order as it stands, in the protocol's form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from parvis.core.errors import NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import Order, OrderLine, Refund, RefundState, Return, ReturnState
from parvis.domains.checkout.web import amount as in_words
from parvis.interfaces.agents.ucp import showing, travel
from parvis.interfaces.agents.ucp.envelope import Failed
from parvis.interfaces.agents.ucp.gate import Call

_REFUNDS = {RefundState.PENDING: "pending", RefundState.SUCCEEDED: "completed", RefundState.FAILED: "failed"}
_RETURNS = {
    ReturnState.REQUESTED: "pending",
    ReturnState.ACCEPTED: "pending",
    ReturnState.RECEIVED: "completed",
    ReturnState.REFUNDED: "completed",
    ReturnState.REFUSED: "failed",
    ReturnState.CANCELLED: "failed",
}


def read(call: Call) -> tuple[int, dict[str, Any]]:
    """An order that this agent placed."""
    try:
        order = queries.order_by_number(call.where["order_id"])
    except NotFound as error:
        raise _unknown() from error
    source = queries.agent_orders([order.id]).get(order.id)
    if source is None or source.agent_id != call.agent_id:
        raise _unknown()
    return 200, entity(order, source.session_token)


def _unknown() -> Failed:
    return Failed("not_found", gettext("There is no such order."))


def entity(order: Order, checkout_id: str) -> dict[str, Any]:
    """The order as it stands now, in full."""
    variants = catalog.variants([line.variant_id for line in order.lines])
    images = catalog.products({variant.product_id for variant in variants.values()}, locale=order.locale)
    pictures = {key: images[variant.product_id].image_url for key, variant in variants.items()}
    told: dict[str, Any] = {
        "id": order.number,
        "label": order.number,
        "checkout_id": checkout_id,
        "permalink_url": showing.order_url(order),
        "line_items": [_line(line, order, pictures.get(line.variant_id, "")) for line in order.lines],
        "fulfillment": {"expectations": travel.expectations(order), "events": travel.events(order)},
        "adjustments": _adjustments(order),
        "currency": order.totals.total.currency,
        "totals": _totals(order),
    }
    return told


def _line(line: OrderLine, order: Order, image: str) -> dict[str, Any]:
    left, done = travel.active(line, order), travel.fulfilled(line, order)
    state = "removed" if left == 0 else "fulfilled" if done == left else "partial" if done else "processing"
    label = ", ".join(filter(None, (line.size, line.colour)))
    item: dict[str, Any] = {
        "id": line.sku, "title": showing.named(line.name, label), "price": line.unit.amount_minor
    }  # fmt: skip
    if image:
        item["image_url"] = f"{settings.PUBLIC_URL}{image}"
    total = line.total.amount_minor
    return {
        "id": showing.line_id(line.variant_id),
        "item": item,
        "quantity": {"original": line.quantity, "total": left, "fulfilled": done},
        "totals": [{"type": "subtotal", "amount": total}, {"type": "total", "amount": total}],
        "status": state,
    }


def _adjustments(order: Order) -> list[dict[str, Any]]:
    """Goods that come back, money that went back, and an order that was called off, as it happened. What is taken away
    is negative, and each piece is taken away once: by its return, else by its refund, else by the cancellation."""
    back = {each.refund_id for each in order.returns if each.refund_id is not None}
    shown = [
        *(_returned(each, order) for each in order.returns),
        *(_refunded(each, {} if each.id in back else each.lines, order) for each in order.refunds),
    ]
    if order.cancelled_at is not None:
        rest = {line.id: line.quantity - line.refunded_quantity for line in order.lines}
        shown.append(_adjustment("cancellation", "cancellation", order.cancelled_at, "completed", rest, order))
    return sorted(shown, key=lambda adjustment: str(adjustment["occurred_at"]))


def _returned(back: Return, order: Order) -> dict[str, Any]:
    """What was received counts, and what was asked for until then."""
    lines = {line.line_id: line.quantity if line.received is None else line.received for line in back.lines}
    return _adjustment(f"return_{back.number}", "return", back.requested_at, _RETURNS[back.state], lines, order)


def _refunded(refund: Refund, lines: Mapping[int, int], order: Order) -> dict[str, Any]:
    status = _REFUNDS[refund.state]
    told = _adjustment(f"refund_{refund.id}", "refund", refund.at, status, lines, order)
    return told | {"totals": [{"type": "total", "amount": -refund.amount.amount_minor}]}


def _adjustment(
    key: str, kind: str, at: datetime, status: str, lines: Mapping[int, int], order: Order
) -> dict[str, Any]:
    told = {"id": key, "type": kind, "occurred_at": at.isoformat(), "status": status}
    taken = travel.pieces({line_id: -count for line_id, count in lines.items()}, order)
    return told | ({"line_items": taken} if taken else {})


def _totals(order: Order) -> list[dict[str, Any]]:
    sums = order.totals
    with override(order.locale):
        shown: list[dict[str, Any]] = [
            {"type": "subtotal", "display_text": gettext("Articles"), "amount": sums.subtotal.amount_minor}
        ]
        if sums.discount.amount_minor:
            text = gettext("Taken off")
            shown.append({"type": "discount", "display_text": text, "amount": -sums.discount.amount_minor})
        shown.append({"type": "fulfillment", "display_text": gettext("Delivery"), "amount": sums.shipping.amount_minor})
        if sums.gift_cards.amount_minor:
            text = gettext("Gift card")
            shown.append({"type": "gift_card", "display_text": text, "amount": -sums.gift_cards.amount_minor})
        text = gettext("Total, %(tax)s of VAT included") % {"tax": in_words(sums.tax)}
    return [*shown, {"type": "total", "display_text": text, "amount": sums.due.amount_minor}]
