"""/checkout-sessions: opened, read, replaced, completed, cancelled."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext

from parvis.connectors.agents import orders as news
from parvis.core import idempotency
from parvis.core.errors import Conflict, Invalid, NotFound, ParvisError
from parvis.core.outbound import AddressRefused
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Details, Door, Session, SessionState
from parvis.domains.checkout.ports import PaymentUnavailable
from parvis.interfaces.agents.ucp import asking, envelope, payment, reading, showing, versions
from parvis.interfaces.agents.ucp.envelope import Failed
from parvis.interfaces.agents.ucp.gate import Call
from parvis.interfaces.agents.ucp.problems import BadRequest, TooManyInstruments

CART = "cart_"
MOST_CONVERSIONS = 20


def create(call: Call) -> tuple[int, dict[str, Any]]:
    """A new checkout; or, of a cart that was turned into one already, that one."""
    if call.can(versions.CART) and (cart_id := call.body.text("cart_id")):
        return _converted(call, cart_id)
    asked = asking.lines(call.body, locale=call.locale)
    session = open_from(call, asked)
    session = _settled(call, session)
    return 201, _shown(call, session, [*asked.messages, *_unplaced(call, session), *asking.claims(call.body)])


def _unplaced(call: Call, session: Session) -> list[dict[str, Any]]:
    """What is said of a place that was selected and is not known: it is never replaced by another one."""
    path = asking.unknown_destination(call.body, session)
    words = gettext("This place is not known here: choose another one.")
    return [envelope.error("destination_unknown", words, severity=envelope.RECOVERABLE, path=path)] if path else []


def open_from(call: Call, asked: asking.Asked, *, cart: Session | None = None, basket: bool = False) -> Session:
    """A session of this agent with these lines: of all that is known of ``cart``, else of what the body says. A mere
    cart with ``basket``."""
    codes = cart.cart.codes if cart is not None else asking.codes(call.body) or ()
    told = asking.consents(call.body, call.release) or {}
    try:
        session = actions.open_session(
            door=Door.UCP,
            lines=asked.lines,
            details=cart.details if cart is not None else asking.details(call.body, None),
            codes=tuple(codes),
            locale=call.locale,
            agent_id=call.agent_id,
            attribution={**(cart.attribution if cart is not None else {}), **reading.attribution(call.body)},
            consents={**(cart.consents if cart is not None else {}), **told},
            proofs=[*(cart.proofs if cart is not None else ()), *reading.shown(call.body)],
            basket=basket,
            at=call.at,
        )
    except Invalid as invalid:
        raise BadRequest(path=str(invalid.params.get("field", "$")), reason=str(invalid)) from invalid
    call.visit.session = session.token
    return session


def _settled(call: Call, session: Session) -> Session:
    """Ways to ship are known by their names only once there is a session: choose among them now."""
    fulfilment = call.body.part("fulfillment")
    if fulfilment is None:
        return session
    wanted = asking.details(call.body, session)
    known = {offer.method.key for offer in session.quote.offers}
    if wanted.shipping_method is not None and wanted.shipping_method not in known:
        wanted = replace(wanted, shipping_method=None)
    if wanted == session.details:
        return session
    return actions.update_session(token=session.token, agent_id=call.agent_id, details=wanted, at=call.at)


def _converted(call: Call, cart_id: str) -> tuple[int, dict[str, Any]]:
    """The one open checkout of a cart: its contents count, not those of the body."""
    cart = cart_of(call, cart_id)
    asked = asking.of_session(cart)

    def open_it() -> idempotency.Answer:
        session = open_from(call, asked, cart=cart)
        return idempotency.Answer(status=201, body=session.token)

    # The answer that is kept for a cart names its checkout; one that has ended gives way to a new one.
    for number in range(MOST_CONVERSIONS):
        made = idempotency.once(scope=f"ucp:cart:{cart.token}", key=str(number), body=None, at=call.at, act=open_it)
        session = queries.session(str(made.body), agent_id=call.agent_id, at=call.at)
        if session.state not in showing.FINAL:
            call.visit.session = session.token
            return (200 if made.replayed else 201), _shown(call, session, asked.messages)
    raise Failed("not_found", gettext("This cart was checked out too many times: start a new one."))


def cart_of(call: Call, cart_id: str) -> Session:
    """The cart of this agent under an id. Raises Failed where there is none (any more)."""
    token = cart_id.removeprefix(CART)
    try:
        session = queries.session(token, agent_id=call.agent_id, at=call.at) if token != cart_id else None
    except NotFound:
        session = None
    if session is None or not session.basket or session.state in showing.FINAL:
        raise Failed("not_found", gettext("There is no such cart, or it has expired."))
    call.visit.session = session.token
    return session


def known(call: Call) -> Session:
    """The checkout that the address names. Raises Failed for one that this agent does not have."""
    token = call.where["checkout_id"]
    try:
        session = queries.session(token, agent_id=call.agent_id, at=call.at)
    except NotFound as error:
        raise Failed("not_found", gettext("There is no such checkout.")) from error
    if session.basket and session.order is None:  # a mere cart, unless the shopper has bought it
        raise Failed("not_found", gettext("There is no such checkout."))
    call.visit.session = session.token
    return session


def read(call: Call) -> tuple[int, dict[str, Any]]:
    """The checkout as it stands now."""
    return 200, _shown(call, known(call))


def update(call: Call) -> tuple[int, dict[str, Any]]:
    """The whole checkout anew: what is not sent is gone, but for what a platform cannot send."""
    before = known(call)
    _still_open(before)
    if refused := _unplaced(call, before):
        return 200, _shown(call, before, refused)
    asked = asking.lines(call.body, locale=call.locale, known=before)
    try:
        session = actions.update_session(
            token=before.token,
            agent_id=call.agent_id,
            lines=asked.lines,
            details=_of_known(asking.details(call.body, before), before),
            codes=asking.codes(call.body) or (),
            consents=asking.consents(call.body, call.release) or {},
            attribution=reading.attribution(call.body),
            at=call.at,
        )
    except Invalid as invalid:
        raise BadRequest(path=str(invalid.params.get("field", "$")), reason=str(invalid)) from invalid
    except Conflict as conflict:
        now = known(call)
        if call.release.tells_progress and now.state is SessionState.COMPLETING:
            words = gettext("The payment is on its way: nothing can be changed meanwhile.")
            told = envelope.error("checkout_in_progress", words, severity=envelope.RECOVERABLE)
            return 200, _shown(call, now, [told])
        raise _closed(conflict) from conflict
    return 200, _shown(call, session, [*asked.messages, *asking.claims(call.body)])


def _of_known(details: Details, before: Session) -> Details:
    """A way to ship that is not offered counts as none chosen: the answer shows which one counts instead."""
    ways = {offer.method.key for offer in before.quote.offers}
    return details if details.shipping_method in ways else replace(details, shipping_method=None)


def complete(call: Call) -> tuple[int, dict[str, Any]]:
    """Order and pay. A platform that tells the buyer or the destination only now is understood too."""
    session = known(call)
    if session.state is SessionState.COMPLETED:
        return 200, _shown(call, session)
    _still_open(session)
    if refused := _unplaced(call, session):
        return 200, _shown(call, session, refused)
    try:
        session = _told_late(call, session)
        instrument = payment.instrument(call.body, session, one=call.release.one_instrument, at=call.at)
        _listen(call)
        session = actions.complete_session(
            token=session.token,
            agent_id=call.agent_id,
            instrument=instrument,
            return_url=showing.continue_url(session),
            seen=session,
            at=call.at,
        )
    except Conflict as conflict:
        raise _closed(conflict) from conflict
    except TooManyInstruments as many:
        failed = envelope.error(many.code, str(many), severity=envelope.RECOVERABLE, path="$.payment.instruments")
        return 200, _shown(call, session, [failed])
    except PaymentUnavailable:
        words = gettext("The payment service did not answer. Nothing is lost: try again in a moment.")
        failed = envelope.error("payment_failed", words, severity=envelope.RECOVERABLE)
        return 200, _shown(call, known(call), [failed])
    return 200, _shown(call, session)


def _told_late(call: Call, session: Session) -> Session:
    """Who buys, where it goes and what the buyer agrees to, where the body of a completion says it."""
    told = _of_known(asking.details(call.body, session), session)
    before, consents = session.details, asking.consents(call.body, call.release)
    address = told if told.address is not None else before
    merged = replace(
        before,
        email=told.email or before.email,
        name=told.name or before.name,
        phone=told.phone or before.phone,
        address=address.address,
        destination=address.destination,
        shipping_method=told.shipping_method or before.shipping_method,
    )
    if merged == before and not consents:
        return session
    return actions.update_session(
        token=session.token,
        agent_id=call.agent_id,
        details=None if merged == before else merged,
        consents={**session.consents, **consents} if consents else None,
        at=call.at,
    )


def _listen(call: Call) -> None:
    """Where the platform wants to hear of its orders, as its profile says. An address that cannot be used stands in
    the way of no sale."""
    url = call.platform.webhook_url
    if url and call.agent_id is not None:
        try:
            news.set_endpoint(agent_id=call.agent_id, protocol="ucp", version=call.release.version, url=url, at=call.at)
        except (AddressRefused, Invalid):
            call.visit.error("webhook_url_refused")


def cancel(call: Call) -> tuple[int, dict[str, Any]]:
    """End a checkout without a sale; one that is completed or ended cannot be."""
    session = known(call)
    _still_open(session)
    try:
        session = actions.cancel_session(token=session.token, agent_id=call.agent_id, at=call.at)
    except Conflict as conflict:
        raise _closed(conflict) from conflict
    return 200, _shown(call, session)


def _still_open(session: Session) -> None:
    if session.state in showing.FINAL:
        raise Failed("checkout_closed", _ended(session.state), severity=envelope.UNRECOVERABLE, status=409)


def _ended(state: SessionState) -> str:
    if state is SessionState.COMPLETED:
        return gettext("This checkout is completed: it can no longer be changed.")
    return gettext("This checkout has ended: start a new one.")


def _closed(conflict: ParvisError) -> Failed:
    """The shopper has taken over, the payment is under way, or it ended a moment ago."""
    words = gettext("This checkout can no longer be changed here: the buyer or the bank goes on with it.")
    return Failed(conflict.code, words, severity=envelope.UNRECOVERABLE, status=409)


def _shown(call: Call, session: Session, told: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    shown = showing.checkout(
        session,
        told,
        typed=asking.codes(call.body),
        release=call.release,
        common=call.common,
    )
    return shown | {"payment_handlers": payment.handlers(call.release)}
