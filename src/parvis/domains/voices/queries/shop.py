"""Reviews of the shop: comments with stars that speak of no product and answer nobody."""

from django.db.models import Count, Q, QuerySet

from parvis.core.pagination import Page, decode_cursor, encode_cursor
from parvis.domains.voices import models
from parvis.domains.voices.contracts import ShopRating, Voice, VoiceKind, VoiceState
from parvis.domains.voices.queries import shape


def _public() -> "QuerySet[models.Voice]":
    return models.Voice.objects.filter(
        kind=VoiceKind.COMMENT,
        state=VoiceState.PUBLISHED,
        product__isnull=True,
        parent__isnull=True,
        stars__isnull=False,
    )


def is_shop_review(voice: Voice) -> bool:
    """Whether a voice speaks of the shop."""
    alone = voice.product_id is None and voice.parent_id is None
    return voice.kind is VoiceKind.COMMENT and alone and voice.stars is not None


def shop_rating() -> ShopRating:
    """Stars of all public reviews of the shop. One statement."""
    rows = _public().order_by().values_list("stars")
    told = rows.annotate(count=Count("id"), verified=Count("id", filter=Q(verified=True)))
    counts = [0] * 5
    verified = 0
    for stars, count, proved in told:
        counts[int(stars or 1) - 1] = count
        verified += proved
    total = sum(counts)
    average = sum(star * count for star, count in enumerate(counts, 1)) / total if total else None
    one, two, three, four, five = counts
    return ShopRating(count=total, average=average, distribution=(one, two, three, four, five), verified=verified)


def shop_reviews(*, stars: int | None = None, cursor: str | None = None, limit: int = 20) -> Page[Voice]:
    """Public reviews of the shop, the latest said first; ``stars`` keeps those with so many. Raises BadCursor."""
    rows = _public().order_by("-submitted_at", "-id")
    if stars is not None:
        rows = rows.filter(stars=stars)
    if cursor:
        moment, last = decode_cursor(cursor, length=2)
        rows = rows.filter(Q(submitted_at__lt=moment) | Q(submitted_at=moment, id__lt=int(last)))
    found = shape.load(rows[: limit + 1])
    shown = found[:limit]
    following = encode_cursor(shown[-1].submitted_at.isoformat(), shown[-1].id) if len(found) > limit else None
    return Page(items=tuple(shown), next=following)
