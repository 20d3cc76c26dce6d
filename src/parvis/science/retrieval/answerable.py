"""The chance that what was found answers the question: a logistic of how the question is covered.

Weights are fitted by `tools/retrieval/fit_answerable.py` on questions written for the project about the clothing
reviews (half of them answered by nobody) and on PIAF's questions with and without their passage. Without vectors a
second set of weights, fitted without them, is used.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from .question import Question
from .ranking import Hit

_FILE: Final = Path(__file__).parent / "data" / "answerable.json"
WORDS: Final = ("covered", "focused", "union", "rarest", "several", "lexical", "brief")
MEANING: Final = ("closest", "close")
_FOCUSED: Final = 0.5
_TOP: Final = 10


def features(question: Question, hits: Sequence[Hit]) -> dict[str, float]:
    """What the chance is computed from, each about 0..1; `closest` and `close` only where there are vectors.

    covered, focused: share of the question's weight in the best passage, in the best sentence. union: in the first ten
    passages together. rarest: whether its rarest notion is met at all. several: how many passages have a sentence with
    half the question. lexical: the best BM25. brief: few notions.
    """
    union = set[int]().union(*(hit.match.notions for hit in hits[:_TOP])) if hits else set()
    rarest = max(range(len(question.notions)), key=lambda n: question.notions[n].weight, default=-1)
    several = sum(hit.match.focused >= _FOCUSED for hit in hits)
    found = {
        "covered": max((hit.match.covered for hit in hits), default=0.0),
        "focused": max((hit.match.focused for hit in hits), default=0.0),
        "union": sum(question.notions[number].weight for number in union) / question.total,
        "rarest": float(any(rarest in hit.match.notions for hit in hits)),
        "several": min(1.0, math.log1p(several) / math.log(11)),
        "lexical": max((hit.lexical for hit in hits), default=0.0),
        "brief": 1.0 / max(1, len(question.notions)),
    }
    cosines = sorted((hit.similarity for hit in hits if hit.similarity is not None), reverse=True)
    if cosines:
        found["closest"] = cosines[0]
        found["close"] = sum(cosines[:3]) / len(cosines[:3])
    return found


@lru_cache(maxsize=1)
def _weights() -> dict[str, dict[str, float]]:
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return {kind: found[kind] for kind in ("words", "meaning")}


def answerable(question: Question, hits: Sequence[Hit]) -> float:
    """The chance, 0..1, that the hits (best first) answer the question; 0 without any."""
    if not hits:
        return 0.0
    found = features(question, hits)
    weights = _weights()["meaning" if "closest" in found else "words"]
    score = weights["intercept"] + sum(weights[name] * value for name, value in found.items() if name in weights)
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))
