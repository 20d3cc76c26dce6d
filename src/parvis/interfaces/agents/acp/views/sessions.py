"""/checkout_sessions: opened, read, changed, completed, cancelled."""

from dataclasses import replace
from typing import Any

from parvis.core.idempotency import Answer
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.actions import SessionClosed
from parvis.domains.checkout.contracts import Details, Door, OrderState, Session, SessionState
from parvis.domains.checkout.ports import SharedToken
from parvis.domains.people.contracts import Scope
from parvis.interfaces.agents.acp import asked, places, told
from parvis.interfaces.agents.acp.manners import Call, Operation, address
from parvis.interfaces.agents.acp.schemas import CHECKOUT, Refused


def _answer(call: Call, session: Session, *, status: int = 200) -> Answer:
    call.met(session.token)
    return Answer(status=status, body=told.session_document(session))


def _known(call: Call, token: str) -> Session:
    """The session; raises NotFound for another agent's as for one that never was."""
    call.met(token)
    return queries.session(token, agent_id=call.agent.id, at=call.at)


def create(call: Call) -> Answer:
    body = call.body
    asked.currency(body["currency"])
    session = actions.open_session(
        door=Door.ACP,
        lines=asked.wanted(body["line_items"], call.counts),
        details=asked.details(Details(), body),
        codes=asked.codes(body) or (),
        locale=call.locale,
        agent_id=call.agent.id,
        attribution=asked.attribution(body, "first"),
        at=call.at,
    )
    return _answer(call, session, status=201)


def read(call: Call, token: str) -> Answer:
    return _answer(call, _known(call, token))


def update(call: Call, token: str) -> Answer:
    known, body = _known(call, token), call.body
    details = asked.details(known.details, body)
    details = asked.chosen(details, body.get("selected_fulfillment_options", ()), known.quote)
    lines = asked.wanted(body["line_items"], call.counts) if "line_items" in body else None
    session = actions.update_session(
        token=token,
        agent_id=call.agent.id,
        lines=lines,
        details=details if details != known.details else None,
        codes=asked.codes(body),
        at=call.at,
    )
    return _answer(call, session)


def complete(call: Call, token: str) -> Answer:
    known, body = _known(call, token), call.body
    instrument = _instrument(body["payment_data"])
    if known.state in told.OPEN:
        known = _told_at_last(call, known)
    session = actions.complete_session(
        token=token,
        agent_id=call.agent.id,
        instrument=instrument,
        return_url=places.continue_url(token, known.locale),
        seen=known,
        at=call.at,
    )
    return _answer(call, session)


def _instrument(data: Any) -> SharedToken:
    """The token that pays. Raises :class:`Refused` for any other way to pay."""
    if "instrument" not in data or "handler_id" not in data:  # the schema lets either be left out of an order's form
        raise Refused(problem="purchase orders are not taken", param="$.payment_data", word="unsupported")
    if data["handler_id"] != told.HANDLER:
        raise Refused(problem=f"the only handler is {told.HANDLER}", param="$.payment_data.handler_id")
    credential = data["instrument"]["credential"]
    if not credential["token"] or len(credential["token"]) > 500:
        raise Refused(problem="this is no token", param="$.payment_data.instrument.credential.token")
    return SharedToken(token=credential["token"])


def _told_at_last(call: Call, known: Session) -> Session:
    """The session with what is told with the payment: the buyer once more, what they agree to, whom the sale is
    credited to."""
    last = {name: call.body[name] for name in ("buyer", "order_notes") if name in call.body}
    details = asked.details(known.details, last)
    # the parcel is for whom it was for: the buyer's name counts only where there is none yet
    details = replace(details, name=known.details.name or details.name)
    if (
        known.order is not None and known.order.state is OrderState.AWAITING_PAYMENT
    ):  # it may be being paid at this moment: what was ordered stays as it is
        details = known.details
    consents = asked.consents(call.body, told.CHANNELS)
    credit = asked.attribution(call.body, "last")
    if details == known.details and consents is None and credit is None:
        return known
    return actions.update_session(
        token=known.token,
        agent_id=call.agent.id,
        details=details if details != known.details else None,
        consents=consents,
        attribution=credit,
        shown=False,
        at=call.at,
    )


def cancel(call: Call, token: str) -> Answer:
    known = _known(call, token)
    if known.state is SessionState.CANCELLED:
        raise _ended(known)
    try:
        session = actions.cancel_session(
            token=token, agent_id=call.agent.id, reason=asked.reason(call.body), at=call.at
        )
    except SessionClosed as closed:
        raise _ended(_known(call, token)) from closed
    return _answer(call, session)


def _ended(known: Session) -> Refused:
    return Refused(problem=f"this checkout is {told.status(known)}", word="not_cancelable", status=405)


collection = address(
    {"POST": Operation(name="create_session", act=create, asks=(CHECKOUT, "CheckoutSessionCreateRequest"))}
)
one = address(
    {
        "GET": Operation(name="read_session", act=read, repeatable=True, scope=Scope.CHECKOUT_READ),
        "POST": Operation(
            name="update_session", act=update, asks=(CHECKOUT, "CheckoutSessionUpdateRequest"), outside=True
        ),
    }
)
completion = address(
    {
        "POST": Operation(
            name="complete_session", act=complete, asks=(CHECKOUT, "CheckoutSessionCompleteRequest"), outside=True
        )
    }
)
cancellation = address({"POST": Operation(name="cancel_session", act=cancel, outside=True)})
