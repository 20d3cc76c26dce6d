"""How far a checkout session has come, and what stands in its way.

Codes of messages:

========================  ==========================================================================
``empty``                 nothing is wanted
``sold_out``              a line has nothing left (``lines.ID``)
``not_enough``            fewer are left than wanted; detail: available, wanted
``not_sold``              the article is no longer sold
``price_moved``           a price is not the one last told; detail: before, now (minor units)
``total_moved``           the total is not the one last told; detail: before, now
``missing``               a detail is needed (``details.email`` …)
``invalid``               a detail cannot be used; detail: problem, example
``country_unserved``      we do not ship to that country
``shipping_unserved``     that way to ship does not serve the address
``code_refused``          a code does not count (``codes.CODE``); detail: problem and its parameters
``payment_declined``      the bank said no; detail: reason
``payment_unreadable``    the means of payment could not be read; detail: field, problem
``payment_action``        the bank asks the shopper (``next_url``)
``hold_expired``          the order waited too long for its payment: its goods are no longer held
========================  ==========================================================================
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from parvis.domains.checkout.contracts import (
    Address,
    Cart,
    CartLine,
    Details,
    LineState,
    Message,
    Order,
    OrderState,
    PaymentState,
    Quote,
    Remedy,
    SessionState,
    Severity,
    ShippingKind,
)
from parvis.domains.checkout.rules import addresses
from parvis.domains.checkout.rules.orders import BOUGHT

_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s.\x00-\x1f]+(\.[^@\s.\x00-\x1f]+)+")
_LINE_CODES = {
    LineState.SOLD_OUT: "sold_out",
    LineState.REDUCED: "not_enough",
    LineState.ARCHIVED: "not_sold",
}
_MOVING = (PaymentState.AUTHORISED, PaymentState.CAPTURE_FAILED, PaymentState.CAPTURED)


def plausible_email(email: str) -> bool:
    """Whether a message may reach somebody under this address."""
    return len(email) <= 254 and _EMAIL.fullmatch(email) is not None


def messages(
    *, cart: Cart, quote: Quote, details: Details, countries: tuple[str, ...], order: Order | None
) -> tuple[Message, ...]:
    """All that the buyer should know of a session that is neither completed nor closed."""
    if order is not None and order.state is OrderState.AWAITING_PAYMENT:
        return tuple(_of_payment(order))
    found = [*_of_lines(cart), *_of_details(details, quote, countries), *_of_codes(quote)]
    if order is not None and order.cancel_reason in ("expired", "payment_failed"):
        found.append(_message("hold_expired", Severity.INFO, at="payment"))
    return tuple(found)


def state(*, closed: SessionState | None, order: Order | None, told: Sequence[Message], next_url: str) -> SessionState:
    """Where the session stands. ``closed`` is CANCELLED or EXPIRED where it was so ended; an order that is bought
    counts more than both."""
    if order is not None and (order.state in BOUGHT or order.state is OrderState.REFUNDED):
        return SessionState.COMPLETED
    if closed is not None:
        return closed
    if order is not None and order.state is OrderState.AWAITING_PAYMENT:
        payment = order.payment
        if payment is not None and payment.state in _MOVING:
            return SessionState.COMPLETING
        waits = payment is not None and payment.state is PaymentState.ACTION_REQUIRED and bool(next_url)
        return SessionState.NEEDS_SHOPPER if waits else SessionState.READY
    errors = [message for message in told if message.severity is Severity.ERROR]
    if not errors:
        return SessionState.READY
    only_shopper = all(message.remedy is Remedy.SHOPPER for message in errors)
    return SessionState.NEEDS_SHOPPER if only_shopper else SessionState.INCOMPLETE


def _message(
    code: str,
    severity: Severity = Severity.ERROR,
    *,
    at: str = "",
    remedy: Remedy = Remedy.CALLER,
    detail: Mapping[str, str | int] | None = None,
) -> Message:
    return Message(code=code, severity=severity, remedy=remedy, at=at, detail=dict(detail or {}))


def moved(before: int, now: int) -> Message:
    """The total is not the one that was told last."""
    return _message("total_moved", Severity.WARNING, at="total", detail={"before": before, "now": now})


def unreadable(field: str, problem: str) -> Message:
    """The means of payment could not be read."""
    return _message("payment_unreadable", at="payment", detail={"field": field, "problem": problem})


def _of_lines(cart: Cart) -> Iterator[Message]:
    if not cart.lines:
        yield _message("empty", at="lines")
    for line in cart.lines:
        yield from _of_line(line)


def _of_line(line: CartLine) -> Iterator[Message]:
    at = f"lines.{line.variant_id}"
    code = _LINE_CODES.get(line.state)
    if code is not None:
        yield _message(code, at=at, detail={"wanted": line.quantity, "available": line.available})
    elif line.price_moved:
        detail = {"before": line.price_seen.amount_minor, "now": line.unit.amount_minor}
        yield _message("price_moved", Severity.WARNING, at=at, detail=detail)


def _of_details(details: Details, quote: Quote, countries: tuple[str, ...]) -> Iterator[Message]:
    if not details.email:
        yield _message("missing", at="details.email")
    elif not plausible_email(details.email):
        yield _message("invalid", at="details.email", detail={"problem": "email"})
    if not (details.name or "").strip():
        yield _message("missing", at="details.name")
    if details.address is None:
        yield _message("missing", at="details.address")
        return
    yield from _of_address(addresses.normalise(details.address), details, quote, countries)


def _of_address(where: Address, details: Details, quote: Quote, countries: tuple[str, ...]) -> Iterator[Message]:
    if not quote.offers:
        yield _message("country_unserved", at="details.address.country", detail={"country": where.country[:8]})
        return
    wanted = details.shipping_method or quote.chosen
    offer = next((each for each in quote.offers if each.method.key == wanted), None)
    if offer is None:
        yield _message("shipping_unserved", at="details.shipping_method", detail={"country": where.country[:8]})
        return
    if offer.method.kind is ShippingKind.PICKUP:
        if where.point not in [point.key for point in offer.method.points]:
            yield _message("missing" if not where.point else "invalid", at="details.address.point")
        return
    for fault in addresses.faults(where, countries=countries):
        at = f"details.address.{fault.field}"
        if fault.problem is addresses.AddressProblem.MISSING:
            yield _message("missing", at=at)
        else:
            yield _message("invalid", at=at, detail={"problem": fault.problem.value, "example": fault.example})


def _of_codes(quote: Quote) -> Iterator[Message]:
    for answer in quote.answers:
        if answer.problem is not None:
            detail = {"problem": answer.problem.value, **answer.detail}
            yield _message("code_refused", Severity.WARNING, at=f"codes.{answer.code}", detail=detail)


def _of_payment(order: Order) -> Iterator[Message]:
    payment = order.payment
    if payment is not None and payment.state is PaymentState.DECLINED:
        yield _message("payment_declined", at="payment", detail={"reason": payment.decline_code})
    if payment is not None and payment.state is PaymentState.ACTION_REQUIRED:
        yield _message("payment_action", Severity.INFO, at="payment", remedy=Remedy.SHOPPER)
