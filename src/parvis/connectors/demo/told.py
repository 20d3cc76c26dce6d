"""The real reviews as voices: words, stars, ages and votes are real; when and by whom they were said is simulated."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from parvis.connectors.demo import dataset
from parvis.connectors.demo.assortment import pieces
from parvis.connectors.demo.ledger import Planned
from parvis.connectors.demo.moments import SIMULATED
from parvis.connectors.demo.shelves import the_range
from parvis.connectors.demo.shop import Ids, arrived
from parvis.domains.voices.contracts import NewVoice, Origin, VoiceKind

ORIGIN = "womens-clothing-reviews"
WRITES_A_REVIEW = 0.38
"""Share of delivered lines that lead to a review."""
_PROOFS = 8
"""Voices of each product that its page shows first; simulated visits see up to three of them."""
_LEAST_LEFT = 2
"""Reviews of each product that stay from before the simulated days, so that there is proof from the first day."""
_RECENT = 0.6
"""Exponent of the dates: below 1, there are more reviews lately."""


@dataclass(frozen=True, slots=True)
class Bought:
    """A review that follows a simulated delivery: its row, its order (index) and when it is written."""

    row: int
    order: int
    product: int
    at: datetime


def after_delivery(plans: Sequence[Planned], *, seed: int, until: datetime) -> dict[int, Bought]:
    """Real reviews given to buyers of the same product, by row: written some days after the delivery. Who sent the
    goods back takes the least enthusiastic of three."""
    rng = np.random.default_rng([seed, 5])
    waiting = _rows_by_product(rng)
    stars = dict(dataset.reviews().select("row_id", "rating").iter_rows())
    given: dict[int, Bought] = {}
    for index, plan in enumerate(plans):
        for line, (variant, _) in enumerate(plan.order.lines):
            product = int(np.searchsorted(the_range().first_variant, variant, side="right")) - 1
            writes, days = rng.random() < WRITES_A_REVIEW, float(rng.lognormal(1.6, 0.6))
            at = plan.moment(plan.order.delivered) + timedelta(days=days)
            left = waiting[product]
            if not writes or at > until or plan.order.cancelled or len(left) <= _LEAST_LEFT:
                continue
            place = min(range(3), key=lambda n: stars[left[n]]) if line in plan.order.returned else 0
            row = left.pop(place)
            given[row] = Bought(row=row, order=index, product=product, at=at)
    return given


def _rows_by_product(rng: np.random.Generator) -> list[list[int]]:
    place = {piece.number: index for index, piece in enumerate(pieces())}
    rows: list[list[int]] = [[] for _ in place]
    for row, number in dataset.reviews().select("row_id", "clothing_id").iter_rows():
        rows[place[number]].append(row)
    return [[members[index] for index in rng.permutation(len(members))] for members in rows]


def voices(
    *,
    bought: Mapping[int, Bought],
    buyers: Mapping[int, tuple[int, str]],
    ids: Ids,
    seed: int,
    opened: datetime,
    began: datetime,
) -> Iterator[NewVoice]:
    """Every real review, in the order of the file. ``buyers`` gives the customer and the order line of a row bought.

    Dates before ``began`` lie between the product's arrival and then.
    """
    rng = np.random.default_rng([seed, 6])
    place = {piece.number: index for index, piece in enumerate(pieces())}
    for row in dataset.reviews().iter_rows(named=True):
        product = place[row["clothing_id"]]
        share = float(rng.random()) ** _RECENT
        came = arrived(pieces()[product], opened=opened)
        earlier = came + (began - came) * share
        yield _voice(row, ids.products[product], bought.get(row["row_id"]), buyers.get(row["row_id"]), earlier)


def _voice(
    row: Mapping[str, Any], product_id: int, bought: Bought | None, buyer: tuple[int, str] | None, earlier: datetime
) -> NewVoice:
    text = row["review_text"] or ""
    provenance = {"submitted_at": SIMULATED, "author_name": SIMULATED}
    if bought is not None and buyer is not None:
        provenance |= {"verified": SIMULATED, "order_ref": SIMULATED, "customer": SIMULATED}
    return NewVoice(
        kind=VoiceKind.REVIEW,
        product_id=product_id,
        title=row["title"] or "",
        text=text,
        stars=row["rating"],
        author_name=f"Shopper, {row['age']}",
        customer_id=buyer[0] if buyer else None,
        submitted_at=bought.at if bought else earlier,
        verified=buyer is not None,
        order_ref=buyer[1] if buyer else "",
        size_worn=dataset.size_worn(text),
        height_cm=dataset.height_cm(text),
        age=row["age"],
        origin=Origin.DEMO,
        origin_ref=f"{ORIGIN}:{row['row_id']}",
        votes_up=row["positive_feedback_count"],
        provenance=provenance,
    )


def proofs(told: Iterable[tuple[NewVoice, int]], ids: Ids) -> dict[int, list[int]]:
    """The voices that the page of each piece (by index) shows first: those with words that most readers found
    helpful, from before the simulated days (they are there on each of them)."""
    place = {product_id: index for index, product_id in enumerate(ids.products)}
    found: dict[int, list[tuple[int, int]]] = {}
    for voice, voice_id in told:
        if voice.text and not voice.verified and voice.product_id is not None:
            found.setdefault(place[voice.product_id], []).append((-voice.votes_up, voice_id))
    return {index: [voice_id for _, voice_id in sorted(rows)[:_PROOFS]] for index, rows in found.items()}
