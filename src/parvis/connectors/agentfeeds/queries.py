"""What is known of feeds at agents' platforms."""

from dataclasses import dataclass
from datetime import datetime

from parvis.connectors.agentfeeds.models import Feed


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedRow:
    """A feed: where, in which language, how many products it holds, and how the last push went."""

    id: int
    url: str
    language: str
    country: str
    active: bool
    products: int
    pushed_at: datetime | None
    error: str


def feeds() -> tuple[FeedRow, ...]:
    """All feeds, the oldest first. One statement each for them and their products."""
    return tuple(
        FeedRow(
            id=row.pk,
            url=row.url,
            language=row.language,
            country=row.country,
            active=row.active,
            products=row.sent.count(),
            pushed_at=row.pushed_at,
            error=row.error,
        )
        for row in Feed.objects.order_by("pk")
    )


def due() -> tuple[tuple[int, str], ...]:
    """Id and language of the feeds that are pushed to."""
    return tuple(Feed.objects.filter(active=True).order_by("pk").values_list("pk", "language"))
