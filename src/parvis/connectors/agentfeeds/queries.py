"""What is known of feeds at agents' platforms."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from parvis.connectors.agentfeeds.models import Feed


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedRow:
    """A feed: where, in which language, how many products it holds, and how the last push went. ``failures`` counts
    those in a row; ``busy``: one is under way."""

    id: int
    url: str
    language: str
    country: str
    active: bool
    products: int
    pushed_at: datetime | None
    tried_at: datetime | None
    failures: int
    busy: bool
    error: str


def feeds(*, at: datetime) -> tuple[FeedRow, ...]:
    """All feeds, the oldest first. One statement."""
    return tuple(
        FeedRow(
            id=row.pk,
            url=row.url,
            language=row.language,
            country=row.country,
            active=row.active,
            products=row.products,
            pushed_at=row.pushed_at,
            tried_at=row.tried_at,
            failures=row.failures,
            busy=row.busy_until is not None and row.busy_until > at,
            error=row.error,
        )
        for row in Feed.objects.annotate(products=Count("sent")).order_by("pk")
    )


def due() -> tuple[tuple[int, str], ...]:
    """Id and language of the feeds that are pushed to."""
    return tuple(Feed.objects.filter(active=True).order_by("pk").values_list("pk", "language"))
