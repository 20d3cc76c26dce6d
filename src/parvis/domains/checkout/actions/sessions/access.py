"""Who may still change a checkout: whose it is, and whether it is open."""

from datetime import datetime

from parvis.core import prepared
from parvis.core.errors import Conflict
from parvis.core.prepared import Given
from parvis.domains.checkout import models
from parvis.domains.checkout.models.carts import OPEN as CART_OPEN
from parvis.domains.checkout.queries.carts import open_cart
from parvis.domains.checkout.queries.sessions import ended, row_of

# The row alone: what is joined to a row that was waited for is still that of before.
_LOCK = prepared.Rows(
    lambda: models.Session.objects.select_for_update().filter(token=Given("token")).order_by().values_list("id")
)


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


def locked_session(token: str, *, agent_id: int | None, at: datetime) -> models.Session:
    """The session, locked, if it can still be changed by this caller."""
    _LOCK.rows(token=token[:64])
    row = row_of(token, agent_id=agent_id)
    open_or_raise(row, at=at)
    still_theirs(row, agent_id)
    current = open_cart(row.cart.token) if row.cart.state != CART_OPEN else None
    if current is not None:  # reopened after an order that was given up
        row.cart = current
    return row


def still_theirs(row: models.Session, agent_id: int | None) -> None:
    if row.handed_over_at is not None and agent_id is not None:
        raise HandedOver(reason="the shopper has taken it over")


def open_or_raise(row: models.Session, *, at: datetime) -> None:
    state = ended(row, at=at)
    if state is not None:
        raise SessionClosed(state=state.value)
