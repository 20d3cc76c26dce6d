"""Whether a brand's own labels teach better stars than the bundled models know: both read texts they never learnt from.

Every text is read once by a model taught by the other folds. A fold holds whole authors: what one person wrote, often
twice in nearly the same words, is never both lesson and examination.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import polars as pl

from parvis.core.tables import optional, require
from parvis.science.intervals import Interval, mean, paired, wilson
from parvis.science.text.language import identify
from parvis.science.text.linear import Floats
from parvis.science.text.own import fit
from parvis.science.text.reading import read

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found in one language. own, shipped: mean absolute error of stars; gain: how much smaller the own one
    is, text by text; own_right, shipped_right: share of the clear texts (1, 2, 4 or 5 stars) told good from bad. All
    with their 95 % intervals."""

    language: str
    texts: int
    clear: int
    own: Interval
    shipped: Interval
    gain: Interval
    own_right: Interval
    shipped_right: Interval

    @property
    def better(self) -> bool:
        """Whether the brand's own model errs less, by more than chance explains."""
        return bool(self.gain.low > 0)


def compare(examples: pl.DataFrame, *, least: int, folds: int = FOLDS) -> tuple[Compared, ...]:
    """Stars by a model taught by ``examples`` and by the bundled models, on texts that the taught one has not seen.

    examples: text, rating 1..5, author (any value; texts of one author stay together), [title], [language]. A language
    with fewer than ``least`` texts is learnt from and not reported. Raises :class:`parvis.core.tables.TableError` as
    :func:`parvis.science.text.fit` does. The same examples give the same figures.
    """
    examples = require(examples, {"text": pl.String, "rating": pl.Float64, "author": None})
    examples = optional(examples, {"title": pl.String, "language": pl.String}).with_columns(id=pl.int_range(pl.len()))
    fold = np.array([_fold(author, folds) for author in examples["author"].cast(pl.String)])
    own = np.full(len(examples), np.nan)
    for number in range(folds):
        held = fold == number
        if held.any() and not held.all():
            taught = fit(examples.filter(pl.Series(~held)))
            own[held] = taught.read(examples.filter(pl.Series(held)))["stars"].to_numpy()
    shipped = read(examples.select("id", "title", "text", "language"))["stars"].to_numpy()
    spoken = np.array([identify(f"{t or ''} {x}", said) for t, x, said in examples["title", "text", "language"].rows()])
    given = examples["rating"].to_numpy()
    judged = np.isfinite(own)
    found = []
    for language in sorted(set(spoken)):
        mine = judged & (spoken == language)
        if mine.sum() >= least:
            found.append(_compared(str(language), own[mine], shipped[mine], given[mine]))
    return tuple(found)


def _fold(author: str | None, folds: int) -> int:
    return int.from_bytes(blake2b(str(author).encode(), digest_size=4).digest(), "big") % folds


def _compared(language: str, own: Floats, shipped: Floats, given: Floats) -> Compared:
    errs, erred = np.abs(own - given), np.abs(shipped - given)
    clear = given != 3
    right, was_right = ((stars[clear] > 3) == (given[clear] > 3) for stars in (own, shipped))
    return Compared(
        language=language,
        texts=len(given),
        clear=int(clear.sum()),
        own=mean(errs),
        shipped=mean(erred),
        gain=paired(erred - errs),
        own_right=wilson(right.sum(), clear.sum()),
        shipped_right=wilson(was_right.sum(), clear.sum()),
    )
