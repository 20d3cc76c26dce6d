"""One checkout for every door: opened, changed, ordered and paid, cancelled, or handed over to the shopper.

A session is what was wanted and told so far; what it costs and whether it can be ordered is worked out anew each time
(queries.sessions). Nothing is held before :func:`complete_session` places the order.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from parvis.core import outbox, prepared
from parvis.core.errors import Conflict, Invalid, NotFound
from parvis.core.prepared import Given
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import contracts, models, queries
from parvis.domains.checkout.actions.codes import kept as kept_codes
from parvis.domains.checkout.actions.fulfil import PaymentUnderWay, cancel, reopen_cart
from parvis.domains.checkout.contracts import (
    MAX_LINES,
    MAX_QUANTITY,
    SESSION_LIFE,
    CartLineAdded,
    Details,
    Door,
    OrderState,
    SessionState,
    Wanted,
)
from parvis.domains.checkout.models.carts import OPEN as CART_OPEN
from parvis.domains.checkout.models.sessions import CANCELLED, EXPIRED, OPEN
from parvis.domains.checkout.queries.carts import open_cart
from parvis.domains.checkout.queries.sessions import ended, row_of, to_session
from parvis.domains.checkout.queries.unchanged import steady

# The row alone: what is joined to a row that was waited for is still that of before.
_LOCK = prepared.Rows(
    lambda: models.Session.objects.select_for_update().filter(token=Given("token")).order_by().values_list("id")
)
_LONGEST = {"email": 254, "name": 120, "phone": 40, "shipping_method": 40, "note": 5000, "destination": 80}
_MAX_PROOFS = 50


class SessionClosed(Conflict):
    """``state`` is completed, cancelled or expired: nothing more can be done with it."""

    code = "session_closed"
    template = "This checkout is %(state)s."

    def __init__(self, *, state: str) -> None:
        super().__init__(state=state, reason=f"the checkout is {state}")


class HandedOver(Conflict):
    """The shopper has taken the checkout over: an agent may look, and no more."""

    code = "handed_over"
    template = "The shopper has taken this checkout over."


@steady()
@transaction.atomic
def open_session(  # noqa: PLR0913 - all that a door may know at the beginning
    *,
    door: Door,
    lines: Sequence[Wanted],
    details: Details | None = None,
    codes: Sequence[str] = (),
    locale: str,
    agent_id: int | None = None,
    customer_id: int | None = None,
    attribution: Mapping[str, str] | None = None,
    consents: Mapping[str, bool] | None = None,
    proofs: Sequence[int] = (),
    visit: str | None = None,
    basket: bool = False,
    at: datetime,
) -> contracts.Session:
    """A new checkout with a cart of its own. What is sold out or missing is told in the answer's messages. A
    ``basket`` is a mere cart: it counts as a checkout of the agent's only if the shopper takes it over.

    Raises NotFound for a variant that never was, Invalid for quantities out of bounds and texts that are too long.
    """
    wanted = _summed(lines)
    cart = models.Cart(
        token=secrets.token_urlsafe(24),
        currency=settings.CURRENCY,
        visit=visit,
        codes=kept_codes(codes),
        created_at=at,
        updated_at=at,
    )
    prepared.insert(cart)
    row = models.Session(
        token=secrets.token_urlsafe(24),
        door=door.value,
        basket=basket,
        agent_id=agent_id,
        customer_id=customer_id,
        cart=cart,
        locale=locale,
        details=_stored(details or Details()),
        attribution=_texts(attribution),
        consents={key[:40]: bool(given) for key, given in (consents or {}).items()},
        proofs=list(dict.fromkeys(proofs))[:_MAX_PROOFS],
        visit=visit,
        created_at=at,
        updated_at=at,
        expires_at=at + SESSION_LIFE,
    )
    prepared.insert(row)
    _fill(cart, wanted, visit=visit, at=at)
    return told(row, at=at)


@steady()
def update_session(
    *,
    token: str,
    agent_id: int | None = None,
    lines: Sequence[Wanted] | None = None,
    details: Details | None = None,
    codes: Sequence[str] | None = None,
    consents: Mapping[str, bool] | None = None,
    attribution: Mapping[str, str] | None = None,
    shown: bool = True,
    at: datetime,
) -> contracts.Session:
    """Change a checkout: a part that is given replaces that part whole, None leaves it. An order that waits for its
    payment is cancelled and its goods are free again, unless only consents or attribution are given; today's prices
    count as told. Not so without ``shown``: the answer goes to nobody, since a completion follows at once, and the
    prices and the total that were told last remain what the buyer has agreed to.

    Raises NotFound, :class:`SessionClosed`, :class:`HandedOver`, fulfil.PaymentUnderWay, Invalid.
    """
    deep = lines is not None or details is not None or codes is not None
    if deep:
        _take_back(token, agent_id=agent_id, at=at)
    with transaction.atomic():
        row = locked_session(token, agent_id=agent_id, at=at)
        if deep and row.order is not None and row.order.state == OrderState.AWAITING_PAYMENT:
            raise PaymentUnderWay(number=row.order.number, reason="ordered at this moment")
        if lines is not None:
            wanted = _summed(lines)
            row.cart.lines.all().delete()
            _fill(row.cart, wanted, visit=row.visit, at=at)
        if codes is not None:
            models.Cart.objects.filter(id=row.cart_id).update(codes=kept_codes(codes, known=row.cart.codes))
        if details is not None:
            row.details = _stored(details)
        if consents is not None:
            row.consents = {key[:40]: bool(given) for key, given in consents.items()}
        if attribution is not None:
            row.attribution = {**row.attribution, **_texts(attribution)}
        if shown:
            acknowledge(row.cart)
        if row.order is not None and row.order.state == OrderState.CANCELLED:
            row.order, row.next_url = None, ""
        row.version += 1
        row.updated_at = at
        row.save()
        fresh = models.Session.objects.get(id=row.id)
        return told(fresh, at=at) if shown else to_session(fresh, at=at)


@steady()
def cancel_session(
    *, token: str, agent_id: int | None = None, reason: Mapping[str, Any] | None = None, at: datetime
) -> contracts.Session:
    """End a checkout without a sale; cancelling it again changes nothing. ``reason`` is what the door was told.

    Raises NotFound, :class:`SessionClosed` once it is completed, :class:`HandedOver`, fulfil.PaymentUnderWay.
    """
    row = row_of(token, agent_id=agent_id)
    known = to_session(row, at=at)
    if known.state is SessionState.CANCELLED:
        return known
    if known.state is SessionState.COMPLETED:
        raise SessionClosed(state=known.state.value)
    _still_theirs(row, agent_id)
    if row.order is not None and row.order.state == OrderState.AWAITING_PAYMENT:
        cancel(order_id=row.order.id, reason="agent" if row.agent_id is not None else "shopper", at=at)
    _close(row.id, reason or {}, at=at)
    return queries.session(token, agent_id=agent_id, at=at)


@transaction.atomic
def _close(session_id: int, reason: Mapping[str, Any], *, at: datetime) -> None:
    """Cancel a session, unless it was ordered at this very moment: what is being paid is not told as cancelled."""
    row = models.Session.objects.select_for_update(of=("self",)).get(id=session_id)
    if row.state != OPEN:
        return
    if row.order is not None and row.order.state == OrderState.AWAITING_PAYMENT:
        raise PaymentUnderWay(number=row.order.number, reason="being paid")
    if ended(row, at=at) is SessionState.COMPLETED:
        raise SessionClosed(state=SessionState.COMPLETED.value)
    row.state, row.cancel_reason, row.updated_at = CANCELLED, dict(reason), at
    prepared.update(row, "state", "cancel_reason", "updated_at")


@transaction.atomic
def hand_over(*, token: str, customer_id: int | None = None, at: datetime) -> contracts.Session:
    """The shopper goes on with an agent's checkout on our own pages: from now on the agent may only look. The answer's
    cart is what the browser's cookie must hold. Doing it twice changes nothing.

    Raises NotFound, :class:`SessionClosed`.
    """
    row = models.Session.objects.select_for_update(of=("self",)).filter(token=token[:64]).first()
    if row is None:
        raise NotFound(kind="session", key=token[:64])
    _open_or_raise(row, at=at)
    if row.handed_over_at is None:
        row.handed_over_at = at
        row.updated_at = at
        row.version += 1
    if customer_id is not None and row.customer_id is None:
        row.customer_id = customer_id
    row.save()
    return to_session(row, at=at)


def expire_sessions(*, at: datetime) -> int:
    """Close the checkouts that were left; returns how many. Those whose order waits for its payment wait with it."""
    late = models.Session.objects.filter(state=OPEN, expires_at__lte=at)
    waiting = {"order__state": OrderState.AWAITING_PAYMENT.value}
    return late.exclude(**waiting).exclude(order__paid_at__isnull=False).update(state=EXPIRED, updated_at=at)


# -- what the verbs share -------------------------------------------------------------------------------------


def locked_session(token: str, *, agent_id: int | None, at: datetime) -> models.Session:
    """The session, locked, if it can still be changed by this caller."""
    _LOCK.rows(token=token[:64])
    row = row_of(token, agent_id=agent_id)
    _open_or_raise(row, at=at)
    _still_theirs(row, agent_id)
    current = open_cart(row.cart.token) if row.cart.state != CART_OPEN else None
    if current is not None:  # reopened after an order that was given up
        row.cart = current
    return row


def _still_theirs(row: models.Session, agent_id: int | None) -> None:
    if row.handed_over_at is not None and agent_id is not None:
        raise HandedOver(reason="the shopper has taken it over")


def _open_or_raise(row: models.Session, *, at: datetime) -> None:
    state = ended(row, at=at)
    if state is not None:
        raise SessionClosed(state=state.value)


def _take_back(token: str, *, agent_id: int | None, at: datetime) -> None:
    """An order that was placed and not paid ends, so that its checkout can change. Calls the provider, hence before
    any transaction. One that ended by itself leaves its lines in a cart again too."""
    row = row_of(token, agent_id=agent_id)
    if row.order is None:
        return
    _still_theirs(row, agent_id)
    if row.order.state == OrderState.AWAITING_PAYMENT:
        reopen_cart(order_token=row.order.token, at=at, locale=row.locale)
    elif row.order.state == OrderState.CANCELLED:
        refill(row, at=at)


@transaction.atomic
def refill(row: models.Session, *, at: datetime) -> None:
    """A cart with the lines of an order that ended unpaid, where there is none yet."""
    locked = models.Session.objects.select_for_update(of=("self",)).get(id=row.id)
    if locked.order is None or open_cart(locked.cart.token) is not None:
        return
    old = locked.cart
    cart = models.Cart.objects.create(
        token=old.token, currency=old.currency, visit=old.visit, codes=old.codes, created_at=at, updated_at=at
    )
    models.CartLine.objects.bulk_create(
        models.CartLine(
            cart=cart, variant_id=line.variant_id, quantity=line.quantity, price_seen_minor=line.unit_minor, added_at=at
        )
        for line in locked.order.lines.all()
    )
    models.Session.objects.filter(id=locked.id).update(cart=cart)


def _summed(lines: Sequence[Wanted]) -> dict[int, int]:
    """Quantities by variant, within bounds; the same variant twice is wanted twice."""
    wanted: dict[int, int] = {}
    for line in lines:
        if line.quantity < 1:
            raise Invalid(field=f"lines.{line.variant_id}", problem="give a quantity of at least one")
        wanted[line.variant_id] = wanted.get(line.variant_id, 0) + line.quantity
        if wanted[line.variant_id] > MAX_QUANTITY:
            raise Invalid(field=f"lines.{line.variant_id}", problem=f"give at most {MAX_QUANTITY} of one article")
    if len(wanted) > MAX_LINES:
        raise Invalid(field="lines", problem=f"give at most {MAX_LINES} articles")
    return wanted


def _fill(cart: models.Cart, wanted: Mapping[int, int], *, visit: str | None, at: datetime) -> None:
    variants = catalog.variants(wanted) if wanted else {}
    for variant_id in wanted:
        if variant_id not in variants:
            raise NotFound(kind="variant", key=variant_id)
    prepared.insert(
        *(
            models.CartLine(
                cart=cart,
                variant_id=variant_id,
                quantity=quantity,
                price_seen_minor=variants[variant_id].price.amount_minor,
                added_at=at,
            )
            for variant_id, quantity in wanted.items()
        )
    )
    added = (
        CartLineAdded(
            cart_id=cart.id,
            product_id=variants[variant_id].product_id,
            variant_id=variant_id,
            quantity=quantity,
            visit=visit,
        )
        for variant_id, quantity in wanted.items()
    )
    outbox.publish(*added, at=at)


def acknowledge(cart: models.Cart) -> None:
    """The answer tells today's prices: from now on they count as told."""
    lines = list(cart.lines.all())
    variants = catalog.variants([line.variant_id for line in lines]) if lines else {}
    for line in lines:
        if line.variant_id in variants:
            line.price_seen_minor = variants[line.variant_id].price.amount_minor
    models.CartLine.objects.bulk_update(lines, ["price_seen_minor"])


