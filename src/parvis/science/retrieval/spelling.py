"""What somebody probably meant to type: the word of a vocabulary that is one slip away, two in a long word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

SHORTEST: Final = 4  # letters of a word worth correcting: a shorter one is a slip away from too many others
_LONG: Final = 8


def slips(word: str) -> int:
    """How many slips a word of this length is forgiven."""
    return 0 if len(word) < SHORTEST or any(char.isdigit() for char in word) else 1 if len(word) < _LONG else 2


def distance(left: str, right: str, most: int) -> int:
    """Letters left out, added, changed, or swapped with their neighbour (optimal string alignment); `most` + 1 when
    there are more than `most`."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for place, char in enumerate(left, 1):
        older, before, row = before, row, [place]
        for other_place, other in enumerate(right, 1):
            cost = min(before[other_place] + 1, row[-1] + 1, before[other_place - 1] + (char != other))
            if place > 1 and other_place > 1 and char == right[other_place - 2] and left[place - 2] == other:
                cost = min(cost, older[other_place - 2] + 1)
            row.append(cost)
        if min(row) > most and min(before) > most:
            return most + 1
    return min(row[-1], most + 1)


def closest(word: str, vocabulary: Mapping[str, int]) -> str | None:
    """The word of `vocabulary` (word: how often it is said) that `word` is most likely a slip of, or None.

        >>> closest("swaeter", {"sweater": 9, "sweaters": 2, "heather": 1})
        'sweater'

    Words are folded to lower case without accents. Fewest slips first, then the same first letter, then the most said.
    """
    most, letters = slips(word), Counter(word)
    found: list[tuple[int, bool, int, str]] = []
    for known, said in vocabulary.items() if most else ():
        # Cheap first: two words k slips apart differ in at most k letters either way.
        if abs(len(known) - len(word)) > most or (letters - Counter(known)).total() > most:
            continue
        apart = distance(word, known, most)
        if apart <= most:
            found.append((apart, known[:1] != word[:1], -said, known))
    return min(found)[3] if found else None
