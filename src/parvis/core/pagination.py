"""Cursor pagination: a page says where the next one begins, whatever is inserted meanwhile."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from parvis.core.errors import ParvisError

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
    """The position values back; raises :class:`BadCursor`."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, binascii.Error, UnicodeError) as error:
        raise BadCursor from error
    if not isinstance(values, list) or len(values) != length:
        raise BadCursor
    return values
