"""Dates as people and programs write them. 03/04/2026 is never guessed: its order comes from the plan of the import."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from parvis.domains.voices.contracts import DateOrder
from parvis.domains.voices.rules.columns import canonical

_CLOCK = r"(?:[ T,]+(?:à |at )?(\d{1,2})[:h](\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?"
_ZONE = r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_NUMERIC = re.compile(rf"^(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}){_CLOCK}{_ZONE}$")
_YEAR_FIRST = re.compile(rf"^(\d{{4}})[/.](\d{{1,2}})[/.](\d{{1,2}}){_CLOCK}{_ZONE}$")
_DAY_NAME = re.compile(rf"^(\d{{1,2}})(?:er|st|nd|rd|th)?[ .-]+([^\W\d_]{{3,12}})\.?,?[ -]+(\d{{4}}){_CLOCK}{_ZONE}$")
_NAME_DAY = re.compile(rf"^([^\W\d_]{{3,12}})\.?[ -]+(\d{{1,2}})(?:st|nd|rd|th)?,?[ -]+(\d{{4}}){_CLOCK}{_ZONE}$")
_WEEKDAY = re.compile(r"^[^\W\d_]{3,9}\.?,\s+(?=\d)")
_SECONDS = re.compile(r"^(\d{10})(\d{3})?$")
_MONTHS = {
    canonical(name): number
    for number, names in enumerate(
        (
            "january jan janvier janv",
            "february feb fevrier fevr",
            "march mar mars",
            "april apr avril avr",
            "may mai",
            "june jun juin",
            "july jul juillet juil",
            "august aug aout",
            "september sept sep septembre",
            "october oct octobre",
            "november nov novembre",
            "december dec decembre",
        ),
        1,
    )
    for name in names.split()
}


@dataclass(frozen=True, slots=True)
class Survey:
    """How many dates can only be read day first, only month first, or either way; the first doubtful ones."""

    day: int = 0
    month: int = 0
    either: int = 0
    examples: tuple[str, ...] = ()

    @property
    def order(self) -> DateOrder | None:
        """The order that the file itself shows, None when it shows none or both."""
        if bool(self.day) == bool(self.month):
            return None
        return DateOrder.DAY if self.day else DateOrder.MONTH

    @property
    def doubtful(self) -> bool:
        """Whether a person has to say what 03/04/2026 means."""
        return self.order is None and bool(self.either or (self.day and self.month))


def survey(values: Iterable[str]) -> Survey:
    """Look at dates: does the file itself show the order of its days and months?"""
    day = month = either = 0
    examples: list[str] = []
    for value in values:
        match = _NUMERIC.match(value.strip())
        if not match:
            continue
        first, second = int(match.group(1)), int(match.group(3))
        if first > 12 >= second:
            day += 1
        elif second > 12 >= first:
            month += 1
        elif first != second:
            either += 1
            if len(examples) < 3 and value.strip() not in examples:
                examples.append(value.strip())
    return Survey(day=day, month=month, either=either, examples=tuple(examples))


def parse(value: str, order: DateOrder) -> datetime:
    """The moment in UTC; a date without a zone is taken for UTC. Raises ValueError (or OverflowError)."""
    value = value.strip()
    if len(value) >= 10 and value[4:5] == "-" and value[:4].isdigit():
        moment = datetime.fromisoformat(value.removesuffix(" UTC").replace(" +", "+"))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if match := _NUMERIC.match(value):
        first, _, second, year, *rest = match.groups()
        day, month = (first, second) if order is DateOrder.DAY else (second, first)
        return _made(int(year), int(month), int(day), rest)
    if match := _YEAR_FIRST.match(value):
        year, month, day, *rest = match.groups()
        return _made(int(year), int(month), int(day), rest)
    if match := _SECONDS.match(value):
        return datetime.fromtimestamp(int(match.group(1)), tz=UTC)
    bare = _WEEKDAY.sub("", value)
    if match := _DAY_NAME.match(bare):
        day, name, year, *rest = match.groups()
        return _made(int(year), _month(name), int(day), rest)
    if match := _NAME_DAY.match(bare):
        name, day, year, *rest = match.groups()
        return _made(int(year), _month(name), int(day), rest)
    raise ValueError(value)


def _month(name: str) -> int:
    number = _MONTHS.get(canonical(name))
    if number is None:
        raise ValueError(name)
    return number


def _made(year: int, month: int, day: int, rest: list[str | None]) -> datetime:
    hour, minute, second, half, zone = rest
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(f"{hours} {half}")
        hours = hours % 12 + (12 if half[0] in "Pp" else 0)
    moment = datetime(year, month, day, hours, int(minute or 0), int(second or 0), tzinfo=_zone(zone))
    return moment.astimezone(UTC)


def _zone(zone: str | None) -> timezone:
    if zone is None or zone in ("Z", "UTC", "GMT"):
        return UTC
    shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return timezone(shift if zone[0] == "+" else -shift)
