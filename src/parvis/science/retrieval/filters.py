"""Filters on attributes: every attribute of a passage becomes exact terms of one field, numbers in a sortable form.

So the columns need not be known when the index is made, and a range is a walk over neighbouring terms.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import struct
from collections.abc import Iterable, Mapping
from typing import Any, Final

from .errors import BadFilter

FACTS: Final = "facts"
_LONGEST_VALUE: Final = 400
Where = Mapping[str, Any]


def _column(name: str) -> str:
    return hashlib.blake2s(name.encode(), digest_size=8).hexdigest()


def sortable(number: float) -> str:
    """A number as 16 hexadecimal digits whose alphabetical order is the numbers' order."""
    bits = int(struct.unpack(">Q", struct.pack(">d", number + 0.0))[0])
    return f"{bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63):016x}"


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, dt.datetime):
        return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).timestamp()
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC).timestamp()
    return None


def term(column: str, value: Any) -> str | None:
    """The exact term of a value in a column, or None for values that are not compared (null, NaN, nested)."""
    number = _number(value)
    if number is not None:
        return None if math.isnan(number) else f"{_column(column)}n{sortable(number)}"
    if isinstance(value, bool):
        return f"{_column(column)}b{int(value)}"
    if isinstance(value, str):
        if len(value) > _LONGEST_VALUE:
            value = hashlib.blake2s(value.encode("utf-8", "replace")).hexdigest()
        return f"{_column(column)}s{value}"
    return None


def facts(attributes: Iterable[tuple[str, Any]]) -> list[str]:
    """All terms of a passage's attributes; a list gives one term per element."""
    found: list[str] = []
    for column, value in attributes:
        values = value if isinstance(value, list | tuple | set) else [value]
        found.extend(made for made in (term(column, each) for each in values) if made is not None)
    return found


def _range(index: Any, column: str, low: Any, high: Any) -> Any:
    ends = []
    for bound, open_end in ((low, float("-inf")), (high, float("inf"))):
        number = open_end if bound is None else _number(bound)
        if number is None or math.isnan(number):
            raise BadFilter(column=column, reason="a range needs numbers, dates or None at its ends")
        ends.append(f"{_column(column)}n{sortable(number)}")
    # Both ends are hexadecimal digits and the letter n: nothing a query parser could misread.
    return index.parse_query(f"{FACTS}:[{ends[0]} TO {ends[1]}]", [FACTS])


def name(where: Where | None) -> str:
    """The same text for the same conditions, another for others."""
    return repr(sorted((where or {}).items(), key=lambda item: item[0]))


def clauses(index: Any, where: Where | None) -> list[Any]:
    """One tantivy query per condition, all of which must hold. Raises `BadFilter` on values of other kinds."""
    from tantivy import Query

    found = []
    for column, wanted in (where or {}).items():
        if isinstance(wanted, tuple):
            if len(wanted) != 2:
                raise BadFilter(column=column, reason="a range has two ends")
            found.append(_range(index, column, wanted[0], wanted[1]))
            continue
        values = list(wanted) if isinstance(wanted, list | set | frozenset) else [wanted]
        terms = [term(column, value) for value in values]
        if None in terms:
            raise BadFilter(column=column, reason="only texts, numbers, booleans and dates can be compared")
        found.append(Query.term_set_query(index.schema, FACTS, terms) if terms else Query.empty_query())
    return found
