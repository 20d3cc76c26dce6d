"""What the demo shop sells: a piece for each product of the data, with assumed variants, prices and reductions.

Pure and always the same: everything assumed is drawn from the product's number.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from parvis.connectors.demo import dataset
from parvis.connectors.demo.classes import BLUES, BY_SOURCE, COLOURS, Class, Colour

SEED = 2017
FORTNIGHT = 14
REDUCED_SHARE = 0.08
"""Share of the pieces that are reduced in any fortnight."""
REDUCTIONS = (10, 15, 20, 30)
"""Percent."""
_TWO_COLOURS = 0.35
_PRIOR_RATING, _PRIOR_WEIGHT = 4.2, 5


@dataclass(frozen=True, slots=True)
class Piece:
    """A product. ``rating`` is the mean of its real stars drawn a little to 4.2 when they are few; ``divisions`` as
    in the data, mended; ``age`` 0..1 places its (assumed) arrival in the shop."""

    number: int
    kind: Class
    divisions: tuple[str, ...]
    reviews: int
    rating: float
    colours: tuple[Colour, ...]
    price_minor: int
    age: float

    @property
    def ref(self) -> str:
        """How the product is known to the data."""
        return f"demo:{self.number}"

    @property
    def slug(self) -> str:
        return f"{self.kind.piece_en.lower().replace(' ', '-')}-{self.number}"

    @property
    def name_en(self) -> str:
        return f"{self.kind.piece_en} {self.number}"

    @property
    def name_fr(self) -> str:
        return f"{self.kind.piece_fr} {self.number}"

    def sku(self, colour: Colour, size: str) -> str:
        return f"{self.number:04d}-{colour.key.upper()}-{size.replace('/', '')}"


@cache
def pieces() -> tuple[Piece, ...]:
    """Every product of the data by number."""
    table = (
        dataset.reviews()
        .group_by("clothing_id")
        .agg(
            pl.col("class").first(),
            pl.col("division").drop_nulls().unique().sort(),
            pl.len().alias("reviews"),
            pl.col("rating").mean(),
        )
        .sort("clothing_id")
    )
    return tuple(_piece(row) for row in table.iter_rows(named=True))


def _piece(row: dict[str, object]) -> Piece:
    number, count = int(str(row["clothing_id"])), int(str(row["reviews"]))
    kind = BY_SOURCE[str(row["class"] or "")]
    draw = np.random.default_rng([SEED, number])
    palette = BLUES if kind.key == "jeans" else COLOURS
    chosen = draw.choice(len(palette), size=2 if draw.random() < _TWO_COLOURS else 1, replace=False)
    price = float(kind.price_minor * np.exp(draw.normal(0, 0.25)))
    divisions = row["division"] if isinstance(row["division"], list) else []
    return Piece(
        number=number,
        kind=kind,
        divisions=tuple("Intimates" if name == "Initmates" else str(name) for name in divisions),
        reviews=count,
        rating=(float(str(row["rating"])) * count + _PRIOR_RATING * _PRIOR_WEIGHT) / (count + _PRIOR_WEIGHT),
        colours=tuple(palette[index] for index in chosen),
        price_minor=max(900, round(price / 500) * 500 - 100),
        age=float(draw.random()),
    )


@cache
def _percents(fortnight: int) -> tuple[int, ...]:
    """The reduction of each piece in a fortnight, in percent; 0 for most."""
    draw = np.random.default_rng([SEED, fortnight])
    count = len(pieces())
    reduced = draw.random(count) < REDUCED_SHARE
    return tuple(int(percent) for percent in np.where(reduced, draw.choice(REDUCTIONS, size=count), 0))


def prices_on(day: date) -> NDArray[np.int64]:
    """The price of each piece on a day, in minor units: the usual one, or one reduced for a fortnight that begins on a
    Wednesday. Reduced prices are whole."""
    percents = np.array(_percents((day.toordinal() + 4) // FORTNIGHT))
    usual = np.array([piece.price_minor for piece in pieces()])
    return np.where(percents > 0, usual * (100 - percents) // 10000 * 100, usual).astype(np.int64)
