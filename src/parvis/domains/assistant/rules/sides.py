"""Who agrees with what a question supposes, and who does not."""

from collections.abc import Sequence
from typing import Final

from parvis.domains.assistant.contracts import Side

LEANS: Final = 0.2
# "Runs small?" is not answered by what is praised or blamed: each of these says something about the size.
FITS: Final = frozenset({"fit_small", "fit_true", "fit_large"})
# Aspects whose leaning is itself the answer.
PLAIN: Final = FITS | {"sheerness"}


def side(
    polarity: float,
    *,
    aim: float,
    about: Sequence[str] = (),
    aspects: Sequence[tuple[str, float]] = (),
) -> Side:
    """Where quoted words stand. ``polarity`` is how they lean, ``aim`` how the question does ("itchy?" leans down,
    "soft?" up, "how is the fabric?" neither: then praise agrees). ``about`` are the aspects asked about, ``aspects``
    those within the quoted words with their polarity.

    >>> side(-0.8, aim=-0.9, about=["fabric"])
    <Side.AGREES: 'agrees'>
    """
    fits = [key for key in about if key in FITS]
    if fits:
        said = {key for key, _ in aspects if key in FITS}
        if said & set(fits):
            return Side.AGREES
        return Side.DISAGREES if said else Side.BESIDE
    if abs(polarity) < LEANS:
        return Side.BESIDE
    towards = aim if abs(aim) >= LEANS else 1.0
    return Side.AGREES if (polarity > 0) == (towards > 0) else Side.DISAGREES
