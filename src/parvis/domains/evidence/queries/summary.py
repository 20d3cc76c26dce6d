"""What each product's voices say, in one statement for any number of products."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Max

from parvis.domains.evidence import rules
from parvis.domains.evidence.contracts import AspectCount, Sign, Summary
from parvis.domains.evidence.models import ProductProof
from parvis.domains.voices import queries as voices
from parvis.science import text


def summaries(product_ids: Iterable[int]) -> dict[int, Summary]:
    """Summaries by product; products without public reviews are absent. Two statements.

    A voice withdrawn a moment ago may still be counted until its event is handed over; its words are never quoted.
    """
    rows = ProductProof.objects.filter(product_id__in=list(product_ids))
    found = {row.product_id: to_summary(row) for row in rows}
    quoted = {point.voice_id for summary in found.values() for point in (*summary.pros, *summary.cons)}
    silent = quoted - voices.public_among(quoted)
    if not silent:
        return found
    return {key: _without(summary, silent) for key, summary in found.items()}


def _without(summary: Summary, silent: set[int]) -> Summary:
    def quiet(points: tuple[AspectCount, ...]) -> tuple[AspectCount, ...]:
        return tuple(replace(point, quote="") if point.voice_id in silent else point for point in points)

    return replace(summary, pros=quiet(summary.pros), cons=quiet(summary.cons))


def summary(product_id: int) -> Summary | None:
    """The summary of one product, or None when nobody has said anything."""
    return summaries([product_id]).get(product_id)


def state() -> tuple[int, datetime | None]:
    """How many products have reviews, and when what is derived from them last changed. One statement."""
    told = ProductProof.objects.aggregate(count=Count("product_id"), at=Max("updated_at"))
    return told["count"], told["at"]


def changed_at(product_ids: Iterable[int]) -> dict[int, datetime]:
    """When what people say of these products last changed; products that nobody speaks of are absent. One statement."""
    rows = ProductProof.objects.filter(product_id__in=list(product_ids))
    return dict(rows.values_list("product_id", "updated_at"))


def to_summary(row: ProductProof) -> Summary:
    """A row as a contract."""
    points = tuple(to_point(each) for each in row.aspects)
    stars = sum(row.distribution)
    one, two, three, four, five = row.distribution
    return Summary(
        product_id=row.product_id,
        count=row.count,
        average=row.stars_sum / stars if stars else None,
        distribution=(one, two, three, four, five),
        verified=row.verified,
        with_text=row.with_text,
        with_photo=row.with_photo,
        with_video=row.with_video,
        pros=rules.listed(points, Sign.PRO),
        cons=rules.listed(points, Sign.CON),
        simulated=tuple(row.simulated),
        revision=row.revision,
        updated_at=row.updated_at,
    )


def to_point(stored: Mapping[str, Any]) -> AspectCount:
    """A stored leaning as a contract."""
    return AspectCount(**{**stored, "sign": Sign(stored["sign"])})


def trait_counts(product_ids: Iterable[int] | None = None) -> dict[str, int]:
    """How many products have each trait ("fit_small:con"), among the given ones or all."""
    condition, params = ("WHERE product_id = ANY(%s)", [list(product_ids)]) if product_ids is not None else ("", [])
    statement = f"SELECT trait, count(*) FROM evidence_productproof, unnest(traits) trait {condition} GROUP BY trait"  # noqa: S608 - of fixed words
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return dict(cursor.fetchall())


def ranked(*, by: str = "rating", at_least: float = 0.0, limit: int | None = None) -> list[int]:
    """Reviewed products, best first: ``by`` "rating" (the average drawn towards the shop's mean by ten reviews, so that
    one enthusiast does not lead the list) or "count" (the most reviewed). ``at_least`` is a bound on the plain average.
    """
    if by not in ("rating", "count"):
        raise ValueError("by must be rating or count")
    order = "(stars_sum + 10 * mean) / (stars + 10)" if by == "rating" else "count"
    statement = f"""
        WITH held AS (SELECT product_id, count, stars_sum, nullif((SELECT sum(n) FROM unnest(distribution) n), 0) stars
                      FROM evidence_productproof),
             shop AS (SELECT sum(stars_sum)::float / nullif(sum(stars), 0) mean FROM held)
        SELECT product_id FROM held, shop WHERE stars_sum >= %s * stars
        ORDER BY {order} DESC NULLS LAST, count DESC, product_id LIMIT %s"""  # noqa: S608 - constants only
    with connection.cursor() as cursor:
        cursor.execute(statement, [at_least, limit])
        return [row[0] for row in cursor.fetchall()]


def products_with(traits: Iterable[str]) -> list[int]:
    """Products that have all of ``traits``."""
    rows = ProductProof.objects.filter(traits__contains=list(traits))
    return list(rows.values_list("product_id", flat=True))


def with_video() -> list[int]:
    """Products with a video that may be shown in some review, those with the most first. One statement."""
    rows = ProductProof.objects.filter(with_video__gt=0).order_by("-with_video", "product_id")
    return list(rows.values_list("product_id", flat=True))


def labels(locale: str) -> Mapping[str, str]:
    """Words for aspects and traits, as the brand has them: {"fabric": "Fabric", "fabric:pro": "Pleasant fabric", …}."""
    return voices.aspect_labels(locale)


def reason_words(reasons: Sequence[str], locale: str) -> list[str]:
    """The reasons of a proof's place as a shopper reads them: "Gives size worn and height"."""
    return text.reason_words(reasons, locale)
