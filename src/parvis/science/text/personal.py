"""Personal data and links inside a text, as passages in code points.

Claim: e-mail addresses (also spelt out), telephone, card and account numbers, French social security numbers and postal
addresses, French and English; high precision first: a size, a price, a date or a body measure must never be taken for
a telephone number. Numbers that carry a check (card, IBAN, social security) are believed only when it holds.

>>> find("Write to emma@mail.example or 06 12 34 56 78")
[(9, 26, 'email'), (30, 44, 'phone')]
"""

from __future__ import annotations

import re

Found = tuple[int, int, str]
"""Start, end (exclusive) and kind: email, phone, card, iban, national_id, address or link."""

_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}\b")
_EMAIL_BRACKETS = re.compile(
    r"\b[A-Za-z0-9._%+-]{2,64}\s?[\[(]\s?(?:at|arobase|chez)\s?[\])]\s?[A-Za-z0-9-]{2,63}"
    r"\s?(?:\.|[\[(]\s?(?:dot|point)\s?[\])])\s?[A-Za-z]{2,24}\b",
    re.IGNORECASE,
)
_EMAIL_SPOKEN = re.compile(
    r"\b[A-Za-z0-9._%+-]{2,64}(?:\s+(?:point|dot)\s+[A-Za-z0-9]{1,40})?\s+(?:at|arobase|arobas)\s+"
    r"(?:gmail|hotmail|yahoo|outlook|orange|free|laposte|wanadoo|sfr|icloud|live|proton(?:mail)?|aol|msn)"
    r"\s*(?:\.|\s(?:dot|point)\s)\s*(?:com|fr|net|org|me|co\s?\.?\s?uk)\b",
    re.IGNORECASE,
)
_MAY_BE_SPOKEN = re.compile(r"\s(?:at|arobase?)\s", re.IGNORECASE)
_PHONES = (
    re.compile(r"(?<![\d+])(?:(?:\+|00)33[\s.-]?(?:\(0\)[\s.-]?)?|0)[1-9](?:[\s./-]?\d{2}){4}(?!\d)"),  # France
    re.compile(r"(?<!\d)\+[1-9](?:[\s().-]{0,2}\d){7,14}(?!\d)"),  # anywhere
    re.compile(r"(?<![\d.-])(?:1[\s.-])?(?:\([2-9]\d{2}\)\s?|[2-9]\d{2}[.-])\d{3}[\s.-]\d{4}(?![\d-])"),  # America
    re.compile(r"(?<![\d+.,])0(?:7\d{3}[\s-]?\d{3}[\s-]?\d{3}|[12]\d{1,3}[\s-]\d{3,4}[\s-]\d{3,4})(?!\d)"),  # Britain
)
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b")
_NATIONAL = re.compile(r"(?<!\d)[12]\s?\d{2}\s?(?:0[1-9]|1[0-2])\s?\d[\dAB]\s?\d{3}\s?\d{3}\s?\d{2}(?!\d)")
_SEVEN_DIGITS = re.compile(r"\d(?:\D{0,3}\d){6}")

