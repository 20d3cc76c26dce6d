"""Read voices: language, sentiment, stars, toxicity, spam, aspects, attributes, intents, interest and personal data of
each. All but attributes and personal data (patterns, a text at a time) is one pass over numpy arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from parvis.core.tables import optional, require
from parvis.science.text import attributes, intent, personal
from parvis.science.text.aspects import mentions
from parvis.science.text.cues import Cue, bundled, given
from parvis.science.text.grams import letters
from parvis.science.text.kinds import guess
from parvis.science.text.language import identify
from parvis.science.text.own import Taught
from parvis.science.text.safety import doubts
from parvis.science.text.sentiment import LETTERS, judge, with_ratings
from parvis.science.text.tokens import cut

MAX_CHARS = 20_000  # code points of a text that are read
MAX_TITLE = 500
_ROWS, _CHARS = 500, 200_000
_FEW = 16  # rows
_OWN = ("skin_type", "hair_type")  # what is said of the author in words that also judge products

_WORDS = {"at": pl.Int64, "to": pl.Int64}
ASPECT = pl.Struct({"aspect": pl.String, "polarity": pl.Float64, "start": pl.Int64, "end": pl.Int64, **_WORDS})
_PASSAGE = {"start": pl.Int64, "end": pl.Int64}
STATED = pl.Struct({"attribute": pl.String, "value": pl.String, **_PASSAGE})
INTENT = pl.Struct({"intent": pl.String, "score": pl.Float64})
GROUND = pl.Struct({"ground": pl.String, **_PASSAGE})
PERSONAL = pl.Struct({"kind": pl.String, **_PASSAGE})


def read(voices: pl.DataFrame, *, aspects: pl.DataFrame | None = None, taught: Taught | None = None) -> pl.DataFrame:
    """What each voice says, one row a voice, in the order given.

    voices: id (any type, returned unchanged), text; optional title, rating (1..5), language (believed where the text
    says too little), kind of product (clothing, beauty, home, food; guessed from the words where absent). aspects: a
    brand's own cues instead of the bundled ones (aspect, language, cues, [polarity], [kinds], [weak]). taught: a
    brand's own model of stars, which then says sentiment and stars in its languages.

    Returns id, language (ISO 639-1, or "und"), sentiment -1..1, stars 1..5 (what the words say, leaning to the
    author's own rating where it is given; 3 where nothing is said), toxicity 0..1, spam 0..1 (.5 = decide), aspects:
    list of {aspect, polarity -1..1 (exactly 0: named and not judged), start and end of the passage to quote, at and to
    of the words that say it}, attributes: list of {attribute, value, start, end}, intents: list of {intent, score},
    interest 0..1 that the author has an interest (.5 = look), grounds: list of {ground, start, end}, personal: list of
    {kind, start, end}. Offsets in code points of ``text``.

    Only the first ``MAX_CHARS`` code points of a text are read. A row's reading never depends on the other rows.
    Raises :class:`parvis.core.tables.TableError` naming the column and row that cannot be read.
    """
    voices = require(voices, {"id": None, "text": pl.String})
    voices = optional(voices, {"title": pl.String, "rating": pl.Float64, "language": pl.String, "kind": pl.String})
    cues = bundled() if aspects is None else given(aspects)
    parts = [_read_part(part, cues, taught) for part in _parts(voices)]
    if len(parts) == 1:
        return parts[0]
    return pl.concat(parts) if parts else _read_part(voices, cues, taught)


def _parts(voices: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Slices of bounded rows and bounded text, so that memory does not grow with the frame."""
    sizes = [min(len(each or ""), MAX_CHARS) for each in voices["text"]]
    if len(sizes) <= _ROWS and sum(sizes) <= _CHARS:
        if sizes:
            yield voices
        return
    start = total = 0
    for row, size in enumerate(sizes):
        if row > start and (row - start >= _ROWS or total + size > _CHARS):
            yield voices[start:row]
            start, total = row, 0
        total += size
    if start < len(sizes):
        yield voices[start:]


def _read_part(voices: pl.DataFrame, cues: tuple[Cue, ...], taught: Taught | None) -> pl.DataFrame:
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
    ratings = np.array([math.nan if each is None else each for each in voices["rating"]], dtype=np.float64)
    spelt = letters(tokens, LETTERS).among(rows)  # of use to both
    if taught is None:
        opinion, stars = judge(tokens, rows, languages, ratings, spelt)
    else:
        heard = judge(tokens, rows, languages, np.full(count, np.nan), spelt)
        opinion, stars = with_ratings(*taught.judge(titles, texts, languages, *heard), ratings)
    toxicity, spam = doubts(pieces, tokens, rows, count, spelt=spelt)
    kinds = guess(tokens, rows, languages, voices["kind"].to_list())
    stated = attributes.find_all(texts, languages, kinds, tokens, bodies)
    found = _of_the_product(mentions(tokens, rows, bodies, languages, kinds, opinion, cues), stated)
    wanted = intent.intents(tokens, rows, bodies, languages, opinion, found)
    interested, grounds = intent.interest(tokens, rows, bodies, languages)
    private = [personal.find(text) for text in texts]
    return pl.DataFrame(
        {
            "id": voices["id"],
            "language": pl.Series(languages, dtype=pl.String),
            "sentiment": opinion,
            "stars": stars,
            "toxicity": toxicity,
            "spam": spam,
            "aspects": _listed(found, count, ASPECT),
            "attributes": _lists(stated, STATED),
            "intents": _lists(wanted, INTENT),
            "interest": interested,
            "grounds": _lists(grounds, GROUND),
            "personal": _lists([[(kind, a, b) for a, b, kind in each] for each in private], PERSONAL),
        }
    )


def _of_the_product(found: pl.DataFrame, stated: Sequence[Sequence[attributes.Stated]]) -> pl.DataFrame:
    """Aspects without those that only say what the author is like: "my skin is dry" is no word about the product."""
    own = [(row, each.start, each.end) for row, all_ in enumerate(stated) for each in all_ if each.attribute in _OWN]
    if not own or found.is_empty():
        return found
    said: dict[int, list[tuple[int, int]]] = {}
    for row, start, end in own:
        said.setdefault(row, []).append((start, end))
    kept = [
        not any(start <= at < end for start, end in said.get(row, ()))
        for row, at in found.select("row", "at").iter_rows()
    ]
    return found.filter(pl.Series(kept, dtype=pl.Boolean))


def _lists(rows: Sequence[Sequence[tuple[object, ...]]], kind: pl.Struct) -> pl.Series:
    """One list of structs a row from tuples in the order of the struct's fields."""
    if len(rows) <= _FEW:
        return _few(rows, kind)
    flat = [(number, *each) for number, row in enumerate(rows) for each in row]
    schema = {"row": pl.Int64} | {field.name: field.dtype for field in kind.fields}
    return _listed(pl.DataFrame(flat, schema=schema, orient="row"), len(rows), kind)


def _listed(found: pl.DataFrame, count: int, kind: pl.Struct) -> pl.Series:
    """One list of structs a row, empty where none was found."""
    names = [field.name for field in kind.fields]
    if count <= _FEW:
        rows: list[list[tuple[object, ...]]] = [[] for _ in range(count)]
        for row, *values in found.select("row", *names).iter_rows():
            rows[row].append(tuple(values))
        return _few(rows, kind)
    grouped = found.group_by("row", maintain_order=True).agg(pl.struct(names).alias("it"))
    every = pl.DataFrame({"row": pl.arange(count, eager=True, dtype=pl.Int64)})
    lists = every.join(grouped, on="row", how="left", maintain_order="left")["it"]
    return lists.fill_null(pl.lit([], dtype=pl.List(kind))) if lists.null_count() else lists


def _few(rows: Sequence[Sequence[tuple[object, ...]]], kind: pl.Struct) -> pl.Series:
    """The same for a live comment: grouping and joining cost more than they save on a handful of rows."""
    names = [field.name for field in kind.fields]
    return pl.Series(
        [[dict(zip(names, each, strict=True)) for each in row] for row in rows], dtype=pl.List(kind), strict=False
    )
