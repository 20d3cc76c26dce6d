"""Personal data and links of a voice, field by field, and how they are masked before anybody sees them."""

from collections.abc import Iterable
from typing import Final

from parvis.domains.voices.contracts import Span
from parvis.science.text import personal

BULLET: Final = "•"


def personal_spans(text: str, *, field: str = "text") -> tuple[Span, ...]:
    """E-mail and postal addresses, telephone, card, account and social security numbers of ``text``, in order, not
    overlapping."""
    return tuple(Span(start=start, end=end, kind=kind, field=field) for start, end, kind in personal.find(text))


def link_spans(text: str, *, field: str = "text") -> tuple[Span, ...]:
    """Web addresses, with or without https://, e-mail addresses left out."""
    return tuple(Span(start=start, end=end, kind=kind, field=field) for start, end, kind in personal.links(text))


def masked(text: str, spans: Iterable[Span], *, field: str = "text") -> str:
    """``text`` with the spans of ``field`` replaced by as many bullets: its length, and so every position, is kept."""
    for span in spans:
        if span.field == field and 0 <= span.start < span.end <= len(text):
            text = text[: span.start] + BULLET * (span.end - span.start) + text[span.end :]
    return text
