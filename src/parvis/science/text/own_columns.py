"""What one's own labels are learnt from beside words and letters: what the bundled models hear, and a text's form.

Few columns that speak in every language carry what a few hundred labels cannot teach word by word: angry reviews are
longer, count days and euros, shout; and the bundled tables already know good from bad.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from parvis.science.text.grams import letters, words
from parvis.science.text.language import identify
from parvis.science.text.linear import Floats
from parvis.science.text.sentiment import LANGUAGES, LETTERS, WORDS, opinion_of
from parvis.science.text.tokens import I64, Tokens

Documents = list[tuple[str, str, str]]  # title, text, language
STEPS = (1, 2, 3, 4)
TOLD = 3 * len(STEPS)  # heads of a language's tables: words, letters, general
SHAPE = 8
_MAX_CHARS, _MAX_TITLE = 20_000, 500
_MOST = 5.0  # marks of a kind that are counted


def documents(frame: pl.DataFrame) -> Documents:
    """Title, text and language of each row. frame: title, text, language (null where unknown)."""
    rows = frame.select("title", "text", "language").rows()
    cleaned = [((title or "")[:_MAX_TITLE], (text or "")[:_MAX_CHARS], language) for title, text, language in rows]
    return [(title, text, identify(f"{title} {text}", language)) for title, text, language in cleaned]


def columns(held: Documents, tokens: Tokens, rows: I64) -> Floats:
    """Columns (documents x (TOLD + SHAPE)). tokens: of titles and texts in turn; rows: document of each piece."""
    return np.hstack([_heard(held, tokens, rows), _shape(held)])


def _heard(held: Documents, tokens: Tokens, rows: I64) -> Floats:
    """Heads of the bundled tables side by side: words, letters, general; zero where a language has none."""
    count = len(held)
    said, spelt = words(tokens, WORDS).among(rows), letters(tokens, LETTERS).among(rows)
    heard = np.zeros((count, TOLD))
    spoken = np.array([language for _, _, language in held])
    for language in LANGUAGES:
        mine = np.flatnonzero(spoken == language)
        if len(mine):
            model = opinion_of(language)
            told = [model.words.score(said, count)[0], model.letters.score(spelt, count)[0]]
            if model.abroad:
                told.append(model.abroad.heads(said, spelt, count)[0])
            heard[mine, : len(told) * len(STEPS)] = np.hstack(told)[mine]
    return heard


def _shape(held: Documents) -> Floats:
    """Length, share of capitals, and how often marks, digits, dots in a row and line breaks are met."""
    text = pl.col("text")
    size = text.str.len_chars()
    counted = [text.str.count_matches(mark).clip(0, _MOST) for mark in (r"!", r"\?", r"\.\.\.|…", r"\n")]
    found = pl.DataFrame(
        {"text": [f"{title} {text}" for title, text, _ in held], "title": [title for title, _, _ in held]},
        schema={"text": pl.String, "title": pl.String},
    ).select(
        (size.cast(pl.Float64) + 1).log().alias("size"),
        (text.str.count_matches(r"\p{Lu}") * 10 / (size + 1)).alias("capitals"),
        (text.str.count_matches(r"\d").clip(0, 20) / 5).alias("digits"),
        pl.col("title").str.len_chars().clip(0, 60).cast(pl.Float64).alias("title"),
        *[each.cast(pl.Float64).alias(f"marks{number}") for number, each in enumerate(counted)],
    )
    return found.to_numpy().reshape(len(held), SHAPE)
