"""What can be told of a card's shape before a provider is asked. Nothing here keeps or shows a number."""

import re
from enum import StrEnum


class CardProblem(StrEnum):
    MISSING = "missing"
    INVALID = "invalid"
    PAST = "past"


_BRANDS = (("visa", r"4"), ("mastercard", r"5[1-5]|2[2-7]"), ("amex", r"3[47]"))
_EXPIRY = (
    r"(?P<month>\d{1,2})\s*[/.\- ]\s*(?P<year>\d{2}|\d{4})",
    r"(?P<month>\d{2})(?P<year>\d{2})",
    r"(?P<year>\d{4})-(?P<month>\d{2})",
)


def digits(number: str) -> str:
    """A number without the spaces and hyphens people type."""
    return re.sub(r"[\s\u00a0\u202f-]", "", number)


def luhn(number: str) -> bool:
    """The check digit of ISO/IEC 7812: catches any one mistyped digit and most swapped neighbours."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def number_problem(number: str) -> CardProblem | None:
    """What is wrong with a number, if anything."""
    plain = digits(number)
    if not plain:
        return CardProblem.MISSING
    return None if re.fullmatch(r"[0-9]{12,19}", plain) and luhn(plain) else CardProblem.INVALID


def brand_of(number: str) -> str:
    """visa, mastercard, amex or card."""
    plain = digits(number)
    return next((brand for brand, start in _BRANDS if re.match(start, plain)), "card")


def cvc_problem(cvc: str, number: str) -> CardProblem | None:
    """Three digits, four on American Express."""
    if not cvc.strip():
        return CardProblem.MISSING
    length = 4 if brand_of(number) == "amex" else 3
    return None if re.fullmatch(rf"[0-9]{{{length}}}", cvc.strip()) else CardProblem.INVALID


def read_expiry(text: str) -> tuple[int, int] | None:
    """(year, month) of "12/29", "12 / 2029", "1229" or "2029-12"; None when it cannot be read."""
    for shape in _EXPIRY:
        found = re.fullmatch(shape, text.strip(), re.ASCII)
        if found:
            month, year = int(found["month"]), int(found["year"])
            year += 2000 if year < 100 else 0
            return (year, month) if 1 <= month <= 12 and 2000 <= year <= 2099 else None
    return None


def expiry_problem(year: int, month: int, *, this_year: int, this_month: int) -> CardProblem | None:
    """A card serves until the end of its month."""
    if not 1 <= month <= 12 or not 2000 <= year <= 2099:
        return CardProblem.INVALID
    return CardProblem.PAST if (year, month) < (this_year, this_month) else None
