"""Sentiment and stars of a text, from ordinal linear heads for English, French and Dutch.

Each language has four heads, the log odds that the author gave more than 1, 2, 3 and 4 stars, summed over two tables:
one of words (with the project's own lists of words that judge folded in) and one of letters, for misspelt words.
Stars are one plus the sum of the four probabilities taken on sharpened odds: that sum then leans to the median of the
four-step distribution, which is what keeps the absolute error small, and still moves smoothly. Sentiment is the plain
expected rating on a -1..1 scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from parvis.science.text.grams import Grams, chain, letters, words
from parvis.science.text.linear import Floats, Linear, keys, load, sigmoid
from parvis.science.text.tokens import I64, Tokens

LANGUAGES = ("en", "fr", "nl")
GATED = ("en",)  # whose model gives way to a general one off its ground
LENT = ("en", "fr")  # whose words speak for a language that has no model
WORDS, LETTERS = (1, 2, 3), (3, 4, 5)
SHARPNESS = 8.0
NEUTRAL_STARS = 3.0
_RATING_WEIGHT = 0.6  # of the author's own stars, where they are given, against what the words say
_HOME, _BORDER = 0.54, 0.03  # share of known n-grams from which a text counts as on home ground, and its width
_ELSEWHERE = 0.35  # of the opinion drawn from words that another language shares


@dataclass(frozen=True, slots=True)
class Opinion:
    """The two tables of a language; their heads are added.

    abroad: another opinion for texts off the ground this one was learnt on, such as a bank's reviews for a model that
    knows clothes. It takes over as fewer of a text's n-grams are known.
    """

    words: Linear
    letters: Linear
    abroad: Opinion | None = None

    def heads(self, said: Grams, spelt: Grams, rows: int) -> tuple[Floats, Floats]:
        """Log odds of more than 1, 2, 3 and 4 stars (rows x 4), and how many known words each row has."""
        first, seen = self.words.score(said, rows)
        second, _ = self.letters.score(spelt, rows)
        heads = first + second
        if self.abroad is not None:
            share = seen / np.maximum(np.bincount(said.piece, minlength=rows), 1)
            home = sigmoid((share - _HOME) / _BORDER)[:, None]
            heads = home * heads + (1 - home) * self.abroad.heads(said, spelt, rows)[0]
        return heads, seen


@lru_cache(maxsize=len(LANGUAGES))
def opinion_of(language: str) -> Opinion:
    """The bundled model of one of ``LANGUAGES``."""
    return _bundled(language, _bundled(f"{language}_general") if language in GATED else None)


def _bundled(name: str, abroad: Opinion | None = None) -> Opinion:
    return Opinion(load(f"sentiment_{name}"), load(f"sentiment_{name}_letters"), abroad)


def judge(
    tokens: Tokens, rows: I64, languages: list[str], ratings: Floats, spelt: Grams | None = None
) -> tuple[Floats, Floats]:
    """Sentiment (-1..1) and stars (1..5) of each row.

    rows: row of each piece; languages: one a row; ratings: the author's stars, NaN where unknown; spelt: the letters of
    ``tokens`` by row, where they are known already. A row without a known word is neutral (0 and 3) unless its author
    gave stars.
    """
    count = len(languages)
    said = words(tokens, WORDS).among(rows)
    spelt = letters(tokens, LETTERS).among(rows) if spelt is None else spelt
    opinion, stars, known = np.zeros(count), np.full(count, NEUTRAL_STARS), np.zeros(count)
    spoken = np.array(languages)
    foreign = ~np.isin(spoken, LANGUAGES)
    for language in LANGUAGES:
        mine = spoken == language
        use = mine | foreign if language in LENT else mine
        if not use.any():
            continue
        heads, seen = opinion_of(language).heads(_of(said, use), _of(spelt, use), count)
        graded, leaning = _stars(heads)
        some = mine & (seen > 0)
        opinion[some], stars[some] = leaning[some], graded[some]
        other = foreign & (seen > known)
        opinion[other] = _ELSEWHERE * leaning[other]
        stars[other] = NEUTRAL_STARS + _ELSEWHERE * (graded[other] - NEUTRAL_STARS)
        known = np.maximum(known, np.where(use, seen, 0))
    return with_ratings(opinion, stars, ratings, known > 0)


def _of(grams: Grams, use: np.ndarray) -> Grams:
    if use.all():
        return grams
    inside = use[grams.piece]
    return Grams(grams.piece[inside], grams.hash[inside])


def grade(model: Opinion, tokens: Tokens, rows: I64, count: int) -> tuple[Floats, Floats, Floats]:
    """The four heads, stars and sentiment of each of ``count`` rows by one model."""
    heads, _ = model.heads(words(tokens, WORDS).among(rows), letters(tokens, LETTERS).among(rows), count)
    return (heads, *_stars(heads))


def _stars(heads: Floats) -> tuple[Floats, Floats]:
    return 1.0 + sigmoid(SHARPNESS * heads).sum(axis=1), (sigmoid(heads).sum(axis=1) - 2.0) / 2.0


def with_ratings(
    opinion: Floats, stars: Floats, ratings: Floats, said: np.ndarray | None = None
) -> tuple[Floats, Floats]:
    """Sentiment and stars that lean to what authors gave themselves (NaN: nothing). said: where words spoke at all;
    left out, where they are not neutral."""
    said = (opinion != 0) | (stars != NEUTRAL_STARS) if said is None else said
    given = np.isfinite(ratings)
    weight = np.where(given, np.where(said, _RATING_WEIGHT, 1.0), 0.0)
    rated = np.clip(np.where(given, ratings, NEUTRAL_STARS), 1.0, 5.0)
    stars = (1 - weight) * stars + weight * rated
    opinion = (1 - weight) * opinion + weight * (rated - NEUTRAL_STARS) / 2.0
    return np.clip(opinion, -1.0, 1.0), np.clip(stars, 1.0, 5.0)


@lru_cache(maxsize=8)
def _leaning(name: str) -> tuple[Linear, Floats]:
    """A bundled model and what each of its n-grams adds to praise: a mean over all its heads, computed once."""
    model = load(name)
    return model, model.weights.mean(axis=1) * model.idf


def leanings(tokens: Tokens, language: str) -> Floats:
    """How much each token leans to praise (positive) or blame, negation counted, in log odds before any scaling.

    An n-gram's weight is given to its first token when it stays in one clause, so that sums over a clause make sense.
    """
    model, middle = _leaning(f"sentiment_{language if language in LANGUAGES else 'en'}")
    total = np.zeros(len(tokens.hash))
    for size in (1, 2):
        first, value = chain(tokens, size)
        within = tokens.clause[first] == tokens.clause[first + size - 1]
        found, place = model.vocabulary.find(keys(value))
        good = within & found
        total += np.bincount(first[good], weights=middle[place[good]], minlength=len(total))
    return total
