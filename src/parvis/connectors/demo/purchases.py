"""From carts to orders: who checks out, what is bought as far as stock goes, and what comes back."""

import numpy as np

from parvis.connectors.demo.world import MEAN_RATING, Ints, Knobs, Looks, Order, Range, Visits, sigmoid


def purchases(
    rng: np.random.Generator, shop: Range, visits: Visits, looks: Looks, *, shelf: Ints, knobs: Knobs
) -> tuple[Ints, tuple[Order, ...]]:
    """The visits that began the checkout, and the orders of the day."""
    left = shelf.copy()
    checkouts: list[int] = []
    orders: list[Order] = []
    carted = np.flatnonzero(looks.variant >= 0)
    product_of = np.searchsorted(shop.first_variant, np.arange(len(shelf)), side="right") - 1
    for visit in np.unique(looks.visit[carted]):
        mine = carted[looks.visit[carted] == visit]
        intent = visits.intent[visit]
        if rng.random() >= sigmoid(np.asarray(knobs.checks_out + knobs.checks_out_by_intent * intent)):
            continue
        checkouts.append(int(visit))
        if rng.random() >= sigmoid(np.asarray(knobs.orders + knobs.orders_by_intent * intent)):
            continue
        kept = _kept_lines(rng, looks.variant[mine], left, knobs)
        spare = _spare_size(rng, kept, left, product_of, knobs)
        last = int(looks.second[np.searchsorted(looks.visit, visit, side="right") - 1])
        if kept:
            orders.append(_order(rng, shop, int(visit), kept, spare, last, product_of, knobs))
    return np.array(checkouts, dtype=np.int64), tuple(orders)


def _kept_lines(rng: np.random.Generator, wanted: Ints, left: Ints, knobs: Knobs) -> dict[int, int]:
    """Lines that are bought, as far as stock goes (``left`` goes down)."""
    kept: dict[int, int] = {}
    for place, variant in enumerate(wanted):
        quantity = 2 if rng.random() < knobs.takes_two else 1
        if (place == 0 or rng.random() < knobs.keeps_line) and left[variant] >= quantity:
            kept[int(variant)] = kept.get(int(variant), 0) + quantity
            left[variant] -= quantity
    return kept


def _spare_size(rng: np.random.Generator, kept: dict[int, int], left: Ints, product_of: Ints, knobs: Knobs) -> int:
    """Adds the next size of the first line to ``kept``; returns its variant, -1 for most orders."""
    if not kept or rng.random() >= knobs.two_sizes:
        return -1
    first = next(iter(kept))
    for spare in (first + 1, first - 1):
        if 0 <= spare < len(left) and product_of[spare] == product_of[first] and left[spare] > 0 and spare not in kept:
            kept[spare] = 1
            left[spare] -= 1
            return spare
    return -1


def _order(
    rng: np.random.Generator,
    shop: Range,
    visit: int,
    kept: dict[int, int],
    spare: int,
    last: int,
    product_of: Ints,
    knobs: Knobs,
) -> Order:
    placed = last + 90 + int(rng.integers(0, 240))
    shipped = placed + int(rng.uniform(0.5, 1.8) * 86400)
    delivered = shipped + int(rng.uniform(1.2, 4.0) * 86400)
    rating = shop.rating[product_of[list(kept)]]
    dislike = sigmoid(knobs.returns + knobs.returns_by_rating * (rating - MEAN_RATING))
    chances = [knobs.sends_one_back if variant == spare else dislike[at] for at, variant in enumerate(kept)]
    returned = tuple(index for index, chance in enumerate(chances) if rng.random() < chance)
    return Order(
        visit=visit,
        lines=tuple(kept.items()),
        placed=placed,
        shipped=shipped,
        delivered=delivered,
        returned=returned,
        returned_at=delivered + int(rng.uniform(2, 10) * 86400),
        cancelled=bool(rng.random() < knobs.cancels),
        customer=int(rng.integers(0, 1500)),
    )
