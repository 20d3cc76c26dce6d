"""Sum up products from their proofs: what has changed is added to what was there, or all of it is counted anew."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.db import connection

from parvis.domains.evidence import rules
from parvis.domains.evidence.actions import tallies
from parvis.domains.evidence.contracts import AspectCount
from parvis.domains.evidence.models import ProductProof, Tally

_COUNTS = """
SELECT product_id, count(*), coalesce(sum(stars), 0),
  count(*) FILTER (WHERE stars = 1), count(*) FILTER (WHERE stars = 2), count(*) FILTER (WHERE stars = 3),
  count(*) FILTER (WHERE stars = 4), count(*) FILTER (WHERE stars = 5),
  count(*) FILTER (WHERE verified), count(*) FILTER (WHERE has_text), count(*) FILTER (WHERE has_photo),
  count(*) FILTER (WHERE has_video)
FROM evidence_proof WHERE {column} = ANY(%s) GROUP BY product_id
"""
_SIMULATED = """
SELECT product_id, array_agg(DISTINCT name) FROM evidence_proof, unnest(simulated) name
WHERE {column} = ANY(%s) GROUP BY product_id
"""
_Counts = tuple[int, ...]  # reviews, sum of stars, stars 1 to 5, verified, with text, photo, video
_NONE: _Counts = (0,) * 11


@dataclass(frozen=True, slots=True)
class Contribution:
    """What some reviews add to the sums of their products."""

    counts: Mapping[int, _Counts] = field(default_factory=dict)
    simulated: Mapping[int, frozenset[str]] = field(default_factory=dict)
    leanings: tallies.Leanings = field(default_factory=tallies.Leanings)

    @classmethod
    def of(cls, voice_ids: Sequence[int]) -> Self:
        """As their proofs are stored now."""
        return cls(
            counts=_counts("voice_id", voice_ids),
            simulated=_simulated("voice_id", voice_ids),
            leanings=tallies.contributed(voice_ids),
        )


def move(before: Contribution, after: Contribution, *, at: datetime) -> None:
    """Bring the sums from what some reviews contributed to what they contribute now: the cost is that of the reviews,
    not of their products."""
    tallies.move(before.leanings, after.leanings)
    products = before.counts.keys() | after.counts.keys()
    kept = {row.product_id: row for row in ProductProof.objects.filter(product_id__in=products)}
    counts = {
        product: tuple(
            old + new - was
            for old, new, was in zip(
                _kept_counts(kept.get(product)),
                after.counts.get(product, _NONE),
                before.counts.get(product, _NONE),
                strict=True,
            )
        )
        for product in products
    }
    # what is simulated can only be seen from all reviews where one has gone, else it can only grow
    shrunk = [p for p in before.counts if before.counts[p][0] > after.counts.get(p, _NONE)[0]]
    simulated = {
        p: frozenset(kept[p].simulated if p in kept else ()) | after.simulated.get(p, frozenset()) for p in products
    }
    simulated |= {p: frozenset() for p in shrunk} | _simulated("product_id", shrunk)
    _keep(counts, simulated, {product: row.revision for product, row in kept.items()}, at=at)


def sum_up(product_ids: Collection[int], *, at: datetime) -> None:
    """Count these products anew from all their proofs; products without public reviews lose their sums."""
    wanted = sorted(product_ids)
    if not wanted:
        return
    tallies.count_anew(wanted)
    revisions = dict(ProductProof.objects.filter(product_id__in=wanted).values_list("product_id", "revision"))
    counts = dict.fromkeys(wanted, _NONE) | _counts("product_id", wanted)
    _keep(counts, _simulated("product_id", wanted), revisions, at=at)


def _kept_counts(row: ProductProof | None) -> _Counts:
    if row is None:
        return _NONE
    return (row.count, row.stars_sum, *row.distribution, row.verified, row.with_text, row.with_photo, row.with_video)


def _counts(column: str, ids: Sequence[int]) -> dict[int, _Counts]:
    return {product: tuple(numbers) for product, *numbers in _rows(_COUNTS, column, ids)}


def _simulated(column: str, ids: Sequence[int]) -> dict[int, frozenset[str]]:
    return {product: frozenset(names) for product, names in _rows(_SIMULATED, column, ids)}


def _rows(statement: str, column: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement.format(column=column), [list(ids)])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


# -- keeping it -----------------------------------------------------------------------------------------------


def _keep(
    counts: Mapping[int, _Counts],
    simulated: Mapping[int, frozenset[str]],
    revisions: Mapping[int, int],
    *,
    at: datetime,
) -> None:
    gone = [product for product, numbers in counts.items() if not numbers[0]]
    ProductProof.objects.filter(product_id__in=gone).delete()
    left = sorted(product for product, numbers in counts.items() if numbers[0])
    told = _tallied(left)
    rows = [
        _summary(
            product,
            counts[product],
            told.get(product, {}).values(),
            simulated.get(product, frozenset()),
            # grows even when a product lost all its reviews in between: pages are kept by it
            revision=max(revisions.get(product, 0) + 1, int(at.timestamp() * 1000)),
            at=at,
        )
        for product in left
    ]
    kept = [f.name for f in ProductProof._meta.concrete_fields if not f.primary_key]
    ProductProof.objects.bulk_create(rows, update_conflicts=True, unique_fields=["product"], update_fields=kept)


def _tallied(product_ids: Sequence[int]) -> dict[int, dict[str, dict[str, Any]]]:
    found: dict[int, dict[str, dict[str, Any]]] = {}
    columns = ("product_id", "aspect", "pro", "count", "quote", "voice_id")
    for product, aspect, pro, count, quote, voice in Tally.objects.filter(product_id__in=product_ids).values_list(
        *columns
    ):
        side = "pro" if pro else "con"
        tally = found.setdefault(product, {}).setdefault(aspect, {"aspect": aspect})
        tally |= {side: count, f"{side}_quote": quote, f"{side}_voice": voice}
    return found


def _summary(
    product: int,
    counts: _Counts,
    tallied: Iterable[Mapping[str, Any]],
    simulated: frozenset[str],
    *,
    revision: int,
    at: datetime,
) -> ProductProof:
    count, stars, *distribution, verified, with_text, with_photo, with_video = counts
    points = rules.points((rules.Tally(**sides) for sides in tallied), with_text=with_text)
    return ProductProof(
        product_id=product,
        count=count,
        stars_sum=stars,
        distribution=distribution,
        verified=verified,
        with_text=with_text,
        with_photo=with_photo,
        with_video=with_video,
        aspects=[_stored(point) for point in points],
        traits=rules.traits(points, with_text=with_text),
        simulated=sorted(simulated),
        revision=revision,
        updated_at=at,
    )


def _stored(point: AspectCount) -> dict[str, Any]:
    return {
        "aspect": point.aspect,
        "sign": point.sign.value,
        "count": point.count,
        "against": point.against,
        "share": point.share,
        "quote": point.quote,
        "voice_id": point.voice_id,
    }
