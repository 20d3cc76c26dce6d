"""/carts: what is wanted, before anybody speaks of paying. A cart is a checkout session whose end is not shown."""

from parvis.core.errors import NotFound
from parvis.core.idempotency import Answer
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Details, Door, Session
from parvis.domains.people.contracts import Scope
from parvis.interfaces.agents.acp import asked, told
from parvis.interfaces.agents.acp.manners import Call, Operation, address
from parvis.interfaces.agents.acp.schemas import CART


def _answer(call: Call, session: Session, *, status: int = 200) -> Answer:
    call.met(session.token)
    return Answer(status=status, body=told.cart_document(session))


def _known(call: Call, token: str) -> Session:
    """The cart as long as it is one; raises NotFound for what was bought, cancelled, or has expired."""
    call.met(token)
    session = queries.session(token, agent_id=call.agent.id, at=call.at)
    if session.state not in told.OPEN:
        raise NotFound(kind="cart", key=token)
    return session


def create(call: Call) -> Answer:
    session = actions.open_session(
        door=Door.ACP,
        lines=asked.wanted(call.body["line_items"], call.counts),
        details=asked.details(Details(), call.body),
        locale=call.locale,
        agent_id=call.agent.id,
        basket=True,
        at=call.at,
    )
    return _answer(call, session, status=201)


def read(call: Call, token: str) -> Answer:
    return _answer(call, _known(call, token))


def replace(call: Call, token: str) -> Answer:
    known = _known(call, token)
    session = actions.update_session(
        token=token,
        agent_id=call.agent.id,
        lines=asked.wanted(call.body["line_items"], call.counts),
        details=asked.details(known.details, call.body),
        at=call.at,
    )
    return _answer(call, session)


def cancel(call: Call, token: str) -> Answer:
    known = _known(call, token)
    actions.cancel_session(token=token, agent_id=call.agent.id, at=call.at)
    return _answer(call, known)


collection = address({"POST": Operation(name="create_cart", act=create, asks=(CART, "CartCreateRequest"))})
one = address(
    {
        "GET": Operation(name="read_cart", act=read, repeatable=True, scope=Scope.CHECKOUT_READ),
        "PUT": Operation(name="replace_cart", act=replace, asks=(CART, "CartUpdateRequest"), outside=True),
    }
)
cancellation = address({"POST": Operation(name="cancel_cart", act=cancel, outside=True)})
