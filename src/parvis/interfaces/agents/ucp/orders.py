"""/orders/{id}: the whole order as it stands, in the protocol's form."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from parvis.core.errors import NotFound
from parvis.core.money import Money
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import Order, OrderLine, OrderState, RefundState
from parvis.domains.checkout.web import amount as in_words
from parvis.interfaces.agents.ucp import showing
from parvis.interfaces.agents.ucp.envelope import Failed
from parvis.interfaces.agents.ucp.gate import Call

_GONE = (OrderState.SHIPPED, OrderState.DELIVERED)
_REFUNDS = {RefundState.PENDING: "pending", RefundState.SUCCEEDED: "completed", RefundState.FAILED: "failed"}


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
        "fulfillment": {"expectations": _expectations(order), "events": _events(order)},
        "adjustments": _adjustments(order),
        "currency": order.totals.total.currency,
        "totals": _totals(order),
    }
    return told


def _left(line: OrderLine, order: Order) -> int:
    return 0 if order.state is OrderState.CANCELLED else line.quantity - line.refunded_quantity


def _line(line: OrderLine, order: Order, image: str) -> dict[str, Any]:
    left = _left(line, order)
    done = min(left, line.quantity) if order.shipped_at is not None else 0
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


def _expectations(order: Order) -> list[dict[str, Any]]:
    waiting = [line for line in order.lines if _left(line, order)]
    if not waiting:
        return []
    where = order.address
    destination = {
        "street_address": where.line1,
        "extended_address": where.line2,
        "address_locality": where.city,
        "address_region": where.region,
        "postal_code": where.postcode,
        "address_country": where.country,
    }
    with override(order.locale):
        words = gettext("Delivered") if order.delivered_at else gettext("On its way") if order.shipped_at else ""
    told: dict[str, Any] = {
        "id": "expectation_1",
        "line_items": [{"id": showing.line_id(line.variant_id), "quantity": _left(line, order)} for line in waiting],
        "method_type": showing.PICKUP if where.point else showing.SHIPPING,
        "destination": {key: value for key, value in destination.items() if value},
        "fulfillable_on": "now",
    }
    return [told | ({"description": words} if words else {})]


def _events(order: Order) -> list[dict[str, Any]]:
    """What happened to the parcel."""
    lines = [
        {"id": showing.line_id(line.variant_id), "quantity": _left(line, order)}
        for line in order.lines
        if _left(line, order)
    ]
    happened = (("shipped", order.shipped_at), ("delivered", order.delivered_at))
    shown = []
    for kind, at in happened:
        if at is not None and lines:
            event: dict[str, Any] = {"id": kind, "occurred_at": at.isoformat(), "type": kind, "line_items": lines}
            if order.tracking:
                event["tracking_number"] = order.tracking
            shown.append(event | {"tracking_url": showing.order_url(order)})
    return shown


def _adjustments(order: Order) -> list[dict[str, Any]]:
    """Money that went back, and an order that was called off. What is taken away is negative."""
    lines = {line.id: line for line in order.lines}
    shown: list[dict[str, Any]] = []
    for refund in order.refunds:
        told: dict[str, Any] = {
            "id": f"refund_{refund.id}",
            "type": "refund",
            "occurred_at": refund.at.isoformat(),
            "status": _REFUNDS.get(refund.state, "pending"),
            "totals": [_minus(refund.amount)],
        }
        taken = [
            {"id": showing.line_id(lines[key].variant_id), "quantity": -count}
            for key, count in refund.lines.items()
            if key in lines and count
        ]
        shown.append(told | ({"line_items": taken} if taken else {}))
    if order.cancelled_at is not None:
        shown.append(
            {
                "id": "cancellation",
                "type": "cancellation",
                "occurred_at": order.cancelled_at.isoformat(),
                "status": "completed",
                "line_items": [
                    {"id": showing.line_id(line.variant_id), "quantity": -line.quantity} for line in order.lines
                ],
            }
        )
    return shown


def _minus(amount: Money) -> dict[str, Any]:
    return {"type": "total", "amount": -amount.amount_minor}


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
