"""Carts, promotions and cards in hand, without a database: for tests of what is taken off."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from parvis.core.money import Money
from parvis.domains.checkout.contracts import (
    AdjustmentKind,
    Benefit,
    Cart,
    CartLine,
    GiftCard,
    GiftCardState,
    LineState,
    Promotion,
    Quote,
    ShippingKind,
    ShippingMethod,
    Terms,
)
from parvis.domains.checkout.rules import quoting
from parvis.domains.checkout.rules.quoting import Known

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
HOME = ShippingMethod(
    key="home", kind=ShippingKind.HOME, name_en="Home", name_fr="Domicile", price_minor=490, free_from_minor=8000
)
NEVER_FREE = replace(HOME, key="van", free_from_minor=None)


def cart(*lines: tuple[int, int, str], codes: tuple[str, ...] = (), currency: str = "EUR") -> Cart:
    """Lines as (unit, quantity, category); the variant and product of the n-th is n + 1."""
    return Cart(
        id=1,
        token="t",
        customer_id=None,
        currency=currency,
        codes=codes,
        lines=tuple(
            CartLine(
                variant_id=number,
                product_id=number,
                slug="s",
                name=f"Article {number}",
                sku=str(number),
                size="",
                colour="",
                image_url="",
                quantity=quantity,
                unit=Money(unit, currency),
                price_seen=Money(unit, currency),
                available=99,
                state=LineState.OK,
                category=category,
            )
            for number, (unit, quantity, category) in enumerate(lines, start=1)
        ),
    )


def promotion(number: int, kind: str = "promotion", benefit: str = "percentage", value: int = 1000, **more: Any):
    terms = Terms(
        kind=AdjustmentKind(kind),
        benefit=Benefit(benefit),
        value=value,
        name_en=f"Offer {number}",
        name_fr=f"Offre {number}",
        **more,
    )
    return Promotion(id=number, key=f"offer-{number}", currency="EUR", terms=terms)


def card(number: int, balance: int, **more: Any) -> GiftCard:
    given = {"state": GiftCardState.ACTIVE, "expires_at": None, **more}
    amount = Money(balance, given.pop("currency", "EUR"))
    return GiftCard(
        id=number, last4=f"000{number}", balance=amount, initial=amount, recipient="", note="", issued_at=AT, **given
    )


def quoted(of: Cart, *offers: Promotion, methods=(HOME,), chosen: str = "home", at=AT, **known: Any) -> Quote:
    return quoting.quote(
        cart=of, country="FR", methods=methods, chosen=chosen, known=Known(promotions=offers, **known), at=at
    )


def sums(quote: Quote) -> tuple[int, int, int, int]:
    """Goods, discount, shipping, due."""
    totals = quote.totals
    return (
        totals.subtotal.amount_minor,
        totals.discount.amount_minor,
        totals.shipping.amount_minor,
        totals.due.amount_minor,
    )


THREE_FOR_TWO = promotion(1, "bundle", "n_for_m", 0, take=3, pay=2, categories=("socks",))
TEN_PERCENT = promotion(2)
WELCOME = promotion(3, "code", code="WELCOME", value=2000)
FIVE_OFF = promotion(4, "code", "amount", 500, code="FIVE", minimum_minor=5000)
LEA = promotion(5, "creator", value=1500, code="LEA15", creator="Léa")
MEMBER = promotion(6, "member", value=500, status="member")
PORT = promotion(7, "code", "free_shipping", 0, code="PORT")
HALF = promotion(8, "code", value=5000, code="HALF", exclusive=True)
