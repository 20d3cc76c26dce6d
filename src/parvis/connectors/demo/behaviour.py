"""How simulated shoppers behave: pure functions of seeds and dates, with every assumption in :class:`world.Knobs`.

docs/demo.md explains each of them. The effect of proof on adding to the cart is a constant that we know, so that what
the platform measures can be checked against it; intent, which nobody observes, moves both seeing proof and buying, as
it would in a real shop, and a hold-out drawn by lot sees pages without proof.
"""

from datetime import date
from math import cos, pi

import numpy as np

from parvis.connectors.demo.purchases import purchases
from parvis.connectors.demo.world import (
    DEVICES,
    KNOBS,
    LOCALES,
    MEAN_RATING,
    NO_NEED,
    PRODUCT,
    REFERRERS,
    Day,
    Flags,
    Ints,
    Knobs,
    Looks,
    Range,
    Visits,
    sigmoid,
)


def day(
    shop: Range, *, on: date, seed: int, prices: Ints, shelf: Ints, knobs: Knobs = KNOBS
) -> Day:  # fmt: skip
    """Simulate one day. ``prices`` by product in minor units, ``shelf`` by variant: what can be sold that morning
    (read only). The same arguments give the same day, whatever was simulated before."""
    rng = np.random.default_rng([seed, on.toordinal()])
    visits = _visits(rng, on, knobs)
    looks = _looks(rng, shop, visits, on=on, prices=prices, shelf=shelf, knobs=knobs)
    checkouts, orders = purchases(rng, shop, visits, looks, shelf=shelf, knobs=knobs)
    bots = 3 + rng.geometric(0.12, size=rng.poisson(0.02 * knobs.visits_per_day))
    return Day(date=on, visits=visits, looks=looks, checkouts=checkouts, orders=orders, bots=bots.astype(np.int64))


def expected_visits(on: date, knobs: Knobs = KNOBS) -> float:
    """Mean visits of a day, by weekday and season."""
    season = 1 + knobs.season * cos(2 * pi * (on.timetuple().tm_yday - 338) / 365.25)
    return knobs.visits_per_day * knobs.weekdays[on.weekday()] * season


def _visits(rng: np.random.Generator, on: date, knobs: Knobs) -> Visits:
    shape = 1 / knobs.noise**2
    count = int(rng.poisson(expected_visits(on, knobs) * rng.gamma(shape, 1 / shape)))
    # Three humps: morning, lunch, evening.
    hump = rng.choice(3, size=count, p=(0.25, 0.27, 0.48))
    hour = np.array((10.0, 13.2, 20.6))[hump] + rng.normal(0, 1, count) * np.array((1.9, 1.5, 1.7))[hump]
    consent = rng.random(count) < knobs.consents
    visitor = rng.integers(0, knobs.visitors, count)
    return Visits(
        start=np.sort((np.clip(hour, 0, 23.4) * 3600).astype(np.int64)),
        locale=rng.choice(len(LOCALES), size=count, p=knobs.locales),
        device=rng.choice(len(DEVICES), size=count, p=knobs.devices),
        referrer=rng.choice(len(REFERRERS), size=count, p=knobs.referrers),
        visitor=np.where(consent, visitor, -1),
        landing=rng.choice(3, size=count, p=(0.40, 0.25, 0.35)),
        intent=rng.normal(0, 1, count),
        shown_proof=rng.random(count) >= knobs.holdout,
    )


def _looks(
    rng: np.random.Generator, shop: Range, visits: Visits, *, on: date, prices: Ints, shelf: Ints, knobs: Knobs
) -> Looks:
    count = len(visits.start)
    more = sigmoid(knobs.another + knobs.another_by_intent * visits.intent)
    number = np.minimum(rng.geometric(1 - more), knobs.most_looks)
    number[(rng.random(count) < knobs.bounces) & (visits.landing != PRODUCT)] = 0
    visit = np.repeat(np.arange(count), number)
    warmth = -cos(2 * pi * (on.timetuple().tm_yday - 15) / 365.25)  # -1 in mid January, 1 in mid July
    weight = shop.weight * np.exp(shop.summer * warmth)
    product = rng.choice(len(weight), size=len(visit), p=weight / weight.sum())
    order_in_visit = np.arange(len(visit)) - np.repeat(np.cumsum(number) - number, number)
    second = visits.start[visit] + 20 + order_in_visit * 95 + rng.integers(0, 40, len(visit))
    intent = visits.intent[visit]
    available = shop.has_proof[product] & visits.shown_proof[visit]
    scrolls = knobs.seen + knobs.seen_by_intent * intent + knobs.seen_on_desktop * (visits.device[visit] == 1)
    seen = available & (rng.random(len(visit)) < sigmoid(scrolls))
    clicked = seen & (rng.random(len(visit)) < sigmoid(knobs.clicked + knobs.clicked_by_intent * intent))
    asks = rng.random(len(visit)) < knobs.asks + knobs.asks_without_proof * ~seen
    need = np.where(asks, rng.choice(len(shop.need_shares), size=len(visit), p=shop.need_shares), NO_NEED)
    answered = asks & shop.answerable[product, np.maximum(need, 0)]
    ratio = np.log(prices[product] / shop.usual_minor[product])
    chance = sigmoid(
        knobs.adds
        + knobs.adds_by_rating * (shop.rating[product] - MEAN_RATING)
        + knobs.adds_by_price * (shop.usual_log_price[product] + ratio)
        + knobs.adds_by_reduction * (ratio < 0)
        + knobs.adds_by_intent * intent
        + knobs.proof_effect * seen
        + knobs.click_effect * clicked
        + np.where(asks, np.where(answered, knobs.answered_effect, knobs.unanswered_effect), 0.0)
    )
    adds = rng.random(len(visit)) < chance
    variant = _choose_variants(rng, shop, product, adds, shelf)
    return Looks(
        visit=visit, product=product, second=second, available=available, seen=seen, clicked=clicked, need=need,
        answered=answered, variant=variant, chance=chance,
    )  # fmt: skip


def _choose_variants(rng: np.random.Generator, shop: Range, product: Ints, adds: Flags, shelf: Ints) -> Ints:
    """The size wanted by each who adds to the cart; a size that is sold out in the morning is left, not replaced, in
    half of the cases."""
    variant = np.full(len(product), -1, dtype=np.int64)
    for look in np.flatnonzero(adds):
        first, last = shop.first_variant[product[look]], shop.first_variant[product[look] + 1]
        wanted = first + int(rng.choice(last - first, p=shop.size_share[first:last]))
        if shelf[wanted] > 0:
            variant[look] = wanted
        elif rng.random() < 0.5 and shelf[first:last].any():
            variant[look] = first + int(np.argmax(shelf[first:last]))
    return variant
