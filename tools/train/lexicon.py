"""The project's own lists of words and phrases that judge, as prior knowledge for the star models.

A line of ``data/opinion_words_<language>.txt`` is a strength (-2 to 2) and phrases of one to three words, folded as the
reader folds them. A last sign stands for endings: ``+`` plural, ``*`` French -e, -s, -es, ``#`` -x, -se, -ses,
``%`` -le, -s, -les, ``@`` -f, -ve, -fs, -ves.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from parvis.science.text.grams import chain, turned
from parvis.science.text.linear import keys
from parvis.science.text.tokens import cut

HERE = Path(__file__).parent / "data"
LONGEST = 3
ENDINGS = {
    "+": ("", "s"),
    "*": ("", "e", "s", "es"),
    "#": ("x", "se", "ses"),
    "%": ("", "le", "s", "les"),
    "@": ("f", "ve", "fs", "ves"),
}


@dataclass(frozen=True)
class Prior:
    """Known features and what is known of each.

    keys: sorted feature keys; column: which of ``columns`` it belongs to (one a strength, then one a strength negated).
    """

    keys: np.ndarray
    column: np.ndarray
    columns: int

    def indicator(self, vocabulary: np.ndarray) -> np.ndarray:
        """Features x columns, 1 where a feature of ``vocabulary`` (sorted keys, all of ours among them) is known."""
        table = np.zeros((len(vocabulary), self.columns))
        table[np.searchsorted(vocabulary, self.keys), self.column] = 1
        return table


def expand(phrase: str) -> list[str]:
    """Every form of a phrase.

    >>> expand("petit* bijou+")[:3]
    ['petit bijou', 'petit bijous', 'petite bijou']
    """
    forms = [""]
    for word in phrase.split():
        endings = ENDINGS.get(word[-1], ("",))
        stem = word[:-1] if word[-1] in ENDINGS else word
        forms = [f"{form} {stem}{end}".strip() for form in forms for end in endings]
    return forms


def strengths(language: str) -> dict[float, list[str]]:
    """Phrases by strength, weakest strengths first, so that a phrase listed twice keeps the stronger one."""
    found = {}
    for line in (HERE / f"opinion_words_{language}.txt").read_text(encoding="utf-8").splitlines():
        strength, phrases = line.split(":", 1)
        found[float(strength)] = [form for phrase in phrases.strip().split("|") for form in expand(phrase)]
    return dict(sorted(found.items(), key=lambda each: abs(each[0])))


def prior(language: str) -> Prior:
    """The list of a language as features: every phrase, and every single word once more as a negated word."""
    known: dict[int, int] = {}
    listed = strengths(language)
    order = sorted(listed)
    for strength, phrases in listed.items():
        tokens = cut(phrases)
        length = np.bincount(tokens.piece, minlength=len(phrases))
        for size in range(1, LONGEST + 1):
            first, value = chain(tokens, size)
            whole = length[tokens.piece[first]] == size
            known |= dict.fromkeys(keys(value[whole]).tolist(), order.index(strength))
            if size == 1:
                other = keys(turned(tokens.hash[first][whole]))
                known |= dict.fromkeys(other.tolist(), len(order) + order.index(strength))
    found = np.array(sorted(known), dtype=np.uint32)
    return Prior(found, np.array([known[key] for key in found.tolist()]), 2 * len(order))
