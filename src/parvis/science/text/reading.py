"""Read voices: language, sentiment, stars, toxicity, spam and aspects of each, in one pass over numpy arrays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from parvis.core.tables import optional, require
from parvis.science.text.aspects import mentions
from parvis.science.text.cues import Cue, bundled, given
from parvis.science.text.language import identify
from parvis.science.text.safety import doubts
from parvis.science.text.sentiment import judge
from parvis.science.text.tokens import cut

MAX_CHARS = 20_000  # code points of a text that are read
MAX_TITLE = 500
_ROWS, _CHARS = 500, 200_000

ASPECT = pl.Struct({"aspect": pl.String, "polarity": pl.Float64, "start": pl.Int64, "end": pl.Int64})


def read(voices: pl.DataFrame, *, aspects: pl.DataFrame | None = None) -> pl.DataFrame:
    """What each voice says, one row a voice, in the order given.

    voices: id (any type, returned unchanged), text; optional title, rating (1..5), language (believed where the text
    says too little). aspects: a brand's own cues instead of the bundled ones (aspect, language, cues, [polarity]).

    Returns id, language (ISO 639-1, or "und"), sentiment -1..1, stars 1..5 (what the words say, leaning to the
    author's own rating where it is given; 3 where nothing is said), toxicity 0..1, spam 0..1 (.5 = decide), aspects:
    list of {aspect, polarity -1..1, start, end}, offsets in code points of ``text``.

    Only the first ``MAX_CHARS`` code points of a text are read. A row's reading never depends on the other rows.
    Raises :class:`parvis.core.tables.TableError` naming the column and row that cannot be read.
    """
    voices = require(voices, {"id": None, "text": pl.String})
    voices = optional(voices, {"title": pl.String, "rating": pl.Float64, "language": pl.String})
    cues = bundled() if aspects is None else given(aspects)
    parts = [_read_part(part, cues) for part in _parts(voices)]
    return pl.concat(parts) if parts else _read_part(voices, cues)


def _parts(voices: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Slices of bounded rows and bounded text, so that memory does not grow with the frame."""
    sizes = voices["text"].str.len_chars().fill_null(0).clip(0, MAX_CHARS).to_list()
    start = total = 0
    for row, size in enumerate(sizes):
        if row > start and (row - start >= _ROWS or total + size > _CHARS):
            yield voices[start:row]
            start, total = row, 0
        total += size
    if start < len(sizes):
        yield voices[start:]


def _read_part(voices: pl.DataFrame, cues: tuple[Cue, ...]) -> pl.DataFrame:
    count = len(voices)
    texts = [(t or "")[:MAX_CHARS] for t in voices["text"]]
    titles = [(t or "")[:MAX_TITLE] for t in voices["title"]]
    pieces = [piece for pair in zip(titles, texts, strict=True) for piece in pair]
    rows = np.repeat(np.arange(count), 2)
    bodies = np.tile(np.array([False, True]), count)
    tokens = cut(pieces)
    languages = [
        identify(f"{title} {text}", language)
        for title, text, language in zip(titles, texts, voices["language"], strict=True)
    ]
    ratings = voices["rating"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    opinion, stars = judge(tokens, rows, languages, ratings)
    toxicity, spam = doubts(tokens, rows, count)
    found = mentions(tokens, rows, bodies, languages, opinion, cues)
    return pl.DataFrame(
        {
            "id": voices["id"],
            "language": pl.Series(languages, dtype=pl.String),
            "sentiment": opinion,
            "stars": stars,
            "toxicity": toxicity,
            "spam": spam,
            "aspects": _listed(found, count),
        }
    )


def _listed(found: pl.DataFrame, count: int) -> pl.Series:
    """One list of aspects a row, empty where none was found."""
    grouped = found.group_by("row", maintain_order=True).agg(
        pl.struct("aspect", "polarity", "start", "end").alias("it")
    )
    every = pl.DataFrame({"row": pl.arange(count, eager=True, dtype=pl.Int64)})
    lists = every.join(grouped, on="row", how="left", maintain_order="left")["it"]
    return lists.fill_null(pl.lit([], dtype=pl.List(ASPECT))) if lists.null_count() else lists
