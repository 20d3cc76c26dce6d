"""Personal data and links inside a text, as spans in code points. High precision first: a size, a price, a date or a
body measure must never be taken for a telephone number."""

import re
from collections.abc import Iterable
from typing import Final

from parvis.domains.voices.contracts import Span

BULLET: Final = "•"
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}\b")
_EMAIL_SPELT = re.compile(
    r"\b[A-Za-z0-9._%+-]{2,64}\s?[\[(]\s?(?:at|arobase|chez)\s?[\])]\s?[A-Za-z0-9-]{2,63}"
    r"\s?(?:\.|[\[(]\s?(?:dot|point)\s?[\])])\s?[A-Za-z]{2,24}\b",
    re.IGNORECASE,
)
_PHONE_FR = re.compile(r"(?<![\d+])(?:(?:\+|00)33[\s.-]?(?:\(0\)[\s.-]?)?|0)[1-9](?:[\s.-]?\d{2}){4}(?!\d)")
_PHONE_INTERNATIONAL = re.compile(r"(?<!\d)\+[1-9](?:[\s().-]{0,2}\d){7,14}(?!\d)")
_PHONE_US = re.compile(r"(?<![\d.-])(?:1[\s.-])?(?:\([2-9]\d{2}\)\s?|[2-9]\d{2}[.-])\d{3}[\s.-]\d{4}(?![\d-])")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b")
# A bare name needs an ending that is no word ("the robe.de plus" is a typing slip), or a path behind it.
_LINK = re.compile(
    r"\bhttps?://\S+|\bwww\.[^\s/]+\.\S+"
    r"|(?<![\w.@-])[a-z0-9][a-z0-9-]{1,62}\.(?:(?:com|net|org|info|biz|xyz|fr|ru|cn|co\.uk)\b(?:/\S*)?|[a-z]{2,12}/\S+)",
    re.IGNORECASE,
)
_MAY_LINK = re.compile(r"[A-Za-z0-9]\.[A-Za-z0-9]|://")
_SEVEN_DIGITS = re.compile(r"\d(?:\D{0,3}\d){6}")


def personal_spans(text: str, *, field: str = "text") -> tuple[Span, ...]:
    """E-mail addresses, telephone, card and account numbers of ``text``, in order, not overlapping."""
    found: list[tuple[int, int, str]] = []
    if "@" in text:
        found += [(m.start(), m.end(), "email") for m in _EMAIL.finditer(text)]
    if "(" in text or "[" in text:
        found += [(m.start(), m.end(), "email") for m in _EMAIL_SPELT.finditer(text)]
    if _SEVEN_DIGITS.search(text):
        found += [(m.start(), m.end(), "iban") for m in _IBAN.finditer(text) if _iban_holds(m.group())]
        found += [(m.start(), m.end(), "card") for m in _CARD.finditer(text) if _luhn_holds(m.group())]
        for pattern in (_PHONE_FR, _PHONE_INTERNATIONAL, _PHONE_US):
            found += [(m.start(), m.end(), "phone") for m in pattern.finditer(text)]
    return tuple(Span(start=start, end=end, kind=kind, field=field) for start, end, kind in _apart(found))


def link_spans(text: str, *, field: str = "text") -> tuple[Span, ...]:
    """Web addresses, with or without https://, e-mail addresses left out."""
    if _MAY_LINK.search(text) is None:
        return ()
    mails = [(m.start(), m.end()) for m in _EMAIL.finditer(text)] if "@" in text else []
    links = [(m.start(), m.end(), "link") for m in _LINK.finditer(text)]
    apart = [link for link in links if not any(start <= link[0] < end for start, end in mails)]
    return tuple(Span(start=start, end=end, kind=kind, field=field) for start, end, kind in apart)


def masked(text: str, spans: Iterable[Span], *, field: str = "text") -> str:
    """``text`` with the spans of ``field`` replaced by as many bullets: its length, and so every position, is kept."""
    for span in spans:
        if span.field == field and 0 <= span.start < span.end <= len(text):
            text = text[: span.start] + BULLET * (span.end - span.start) + text[span.end :]
    return text


def _apart(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    apart: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(found, key=lambda item: (item[0], -item[1])):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end, kind))
        elif end > apart[-1][1]:  # overlaps and reaches further: cover both
            apart[-1] = (apart[-1][0], end, apart[-1][2])
    return apart


def _luhn_holds(number: str) -> bool:
    digits = [int(character) for character in number if character.isdigit()]
    if len(set(digits)) == 1:
        return False
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _iban_holds(number: str) -> bool:
    compact = re.sub(r"\s", "", number)
    if not 15 <= len(compact) <= 34:
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1
