"""The real reviews, as they were published (data/README.md), and what can honestly be read off their words."""

import re
from functools import cache
from pathlib import Path

import polars as pl

from parvis.core.errors import ParvisError

FILE = Path(__file__).resolve().parents[4] / "data" / "womens_clothing_reviews.parquet"
_SIZE = (
    r"xxs|xs|s|m|l|xl|xxl|x-?small|extra small|small|medium|large|x-?large|extra large"
    r"|petite (?:x?small|medium|large|x?s|m|l)|(?:0|2|4|6|8|10|12|14|16|18|2[4-9]|3[0-4])p?"
)
# Only sentences in which the author says what she took or wore; "my usual size", advice to others, two sizes compared
# and sizes sent back at once do not count.
_WORN = re.compile(
    r"\bi (?:ordered|bought|got|purchased|took|wore|kept|ended up with|am wearing|went with) (?:a|an|the|it in)"
    rf"(?: size)? ({_SIZE})\b( petite)?"
    r"(?! (?:(?:bit|little|few|while|lot|dress|number|size|one)\b|at first|first)|,? (?:and|or|but|then)"
    rf" (?:a |an |the |in |also )*(?:size )?(?:{_SIZE})\b)"
)
_HEIGHT = re.compile(r"\b(?:i am|i'm|im) (?:about |only |just |around )?(4|5|6) ?['’‘′] ?(\d{1,2})?\b")
_WORD_SIZES = {
    "xsmall": "XS",
    "x-small": "XS",
    "extra small": "XS",
    "small": "S",
    "medium": "M",
    "large": "L",
    "xlarge": "XL",
    "x-large": "XL",
    "extra large": "XL",
}
_CM_PER_INCH = 2.54


class NoData(ParvisError):
    """The checkout has no data folder; ``path`` is where it was looked for."""

    code = "no_demo_data"
    status = 500
    template = "The demo's data is missing: %(path)s. It comes with the repository, not with the installed package."


@cache
def reviews() -> pl.DataFrame:
    """All rows in their order: row_id, clothing_id, age, title, review_text, rating, recommended,
    positive_feedback_count, division, department, class. Missing texts are null. Raises :class:`NoData`."""
    if not FILE.exists():
        raise NoData(path=FILE)
    return pl.read_parquet(FILE).sort("row_id")


def size_worn(text: str) -> str:
    """The size that the author says she wore, as it would stand on a label; "" when she does not say, or says two."""
    said = {_label(f"petite {size}" if petite else size) for size, petite in _WORN.findall(text.lower())}
    return said.pop() if len(said) == 1 else ""


def _label(said: str) -> str:
    if said.startswith("petite "):
        return "Petite " + _label(said.removeprefix("petite "))
    return _WORD_SIZES.get(said, said.upper())


def height_cm(text: str) -> int | None:
    """The author's height in centimetres when she gives it in feet and inches, once; else None."""
    said = set(_HEIGHT.findall(text.lower()))
    if len(said) != 1:
        return None
    feet, inches = said.pop()
    total = int(feet) * 12 + int(inches or 0)
    if int(inches or 0) > 11 or not 54 <= total <= 78:
        return None
    return round(total * _CM_PER_INCH)
