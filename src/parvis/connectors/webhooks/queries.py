"""Reads: endpoints and their messages, as the studio and the API show them. Secrets are never read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from parvis.connectors.webhooks.models import Endpoint, Message


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointView:
    """An endpoint without its secret; ``kinds`` empty means all."""

    id: int
    url: str
    kinds: tuple[str, ...]
    description: str
    active: bool
    failures_in_a_row: int
    disabled_reason: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageView:
    """A message and how it fared."""

    id: int
    key: str
    kind: str
    state: str
    attempts: int
    answered_status: int | None
    error: str
    created_at: datetime
    due_at: datetime
    delivered_at: datetime | None


def endpoints() -> tuple[EndpointView, ...]:
    """All endpoints, newest last."""
    return tuple(
        EndpointView(
            id=row.pk,
            url=row.url,
            kinds=tuple(row.kinds),
            description=row.description,
            active=row.active,
            failures_in_a_row=row.failures_in_a_row,
            disabled_reason=row.disabled_reason,
            created_at=row.created_at,
        )
        for row in Endpoint.objects.order_by("id")
    )


def messages(*, endpoint_id: int, limit: int = 50) -> Sequence[MessageView]:
    """The latest messages of an endpoint."""
    fields = MessageView.__dataclass_fields__
    rows = Message.objects.filter(endpoint_id=endpoint_id).order_by("-id")[:limit]
    return tuple(MessageView(**{name: getattr(row, name) for name in fields}) for row in rows)


def kinds() -> tuple[str, ...]:
    """Every kind of event that can be told."""
    from parvis.connectors.webhooks.handlers import TOLD

    return tuple(kind.name for kind in TOLD)