_NOT_NAMES = r"(?!(?:off|the|an?|in|on|of|for|and|to|my|this|that|is|it|at|one|way|times?|stars?|days?|out)\b)"
_TOWN = r"(?:\s*,?\s*(?:in\s+|à\s+)?\d{5}\s+[A-ZÀ-Ý][\w'’-]+(?:[ -][A-ZÀ-Ý][\w'’-]+){0,3})?"
_FRENCH_STREET = re.compile(
    r"\b\d{1,4}(?:\s?(?:bis|ter|quater))?\s*,?\s+"
    r"(?:(?i:rue|avenue|av\.|boulevard|bd|bld|impasse|faubourg)\s+(?:(?i:de\s+la|de\s+l['’]|des|du|de|d['’])\s*)?[\w'’-]{2,30}"
    r"|(?i:place|allée|allées|chemin|route|quai|cours|square|passage|villa|résidence|lotissement)\s+"
    r"(?:(?i:de\s+la|de\s+l['’]|des|du|de|d['’])\s*)?[A-ZÀ-Ý][\w'’-]{1,30})"
    r"(?:[ -][A-ZÀ-Ý][\w'’-]{1,30}){0,3}" + _TOWN
)
_ENGLISH_STREET = re.compile(
    r"\b\d{1,5}[A-Za-z]?\s+(?:[NSEW]\.?\s+)?"
    rf"(?:(?:{_NOT_NAMES}[A-Za-z0-9'’]{{2,20}}\s+){{1,3}}(?i:street|avenue|boulevard)"
    r"|(?:[A-Z0-9][A-Za-z0-9'’]{1,20}\s+){1,3}(?:St|Rd|Road|Ave|Lane|Ln|Drive|Dr|Blvd|Court|Ct|Close|Crescent|Terrace|Way|Place|Gardens|Square))"
    r"\b\.?(?:\s*,?\s*(?:Apt|Apartment|Flat|Unit|Suite|#)\.?\s*\w{1,5})?"
    r"(?:\s*,\s*[A-Z][a-z.'’-]+(?:\s[A-Z][a-z.'’-]+){0,2})?"
    r"(?:\s*,?\s*(?:[A-Z]{2}\s+\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}))?"
)
_MAY_BE_STREET = re.compile(
    r"(?i)\d\s*(?:bis|ter|quater)?,?\s+(?:rue|av|bd|bld|boulevard|impasse|faubourg|place|all[ée]e|chemin|route|quai|cours"
    r"|square|passage|villa|r[ée]sidence|lotissement)|\d\w?\s.{1,64}\b(?:street|st|road|rd|ave|avenue|lane|ln|drive|dr|blvd"
    r"|boulevard|court|ct|close|crescent|terrace|way|place|gardens|square)\b"
)

# A bare name needs an ending that is no word ("the robe.de plus" is a typing slip), or a path behind it.
_LINK = re.compile(
    r"\bhttps?://\S+|\bwww\.[^\s/]+\.\S+"
    r"|(?<![\w.@-])[a-z0-9][a-z0-9-]{1,62}\.(?:(?:com|net|org|info|biz|xyz|fr|ru|cn|co\.uk)\b(?:/\S*)?|[a-z]{2,12}/\S+)",
    re.IGNORECASE,
)
_MAY_LINK = re.compile(r"[A-Za-z0-9]\.[A-Za-z0-9]|://")


def find(text: str) -> list[Found]:
    """Every passage of personal data in ``text``, in order, not overlapping."""
    found: list[Found] = []
    if "@" in text:
        found += _all(_EMAIL, text, "email")
    if "(" in text or "[" in text:
        found += _all(_EMAIL_BRACKETS, text, "email")
    if _MAY_BE_SPOKEN.search(text):
        found += _all(_EMAIL_SPOKEN, text, "email")
    if _SEVEN_DIGITS.search(text):
        found += [span for span in _all(_IBAN, text, "iban") if _iban_holds(text[span[0] : span[1]])]
        found += [span for span in _all(_CARD, text, "card") if _luhn_holds(text[span[0] : span[1]])]
        found += [span for span in _all(_NATIONAL, text, "national_id") if _national_holds(text[span[0] : span[1]])]
        for pattern in _PHONES:
            found += _all(pattern, text, "phone")
    if _MAY_BE_STREET.search(text):
        found += _all(_FRENCH_STREET, text, "address") + _all(_ENGLISH_STREET, text, "address")
    return _apart(found)


def links(text: str) -> list[Found]:
    """Web addresses, with or without https://, e-mail addresses left out."""
    if _MAY_LINK.search(text) is None:
        return []
    mails = _all(_EMAIL, text, "email") if "@" in text else []
    return [link for link in _all(_LINK, text, "link") if not any(a <= link[0] < b for a, b, _ in mails)]


def _all(pattern: re.Pattern[str], text: str, kind: str) -> list[Found]:
    return [(m.start(), m.end(), kind) for m in pattern.finditer(text)]


def _apart(found: list[Found]) -> list[Found]:
    apart: list[Found] = []
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


def _national_holds(number: str) -> bool:
    """The key of a French social security number; Corsica's 2A and 2B count as 19 and 18."""
    compact = re.sub(r"\s", "", number).replace("2A", "19").replace("2B", "18")
    return compact.isdigit() and len(compact) == 15 and 97 - int(compact[:13]) % 97 == int(compact[13:])
