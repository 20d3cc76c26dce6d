"""The end of a checkout session: ordered once, paid once, whatever is repeated and wherever it stops.

hold -> authorise -> confirm -> capture. The order is placed and its stock held in one transaction with the session;
the provider is called after it. Every step is found again from what is stored, so that a caller who saw no answer, a
worker that was killed, or a second caller at the same moment goes on where the first one was.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from parvis.core.errors import ParvisError
from parvis.domains.catalog.actions import OutOfStock
from parvis.domains.checkout import models, queries
from parvis.domains.checkout.actions.offers.claims import OfferGone
from parvis.domains.checkout.actions.ordering import Purchase, key_hash, ordered
from parvis.domains.checkout.actions.pay import pay
from parvis.domains.checkout.actions.place import BadAddress, destination, locked_open_cart
from parvis.domains.checkout.actions.sessions import acknowledge, locked_session, refill, told
from parvis.domains.checkout.contracts import Address, Door, Message, OrderState, SeenFrom, Session, SessionState
from parvis.domains.checkout.ports import BadCard, Instrument, SharedToken
from parvis.domains.checkout.queries.sessions import ended, row_of, to_session
from parvis.domains.checkout.queries.unchanged import steady
from parvis.domains.checkout.rules import sessions as rules

# What placing an order may find that was not so a moment before: told in the session, not an error.
_OUTCOMES = (OutOfStock, OfferGone, BadAddress)


@steady()
def complete_session(
    *,
    token: str,
    agent_id: int | None = None,
    instrument: Instrument,
    expected_total_minor: int | None = None,
    return_url: str = "",
    seen: Session | None = None,
    at: datetime,
) -> Session:
    """Order what the session holds and pay it with ``instrument``. The same session never makes two orders and is
    never charged twice, however often this is called. Not to be called inside a transaction.

    The answer's state says what came of it: COMPLETED, COMPLETING (the money is on its way), NEEDS_SHOPPER (the bank
    asks, see ``next_url``), READY with a message (declined; a price or total that is not the one last told, which is
    told now), INCOMPLETE (sold out meanwhile, something is missing). ``expected_total_minor`` is the total the caller
    agreed to; without it the one last told counts. ``seen`` is the session as the caller has read it for this very
    request, so that who comes too late is told without reading it again.

    Raises NotFound, sessions.SessionClosed when cancelled or expired, sessions.HandedOver, ports.PaymentUnavailable
    (nothing is lost: complete again).
    """
    row = row_of(token, agent_id=agent_id)
    if ended(row, at=at) is SessionState.COMPLETED:
        return to_session(row, at=at)
    if row.order is not None and row.order.state == OrderState.CANCELLED:
        refill(row, at=at)
        seen = None
    late = _too_late(row, seen, agent_id, expected_total_minor, at=at)
    if late is not None:
        return late
    order_token, refused = _order(token, agent_id, expected_total_minor, at=at)
    if order_token is None:
        return refused or queries.session(token, agent_id=agent_id, at=at)
    extra: tuple[Message, ...] = ()
    try:
        step = pay(
            order_token=order_token,
            instrument=replace(instrument, session=token) if isinstance(instrument, SharedToken) else instrument,
            customer_id=row.customer_id,
            return_url=return_url,
            seen_from=SeenFrom(visit=token),
            at=at,
        )
        models.Session.objects.filter(id=row.id).update(next_url=(step.next_url or "")[:500], updated_at=at)
    except BadCard as bad:
        extra = (rules.unreadable(str(bad.params["field"]), str(bad.params["problem"])),)
    answer = queries.session(token, agent_id=agent_id, at=at)
    return replace(answer, messages=(*answer.messages, *extra)) if extra else answer


def _too_late(
    row: models.Session, seen: Session | None, agent_id: int | None, expected_minor: int | None, *, at: datetime
) -> Session | None:
    """The session as it is told when what it wants is sold out. Looked at without a lock and before anything is
    written: in a rush most come for nothing, and each of them should know it soon. None: it has to be tried."""
    theirs = row.handed_over_at is None or agent_id is None
    if row.order is not None or not theirs or ended(row, at=at) is not None:
        return None
    known = seen or to_session(row, at=at)
    agreed = expected_minor if expected_minor is not None else row.told_minor
    moved = known.cart.prices_moved or agreed not in (None, known.quote.totals.due.amount_minor)
    return known if known.cart.blocked and not moved else None


@transaction.atomic
def _order(
    token: str, agent_id: int | None, expected_minor: int | None, *, at: datetime
) -> tuple[str | None, Session | None]:
    """The token of the order that is to be paid; or None and the session that says why there is none."""
    row = locked_session(token, agent_id=agent_id, at=at)
    if row.order is not None and row.order.state == OrderState.AWAITING_PAYMENT:
        return row.order.token, None
    cart = locked_open_cart(row.cart.token)
    known = to_session(row, at=at)
    due = known.quote.totals.due.amount_minor
    agreed = expected_minor if expected_minor is not None else row.told_minor
    moved = agreed is not None and agreed != due
    if cart is None or known.state is not SessionState.READY or moved or known.cart.prices_moved:
        return None, _stop(row, known, agreed if moved else None, at=at)
    try:
        with transaction.atomic():
            return _place(row, cart, known, at=at).token, None
    except _OUTCOMES as outcome:
        return None, _stop(row, to_session(row, at=at), _before(outcome, agreed), at=at)


def _place(row: models.Session, cart: models.Cart, known: Session, *, at: datetime) -> models.Order:
    details, quote = known.details, known.quote
    address = details.address or Address()
    where, method = destination(
        address if address.phone else replace(address, phone=details.phone or ""),
        details.shipping_method or quote.chosen,
        methods=[offer.method for offer in quote.offers],
    )
    purchase = Purchase(
        key_hash=key_hash(cart.token, f"session-{row.id}-{cart.id}"),
        email=details.email or "",
        name=details.name or "",
        locale=row.locale,
        address=where,
        shipping_method=method.key,
        customer_id=row.customer_id,
        visit=row.visit,
        door=Door(row.door),
        agent_id=row.agent_id,
        attribution=row.attribution,
    )
    return ordered(cart, known.cart, quote, purchase, session_id=row.id, at=at).order


def _stop(row: models.Session, known: Session, before: int | None, *, at: datetime) -> Session:
    """The session with what has moved in its messages; from now on the new prices and the new total count as told.
    Who comes too late for the last piece is told at once: nothing has moved for them."""
    if before is None and not known.cart.prices_moved:
        return known
    acknowledge(row.cart)
    answer = told(row, at=at)
    kept = {(each.code, each.at) for each in answer.messages}
    lost = tuple(each for each in known.messages if each.code == "price_moved" and (each.code, each.at) not in kept)
    extra = (rules.moved(before, answer.total.amount_minor),) if before is not None else ()
    return replace(answer, messages=(*answer.messages, *lost, *extra))


def _before(outcome: ParvisError, agreed: int | None) -> int | None:
    return agreed if isinstance(outcome, OfferGone) else None
