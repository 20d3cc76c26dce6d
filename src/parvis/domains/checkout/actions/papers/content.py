"""What an invoice or a credit note says: taken from the order once, kept with the paper, never looked up again."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from parvis.domains.checkout import models, queries
from parvis.domains.checkout.actions import crediting
from parvis.domains.checkout.contracts import Billing, PaperKind, Seller
from parvis.domains.checkout.queries import kept
from parvis.domains.checkout.rules import taxes

Content = dict[str, Any]


def of_invoice(order: models.Order, *, seller: Seller, billing: Billing, issued: date) -> Content:
    """The content of an order's invoice; sums in minor units, tax included unless they say "net"."""
    lines = [
        _line(line, line.quantity, line.unit_minor * line.quantity - line.discount_minor, order)
        for line in order.lines.all()
    ]
    payment = order.payments.filter(captured_minor__gt=0).order_by("-id").first()
    return {
        **_around(order, seller=seller, billing=billing, issued=issued),
        "kind": PaperKind.INVOICE.value,
        "lines": lines,
        "shipping": order.shipping_minor,
        "goods": order.subtotal_minor,
        "discount": order.discount_minor,
        "adjustments": _adjustments(order),
        "taxes": _taxes(map(kept.tax_share_to_json, crediting.paid(order))),
        "total": order.total_minor,
        "gift_cards": order.gift_minor,
        "paid_by": f"{payment.card_brand.title()} •••• {payment.card_last4}" if payment and payment.card_last4 else "",
    }


def of_credit(
    order: models.Order,
    refund: models.Refund,
    *,
    invoice: models.Paper,
    issued: date,
) -> Content:
    """The content of the credit note of a refund. It speaks of the seller and the buyer as its invoice did."""
    worths = crediting.line_worths(order, refund)
    lines = [
        _line(line, refund.lines[str(line.id)], worths[line.id], order)
        for line in order.lines.all()
        if line.id in worths
    ]
    same = {key: invoice.content[key] for key in ("seller", "buyer", "billing", "country", "order", "placed")}
    return {
        **same,
        "kind": PaperKind.CREDIT.value,
        "issued": issued.isoformat(),
        "supplied": "",
        "invoice": invoice.number,
        "invoice_day": invoice.content["issued"],
        "lines": lines,
        "other": refund.amount_minor - sum(line["total"] for line in lines),
        "taxes": _taxes(refund.taxes),
        "total": refund.amount_minor,
    }


def _around(order: models.Order, *, seller: Seller, billing: Billing, issued: date) -> Content:
    where = {key: str(order.address.get(key, "")) for key in ("line1", "line2", "postcode", "city", "region")}
    town = " ".join(part for part in (where["postcode"], where["city"]) if part)
    lines = [where["line1"], where["line2"], town, where["region"]]
    supplied = order.delivered_at or order.shipped_at
    return {
        "issued": issued.isoformat(),
        "order": order.number,
        "placed": queries.day(order.placed_at).isoformat(),
        "supplied": queries.day(supplied).isoformat() if supplied is not None else "",
        "seller": asdict(seller),
        "billing": asdict(billing),
        "country": str(order.address.get("country", "")),
        "buyer": [part for part in (order.name, *lines) if part],
    }


def _line(line: models.OrderLine, quantity: int, total: int, order: models.Order) -> Content:
    rate = crediting.rate_of(line, order)
    return {
        "name": line.name,
        "detail": ", ".join(part for part in (line.sku, line.size, line.colour) if part),
        "quantity": quantity,
        "unit": line.unit_minor,
        "discount": line.unit_minor * quantity - total,
        "rate": rate,
        "net": total - taxes.included(total, rate),
        "total": total,
    }


def _adjustments(order: models.Order) -> list[Content]:
    """What was taken off and why, as the buyer saw it."""
    found = []
    for each in order.adjustments:
        name = str(each.get(f"name_{order.locale}") or each.get("name_en") or each.get("key") or "")
        amount = each.get("amount_minor", each.get("amount"))
        if name and isinstance(amount, int):
            found.append({"name": name, "amount": amount, "code": str(each.get("code", ""))})
    return found


def _taxes(stored: Iterable[Mapping[str, Any]]) -> list[Content]:
    return [
        {"rate": each["basis_points"], "net": each["net"], "tax": each["tax"], "country": each.get("country", "")}
        for each in stored
    ]
