"""What an order keeps of its quote, as JSON and back."""

from typing import Any

from parvis.core.money import Money
from parvis.domains.checkout.contracts import Adjustment, AdjustmentKind, TaxShare


def adjustment_to_json(each: Adjustment) -> dict[str, Any]:
    """An adjustment as an order keeps it: with the words that the buyer saw."""
    return {
        "kind": each.kind.value,
        "key": each.key,
        "code": each.code,
        "name_en": each.name_en,
        "name_fr": each.name_fr,
        "reason_en": each.reason_en,
        "reason_fr": each.reason_fr,
        "amount": each.amount.amount_minor,
        "lines": {str(variant_id): amount for variant_id, amount in each.lines.items()},
        "shipping": each.shipping_minor,
    }


def adjustment(stored: dict[str, Any], currency: str) -> Adjustment:
    """The adjustment that was kept."""
    return Adjustment(
        kind=AdjustmentKind(stored["kind"]),
        key=stored["key"],
        code=stored["code"],
        name_en=stored["name_en"],
        name_fr=stored["name_fr"],
        reason_en=stored["reason_en"],
        reason_fr=stored["reason_fr"],
        amount=Money(stored["amount"], currency),
        lines={int(variant_id): amount for variant_id, amount in stored["lines"].items()},
        shipping_minor=stored["shipping"],
    )


def tax_share_to_json(each: TaxShare) -> dict[str, Any]:
    """The tax at one rate as orders and refunds keep it."""
    return {
        "basis_points": each.basis_points,
        "net": each.net.amount_minor,
        "tax": each.tax.amount_minor,
        "country": each.country,
    }


def tax_share(stored: dict[str, Any], currency: str) -> TaxShare:
    """The tax at one rate that was kept."""
    net, tax = Money(stored["net"], currency), Money(stored["tax"], currency)
    return TaxShare(basis_points=stored["basis_points"], net=net, tax=tax, country=stored.get("country", ""))
