"""Toxicity and spam of a text, each a probability on which .5 means: decide.

Toxicity here is an attack on people: insult, slur, threat, call to harm; a rude word about a thing is not one. Two
kinds of evidence are added as log odds: a linear model over words and letters, which generalises but thins out in a
long text, and cue tables that a brand can edit (``data/offence.csv``, ``data/solicitation.csv``), which find one insult
anywhere. A cue's last column is how much it says, 0 to 1.
"""

from __future__ import annotations

import numpy as np

from parvis.science.text.cues import bundled, compiled
from parvis.science.text.grams import Grams, letters, words
from parvis.science.text.linear import Floats, Linear, load, sigmoid
from parvis.science.text.tokens import I64, Tokens

_CUES = ("offence", "solicitation")
_WEIGHT = np.array([1.8, 6.0])  # log odds that a full cue adds
_FLOOR = np.array([0.0, -0.9])  # log odds where no cue is found, learnt with the weights on the training part


def doubts(tokens: Tokens, rows: I64, count: int, *, model: Linear | None = None) -> tuple[Floats, Floats]:
    """Toxicity and spam of each of ``count`` rows; ``rows`` is the row of each piece."""
    model = model or load("safety")
    grams = Grams.join([words(tokens, (1, 2), negation=False), letters(tokens, (3, 4, 5))]).among(rows)
    heads, _ = model.score(grams, count)
    cues = np.stack([told(tokens, rows, count, name) for name in _CUES], axis=1)
    said = np.bincount(rows[tokens.piece], minlength=count) > 0
    odds = np.where(said[:, None], sigmoid(heads + _WEIGHT * cues + _FLOOR), 0.0)
    return odds[:, 0], odds[:, 1]


def told(tokens: Tokens, rows: I64, count: int, name: str) -> Floats:
    """How much the cues of a table say about each row: 1 less the product of what each leaves open."""
    everywhere = np.ones(len(tokens.hash), dtype=np.bool_)
    left = np.ones(count)
    for lexicon in compiled(bundled(name)).values():
        first, _, cue = lexicon.hits(tokens, everywhere)
        np.multiply.at(left, rows[tokens.piece[first]], 1.0 - np.nan_to_num(lexicon.polarity[cue]))
    return 1.0 - left
