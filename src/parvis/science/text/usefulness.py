"""Which reviews help a shopper decide, and why.

Two linear parts, learnt together on how many shoppers found a clothing review helpful, relative to the other reviews of
the same product: the words (TF-IDF of one and two words) and the signs of :mod:`signs`, which French and English share.
Where the words are those of another language than the model's, the signs decide alone. Votes, where there are any,
count for what they prove: a share shrunk towards the text's own score; what clicks taught comes as ``learned``.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import polars as pl

from parvis.core.tables import optional, require
from parvis.science.text import signs
from parvis.science.text.files import folder
from parvis.science.text.grams import words
from parvis.science.text.linear import Floats, Linear, load, sigmoid
from parvis.science.text.reading import MAX_CHARS, MAX_TITLE
from parvis.science.text.tokens import cut

_PART = 1000
_PRIOR_VOTES = 6.0  # votes that the text's own score is worth
_DETAILED = 45  # words
_NOTHING = -3.0
# Shares of n-grams the model knows: below the first a text is in another language, above the second in its own.
_FOREIGN, _NATIVE = 0.25, 0.4
_ENOUGH = 80.0  # known n-grams, about fifty words
_MOST_LEARNED = 1.5  # log-odds that clicks may move a review by
_TAUGHT = 0.15  # log-odds from which that is a reason to tell


def rank_reviews(reviews: pl.DataFrame) -> pl.DataFrame:
    """How useful each review is to someone deciding, with reasons; rows in the order given.

    reviews: id, product (any types, returned unchanged), text; optional title, rating, submitted_at, votes_up,
    votes_down, verified, media (a count, a flag or a list), learned (log-odds from clicks, see
    :func:`parvis.science.usefulness_learning.learn`). Returns id, product, score 0..1 (comparable within a
    product), reasons: list of keys said in words by :func:`reason_words`. A score never depends on the other rows.

    Raises :class:`parvis.core.tables.TableError` naming the column and row that cannot be read.
    """
    reviews = require(reviews, {"id": None, "product": None, "text": pl.String})
    known: dict[str, pl.DataType | type[pl.DataType]] = {
        "title": pl.String, "votes_up": pl.Float64, "votes_down": pl.Float64, "verified": pl.Boolean,
        "learned": pl.Float64,
    }  # fmt: skip
    reviews = optional(reviews, known)
    texts = [(t or "")[:MAX_CHARS] for t in reviews["text"]]
    titles = [(t or "")[:MAX_TITLE] for t in reviews["title"]]
    parts = [text_score(titles[i : i + _PART], texts[i : i + _PART]) for i in range(0, len(texts), _PART)]
    own = np.concatenate([np.zeros(0), *(part[0] for part in parts)])
    told = [reasons for part in parts for reasons in part[1]]
    up = np.maximum(reviews["votes_up"].fill_null(0).to_numpy(), 0)
    down = np.maximum(reviews["votes_down"].fill_null(0).to_numpy(), 0)
    seen = _media(reviews)
    verified = reviews["verified"].fill_null(False).to_numpy()
    learned = np.clip(reviews["learned"].fill_null(0).to_numpy(), -_MOST_LEARNED, _MOST_LEARNED)
    score = _with_votes(sigmoid(own + 0.35 * seen + 0.15 * verified), up, down)
    score = sigmoid(np.log(np.maximum(score, 1e-9) / np.maximum(1 - score, 1e-9)) + learned)
    reasons = [
        _reasons(seen_in, text, bool(photo), bool(bought), float(votes), float(shift))
        for seen_in, text, photo, bought, votes, shift in zip(
            told, texts, seen, verified, up - down, learned, strict=True
        )
    ]
    return pl.DataFrame(
        {
            "id": reviews["id"],
            "product": reviews["product"],
            "score": score,
            "reasons": pl.Series(reasons, dtype=pl.List(pl.String)),
        }
    )


def text_score(
    titles: Sequence[str], texts: Sequence[str], model: Linear | None = None
) -> tuple[Floats, list[list[str]]]:
    """Standardised score of what is written (-3 where nothing is, which helps nobody), and the reasons seen in it."""
    model = model or load("usefulness")
    table, reasons = signs.read(titles, texts)
    kept = model.recipe["signs"]
    shape = np.clip((table - np.array(kept["mean"])) / np.array(kept["scale"]), -signs.FAR, signs.FAR)
    count = len(texts)
    tokens = cut([piece for pair in zip(titles, texts, strict=True) for piece in pair])
    grams = words(tokens, (1, 2), negation=False).among(np.repeat(np.arange(count), 2))
    heads, known = model.score(grams, count)
    every = np.maximum(np.bincount(grams.piece, minlength=count), 1)
    native = np.clip((known / every - _FOREIGN) / (_NATIVE - _FOREIGN), 0.0, 1.0)
    both = ((heads[:, 0] - model.bias[0]) * few_words(known) + shape @ np.array(kept["with_words"])) / float(
        model.recipe["spread"]
    )
    alone = shape @ np.array(kept["alone"]) / float(model.recipe["spread_alone"])
    said = np.array(
        [any(map(str.isalnum, title + text)) for title, text in zip(titles, texts, strict=True)], dtype=bool
    )
    return np.where(said, native * both + (1 - native) * alone, _NOTHING), reasons


def few_words(known: Floats) -> Floats:
    """How much the words of a text may weigh by how many of them are known: one word alone proves little."""
    return np.minimum(1.0, np.sqrt(known / _ENOUGH))


def _with_votes(own: Floats, up: Floats, down: Floats) -> Floats:
    """What the votes leave sure of: the mean of Beta(prior + votes) less one standard deviation.

    The prior is the text's own score worth ``_PRIOR_VOTES``. Many votes that agree raise a review because they leave
    little doubt; one vote against thirty-seven says little, and moves it little.
    """
    votes = _PRIOR_VOTES + up + down
    mean = (own * _PRIOR_VOTES + up) / votes
    return np.clip(mean - np.sqrt(mean * (1 - mean) / (votes + 1)), 0.0, 1.0)


def _media(reviews: pl.DataFrame) -> Floats:
    if "media" not in reviews.columns:
        return np.zeros(len(reviews))
    media = reviews["media"]
    if media.dtype in (pl.List, pl.Array):
        return (media.list.len().fill_null(0) > 0).to_numpy().astype(float)
    if media.dtype == pl.String:
        return (media.fill_null("") != "").to_numpy().astype(float)
    return (media.cast(pl.Float64).fill_null(0) > 0).to_numpy().astype(float)


def _reasons(told: list[str], text: str, photo: bool, bought: bool, votes: float, learned: float) -> list[str]:
    reasons = list(told)
    if text.count(" ") >= _DETAILED:
        reasons.append("detailed")
    if photo:
        reasons.append("has_photo")
    if bought:
        reasons.append("verified")
    if votes >= 2:
        reasons.append("found_useful")
    if learned >= _TAUGHT:
        reasons.append("helps_choose")
    return reasons


def reason_phrases() -> pl.DataFrame:
    """Reason keys of :func:`rank_reviews` with their words. Columns: reason, phrase_en, phrase_fr."""
    return pl.read_csv(folder("data") / "review_reasons.csv", infer_schema=False)


@lru_cache(maxsize=1)
def _phrases() -> dict[str, dict[str, str]]:
    with (folder("data") / "review_reasons.csv").open(encoding="utf-8", newline="") as stream:
        return {row["reason"]: {"en": row["phrase_en"], "fr": row["phrase_fr"]} for row in csv.DictReader(stream)}


def reason_words(reasons: Sequence[str], locale: str) -> list[str]:
    """Reasons as a shopper reads them, in French or English: what belongs together is said together.

    >>> reason_words(["gives_size_worn", "gives_height", "after_use:3:m"], "en")
    ['Gives size worn and height', 'Tells how it is after 3 months']
    """
    known, said = _phrases(), []
    language = "fr" if locale.startswith("fr") else "en"
    left = list(reasons)
    for whole in ("gives_size_worn+gives_height+gives_build", "gives_size_worn+gives_height",
                  "gives_size_worn+gives_build", "gives_height+gives_build"):  # fmt: skip
        parts = whole.split("+")
        if set(parts) <= set(left):
            left = [whole if reason == parts[0] else reason for reason in left if reason not in parts[1:]]
    for reason in left:
        key, _, detail = reason.partition(":")
        phrase = known.get(f"{key}:{_kind(detail)}" if detail else key)
        if phrase:
            said.append(phrase[language].replace("%(number)s", detail.partition(":")[0]))
    return said


def _kind(detail: str) -> str:
    """ "3:m" is told by the phrase of "many:m", "1:m" of "one:m", "0:m" (several) of "some:m"."""
    number, _, unit = detail.partition(":")
    return f"{'one' if number == '1' else 'some' if number == '0' else 'many'}:{unit}"
