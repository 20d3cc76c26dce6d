"""What a cart costs: pure, from what is known of the cart, the ways to ship, the tax and the offers of the brand."""

from collections.abc import Sequence
from datetime import date, timedelta

from parvis.core.money import Money
from parvis.domains.checkout.contracts import (
    Cart,
    CartLine,
    CodeAnswer,
    CodeProblem,
    Quote,
    QuoteLine,
    ShippingMethod,
    ShippingOffer,
    TaxShare,
    Totals,
)
from parvis.domains.checkout.rules import money, shipping, taxes

WEEKEND = (5, 6)


def quote(*, cart: Cart, country: str, methods: Sequence[ShippingMethod], chosen: str = "", today: date) -> Quote:
    """The quote of a cart for ``country``, with the way to ship called ``chosen`` (else the first that serves it)."""
    points = taxes.rate(country)
    lines = tuple(_line(line, points) for line in cart.lines)
    offers = tuple(_offer(cart, each, points, today) for each in shipping.serving(methods, country))
    offer = next((each for each in offers if each.method.key == chosen), offers[0] if offers else None)
    sums = offer.totals if offer is not None else _totals(cart, None, points)
    return Quote(
        country=country,
        lines=lines,
        totals=sums,
        chosen=offer.method.key if offer is not None else "",
        offers=offers,
        answers=tuple(CodeAnswer(code=code, problem=CodeProblem.UNKNOWN) for code in cart.codes),
        taxes=(TaxShare(basis_points=points, net=sums.total - sums.tax, tax=sums.tax),),
    )


def _line(line: CartLine, points: int) -> QuoteLine:
    total = line.total
    return QuoteLine(
        variant_id=line.variant_id,
        quantity=line.quantity,
        unit=line.unit,
        was=line.was,
        subtotal=total,
        discount=Money(0, total.currency),
        total=total,
        tax=Money(taxes.included(total.amount_minor, points), total.currency),
        basis_points=points,
    )


def _totals(cart: Cart, method: ShippingMethod | None, points: int) -> Totals:
    return money.totals(
        goods_minor=cart.subtotal.amount_minor, method=method, currency=cart.currency, basis_points=points
    )


def _offer(cart: Cart, method: ShippingMethod, points: int, today: date) -> ShippingOffer:
    low, high = method.days
    return ShippingOffer(
        method=method,
        totals=_totals(cart, method, points),
        earliest=working_day(today, low),
        latest=working_day(today, high),
    )


def working_day(start: date, days: int) -> date:
    """The day that is ``days`` working days (Monday to Friday) after ``start``."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() not in WEEKEND
    return day
