"""Sums as the protocol lists them. All amounts are integers in minor units.

Prices include the tax, as the law asks for where the shop sells: the entry ``tax`` is a part of ``total`` (its text
says so), not added to it. ``total`` is what is charged; gift cards are ``store_credit`` and are taken off it.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from parvis.domains.checkout.contracts import QuoteLine, ShippingOffer, TaxShare, Totals

Listed = dict[str, Any]


def entry(kind: str, text: str, amount: int) -> Listed:
    """One sum."""
    return {"type": kind, "display_text": text, "amount": amount}


def of_line(line: QuoteLine) -> list[Listed]:
    """The sums of a line."""
    found = [entry("items_base_amount", gettext("Articles"), line.subtotal.amount_minor)]
    if line.discount.amount_minor:
        found.append(entry("discount", gettext("Taken off"), line.discount.amount_minor))
    return [
        *found,
        entry("subtotal", gettext("Subtotal"), line.total.amount_minor),
        entry("tax", gettext("VAT, included"), line.tax.amount_minor),
        entry("total", gettext("Total"), line.total.amount_minor),
    ]


def of_whole(sums: Totals, taxes: Sequence[TaxShare] = (), *, country: str = "", shipped: bool = True) -> list[Listed]:
    """The sums of a checkout or an order."""
    goods, off = sums.subtotal.amount_minor, sums.discount.amount_minor
    found = [entry("items_base_amount", gettext("Articles"), goods)]
    if off:
        found.append(entry("discount", gettext("Taken off"), off))
    found.append(entry("subtotal", gettext("Subtotal"), goods - off))
    if shipped:
        found.append(entry("fulfillment", gettext("Delivery"), sums.shipping.amount_minor))
    found.append(_tax(sums, taxes, country))
    if sums.gift_cards.amount_minor:
        found.append(entry("store_credit", gettext("Gift cards"), sums.gift_cards.amount_minor))
    return [*found, entry("total", gettext("Total"), sums.due.amount_minor)]


def _tax(sums: Totals, taxes: Sequence[TaxShare], country: str) -> Listed:
    told = entry("tax", gettext("VAT, included"), sums.tax.amount_minor)
    rates = [
        {"jurisdiction": country, "rate": share.basis_points / 10_000, "amount": share.tax.amount_minor}
        for share in taxes
    ]
    return told | ({"breakdown": rates} if rates and country else {})


def of_offer(offer: ShippingOffer, text: str) -> list[Listed]:
    """What a way to ship costs."""
    return [entry("total", text, offer.totals.shipping.amount_minor)]
