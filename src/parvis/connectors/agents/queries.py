"""Reads of the journal and of what agents are told, as the studio shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncDate

from parvis.connectors.agents.journal import session_key
from parvis.connectors.agents.models import Call, OrderEndpoint, OrderNews
from parvis.core.days import shop_zone
from parvis.core.pagination import Page, decode_cursor, encode_cursor

EXAMPLES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class DayOfCalls:
    """Requests of a day by agent (None: unknown callers); ``failed`` are those with an error."""

    agent_id: int | None
    day: date
    calls: int
    failed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CallView:
    """A line of the journal; ``times`` when it stands for several refusals of one minute."""

    id: int
    agent_id: int | None
    protocol: str
    operation: str
    session_key: str
    status: int
    error: str
    where: str
    milliseconds: int
    times: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorView:
    """An error code of some time: how often, when last, and its latest lines."""

    code: str
    status: int
    times: int
    last: datetime
    examples: tuple[CallView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CallFilter:
    """All fields narrow; ``agent_id`` 0: callers who did not say who they are. ``outcome`` is ok, failed or empty."""

    agent_id: int | None = None
    operation: str = ""
    outcome: str = ""
    error: str = ""
    session_token: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderEndpointView:
    """An endpoint without its secret, with what waits and what was set aside."""

    id: int
    agent_id: int
    protocol: str
    version: str
    url: str
    signed: bool
    active: bool
    failures_in_a_row: int
    disabled_reason: str
    rests_until: datetime | None
    waiting: int
    failed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsView:
    """A message about an order and how it fared."""

    id: int
    endpoint_id: int
    order_id: int
    kind: str
    state: str
    attempts: int
    answered_status: int | None
    error: str
    occurred_at: datetime
    due_at: datetime
    delivered_at: datetime | None


def days(since: datetime, until: datetime, *, agent_id: int | None = None) -> tuple[DayOfCalls, ...]:
    """Requests a day of the shop and agent. One statement."""
    rows = Call.objects.filter(at__gte=since, at__lt=until)
    if agent_id is not None:
        rows = rows.filter(agent_id=agent_id)
    counted = (
        rows.annotate(day=TruncDate("at", tzinfo=shop_zone()))
        .values("agent_id", "day")
        .annotate(calls=Sum("times"), failed=Sum("times", filter=~Q(error="")))
        .order_by("day", "agent_id")
    )
    return tuple(
        DayOfCalls(agent_id=row["agent_id"], day=row["day"], calls=row["calls"], failed=row["failed"] or 0)
        for row in counted
    )


def errors(since: datetime, until: datetime, *, agent_id: int | None = None, limit: int = 12) -> tuple[ErrorView, ...]:
    """The most frequent errors with their latest lines. Two statements."""
    rows = Call.objects.filter(at__gte=since, at__lt=until).exclude(error="")
    if agent_id is not None:
        rows = rows.filter(agent_id=agent_id)
    groups = list(
        rows.values("error", "status")
        .annotate(n=Sum("times"), last=Max("at"), latest=Max("id"))
        .order_by("-n", "error", "status")[:limit]
    )
    latest = _latest(rows, groups)
    return tuple(
        ErrorView(
            code=group["error"],
            status=group["status"],
            times=group["n"],
            last=group["last"],
            examples=tuple(latest.get((group["error"], group["status"]), ())),
        )
        for group in groups
    )


def _latest(rows: Any, groups: Sequence[Any]) -> dict[tuple[str, int], list[CallView]]:
    """The latest lines of each group: one statement, a part a group."""
    if not groups:
        return {}
    own = [rows.filter(error=group["error"], status=group["status"]) for group in groups]
    parts = [each.order_by("-id").values_list("id", flat=True)[:EXAMPLES] for each in own]
    ids = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    found: dict[tuple[str, int], list[CallView]] = {}
    for row in Call.objects.filter(id__in=list(ids)).order_by("-id"):
        found.setdefault((row.error, row.status), []).append(_call(row))
    return found


def calls(wanted: CallFilter, *, cursor: str | None = None, limit: int = 50) -> Page[CallView]:
    """The journal, newest first. One statement. Raises BadCursor."""
    rows = Call.objects.order_by("-id")
    if wanted.agent_id is not None:
        rows = rows.filter(agent_id=wanted.agent_id) if wanted.agent_id else rows.filter(agent__isnull=True)
    if wanted.operation:
        rows = rows.filter(operation=wanted.operation[:60])
    if wanted.outcome == "ok":
        rows = rows.filter(error="")
    elif wanted.outcome == "failed":
        rows = rows.exclude(error="")
    if wanted.error:
        rows = rows.filter(error=wanted.error[:60])
    if wanted.session_token:
        rows = rows.filter(session_key=session_key(wanted.session_token))
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, length=1)[0])
    found = [_call(row) for row in rows[: limit + 1]]
    more = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next=more)


def operations(*, agent_id: int, since: datetime) -> tuple[str, ...]:
    """What an agent asked for lately, the most frequent first. One statement."""
    rows = Call.objects.filter(agent_id=agent_id, at__gte=since).values("operation").annotate(n=Count("id"))
    return tuple(row["operation"] for row in rows.order_by("-n", "operation")[:30])


def endpoints(agent_id: int | None = None) -> tuple[OrderEndpointView, ...]:
    """Where agents are told of their orders. One statement."""
    rows = OrderEndpoint.objects.order_by("agent_id", "protocol").annotate(
        waiting=Count("news", filter=Q(news__state=OrderNews.State.WAITING)),
        failed=Count("news", filter=Q(news__state=OrderNews.State.FAILED)),
    )
    if agent_id is not None:
        rows = rows.filter(agent_id=agent_id)
    return tuple(
        OrderEndpointView(
            id=row.pk,
            agent_id=row.agent_id,
            protocol=row.protocol,
            version=row.version,
            url=row.url,
            signed=bool(row.sealed_secret),
            active=row.active,
            failures_in_a_row=row.failures_in_a_row,
            disabled_reason=row.disabled_reason,
            rests_until=row.rests_until,
            waiting=row.waiting,
            failed=row.failed,
        )
        for row in rows
    )


def news(
    *, endpoint_ids: Iterable[int], state: str = "", news_id: int | None = None, limit: int = 30
) -> tuple[NewsView, ...]:
    """The latest messages of these endpoints, or one of them. One statement."""
    rows = OrderNews.objects.filter(endpoint_id__in=list(endpoint_ids)).order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if news_id is not None:
        rows = rows.filter(id=news_id)
    fields = NewsView.__dataclass_fields__
    return tuple(NewsView(**{name: getattr(row, name) for name in fields}) for row in rows[:limit])


def _call(row: Call) -> CallView:
    return CallView(**{name: getattr(row, name) for name in CallView.__dataclass_fields__})
