"""Factories for tests, with the fixed cast: a cart, an order and a paid order in one line each.

Payments go to whatever provider is bound (in this project the test provider, project/wiring.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from unittest.mock import patch

from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.actions import letters
from parvis.domains.checkout.contracts import Address, Cart, Details, Door, Order, PaymentStep, Session, Wanted
from parvis.domains.checkout.ports import CardDetails
from parvis.domains.checkout.rules.cards import luhn
from parvis.domains.people.testing import BY_KEY

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
TOKEN = "test-cart-token-of-claire"  # noqa: S105 - a cart of the tests

HOME = Address(line1="12 rue des Lilas", postcode="75011", city="Paris", country="FR")
ABROAD = Address(line1="200 Main Street", postcode="10001", city="New York", region="NY", country="US")

GOOD = "4242424242424242"
CHALLENGED = "4000002500003155"
DECLINED = "4000000000000002"
POOR = "4000000000009995"
CAPTURE_FAILS = "4000000000000341"
CAPTURE_LATE = "4000000000000333"
REFUND_FAILS = "4000000000005126"


def own_number(buyer: int) -> str:
    """A good number for each buyer of a crowd: one card that many try at the same moment is held back."""
    body = f"42424242{buyer:07d}"
    return next(f"{body}{digit}" for digit in range(10) if luhn(f"{body}{digit}"))


def card(number: str = GOOD, *, save: bool = False) -> CardDetails:
    """A test card as typed by the shopper."""
    return CardDetails(number=number, exp_month=12, exp_year=2090, cvc="123", holder="Claire Dubois", save=save)


def filled_cart(
    lines: Mapping[str, int], *, catalogue: SmallCatalogue | None = None, token: str = TOKEN, at: datetime = AT
) -> Cart:
    """A cart with ``{sku: quantity}`` of the small catalogue ("DR-S": a dress at 89.00 …)."""
    shop = catalogue or small_catalogue()
    cart = queries.cart(token, locale="en")
    for sku, quantity in lines.items():
        cart = actions.add_to_cart(token=token, variant_id=shop.variants[sku], quantity=quantity, at=at)
    return cart


def placed_order(
    lines: Mapping[str, int] | None = None,
    *,
    who: str = "claire",
    customer_id: int | None = None,
    token: str = TOKEN,
    key: str = "submit-1",
    at: datetime = AT,
) -> Order:
    """An order of one of the cast, waiting for its payment."""
    filled_cart(lines or {"DR-S": 1}, token=token, at=at)
    person = BY_KEY[who]
    return actions.place(
        cart_token=token,
        email=person.email,
        name=person.name,
        address=HOME,
        shipping_method="home",
        locale=person.locale,
        customer_id=customer_id,
        key=key,
        at=at,
    ).order


def paid_order(
    lines: Mapping[str, int] | None = None,
    *,
    who: str = "claire",
    token: str = TOKEN,
    key: str = "submit-1",
    number: str = GOOD,
    at: datetime = AT,
) -> Order:
    """A paid order of one of the cast."""
    order = placed_order(lines, who=who, token=token, key=key, at=at)
    pay(order, number=number, at=at)
    return queries.order(order.id)


def pay(order: Order, *, number: str = GOOD, at: datetime = AT) -> PaymentStep:
    """Try to pay an order with a test card."""
    return actions.pay(order_token=order.token, card=card(number), return_url=f"/orders/{order.token}/", at=at)


@contextmanager
def without_letters() -> Iterator[None]:
    """Orders tell their buyers nothing: for tests of what others write to them."""
    with patch.object(letters, "send", lambda *_, **__: None):
        yield


def session_of(
    lines: Mapping[str, int] | None = None,
    *,
    who: str = "claire",
    door: Door = Door.ACP,
    agent_id: int | None = None,
    details: Details | None = None,
    codes: Sequence[str] = (),
    catalogue: SmallCatalogue | None = None,
    at: datetime = AT,
) -> Session:
    """A checkout session of one of the cast that lacks nothing, unless ``details`` say otherwise."""
    shop = catalogue or small_catalogue()
    person = BY_KEY[who]
    return actions.open_session(
        door=door,
        lines=[
            Wanted(variant_id=shop.variants[sku], quantity=pieces) for sku, pieces in (lines or {"DR-S": 1}).items()
        ],
        details=details or Details(email=person.email, name=person.name, address=HOME, shipping_method="home"),
        codes=codes,
        locale=person.locale,
        agent_id=agent_id,
        at=at,
    )
