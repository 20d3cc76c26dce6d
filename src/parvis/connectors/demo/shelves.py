"""The range as the behaviour model sees it, and how its shelves are filled."""

from datetime import date
from functools import cache

import numpy as np

from parvis.connectors.demo import needs
from parvis.connectors.demo.assortment import SEED, pieces
from parvis.connectors.demo.world import Ints, Range

WEEKLY_ORDERS = 230
"""Order lines a week that the targets are made for, roughly what 667 visits a day lead to."""
LATE_SHARE = 0.20
"""Share of the products whose supplier is late in any week."""
ENDED_PRODUCTS, ENDED_VARIANTS = 0.015, 0.04
"""Shares of products and of variants that are sold out for good."""
MONDAY = 0


@cache
def the_range() -> Range:
    """The whole assortment. A product has proof when it has a real review."""
    sold = pieces()
    reviews = np.array([piece.reviews for piece in sold], dtype=np.float64)
    weight = reviews**0.8
    first = np.cumsum([0, *(len(piece.colours) * len(piece.kind.sizes) for piece in sold)])
    share = np.concatenate([_size_shares(len(piece.colours), len(piece.kind.sizes)) for piece in sold])
    weekly = np.repeat(weight / weight.sum() * WEEKLY_ORDERS, np.diff(first)) * share
    return Range(
        weight=weight,
        summer=np.array([piece.kind.summer for piece in sold]),
        rating=np.array([piece.rating for piece in sold]),
        usual_log_price=np.log([piece.price_minor / piece.kind.price_minor for piece in sold]),
        usual_minor=np.array([piece.price_minor for piece in sold], dtype=np.int64),
        has_proof=reviews > 0,
        answerable=needs.answerable(),
        need_shares=np.array([need.share for need in needs.NEEDS]),
        first_variant=first.astype(np.int64),
        size_share=share,
        target=_targets(weekly, np.diff(first)),
    )


def _size_shares(colours: int, sizes: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Middle sizes sell most, the first colour sells twice as much as the second."""
    places = np.arange(sizes) - (sizes - 1) / 2
    by_size = np.exp(-(places**2) / max(sizes, 2))
    by_colour = np.array((2.0, 1.0))[:colours]
    shares = np.outer(by_colour, by_size).ravel()
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def _targets(weekly: "np.ndarray[tuple[int], np.dtype[np.float64]]", variants: Ints) -> Ints:
    """Stock by variant that lasts about ten days of usual sales, a little more for luck; 0 for what has ended."""
    draw = np.random.default_rng([SEED, 1])
    ended = np.repeat(draw.random(len(variants)) < ENDED_PRODUCTS, variants)
    ended |= draw.random(len(weekly)) < ENDED_VARIANTS
    return np.where(ended, 0, 1 + np.ceil(1.4 * weekly + 1.3 * np.sqrt(weekly))).astype(np.int64)


def opening() -> Ints:
    """Stock by variant on the first day."""
    return the_range().target.copy()


def delivery(shelf: Ints, *, on: date, seed: int) -> Ints:
    """What comes in that morning by variant: on Mondays, whatever has fallen to two thirds of its target is filled up,
    unless the supplier of the product is late this week."""
    shop = the_range()
    if on.weekday() != MONDAY:
        return np.zeros_like(shelf)
    late = np.random.default_rng([seed, on.toordinal(), 2]).random(len(shop.weight)) < LATE_SHARE
    late_variant = np.repeat(late, np.diff(shop.first_variant))
    wanted = (shelf * 3 <= shop.target * 2) & ~late_variant
    return np.where(wanted, shop.target - shelf, 0).astype(np.int64)
