"""The chance that what was found answers the question."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .question import Question
from .ranking import Match


def answerable(question: Question, matches: Sequence[Match]) -> float:
    """0..1 from how much of the question, weighted by rarity, the best passages cover."""
    if not matches:
        return 0.0
    covered = max(found.covered for found in matches)
    focused = max(found.focused for found in matches)
    return 1.0 / (1.0 + math.exp(-(-3.5 + 3.0 * covered + 3.0 * focused)))
