"""Pure decisions: what counts as a leaning, which ones make pros, cons and traits, and when a question is answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from parvis.domains.evidence.contracts import AspectCount, Sign

LEANS = 0.2  # weaker polarity is no leaning
MAX_POINTS = 6  # pros, and cons, on a page
ANSWERED = 0.5  # the calibrated chance from which quotes are shown as an answer
MAX_QUESTION = 500
SPECIFIC = frozenset({"fit_small", "fit_large", "fit_true", "sheerness"})
QUOTE_LENGTH = 240
# Sizes are facts: a review with five stars says "runs small" as truly as one with two.
_FACTS = frozenset({"fit_small", "fit_large"})
_SURE = 0.7  # how clearly words must lean to be quoted when the stars neither agree nor contradict
PLEASED, DISPLEASED = 4, 2  # stars from which, and up to which, a review is on a side
BALANCED = "balanced"  # the reason of a review that is brought forward for its side
_FEWEST_SHOWN = 4  # reviews on a page from which it can be balanced


@dataclass(frozen=True)
class Tally:
    """Reviews that lean either way on an aspect of a product, each way with its most useful quote."""

    aspect: str
    pro: int = 0
    con: int = 0
    pro_quote: str = ""
    pro_voice: int = 0
    con_quote: str = ""
    con_voice: int = 0


def sign_of(polarity: float) -> Sign | None:
    """Which way a polarity leans, if it does."""
    if polarity >= LEANS:
        return Sign.PRO
    return Sign.CON if polarity <= -LEANS else None


def quotable(aspect: str, polarity: float, stars: int | None) -> bool:
    """Whether words that lean so may stand under "pros" or "cons" in the shopper's sight.

    Words that lean against what their author's stars say are misread as often as not ("thin, which is great for summer"
    under cons): they count, but are not quoted. Three stars, or none, agree with whatever leans clearly.
    """
    if aspect in _FACTS:
        return True
    if stars is None or stars == 3:
        return abs(polarity) >= _SURE
    return (polarity > 0) == (stars > 3)


def points(tallies: Iterable[Tally], *, with_text: int) -> tuple[AspectCount, ...]:
    """Every leaning that at least two reviews share (one, when there are fewer than five), the most shared first."""
    least = 2 if with_text >= 5 else 1
    found = []
    for tally in tallies:
        share = max(1, with_text)
        if tally.pro >= least:
            found.append(
                AspectCount(
                    aspect=tally.aspect, sign=Sign.PRO, count=tally.pro, against=tally.con, share=tally.pro / share,
                    quote=tally.pro_quote, voice_id=tally.pro_voice,
                )
            )  # fmt: skip
        if tally.con >= least:
            found.append(
                AspectCount(
                    aspect=tally.aspect, sign=Sign.CON, count=tally.con, against=tally.pro, share=tally.con / share,
                    quote=tally.con_quote, voice_id=tally.con_voice,
                )
            )  # fmt: skip
    return _once(sorted(found, key=lambda point: (-point.count, point.aspect, point.sign)))


def _once(found: Iterable[AspectCount]) -> tuple[AspectCount, ...]:
    """Each quote under one claim only, the most shared one; under the others it would look like a slip."""
    said: set[tuple[int, str]] = set()
    kept = []
    for point in found:
        key = (point.voice_id, point.quote)
        kept.append(replace(point, quote="", voice_id=0) if point.quote and key in said else point)
        said.add(key)
    return tuple(kept)


def listed(all_points: Sequence[AspectCount], sign: Sign) -> tuple[AspectCount, ...]:
    """The pros, or the cons, that a page lists: shared ones first, not those that most others contradict."""
    kept = [point for point in all_points if point.sign is sign and point.count * 3 >= point.against]
    return tuple(kept[:MAX_POINTS])


def traits(all_points: Iterable[AspectCount], *, with_text: int) -> list[str]:
    """The leanings that describe a product well enough to filter lists by: at least three reviews, at least 12 % of
    those with text, and not contradicted by more."""
    return sorted(
        point.trait
        for point in all_points
        if point.count >= 3 and point.count >= 0.12 * with_text and point.count >= point.against
    )


def pleased(stars: int | None) -> bool:
    """Whether a review is on the side of those who like the product."""
    return stars is not None and stars >= PLEASED


def displeased(stars: int | None) -> bool:
    """Whether a review is on the side of those who do not."""
    return stars is not None and stars <= DISPLEASED


def seats_of_the_other_side(pleased_count: int, displeased_count: int, shown: int) -> int:
    """How many reviews of the smaller side the first page holds at least: one, or two where it is a fifth or more."""
    fewer, most = sorted((pleased_count, displeased_count))
    if not fewer or shown < _FEWEST_SHOWN:
        return 0
    return min(fewer, 2 if fewer * 4 >= most and shown >= 2 * _FEWEST_SHOWN else 1)


# Reviews, and reviews of an aspect, at which half of what can be known is known.
_HALF_KNOWN, _HALF_OF_ASPECT = 5, 3
FEW = 5  # reviews with text under which a product has few
MOST_ASPECTS = 3  # aspects named as lacking
_SPOKEN_OF = 0.1  # share of a category's reviews from which an aspect matters there


def worth_of_one_more(viewed: int, with_text: int, spoken: Mapping[str, int], usual: Mapping[str, float]) -> float:
    """What one more review is worth: visits times the certainty it adds, in all and on each aspect that matters.

    With n reviews n / (n + 5) is known, so that the first review adds a sixth and the fiftieth next to nothing;
    each aspect weighs by the share of its category's reviews that speak of it. One visit counts even where nobody came.
    """
    gained = _HALF_KNOWN / ((with_text + _HALF_KNOWN) * (with_text + 1 + _HALF_KNOWN))
    for aspect, share in usual.items():
        known = spoken.get(aspect, 0)
        gained += share * share * _HALF_OF_ASPECT / ((known + _HALF_OF_ASPECT) * (known + 1 + _HALF_OF_ASPECT))
    return (viewed + 1) * gained


def subject(aspect: str) -> str:
    """What an aspect is about: small, large and true to size all speak of the size."""
    return "fit_true" if aspect in _FACTS else aspect


def aspects_lacking(spoken: Mapping[str, int], usual: Mapping[str, float]) -> list[str]:
    """Aspects that the category speaks of and hardly anybody of this product, the most usual first."""
    wanted = [a for a, share in usual.items() if share >= _SPOKEN_OF and spoken.get(a, 0) < _HALF_OF_ASPECT]
    return sorted(wanted, key=lambda aspect: (-usual[aspect], aspect))[:MOST_ASPECTS]


def clean_question(question: str) -> str:
    """The question as it is searched: one line, without control characters, cut at MAX_QUESTION."""
    return " ".join("".join(c if c.isprintable() else " " for c in question).split())[:MAX_QUESTION]


def fits(attributes: Mapping[str, object], where: Mapping[str, object]) -> bool:
    """Whether a passage's attributes meet every filter: a value, one of a list, or within (low, high)."""
    return all(_meets(attributes.get(name), wanted) for name, wanted in where.items())


def _meets(held: object, wanted: object) -> bool:
    values = held if isinstance(held, tuple | list) else () if held is None else (held,)
    if isinstance(wanted, tuple):
        low, high = wanted
        numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
        return any((low is None or value >= low) and (high is None or value <= high) for value in numbers)
    accepted = wanted if isinstance(wanted, list | set | frozenset) else (wanted,)
    return any(value in accepted for value in values)


def shorten(quote: str) -> str:
    """A quote short enough to store and show; cut at a word, and marked so."""
    if len(quote) <= QUOTE_LENGTH:
        return quote
    return quote[:QUOTE_LENGTH].rsplit(" ", 1)[0] + "…"


def is_answered(answerable: float, points: Iterable[AspectCount]) -> bool:
    """Whether voices answer: the index is sure enough, or several reviews lean on the very thing asked about."""
    return answerable >= ANSWERED or any(point.count >= 2 and is_specific(point.aspect) for point in points)


def is_specific(aspect: str) -> bool:
    """Whether leaning on the aspect is itself an answer: "does it run small" is, "is the fabric itchy" is more than
    an opinion on the fabric."""
    return aspect in SPECIFIC
