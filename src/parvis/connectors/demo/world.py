"""The simulated shop's world: every assumption in :class:`Knobs`, and the arrays that a day is made of."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

LOCALES = ("fr", "en")
DEVICES = ("phone", "desktop", "tablet")
REFERRERS = (
    "", "www.google.com", "www.instagram.com", "www.pinterest.com", "www.tiktok.com", "chatgpt.com", "duckduckgo.com",
    "www.bing.com",
)  # fmt: skip
HOME, LIST, PRODUCT = range(3)
NO_NEED = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class Knobs:
    """Every assumption. Probabilities are given as such, effects as changes of log odds."""

    visits_per_day: float = 667.0
    weekdays: tuple[float, ...] = (0.97, 0.93, 0.94, 0.97, 0.92, 1.08, 1.19)  # Monday … Sunday, mean 1
    season: float = 0.12  # peak early in December, trough early in June
    noise: float = 0.08  # relative spread of a day's visits beyond chance
    locales: tuple[float, ...] = (0.70, 0.30)
    devices: tuple[float, ...] = (0.66, 0.28, 0.06)
    referrers: tuple[float, ...] = (0.36, 0.31, 0.12, 0.06, 0.05, 0.04, 0.03, 0.03)
    consents: float = 0.55
    visitors: int = 30_000
    holdout: float = 0.10  # visits that see pages without proof, by lot
    bounces: float = 0.28  # visits that look at no product
    another: float = -0.15  # after a product, the log odds of looking at another one
    another_by_intent: float = 0.45
    most_looks: int = 8
    # seeing proof: log odds
    seen: float = 0.15
    seen_by_intent: float = 0.50
    seen_on_desktop: float = 0.35
    clicked: float = -2.00
    clicked_by_intent: float = 0.30
    # asking: probability of a look
    asks: float = 0.025
    asks_without_proof: float = 0.015
    # adding to the cart: log odds
    adds: float = -3.20
    adds_by_rating: float = 0.55  # a star more
    adds_by_price: float = -1.10  # a log unit dearer than usual for the class
    adds_by_reduction: float = 0.15
    adds_by_intent: float = 0.45
    proof_effect: float = 0.30  # THE true effect of having seen proof
    click_effect: float = 0.20
    answered_effect: float = 0.40
    unanswered_effect: float = -0.20
    # from the cart to the order: log odds
    checks_out: float = 0.40
    checks_out_by_intent: float = 0.40
    orders: float = 0.90
    orders_by_intent: float = 0.20
    keeps_line: float = 0.85
    takes_two: float = 0.03
    two_sizes: float = 0.14  # orders a neighbouring size as well, to choose at home
    sends_one_back: float = 0.75
    returns: float = -2.60
    returns_by_rating: float = -0.90
    cancels: float = 0.008


KNOBS = Knobs()
MEAN_RATING = 4.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The shop as the model sees it: arrays by product, and by variant (sorted by product)."""

    weight: Floats  # how much it is looked at, all else equal
    summer: Floats
    rating: Floats
    usual_log_price: Floats  # log of its usual price over that of its class
    usual_minor: Ints
    has_proof: Flags
    answerable: Flags  # products by needs
    need_shares: Floats
    first_variant: Ints  # length products + 1
    size_share: Floats  # by variant, sums to 1 within a product
    target: Ints  # by variant: stock that a delivery fills up to


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """By visit. ``start`` in seconds of the local day; ``visitor`` -1 without consent."""

    start: Ints
    locale: Ints
    device: Ints
    referrer: Ints
    visitor: Ints
    landing: Ints
    intent: Floats
    shown_proof: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """By look at a product: ``visit`` and ``product`` are indexes, ``second`` of the local day."""

    visit: Ints
    product: Ints
    second: Ints
    available: Flags  # there was proof to see on the page
    seen: Flags
    clicked: Flags
    need: Ints  # NO_NEED when nothing was asked
    answered: Flags
    variant: Ints  # put in the cart; -1: none
    chance: Floats  # of adding to the cart, as the model has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order with its fate. ``lines`` are (variant, quantity); times in seconds after the local day's midnight."""

    visit: int
    lines: tuple[tuple[int, int], ...]
    placed: int
    shipped: int
    delivered: int
    returned: tuple[int, ...]  # indexes of lines sent back
    returned_at: int
    cancelled: bool
    customer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    date: date
    visits: Visits
    looks: Looks
    checkouts: Ints  # visits that began the checkout
    orders: tuple[Order, ...]
    bots: Ints  # pages taken by each machine of the day


def sigmoid(log_odds: Floats) -> Floats:
    """Probabilities of log odds."""
    return np.asarray(1 / (1 + np.exp(-log_odds)), dtype=np.float64)
