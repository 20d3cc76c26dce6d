"""Texts of people, with the passages that matter highlighted. What people write is escaped, always."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

_GAP = re.compile(r"(?:\r\n?|\n)[^\S\r\n]*(?:\r\n?|\n)\s*")
_LINE = re.compile(r"\r\n?|\n")

Span = Sequence[Any]
"""(start, end, aspect, polarity): code points of the text, a name, and -1..1 or None. The last two may be missing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; ``spans`` empty when nothing is said there."""

    text: str
    marked: bool
    polarity: float
    aspect: str


def pieces(text: str, spans: Iterable[Span]) -> list[Piece]:
    """Cut ``text`` at the ends of ``spans``. Spans outside the text or empty are ignored; where two overlap, the
    earlier one (the longer of two that start together) keeps the common part."""
    wanted = []
    for span in spans:
        start, end = max(0, int(span[0])), min(len(text), int(span[1]))
        aspect = str(span[2] or "") if len(span) > 2 else ""
        polarity = float(span[3] or 0) if len(span) > 3 else 0.0
        if start < end:
            wanted.append((start, -end, end, aspect, polarity))
    cut: list[Piece] = []
    here = 0
    for start, _, end, aspect, polarity in sorted(wanted):
        begin = max(start, here)
        if begin >= end:
            continue
        if begin > here:
            cut.append(Piece(text[here:begin], False, 0.0, ""))
        cut.append(Piece(text[begin:end], True, polarity, aspect))
        here = end
    if here < len(text):
        cut.append(Piece(text[here:], False, 0.0, ""))
    return cut


def _mark(piece: Piece) -> str:
    words = escape(piece.text)
    if not piece.marked:
        return words
    title = f' title="{escape(piece.aspect)}"' if piece.aspect else ""
    against = ' data-polarity="against"' if piece.polarity < 0 else ""
    return f"<mark{against}{title}>{words}</mark>"


def _paragraphs(text: str) -> list[tuple[int, int]]:
    bounds, here = [], 0
    for gap in _GAP.finditer(text):
        bounds.append((here, gap.start()))
        here = gap.end()
    bounds.append((here, len(text)))
    return bounds


def highlighted(text: str, spans: Iterable[Span] = ()) -> SafeString:
    """HTML paragraphs of ``text`` with ``<mark>`` over each span. An empty line divides paragraphs, and a span that
    runs over one is marked in each of them. Positions are those of ``text`` as it is, line ends included."""
    wanted = [tuple(span) for span in spans]
    html = []
    for start, end in _paragraphs(text):
        here = [(int(s[0]) - start, int(s[1]) - start, *s[2:]) for s in wanted if int(s[0]) < end and int(s[1]) > start]
        body = "".join(_mark(piece) for piece in pieces(text[start:end], here)).strip()
        if body:
            html.append(f"<p>{_LINE.sub('<br>', body)}</p>")
    return mark_safe("".join(html))  # noqa: S308 - every part is escaped or a number of ours


def _marked(text: str, spans: Iterable[Span]) -> str:
    return "".join(_mark(piece) for piece in pieces(text, spans))


def excerpt(text: str, spans: Iterable[Span] = (), *, length: int = 180) -> SafeString:
    """About ``length`` characters of ``text`` around its first span, cut between words, with the spans marked."""
    found = sorted((tuple(span) for span in spans), key=lambda span: (span[0], span[1]))
    if len(text) <= length:
        return mark_safe(_marked(text, found))  # noqa: S308 - every part is escaped or a number of ours
    start, end = (int(found[0][0]), int(found[0][1])) if found else (0, 0)
    room = max(0, length - (end - start)) // 2
    left = max(0, start - room)
    right = min(len(text), max(end + room, left + length if not left else 0))
    while 0 < left < start and not text[left - 1].isspace():
        left += 1
    while end < right < len(text) and not text[right].isspace():
        right -= 1
    while right > end and text[right - 1].isspace():
        right -= 1
    shown = [(int(span[0]) - left, int(span[1]) - left, *span[2:]) for span in found]
    body = _marked(text[left:right], shown)
    return mark_safe(("…" if left else "") + body + ("…" if right < len(text) else ""))  # noqa: S308 - every part is escaped or a number of ours


def provenance_words(attribute: str = "") -> str:
    """What the "simulated" label explains, in the language of the reader."""
    if attribute:
        return gettext("%(attribute)s is simulated for this demonstration: it is not in the real data.") % {
            "attribute": attribute
        }
    return gettext("Simulated for this demonstration: this is not in the real data.")


LONG = 900
"""Characters from which a text is folded."""
_SHOWN = 600


def folded(text: str, spans: Iterable[Span]) -> tuple[str, str, list[Span], list[Span]]:
    """A long text as what is read at once and what is folded away, each with its spans; the second part is empty when
    the text is short. It is cut between words and never within a span."""
    held = sorted(((int(span[0]), int(span[1]), *span[2:]) for span in spans), key=lambda span: span[:2])
    if len(text) <= LONG:
        return text, "", list(held), []
    cut = max(text.rfind(mark, _SHOWN // 2, _SHOWN) for mark in (" ", "\n"))
    cut = cut if cut > 0 else _SHOWN
    for start, end, *_ in held:
        if start < cut < end:
            cut = end
    before = [span for span in held if span[1] <= cut]
    after = [(span[0] - cut, span[1] - cut, *span[2:]) for span in held if span[1] > cut]
    return text[:cut], text[cut:], list(before), list(after)
