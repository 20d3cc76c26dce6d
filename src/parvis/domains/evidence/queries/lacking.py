"""The next best review: products, and what of them, where one more voice would help shoppers most."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, Sum

from parvis.domains.analytics import queries as analytics
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import rules
from parvis.domains.evidence.contracts import Lack, Learning, NextReview, Want
from parvis.domains.evidence.models import Lesson, ProductProof, Proof, Tally
from parvis.domains.voices import queries as voices

DAYS = 28
OLD_DAYS = 180
_VIEWED = 1000  # products by visits that are looked at
_NEW = 100  # and the newest, which nobody may have seen yet


def lacking(*, at: datetime, locale: str, categories: Sequence[str] = (), limit: int = 50) -> tuple[NextReview, ...]:
    """Products on sale whose next review is worth most, with what their proof lacks, most worth first.

    Looks at the thousand products most visited in the last ``DAYS`` days and the hundred newest. Ten statements.
    """
    since, until, _, _ = analytics.last_weeks(at, length=DAYS)
    viewed = {row.product_id: row.viewed for row in analytics.product_table(since=since, until=until, limit=_VIEWED)}
    newest = catalog.search(sort="new", locale=locale, limit=_NEW).items
    known = catalog.products({*viewed, *(item.id for item in newest)}, locale=locale)
    category_of = {key: item.category_key for key, item in known.items() if item.state == "active"}
    usual, spoken = _spoken(category_of)
    texts = dict(ProductProof.objects.filter(product_id__in=category_of).values_list("product_id", "with_text"))
    found = [
        (rules.worth_of_one_more(viewed.get(key, 0), texts.get(key, 0), spoken.get(key, {}), usual[category]), key)
        for key, category in category_of.items()
        if not categories or category in categories
    ]
    best = sorted(found, key=lambda each: (-each[0], each[1]))[:limit]
    wanted = {key: rules.aspects_lacking(spoken.get(key, {}), usual[category_of[key]]) for _, key in best}
    return _described(best, viewed, wanted, spoken, at=at)


def learning() -> Learning:
    """What clicks have taught so far. One statement."""
    told = Lesson.objects.aggregate(
        reviews=Count("voice_id"), moved=Count("voice_id", filter=Q(low__gt=0) | Q(high__lt=0)), at=Max("learned_at")
    )
    return Learning(**told)


def _spoken(category_of: Mapping[int, str]) -> tuple[dict[str, dict[str, float]], dict[int, dict[str, int]]]:
    """By category the share of reviews that speak of each aspect; by product how many do."""
    spoken: dict[int, dict[str, int]] = {}
    rows = Tally.objects.filter(product_id__in=category_of).values("product_id", "aspect").annotate(n=Sum("count"))
    for product, aspect, count in rows.values_list("product_id", "aspect", "n"):
        own = spoken.setdefault(product, {})
        subject = rules.subject(aspect)
        own[subject] = own.get(subject, 0) + count
    texts: dict[str, int] = dict.fromkeys(category_of.values(), 0)
    for product, count in ProductProof.objects.filter(product_id__in=category_of).values_list(
        "product_id", "with_text"
    ):
        texts[category_of[product]] += count
    usual: dict[str, dict[str, float]] = {category: {} for category in texts}
    for product, aspects in spoken.items():
        own_category = usual[category_of[product]]
        for aspect, count in aspects.items():
            share = count / max(1, texts[category_of[product]])
            own_category[aspect] = own_category.get(aspect, 0.0) + share
    return {key: {a: min(n, 1.0) for a, n in shares.items()} for key, shares in usual.items()}, spoken


def _described(
    best: Sequence[tuple[float, int]],
    viewed: Mapping[int, int],
    wanted: Mapping[int, Sequence[str]],
    spoken: Mapping[int, Mapping[str, int]],
    *,
    at: datetime,
) -> tuple[NextReview, ...]:
    ids = [key for _, key in best]
    sums = {row.product_id: row for row in ProductProof.objects.filter(product_id__in=ids)}
    dated = Proof.objects.filter(product_id__in=ids).values("product_id").annotate(newest=Max("submitted_at"))
    newest = dict(dated.values_list("product_id", "newest"))
    open_questions = voices.unanswered_counts(ids)
    described = []
    for worth, key in best:
        held = sums.get(key)
        reviews, with_text = (held.count, held.with_text) if held else (0, 0)
        lacks = []
        if not reviews:
            lacks.append(Lack(want=Want.FIRST))
        elif with_text < rules.FEW:
            lacks.append(Lack(want=Want.FEW, count=with_text))
        if key in open_questions:
            lacks.append(Lack(want=Want.QUESTION, count=open_questions[key]))
        if key in newest and newest[key] < at - timedelta(days=OLD_DAYS):
            lacks.append(Lack(want=Want.OLD))
        if held and not held.with_photo:
            lacks.append(Lack(want=Want.PHOTO))
        own = spoken.get(key, {})
        lacks += [Lack(want=Want.ASPECT, aspect=aspect, count=own.get(aspect, 0)) for aspect in wanted[key]]
        described.append(
            NextReview(
                product_id=key, viewed=viewed.get(key, 0), reviews=reviews, newest=newest.get(key), worth=worth,
                lacks=tuple(lacks),
            )
        )  # fmt: skip
    return tuple(described)
