"""What /checkouts takes and gives: one checkout as it stands, for programs."""

from datetime import date, datetime
from typing import Annotated, Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override
from ninja import Field, Schema

from parvis.domains.checkout.contracts import (
    MAX_LINES,
    MAX_QUANTITY,
    AdjustmentKind,
    CodeProblem,
    Door,
    LineState,
    OrderState,
    Remedy,
    Session,
    SessionState,
    Severity,
    ShippingKind,
    ShippingOffer,
)
from parvis.interfaces.api.shapes import Amount, Locale

Short = Annotated[str, Field(max_length=120)]
Code = Annotated[str, Field(min_length=1, max_length=40)]
Sku = Annotated[str, Field(min_length=1, max_length=64)]


# -- what comes in --------------------------------------------------------------------------------------------


class LineIn(Schema):
    sku: Sku
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)]


class AddressIn(Schema):
    """``point`` is a pick-up point's key, where goods are collected: the rest may then be left out."""

    line1: Short = ""
    line2: Short = ""
    postcode: Annotated[str, Field(max_length=12)] = ""
    city: Short = ""
    region: Annotated[str, Field(max_length=40)] = ""
    country: Annotated[str, Field(min_length=2, max_length=2)] = "FR"
    point: Annotated[str, Field(max_length=40)] = ""


class DetailsIn(Schema):
    email: Annotated[str | None, Field(max_length=254)] = None
    name: Short | None = None
    phone: Annotated[str | None, Field(max_length=40)] = None
    address: AddressIn | None = None
    shipping_method: Annotated[str | None, Field(max_length=40)] = None
    note: Annotated[str | None, Field(max_length=5000)] = None


Lines = Annotated[list[LineIn], Field(max_length=MAX_LINES)]
Codes = Annotated[list[Code], Field(max_length=10)]
Attribution = Annotated[dict[str, Annotated[str, Field(max_length=300)]], Field(max_length=30)]


class CheckoutIn(Schema):
    """A new checkout. ``attribution`` is what brought the buyer; it changes no price."""

    lines: Annotated[Lines, Field(min_length=1)]
    details: DetailsIn = Field(default_factory=DetailsIn)
    codes: Codes = Field(default_factory=list)
    locale: Locale = "en"
    attribution: Attribution = Field(default_factory=dict)


class ChangeIn(Schema):
    """What is given replaces that part whole; what is left out stays."""

    lines: Lines | None = None
    details: DetailsIn | None = None
    codes: Codes | None = None
    attribution: Attribution | None = None


class CompleteIn(Schema):
    """``payment_token`` is a token of the payment service for this purchase. ``expected_total_minor`` is what the buyer
    agreed to pay; without it the total of the last answer counts."""

    payment_token: Annotated[str, Field(min_length=1, max_length=255)]
    expected_total_minor: Annotated[int | None, Field(ge=0, le=1_000_000_000)] = None


# -- what goes out --------------------------------------------------------------------------------------------


class LineOut(Schema):
    sku: str
    product_id: int
    variant_id: int
    name: str
    size: str
    colour: str
    quantity: int
    available: int
    state: LineState
    unit: Amount
    was: Amount | None
    subtotal: Amount
    discount: Amount
    total: Amount


class AdjustmentOut(Schema):
    kind: AdjustmentKind
    key: str
    code: str
    name: str
    reason: str
    amount: Amount


class CodeOut(Schema):
    code: str
    accepted: bool
    problem: CodeProblem | None
    gift_card: bool
    detail: dict[str, str | int]


class GiftCardOut(Schema):
    last4: str
    balance: Amount
    used: Amount


class OfferOut(Schema):
    """A way to ship, with what the whole then costs."""

    key: str
    kind: ShippingKind
    name: str
    price: Amount
    total: Amount
    earliest: date
    latest: date
    chosen: bool
    points: list[str]


class TaxOut(Schema):
    basis_points: int
    net: Amount
    tax: Amount


class SumsOut(Schema):
    """Prices include the tax; ``due`` is what is left to pay once gift cards have paid."""

    subtotal: Amount
    discount: Amount
    shipping: Amount
    tax: Amount
    total: Amount
    gift_cards: Amount
    due: Amount


class MessageOut(Schema):
    code: str
    severity: Severity
    remedy: Remedy
    at: str
    detail: dict[str, str | int]


class BoughtOut(Schema):
    number: str
    state: OrderState
    url: str


class CheckoutOut(Schema):
    id: str
    door: Door
    state: SessionState
    locale: Locale
    version: int
    lines: list[LineOut]
    adjustments: list[AdjustmentOut]
    codes: list[CodeOut]
    gift_cards: list[GiftCardOut]
    shipping: list[OfferOut]
    taxes: list[TaxOut]
    totals: SumsOut
    messages: list[MessageOut]
    order: BoughtOut | None
    next_url: str | None
    continue_url: str
    expires_at: datetime


def told(session: Session) -> CheckoutOut:
    """A session as /checkouts tells it."""
    quote, locale = session.quote, session.locale
    return CheckoutOut.model_validate(
        {
            "id": session.token,
            "door": session.door,
            "state": session.state,
            "locale": "fr" if locale == "fr" else "en",
            "version": session.version,
            "lines": [_line(session, line.variant_id) for line in quote.lines],
            "adjustments": [
                {
                    "kind": each.kind,
                    "key": each.key,
                    "code": each.code,
                    "name": each.name(locale),
                    "reason": each.reason(locale),
                    "amount": each.amount,
                }
                for each in quote.adjustments
            ],
            "codes": list(quote.answers),
            "gift_cards": list(quote.gift_cards),
            "shipping": [_offer(session, each) for each in quote.offers],
            "taxes": list(quote.taxes),
            "totals": session.order.totals if session.order is not None else quote.totals,
            "messages": list(session.messages),
            "order": _bought(session),
            "next_url": session.next_url,
            "continue_url": _page(session, "storefront:continue", session.token),
            "expires_at": session.expires_at,
        }
    )


def _line(session: Session, variant_id: int) -> dict[str, Any]:
    priced = session.quote.line(variant_id)
    wanted = next(line for line in session.cart.lines if line.variant_id == variant_id)
    names = ("sku", "product_id", "variant_id", "name", "size", "colour", "quantity", "available", "state")
    sums = ("unit", "was", "subtotal", "discount", "total")
    return {name: getattr(wanted, name) for name in names} | {name: getattr(priced, name) for name in sums}


def _offer(session: Session, offer: ShippingOffer) -> dict[str, Any]:
    return {
        "key": offer.method.key,
        "kind": offer.method.kind,
        "name": offer.method.name(session.locale),
        "price": offer.totals.shipping,
        "total": offer.totals.total,
        "earliest": offer.earliest,
        "latest": offer.latest,
        "chosen": offer.method.key == session.quote.chosen,
        "points": [point.key for point in offer.method.points],
    }


def _bought(session: Session) -> dict[str, Any] | None:
    order = session.order
    if order is None:
        return None
    return {"number": order.number, "state": order.state, "url": _page(session, "storefront:order", order.token)}


def _page(session: Session, name: str, token: str) -> str:
    with override("fr" if session.locale == "fr" else "en"):
        try:
            return f"{settings.PUBLIC_URL}{reverse(name, kwargs={'token': token})}"
        except NoReverseMatch:
            return ""
