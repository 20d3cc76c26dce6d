"""What changed between two texts, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: ``kind`` same, added or removed."""

    kind: str
    text: str


def diff(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces that turn ``before`` into ``after``; joined without those added they give ``before``, and without
    those removed ``after``.

    >>> [(each.kind, each.text) for each in diff("a light dress", "a warm dress")]
    [('same', 'a '), ('removed', 'light '), ('added', 'warm '), ('same', 'dress')]
    """
    old, new = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    pieces = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(new[j1:j2])))
            continue
        if i2 > i1:
            pieces.append(Piece("removed", "".join(old[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("added", "".join(new[j1:j2])))
    return tuple(pieces)