def told(row: models.Session, *, at: datetime) -> contracts.Session:
    """The answer, with its total written down as the one that was told."""
    answer = to_session(row, at=at)
    ready = answer.state in (SessionState.READY, SessionState.COMPLETING, SessionState.COMPLETED)
    row.told_minor, row.ready_at = answer.total.amount_minor, row.ready_at or (at if ready else None)
    prepared.update(row, "told_minor", "ready_at")
    return answer


def _stored(details: Details) -> dict[str, Any]:
    for name, longest in _LONGEST.items():
        value = getattr(details, name)
        if value is not None and len(value) > longest:
            raise Invalid(field=f"details.{name}", problem=f"give at most {longest} characters")
        if value is not None and "\x00" in value:
            raise Invalid(field=f"details.{name}", problem="a character in it cannot be used")
    stored = {key: value for key, value in asdict(details).items() if value is not None}
    for name, value in stored.get("address", {}).items():
        if len(value) > 200 or "\x00" in value:
            raise Invalid(field=f"details.address.{name}", problem="give at most 200 printable characters")
    return stored


def _texts(given: Mapping[str, str] | None) -> dict[str, str]:
    """What brought the buyer, cut to size: it must never stand in the way of a sale."""
    kept = list((given or {}).items())[:30]
    return {str(key)[:60].replace("\x00", ""): str(value)[:300].replace("\x00", "") for key, value in kept}
