"""Toxicity and spam of a text, each a probability on which .5 means: decide."""

from __future__ import annotations

import numpy as np

from parvis.science.text.grams import Grams, letters, words
from parvis.science.text.linear import Floats, load, sigmoid
from parvis.science.text.tokens import I64, Tokens


def doubts(tokens: Tokens, rows: I64, count: int) -> tuple[Floats, Floats]:
    """Toxicity and spam of each of ``count`` rows; ``rows`` is the row of each piece."""
    grams = Grams.join([words(tokens, (1, 2), negation=False), letters(tokens, (3, 4, 5))]).among(rows)
    said = np.bincount(rows[tokens.piece], minlength=count) > 0
    scores = []
    for name in ("toxicity", "spam"):
        heads, _ = load(name).score(grams, count)
        scores.append(np.where(said, sigmoid(heads[:, 0]), 0.0))
    return scores[0], scores[1]
