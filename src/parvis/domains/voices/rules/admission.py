"""What a voice must be to be saved at all. Its words are taken as they are or refused with a reason, never altered:
only line endings are made equal and blanks around the text are dropped."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from parvis.core.errors import ParvisError
from parvis.domains.voices.contracts import NewVoice, VoiceKind

# In characters (code points), as in the tables.
LIMITS: Mapping[str, int] = {
    "title": 200,
    "text": 20_000,
    "author_name": 80,
    "language": 8,
    "order_ref": 64,
    "incentive": 200,
    "syndicated_from": 120,
    "syndicated_url": 500,
    "size_worn": 40,
    "origin_ref": 200,
}
_RANGES: Mapping[str, tuple[int, int]] = {
    "stars": (1, 5),
    "fit_felt": (-1, 1),
    "age": (0, 120),
    "height_cm": (50, 260),
    "votes_up": (0, 2_000_000_000),
    "votes_down": (0, 2_000_000_000),
}
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
CLOCK_TOLERANCE = timedelta(hours=26)  # a date without a time zone may be a day ahead of UTC
# C0 without tab and line feed, DEL, C1: no keyboard types them, PostgreSQL refuses the first
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# it becomes a link: no other scheme, no user name, nothing to break out of an attribute with
_ADDRESS = re.compile(r"https?://[^\s@/\"'<>\\]+(?:[/?#][^\s\"'<>\\]*)?", re.IGNORECASE)
_NOT_WORD = re.compile(r"[\W_]+")


class NotAdmitted(ParvisError):
    """A voice that cannot be saved; ``field`` says which part of it is at fault."""

    code = "not_admitted"
    status = 422
    template = "%(field)s: this cannot be taken."


class TooLong(NotAdmitted):
    code = "too_long"
    template = "%(field)s: %(length)d characters; the limit is %(limit)d."


class ControlCharacters(NotAdmitted):
    code = "control_characters"
    template = "%(field)s: a control character (%(character)s) at position %(position)d."


class UnreadableCharacters(NotAdmitted):
    code = "unreadable_characters"
    template = "%(field)s: bytes that are no text, at position %(position)d. Is the file's encoding right?"


class OutOfRange(NotAdmitted):
    code = "out_of_range"
    template = "%(field)s: %(value)s is not from %(low)d to %(high)d."


class DateTooOld(NotAdmitted):
    code = "date_too_old"
    template = "%(field)s: %(value)s is too long ago; dates begin in %(earliest)s."


class DateInFuture(NotAdmitted):
    code = "date_in_future"
    template = "%(field)s: %(value)s is still to come."


class NothingSaid(NotAdmitted):
    code = "nothing_said"
    template = "There is neither text nor stars."


class StarsMissing(NotAdmitted):
    code = "stars_missing"
    template = "A review needs its stars, from 1 to 5."


class NotAChoice(NotAdmitted):
    code = "not_a_choice"
    template = "%(field)s: %(value)s is none of %(choices)s."


class NotAnAddress(NotAdmitted):
    code = "not_an_address"
    template = "%(field)s: %(value)s is not an http(s) address."


class UnknownProduct(NotAdmitted):
    code = "unknown_product"
    template = "No product is known as %(value)s."


class UnknownParent(NotAdmitted):
    code = "unknown_parent"
    template = "There is no voice %(value)s to answer to."


class AnswersNothing(NotAdmitted):
    code = "answers_nothing"
    template = "An answer needs the question that it answers."


def admit(new: NewVoice, *, at: datetime) -> NewVoice:
    """The voice with clean line endings and blanks, ``submitted_at`` filled and votes as given.

    Raises a :class:`NotAdmitted` naming the first field that cannot be taken.
    """
    cleaned: dict[str, Any] = {name: _clean(name, getattr(new, name)) for name in LIMITS}
    for name, (low, high) in _RANGES.items():
        value = getattr(new, name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high):
            raise OutOfRange(field=name, value=value, low=low, high=high)
    if cleaned["syndicated_url"] and not _ADDRESS.fullmatch(cleaned["syndicated_url"]):
        raise NotAnAddress(field="syndicated_url", value=cleaned["syndicated_url"][:80])
    submitted = new.submitted_at or at
    _check_date("submitted_at", submitted, at)
    if new.experienced_on is not None:
        experienced = datetime(new.experienced_on.year, new.experienced_on.month, new.experienced_on.day, tzinfo=UTC)
        _check_date("experienced_on", experienced, at)
    _check_sense(new, said=bool(cleaned["text"] or cleaned["title"]))
    return replace(new, submitted_at=min(submitted, at), **cleaned)


def _check_sense(new: NewVoice, *, said: bool) -> None:
    if new.kind is VoiceKind.REVIEW and new.stars is None:
        if not said:
            raise NothingSaid(field="text")
        raise StarsMissing(field="stars")
    if new.kind is not VoiceKind.REVIEW and not said:
        raise NothingSaid(field="text")
    if new.kind is VoiceKind.ANSWER and new.parent_id is None:
        raise AnswersNothing(field="parent_id")
    if new.kind in (VoiceKind.REVIEW, VoiceKind.QUESTION) and new.product_id is None:
        raise UnknownProduct(field="product", value="")


def _clean(name: str, value: str) -> str:
    if not value:
        return ""
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = value.strip()
    limit = LIMITS[name]
    if len(value) > limit:
        raise TooLong(field=name, length=len(value), limit=limit)
    if value.isascii() and value.isprintable():
        return value
    if found := _CONTROL.search(value):
        raise ControlCharacters(field=name, character=f"U+{ord(found.group()):04X}", position=found.start() + 1)
    if found := _SURROGATE.search(value):
        raise UnreadableCharacters(field=name, position=found.start() + 1)
    if name != "text" and "\n" in value:
        value = " ".join(value.split())
    return value


def _check_date(name: str, value: datetime, at: datetime) -> None:
    if value.tzinfo is None:
        raise DateTooOld(field=name, value=value.isoformat(), earliest="UTC")
    if value < EARLIEST:
        raise DateTooOld(field=name, value=_shown(value), earliest=str(EARLIEST.year))
    if value > at + CLOCK_TOLERANCE:
        raise DateInFuture(field=name, value=_shown(value))


def _shown(value: date) -> str:
    return value.strftime("%Y-%m-%d")


def fingerprint(title: str, text: str) -> int | None:
    """A signed 64-bit hash of the words alone (no case, accents, punctuation), or None for texts too short to be a
    copy of anything: many people say "I love it" in good faith."""
    words = unicodedata.normalize("NFKD", f"{title} {text}".casefold())
    words = _NOT_WORD.sub("", words if words.isascii() else "".join(c for c in words if not unicodedata.combining(c)))
    if len(words) < 40:
        return None
    return int.from_bytes(hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def content_ref(new: NewVoice) -> str:
    """A reference made of the content, so that the same row imported twice is known. For admitted voices."""
    parts = (
        new.kind.value,
        str(new.product_id),
        str(new.parent_id),
        str(new.stars),
        new.author_name,
        new.submitted_at.isoformat() if new.submitted_at else "",
        new.title,
        new.text,
    )
    digest = hashlib.blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"content:{digest}"
