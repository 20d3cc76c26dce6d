"""What shoppers' clicks teach about reviews, once the place of each review is taken out of them.

The first review of a page is clicked more for being first. Clicks are therefore set against the clicks expected at the
places where a review was seen: its own appeal times the propensity of each place. Both are estimated together from
reviews seen at several places (other sorts, filters, pages, days), by alternating the two maximum-likelihood steps of a
position-based model with Poisson counts. Dividing clicks by expected clicks is inverse-propensity weighting with the
weights pooled, which has the smaller variance where propensities are small. Appeals are shrunk towards the product's
mean with a strength that is estimated too; where no review ever changed place, the place explains what it can and
nothing is learnt.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from parvis.core.tables import optional, require

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_PLACES = 30  # further down is one place
_ROUNDS = 60
_STILL = 1e-4
_LEAST_PRIOR, _MOST_PRIOR = 4.0, 400.0  # expected clicks that the prior is worth


@dataclass(frozen=True, slots=True)
class Learned:
    """``reviews``: voice, shift (log of its appeal over the product's mean, shrunk), low, high (90 %), seen, clicked,
    expected. ``places``: place, propensity (1 for the first), seen. ``prior``: expected clicks that the shrinkage is
    worth."""

    reviews: pl.DataFrame
    places: pl.DataFrame
    prior: float


def learn(exposures: pl.DataFrame) -> Learned:
    """Learn from counts of visits.

    exposures: product, voice (any types), place (1 is first), seen, clicked (visits that saw the review there, and that
    acted on it), optional led (of the clicked, those that then put the product in the cart: these count twice).
    Several rows of the same voice and place add up. Raises :class:`parvis.core.tables.TableError`.
    """
    exposures = require(
        exposures, {"product": None, "voice": None, "place": pl.Int64, "seen": pl.Float64, "clicked": pl.Float64}
    )
    exposures = optional(exposures, {"led": pl.Float64}).with_columns(pl.col("led").fill_null(0))
    told = (
        exposures.filter((pl.col("seen") > 0) & (pl.col("place") >= 1))
        .with_columns(place=pl.min_horizontal("place", MOST_PLACES) - 1)
        .group_by("product", "voice", "place", maintain_order=True)
        .agg(pl.col("seen", "clicked", "led").sum())
    )
    voices = told.select("product", "voice").unique(maintain_order=True).with_row_index("voice_at")
    products = voices.select("product").unique(maintain_order=True).with_row_index("product_at")
    told = told.join(voices, on=["product", "voice"]).join(products, on="product")
    seen = told["seen"].to_numpy()
    # an act in a visit cannot outnumber the visits that saw it
    clicked = np.minimum(told["clicked"].to_numpy(), seen)
    acts = clicked + np.minimum(told["led"].to_numpy(), clicked)
    rows = _Rows(
        seen=seen, acts=acts, place=told["place"].to_numpy().astype(np.int64),
        voice=told["voice_at"].to_numpy().astype(np.int64), product=told["product_at"].to_numpy().astype(np.int64),
        product_of=voices.join(products, on="product", maintain_order="left")["product_at"].to_numpy().astype(np.int64),
    )  # fmt: skip
    propensity, expected, prior = _fit(rows)
    return Learned(_reviews(rows, voices, expected, prior, clicked), _places(rows, propensity), prior)


@dataclass(frozen=True, slots=True)
class _Rows:
    seen: Floats
    acts: Floats
    place: Ints
    voice: Ints
    product: Ints
    product_of: Ints  # of each voice

    def by_voice(self, values: Floats) -> Floats:
        return np.bincount(self.voice, weights=values, minlength=len(self.product_of)).astype(np.float64)

    def by_place(self, values: Floats) -> Floats:
        return np.bincount(self.place, weights=values, minlength=MOST_PLACES).astype(np.float64)


def _fit(rows: _Rows) -> tuple[Floats, Floats, float]:
    """Propensity of each place, expected acts of each voice at its product's mean appeal, strength of the prior."""
    propensity = np.ones(MOST_PLACES)
    relative = np.ones(len(rows.product_of))
    expected, prior = np.zeros(len(rows.product_of)), 20.0
    acts = rows.by_voice(rows.acts)
    sizes = len(np.unique(rows.product))
    for _ in range(_ROUNDS if len(rows.seen) else 0):
        weighted = rows.seen * propensity[rows.place]
        # a product's mean appeal, drawn towards that of all: few clicks make no mean
        overall = rows.acts.sum() / max(weighted.sum(), 1e-9)
        top = np.bincount(rows.product, weights=rows.acts, minlength=sizes) + 10 * overall
        mean = top / (np.bincount(rows.product, weights=weighted * relative[rows.voice], minlength=sizes) + 10)
        expected = rows.by_voice(weighted * mean[rows.product])
        prior = _strength(acts, expected)
        relative = (acts + prior) / (expected + prior)
        # the places, at the appeals as they are known now
        base = rows.seen * mean[rows.product] * relative[rows.voice]
        new = _falling(rows.by_place(rows.acts), rows.by_place(base))
        moved, propensity = np.abs(new - propensity).max(), new
        if moved < _STILL:
            break
    return propensity, expected, prior


def _strength(acts: Floats, expected: Floats) -> float:
    """Expected acts that the prior is worth, from how much more acts vary than chance makes them (moments of a Gamma
    mixed Poisson: variance = e + e^2 / prior)."""
    known = expected > 0
    excess = float((((acts - expected) ** 2 - expected)[known]).sum())
    squares = float((expected[known] ** 2).sum())
    if squares <= 0 or excess <= squares / _MOST_PRIOR:
        return _MOST_PRIOR
    return float(np.clip(squares / excess, _LEAST_PRIOR, _MOST_PRIOR))


def _falling(acts: Floats, base: Floats) -> Floats:
    """Acts over base of each place, never rising with the place (pooling neighbours that would), 1 for the first."""
    levels: list[list[float]] = []  # acts, base, how many places
    for act, weight in zip(acts, base, strict=True):
        levels.append([act, weight, 1])
        while len(levels) > 1 and levels[-1][0] * levels[-2][1] >= levels[-2][0] * levels[-1][1]:
            last = levels.pop()
            levels[-1] = [a + b for a, b in zip(levels[-1], last, strict=True)]
    rates = np.repeat([a / w if w > 0 else 0.0 for a, w, _ in levels], [int(n) for *_, n in levels])
    return np.maximum(rates / rates[0], 1e-3) if rates[0] > 0 else np.ones(len(acts))


def _reviews(rows: _Rows, voices: pl.DataFrame, expected: Floats, prior: float, clicked: Floats) -> pl.DataFrame:
    from scipy import special

    acts = rows.by_voice(rows.acts)
    shape, rate = acts + prior, expected + prior
    quantiles = [np.log(np.maximum(special.gammaincinv(shape, q) / rate, 1e-9)) for q in (0.05, 0.95)]
    return voices.select("product", "voice").with_columns(
        shift=pl.Series(np.log(shape / rate)), low=pl.Series(quantiles[0]), high=pl.Series(quantiles[1]),
        seen=pl.Series(rows.by_voice(rows.seen)), clicked=pl.Series(rows.by_voice(clicked)),
        expected=pl.Series(expected),
    )  # fmt: skip


def _places(rows: _Rows, propensity: Floats) -> pl.DataFrame:
    seen = rows.by_place(rows.seen)
    frame = pl.DataFrame({"place": np.arange(1, MOST_PLACES + 1), "propensity": propensity, "seen": seen})
    return frame.filter(pl.col("seen") > 0)
