"""What a text wants (asks, complains, praises, is about to buy), and whether its author seems to have an interest.

Both are read from cue tables (``data/intents.csv``, ``data/interest.csv``): a cue's last column is how much it says,
0 to 1, a negator before it silences it, and cues add up as 1 less the product of what each leaves open. Praise and
complaint also lean on the aspects judged, complaint on an unhappy text, a question on its mark.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from parvis.science.text.cues import bundled, compiled
from parvis.science.text.grams import thoughts
from parvis.science.text.linear import Floats, sigmoid
from parvis.science.text.polarity import turner
from parvis.science.text.tokens import I64, Tokens, word_hash

INTENTS = ("question", "complaint", "praise", "purchase")
GROUNDS = ("free_product", "employee", "paid", "relation", "rival")
LEAST = 0.5  # an intent or an interest under this is not told
_FEELING, _START = 6.0, 2.6  # how steeply an unhappy text speaks of a complaint, and from which log odds
_HAPPY, _UNHAPPY, _AGAINST = 0.45, -0.3, 0.5  # sentiment that contradicts complaint or praise, and what is left of it
_CLEAR, _JUDGED = 0.3, 0.4  # polarity from which an aspect counts, and how much

FOUND = {
    "row": pl.Int64,
    "key": pl.String,
    "weight": pl.Float64,
    "start": pl.Int64,
    "end": pl.Int64,
    "body": pl.Boolean,
}


def cues_met(tokens: Tokens, rows: I64, bodies: np.ndarray, languages: Sequence[str], table: str) -> pl.DataFrame:
    """Every cue of a bundled table met and not negated: row, key, weight, start and end, whether in the text."""
    frames: list[pl.DataFrame] = []
    if len(tokens.hash):
        thought = thoughts(tokens)
        spoken = np.array(languages)[rows[tokens.piece]]
        for language, lexicon in compiled(bundled(table)).items():
            other = "fr" if language == "en" else "en"
            first, size, cue = lexicon.hits(tokens, spoken != other)
            if not len(first):
                continue
            said = turner(tokens, thought, first) < 0
            first, size, cue = first[said], size[said], cue[said]
            frames.append(
                pl.DataFrame(
                    {
                        "row": rows[tokens.piece[first]],
                        "key": [lexicon.aspects[c] for c in cue.tolist()],
                        "weight": np.nan_to_num(lexicon.polarity[cue]),
                        "start": tokens.start[first],
                        "end": tokens.end[first + size - 1],
                        "body": bodies[tokens.piece[first]],
                    },
                    schema=FOUND,
                )
            )
    if not frames:
        return pl.DataFrame(schema=FOUND)
    found = frames[0] if len(frames) == 1 else pl.concat(frames)
    return found.sort("row", "start", maintain_order=True)


def _total(met: pl.DataFrame, keys: Sequence[str], count: int) -> Floats:
    """1 less the product of what each cue leaves open, rows x keys."""
    left = np.ones((count, len(keys)))
    place = {key: number for number, key in enumerate(keys)}
    column = np.array([place[key] for key in met["key"]], dtype=np.int64)
    np.multiply.at(left, (met["row"].to_numpy(), column), 1.0 - met["weight"].to_numpy())
    return 1.0 - left


def intents(
    tokens: Tokens, rows: I64, bodies: np.ndarray, languages: Sequence[str], opinion: Floats, judged: pl.DataFrame
) -> list[list[tuple[object, ...]]]:
    """The intents of each row, strongest first: lists of (intent, score .5..1). judged: row and polarity of aspects."""
    count = len(languages)
    score = _total(cues_met(tokens, rows, bodies, languages, "intents"), INTENTS, count)
    asked = np.bincount(rows[tokens.piece], weights=tokens.hash == np.uint64(word_hash("?")), minlength=count) > 0
    said = np.bincount(rows[tokens.piece], minlength=count) > 0
    row, polarity = judged["row"].to_numpy(), judged["polarity"].to_numpy()
    for column, leaning in ((1, -polarity), (2, polarity)):
        clear = leaning > _CLEAR
        left = 1.0 - score[:, column]
        np.multiply.at(left, row[clear], 1.0 - _JUDGED * leaning[clear])
        score[:, column] = 1.0 - left
    score[:, 0] = np.where(asked, 1 - (1 - score[:, 0]) * 0.35, score[:, 0] * 0.7)
    score[:, 1] = 1 - (1 - score[:, 1]) * (1 - sigmoid(-_FEELING * opinion - _START))
    # a happy text that names one fault is no complaint, an unhappy one with a kind word no praise
    score[:, 1] *= np.where(opinion > _HAPPY, _AGAINST, 1.0)
    score[:, 2] *= np.where(opinion < _UNHAPPY, _AGAINST, 1.0)
    return [_heard(line) for line in score * said[:, None]]


def _heard(line: Floats) -> list[tuple[object, ...]]:
    order = np.argsort(-line, kind="stable").tolist()
    return [(INTENTS[at], round(float(line[at]), 3)) for at in order if line[at] >= LEAST]


def interest(
    tokens: Tokens, rows: I64, bodies: np.ndarray, languages: Sequence[str]
) -> tuple[Floats, list[list[tuple[object, ...]]]]:
    """How probably the author has an interest (0..1), and on which grounds: (ground, start, end) in the text.

    Whether that interest was disclosed is not a matter of words alone: compare with the voice's incentive label.
    """
    count = len(languages)
    met = cues_met(tokens, rows, bodies, languages, "interest")
    total = 1.0 - np.prod(1.0 - _total(met, GROUNDS, count), axis=1)
    grounds: list[list[tuple[object, ...]]] = [[] for _ in range(count)]
    for row, key, _, start, end, body in met.iter_rows():
        if body:
            grounds[row].append((key, start, end))
    return np.clip(total, 0.0, 1.0), grounds
