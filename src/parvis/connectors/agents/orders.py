"""Tell agents of the orders they placed: the whole order each time, in order, at least once.

What is sent is made at the moment of sending from the order as it then stands, and of one order one message is under
way at a time, the earliest first. So a late try of an old message carries the new state, and no older state ever
arrives after a newer one. A message that is refused waits longer and longer; after ten tries over about three days it
is set aside for a person. Nothing is sent to a stopped agent: what happened meanwhile waits until it may come in again.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypedDict

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from procrastinate.exceptions import AlreadyEnqueued

from parvis.connectors.agents import rendering
from parvis.connectors.agents.models import OrderEndpoint, OrderNews
from parvis.connectors.agents.rendering import News
from parvis.connectors.webhooks import sending
from parvis.connectors.webhooks.sending import Outcome
from parvis.connectors.webhooks.signing import new_secret
from parvis.core import locks, outbound, sealed
from parvis.core.errors import Invalid, NotFound
from parvis.core.tasks import app
from parvis.domains.checkout import queries as checkout
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Agent

log = structlog.get_logger("parvis.agents")
PURPOSE = "agent-order-signing"
KEPT = timedelta(days=30)
LONGEST_REST = timedelta(hours=1)


def set_endpoint(*, agent_id: int, protocol: str, version: str = "", url: str, secret: str = "", at: datetime) -> int:
    """Tell this agent of its orders there, in this protocol's form, from now on. An endpoint per agent and protocol:
    setting it again replaces the address (and version and secret, where they are given) and switches it on; the same
    again changes nothing and costs one statement. Raises AddressRefused for what is no public https address, Invalid
    for a protocol that nothing speaks here, and for an address that is too long."""
    if rendering.renderer(protocol) is None:
        raise Invalid(field="protocol", problem="nothing here tells of orders in it")
    if len(url) > 500:
        raise Invalid(field="url", problem="too long")
    known = OrderEndpoint.objects.filter(agent_id=agent_id, protocol=protocol).first()
    as_before = known is not None and known.url == url and version in ("", known.version)
    if known is not None and as_before and known.active and not secret:
        return int(known.pk)
    outbound.check(url, allowed=settings.OUTBOUND_ALLOWED)
    values: dict[str, object] = {
        "url": url,
        "active": True,
        "failures_in_a_row": 0,
        "rests_until": None,
        "disabled_reason": "",
    }
    if version:
        values["version"] = version
    if secret:
        values["sealed_secret"] = sealed.seal(secret, purpose=PURPOSE)
    row, _ = OrderEndpoint.objects.update_or_create(
        agent_id=agent_id, protocol=protocol, defaults=values, create_defaults={**values, "created_at": at}
    )
    return int(row.pk)


def make_secret() -> str:
    """A fresh secret for an endpoint, for those who do not bring their own."""
    return new_secret()


def set_active(*, endpoint_id: int, active: bool) -> None:
    """Switch an endpoint on or off; switching on forgives its failures. Raises NotFound."""
    changed = OrderEndpoint.objects.filter(pk=endpoint_id).update(
        active=active, failures_in_a_row=0, rests_until=None, disabled_reason=""
    )
    if not changed:
        raise NotFound(kind="endpoint", key=endpoint_id)


def delete_endpoint(*, endpoint_id: int) -> None:
    """Tell it no more, and forget what it was told. Raises NotFound."""
    if not OrderEndpoint.objects.filter(pk=endpoint_id).delete()[0]:
        raise NotFound(kind="endpoint", key=endpoint_id)


def queue(happened: Sequence[tuple[str, int]], *, at: datetime) -> int:
    """Note (kind, order id) for the endpoints of the agents that placed these orders; orders of people and orders that
    were never paid are left out. Two statements, or three. Runs in the transaction that receives the events."""
    bought = checkout.agent_orders(order_id for _, order_id in happened)
    if not bought:
        return 0
    agents = {order.agent_id for order in bought.values()}
    endpoints = list(OrderEndpoint.objects.filter(agent_id__in=agents, active=True).order_by("id"))
    rows = []
    for kind, order_id in happened:
        order = bought.get(order_id)
        if order is None:
            continue
        own = [row for row in endpoints if row.agent_id == order.agent_id]
        # An order is told in the form of the protocol it was placed by; where that one tells nothing, in any.
        told = [row for row in own if row.protocol == order.door.value] or own
        rows += [
            OrderNews(
                endpoint=endpoint,
                order_id=order_id,
                key=f"msg_{secrets.token_hex(12)}",
                kind=kind,
                occurred_at=at,
                due_at=at,
            )
            for endpoint in told
        ]
    OrderNews.objects.bulk_create(rows)
    if rows:
        transaction.on_commit(_wake)
    return len(rows)


def _wake() -> None:
    # The queue is asked after the commit, by name: tasks are above.
    try:
        app.configure_task("agentlink.tell", queueing_lock="agentlink.tell").defer()
    except AlreadyEnqueued:
        log.debug("a teller is already asked for")


def again(*, news_id: int, at: datetime) -> None:
    """Send what was set aside once more, with all its tries. Raises NotFound for what is no undelivered message."""
    changed = OrderNews.objects.filter(pk=news_id).exclude(state=OrderNews.State.DELIVERED)
    if not changed.update(state=OrderNews.State.WAITING, attempts=0, due_at=at, claimed_until=None):
        raise NotFound(kind="undelivered message", key=news_id)
    OrderEndpoint.objects.filter(news=news_id).update(rests_until=None)
    transaction.on_commit(_wake)


def tell_due(*, at: datetime, limit: int = 200) -> int:
    """Send messages that are due; returns how many were tried. Each is claimed in a short transaction and sent outside
    of any; a worker that dies leaves it to the next one, under the same id."""
    tried = 0
    while tried < limit and (row := _claim(at=at)) is not None:
        letter = _write(row, at=at)
        outcome = letter if isinstance(letter, Outcome) else sending.attempt(row.endpoint.url, **letter)
        _settle(row, outcome, theirs=outcome is not letter, at=at)
        tried += 1
    return tried


@transaction.atomic
def _claim(*, at: datetime) -> OrderNews | None:
    waiting = OrderNews.objects.filter(state=OrderNews.State.WAITING)
    of_the_order = waiting.filter(endpoint=OuterRef("endpoint"), order=OuterRef("order"))
    earlier = of_the_order.filter(id__lt=OuterRef("id"))
    due = waiting.filter(due_at__lte=at, endpoint__active=True, endpoint__agent__stopped_at=None)
    due = due.filter(Q(endpoint__rests_until=None) | Q(endpoint__rests_until__lte=at))
    due = due.exclude(Exists(earlier)).exclude(Exists(of_the_order.filter(claimed_until__gt=at)))
    free = due.select_for_update(skip_locked=True, of=("self",)).select_related("endpoint")
    row = free.order_by("due_at", "id").first()
    # A message with a smaller number can become visible after a later one was begun: the order's own lock holds it,
    # and what was claimed before the lock was ours is seen now.
    if row is None or not locks.try_hold(locks.of(f"agent news {row.endpoint_id} {row.order_id}")):
        return None
    if waiting.filter(endpoint=row.endpoint_id, order=row.order_id, claimed_until__gt=at).exists():
        return None
    row.attempts += 1
    row.claimed_until = at + sending.LEASE
    row.save(update_fields=["attempts", "claimed_until"])
    return row


class _Letter(TypedDict):
    body: bytes
    headers: Mapping[str, str]


def _write(row: OrderNews, *, at: datetime) -> _Letter | Outcome:
    """What is to be sent, or why it cannot be written."""
    endpoint = row.endpoint
    renderer = rendering.renderer(endpoint.protocol)
    agent = people.agent(endpoint.agent_id)
    if renderer is None or agent is None:
        return Outcome(None, f"nothing here tells of orders in {endpoint.protocol}")
    try:
        news = _news(row, agent)
        secret = sealed.unseal(endpoint.sealed_secret, purpose=PURPOSE) if endpoint.sealed_secret else ""
        body = renderer.body(news)
        return _Letter(body=body, headers=renderer.headers(news, body, secret=secret, at=at))
    except Exception as error:  # one order that cannot be written must not hold up all others
        log.exception("news of an order cannot be written", order=row.order_id, protocol=endpoint.protocol)
        return Outcome(None, f"cannot be written: {type(error).__name__}")


def _news(row: OrderNews, agent: Agent) -> News:
    source = checkout.agent_orders([row.order_id]).get(row.order_id)
    told = OrderNews.objects.filter(endpoint=row.endpoint, order_id=row.order_id, state=OrderNews.State.DELIVERED)
    return News(
        key=row.key,
        kind=row.kind,
        occurred_at=row.occurred_at,
        first=not told.exists(),
        order=checkout.order(row.order_id),
        session_token=source.session_token if source else "",
        agent=agent,
        url=row.endpoint.url,
        version=row.endpoint.version,
    )


@transaction.atomic
def _settle(row: OrderNews, outcome: Outcome, *, theirs: bool, at: datetime) -> None:
    """Write down how it went, unless the claim has passed to another worker, or it was taken back; ``theirs``: it was
    sent, so that a failure is the endpoint's."""
    endpoint = OrderEndpoint.objects.select_for_update(of=("self",)).filter(pk=row.endpoint_id).first()
    if endpoint is None:
        return
    changes: dict[str, object] = {
        "claimed_until": None,
        "answered_status": outcome.status,
        "error": outcome.error,
    }
    if not outcome.error:
        changes |= {"state": OrderNews.State.DELIVERED, "delivered_at": at}
        endpoint.failures_in_a_row, endpoint.rests_until = 0, None
    else:
        wait = sending.wait(row.attempts)
        changes |= {"state": OrderNews.State.FAILED} if wait is None else {"due_at": at + wait}
        if theirs:
            _refused(endpoint, at=at)
        log.warning("news of an order not taken", endpoint=endpoint.pk, attempts=row.attempts, told=outcome.error)
    endpoint.save(update_fields=["failures_in_a_row", "rests_until", "active", "disabled_reason"])
    mine = OrderNews.objects.filter(pk=row.pk, state=OrderNews.State.WAITING, attempts=row.attempts)
    mine.update(**changes)


def _refused(endpoint: OrderEndpoint, *, at: datetime) -> None:
    """It rests for a while, and after too many failures for good."""
    endpoint.failures_in_a_row += 1
    failures = endpoint.failures_in_a_row
    rest = sending.WAITS[min(failures, len(sending.WAITS)) - 1]
    endpoint.rests_until = at + min(rest, LONGEST_REST)
    if failures >= sending.DISABLE_AFTER:
        endpoint.active, endpoint.disabled_reason = False, sending.DISABLED


def forget(*, at: datetime) -> int:
    """Delete messages that were taken a month ago; what was set aside stays until somebody looks, at most a year."""
    old = OrderNews.objects.filter(state=OrderNews.State.DELIVERED, delivered_at__lt=at - KEPT)
    lost = OrderNews.objects.filter(state=OrderNews.State.FAILED, occurred_at__lt=at - timedelta(days=365))
    return old.delete()[0] + lost.delete()[0]
