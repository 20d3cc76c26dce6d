"""Which size, from what people of about the same body wore. Counting, with the honesty to name two sizes or none.

``recommend.advise_size`` of the science library will learn across products; this is what one product's voices say.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from parvis.domains.assistant.contracts import SizeAdvice, SizeCount
from parvis.science.intervals import wilson

NEAR_CM: Final = 5
NEAR_KG: Final = 5
FEWEST: Final = 3  # people under whom no size is advised
_LETTERS: Final = {"EXTRA SMALL": "XS", "SMALL": "S", "MEDIUM": "M", "MED": "M", "LARGE": "L", "EXTRA LARGE": "XL"}
_PETITE: Final = re.compile(r"^(?:X{0,2}[SL]|M|\d{1,2})P$")
_ORDER: Final = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wearer:
    """Somebody who wore ``size``: what is known of the body, and how it felt (-1 small, 0 true, 1 large, None)."""

    voice_id: int
    size: str
    fit: int | None
    height_cm: int | None = None
    weight_kg: int | None = None
    usual_size: str = ""


def label(size: str) -> str:
    """A size as labels write it; petite cuts of a size are that size."""
    plain = " ".join(size.upper().replace("-", " ").replace("PETITE", " ").split())
    plain = _LETTERS.get(plain, plain)
    return plain.removesuffix("P") if _PETITE.match(plain) else plain


def near(wearer: Wearer, *, height_cm: int | None, weight_kg: int | None, usual_size: str) -> bool:
    """Whether somebody is of about that body: everything that is asked about is known and close."""
    if height_cm is not None and (wearer.height_cm is None or abs(wearer.height_cm - height_cm) > NEAR_CM):
        return False
    if weight_kg is not None and (wearer.weight_kg is None or abs(wearer.weight_kg - weight_kg) > NEAR_KG):
        return False
    return not usual_size or label(wearer.usual_size) == label(usual_size)


def advise(wearers: Iterable[Wearer], *, height_cm: int | None, weight_kg: int | None, usual_size: str) -> SizeAdvice:
    """What people near that body wore, the most worn first. Who found it small or large does not speak for the size
    worn: they count, and weigh for nothing in the advice.

    One size is advised when, of those content with theirs, its share is surely above the next one's (90 % Wilson
    interval clear of half of the two); two when it is not; none under ``FEWEST`` people.
    """
    close = [w for w in wearers if near(w, height_cm=height_cm, weight_kg=weight_kg, usual_size=usual_size)]
    sizes = sorted({label(w.size) for w in close}, key=lambda size: (-_people(close, size), _rank(size)))
    counts = tuple(
        SizeCount(
            size=size,
            people=_people(close, size),
            small=sum(w.fit == -1 for w in close if label(w.size) == size),
            true=sum(w.fit == 0 for w in close if label(w.size) == size),
            large=sum(w.fit == 1 for w in close if label(w.size) == size),
        )
        for size in sizes
    )
    content = Counter(label(w.size) for w in close if w.fit in (0, None))
    return SizeAdvice(
        people=len(close),
        sizes=counts,
        advised=_advised(content),
        height_cm=height_cm,
        weight_kg=weight_kg,
        usual_size=usual_size,
    )


def _people(close: Sequence[Wearer], size: str) -> int:
    return sum(label(w.size) == size for w in close)


def _advised(content: Counter[str]) -> tuple[str, ...]:
    if content.total() < FEWEST:
        return ()
    best = sorted(content, key=lambda size: (-content[size], _rank(size)))[:2]
    if len(best) == 1:
        return (best[0],)
    of_two = content[best[0]] + content[best[1]]
    if wilson(content[best[0]], of_two, level=0.9).low > 0.5:
        return (best[0],)
    return tuple(sorted(best, key=_rank))


def _rank(size: str) -> tuple[int, int, str]:
    if size in _ORDER:
        return (0, _ORDER.index(size), size)
    digits = "".join(c for c in size if c.isdigit())
    return (1, int(digits) if digits else 0, size)
