"""Cursor pagination: a page says where the next one begins, whatever is inserted meanwhile."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from parvis.core.errors import ParvisError
from parvis.core.numbers import LARGEST

T = TypeVar("T")


class BadCursor(ParvisError):
    """The cursor was not made by us or is damaged."""

    code = "bad_cursor"
    status = 400
    template = "The cursor is not valid: start again without it."


@dataclass(frozen=True)
class Page(Generic[T]):
    """``items`` of one page; ``next`` is the cursor of the following page, or None at the end."""

    items: Sequence[T]
    next: str | None = None
    total: int | None = None


def encode_cursor(*position: Any) -> str:
    """Position values (plain JSON) as an opaque string."""
    text = json.dumps(position, separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, length: int) -> list[Any]:
    """The position values back; raises :class:`BadCursor`.

    A position is a number of a row, after a moment where rows are ordered by one: nothing else is handed on to queries.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, binascii.Error, UnicodeError, RecursionError) as error:
        raise BadCursor from error
    if not isinstance(values, list) or len(values) != length:
        raise BadCursor
    *moments, number = values
    if type(number) is not int or not 0 <= number <= LARGEST or not all(_is_moment(each) for each in moments):
        raise BadCursor
    return values


def _is_moment(given: Any) -> bool:
    try:
        return isinstance(given, str) and datetime.fromisoformat(given).tzinfo is not None
    except ValueError:
        return False
