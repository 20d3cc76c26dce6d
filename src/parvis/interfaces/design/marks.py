"""Small pieces of HTML that pages repeat hundreds of times, built without a template.

A cotton component costs tens of microseconds a call; a star display or an icon must not. Every function returns safe
HTML and escapes what it is given.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal, get_currency_precision
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from parvis.core.money import Money

ICONS_FILE = "design/icons.svg"


@lru_cache(maxsize=512)
def _icon(address: str, name: str, label: str) -> SafeString:
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(f'<svg class="icon" {said}><use href="{address}#{escape(name)}"/></svg>')  # noqa: S308 - every part is escaped or a number of ours


def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite. Without ``label`` it is decoration and assistive technology skips it."""
    return _icon(static(ICONS_FILE), name, label)


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@lru_cache(maxsize=4096)
def _number(value: float, digits: int, language: str) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale=language.replace("-", "_")))


def number(value: float, digits: int = 0) -> str:
    """``value`` written in the language of the reader, with ``digits`` decimals."""
    return _number(value, digits, _language())


@lru_cache(maxsize=4096)
def _percent(value: float, digits: int, language: str) -> str:
    space = "\N{NARROW NO-BREAK SPACE}" if language.startswith("fr") else ""
    return f"{_number(value * 100, digits, language)}{space}%"


def percent(share: float, digits: int = 0) -> str:
    """A share of 0..1 written as a percentage in the language of the reader."""
    return _percent(share, digits, _language())


@lru_cache(maxsize=8192)
def _money(amount_minor: int, currency: str, language: str) -> str:
    return str(format_currency(minor_to_major(amount_minor, currency), currency, locale=language.replace("-", "_")))


def minor_to_major(amount_minor: int, currency: str) -> float:
    """Major units for display only (never for arithmetic): JPY has no cents, TND has three decimals."""
    return float(amount_minor / 10 ** int(get_currency_precision(currency)))


def money(amount: Money) -> str:
    """An amount written in the language of the reader: ``€12.00``, ``12,00 €``."""
    return _money(amount.amount_minor, amount.currency, _language())


@lru_cache(maxsize=2048)
def _stars(tenths: int, size: str, language: str) -> SafeString:
    value = _number(tenths / 10, 0 if tenths % 10 == 0 else 1, language)
    label = gettext("%(value)s out of 5 stars") % {"value": value}
    extra = f" stars--{size}" if size else ""
    return mark_safe(  # noqa: S308 - every part is escaped or a number of ours
        f'<span class="stars{extra}" role="img" aria-label="{escape(label)}"><i class="w-{tenths * 2}"></i></span>'
    )


def stars(value: float | None, size: str = "") -> SafeString:
    """Stars filled to ``value`` (0..5), said in words to assistive technology; nothing when there is no rating."""
    if value is None:
        return SafeString("")
    tenths = max(0, min(50, round(float(value) * 10)))
    return _stars(tenths, escape(size), _language())


def rating(value: float | None, count: int) -> SafeString:
    """Average stars with the number of reviews, or the plain words that nobody has reviewed yet."""
    if not count or value is None:
        none = gettext("No review yet")
        return mark_safe(f'<span class="rating rating__count">{escape(none)}</span>')  # noqa: S308 - every part is escaped or a number of ours
    words = ngettext("%(count)s review", "%(count)s reviews", count) % {"count": number(count)}
    return mark_safe(  # noqa: S308 - every part is escaped or a number of ours
        f'<span class="rating">{stars(value)}<span class="rating__value" aria-hidden="true">{number(value, 1)}</span>'
        f'<span class="rating__count">{escape(words)}</span></span>'
    )


def price(now: Money, before: Money | None = None, *, since: str = "", large: bool = False) -> SafeString:
    """A price; with ``before`` (the lowest of the 30 days before the reduction) it shows both, and says which is which.

    ``since`` is a word put before the amount, such as "from".
    """
    classes = "price" + (" price--reduced" if before else "") + (" price--large" if large else "")
    lead = f'<span class="muted small">{escape(since)}</span>' if since else ""
    if before is None:
        return mark_safe(  # noqa: S308 - every part is escaped or a number of ours
            f'<span class="{classes}">{lead}<span class="price__now">{escape(money(now))}</span></span>'
        )
    current = gettext("Now")
    legal = gettext("Lowest price of the 30 days before: %(amount)s") % {"amount": money(before)}
    return mark_safe(  # noqa: S308 - every part is escaped or a number of ours
        f'<span class="{classes}">{lead}<span class="visually-hidden">{escape(current)} </span>'
        f'<span class="price__now">{escape(money(now))}</span>'
        f'<s class="price__before" aria-hidden="true">{escape(money(before))}</s>'
        f'<span class="price__legal">{escape(legal)}</span></span>'
    )


@lru_cache(maxsize=1024)
def _short_day(value: date, language: str) -> str:
    return str(format_skeleton("MMMd", value, locale=language.replace("-", "_")))


def short_day(value: date) -> str:
    """A day without its year, in the language of the reader: ``Nov 22``, ``22 nov.``."""
    return _short_day(value, _language())


_DATES = {"fr": "fr", "en": "en_GB"}  # the day before the month and 24 hours, in both languages
_FIRST = re.compile(r"^1(?=\s)")


def day(value: date, length: str = "long") -> str:
    """A day with its month in letters: ``1 November 2026``, ``1er novembre 2026``; ``length`` "medium" is shorter."""
    language = _language()[:2]
    words = str(format_date(value, length, locale=_DATES.get(language, "en_GB")))
    return _FIRST.sub("1er", words) if language == "fr" else words


def day_before(value: date, last: date) -> str:
    """The first day of two, without the month or the year that the second one says as well: ``25``, ``30 November``."""
    if value.year != last.year:
        return day(value)
    if value.month != last.month:
        return day(value, "d MMMM")
    return "1er" if value.day == 1 and _language()[:2] == "fr" else str(value.day)


def moment(value: datetime, length: str = "medium") -> str:
    """A day and a time of the shop's clock: ``1 Nov 2026, 15:10``, ``1er nov. 2026, 15:10``."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local.date(), length)}, {local:%H:%M}"


@lru_cache(maxsize=512)
def _country(code: str, language: str) -> str:
    return str(Locale.parse(language).territories.get(code.upper(), code))


def country(code: str) -> str:
    """A country by its name in the language of the reader; an unknown code as it is."""
    return _country(code, _language()[:2])


def joined(parts: Iterable[object], separator: str = " · ") -> SafeString:
    """The parts that exist, escaped unless already safe, with a separator between them."""
    return mark_safe(  # noqa: S308 - every part is escaped or a number of ours
        escape(separator).join(
            conditional_escape(part if isinstance(part, str) else str(part)) for part in parts if part
        )
    )
