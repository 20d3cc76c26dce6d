"""A checkout ends for whoever opened it: cancelled, handed over to the shopper, or left too long."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core import prepared
from parvis.core.errors import NotFound
from parvis.domains.checkout import contracts, models, queries
from parvis.domains.checkout.actions.fulfil import PaymentUnderWay, cancel
from parvis.domains.checkout.actions.sessions.access import SessionClosed, open_or_raise, still_theirs
from parvis.domains.checkout.contracts import OrderState, SessionState
from parvis.domains.checkout.models.sessions import CANCELLED, EXPIRED, OPEN
from parvis.domains.checkout.queries.sessions import ended, row_of, to_session
from parvis.domains.checkout.queries.unchanged import steady


@steady()
def cancel_session(
    *, token: str, agent_id: int | None = None, reason: Mapping[str, Any] | None = None, at: datetime
) -> contracts.Session:
    """End a checkout without a sale; cancelling it again changes nothing. ``reason`` is what the door was told.

    Raises NotFound, access.SessionClosed once it is completed, access.HandedOver, fulfil.PaymentUnderWay.
    """
    row = row_of(token, agent_id=agent_id)
    known = to_session(row, at=at)
    if known.state is SessionState.CANCELLED:
        return known
    if known.state is SessionState.COMPLETED:
        raise SessionClosed(state=known.state.value)
    still_theirs(row, agent_id)
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

    Raises NotFound, access.SessionClosed.
    """
    row = models.Session.objects.select_for_update(of=("self",)).filter(token=token[:64]).first()
    if row is None:
        raise NotFound(kind="session", key=token[:64])
    open_or_raise(row, at=at)
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
