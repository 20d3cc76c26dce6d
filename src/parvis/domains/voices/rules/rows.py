"""A row of somebody's file as a voice, with what hangs on it: cells are read without guessing, or refused by name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import unquote, urlsplit

from parvis.domains.voices.contracts import AuthorRole, DateOrder, ImportPlan, NewVoice, Origin, VoiceKind
from parvis.domains.voices.rules import dates
from parvis.domains.voices.rules.admission import NotAChoice, NotAdmitted
from parvis.domains.voices.rules.columns import PRODUCT, canonical, match_headers

_TRUE = {
    "1", "true", "yes", "y", "oui", "o", "vrai", "x", "buyer", "verifiedbuyer", "verifiedpurchase", "verified",
    "verifiedpurchaser", "confirmedbuyer", "achatverifie", "verifie", "custom",
}  # fmt: skip
_FALSE = {
    "", "0", "false", "no", "n", "non", "faux", "none", "nothing", "email", "unverified", "anonymoususer",
    "verifiedreviewer", "nonverifie",
}  # fmt: skip
_FIT = {
    "-1": -1, "small": -1, "runs_small": -1, "runssmall": -1, "petit": -1, "taillepetit": -1, "toosmall": -1,
    "0": 0, "true": 0, "truetosize": 0, "tailleexacte": 0, "taillebien": 0, "normal": 0, "fit": 0,
    "1": 1, "large": 1, "runslarge": 1, "big": 1, "grand": 1, "taillegrand": 1, "toolarge": 1,
}  # fmt: skip
_KINDS = {
    "review": VoiceKind.REVIEW, "avis": VoiceKind.REVIEW, "": VoiceKind.REVIEW, "product": VoiceKind.REVIEW,
    "question": VoiceKind.QUESTION, "comment": VoiceKind.COMMENT, "commentaire": VoiceKind.COMMENT,
    "answer": VoiceKind.ANSWER, "reponse": VoiceKind.ANSWER,
}  # fmt: skip
_STAR_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
# What the other platform itself took for no genuine review. Hidden or pending ones come in: our own policy decides.
_REFUSED_THERE = {
    "spam", "rejected", "rejete", "refuse", "deleted", "supprime", "archived", "archive", "removed", "fake",
}  # fmt: skip
_NUMBER = re.compile(r"^[+-]?\d{1,12}(?:[.,]0+)?$")
_STARS = re.compile(
    r"^(\d{1,3}(?:[.,]\d+)?)\s*(?:(?:/|sur|out of|of)\s*(\d{1,3})|stars?|[ée]toiles?|★)?$", re.IGNORECASE
)
_DRAWN = re.compile(r"^(★{1,5})☆{0,4}$")
_GLOBAL_ID = re.compile(r"^gid://[\w-]+/\w+/(\d+)$")
_LINKS = re.compile(r"https?://[^\s,;|\"'<>\]\[]+")
_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$", re.ASCII)
MAX_LINKS = 5


class MissingProduct(NotAdmitted):
    code = "missing_product"
    template = "The row names no product."


class UnknownProductRef(NotAdmitted):
    code = "unknown_product"
    template = "No product is known as %(value)s."


class NotANumber(NotAdmitted):
    code = "not_a_number"
    template = "%(field)s: %(value)s is not a whole number."


class NotADate(NotAdmitted):
    code = "not_a_date"
    template = "%(field)s: %(value)s is no date that can be read; write YYYY-MM-DD or DD/MM/YYYY."


class NotStars(NotAdmitted):
    code = "not_stars"
    template = "%(field)s: %(value)s is not a whole number from 1 to 5."


class HalfStars(NotStars):
    code = "half_stars"
    template = "%(field)s: %(value)s is no whole number of stars, and rounding it would change what was said."


class RefusedThere(NotAdmitted):
    code = "refused_there"
    template = "Where it comes from it is marked as %(value)s."


class AnotherHeader(NotAdmitted):
    code = "another_header"
    template = "This line names columns: another table begins here. Import it as a file of its own."


@dataclass(frozen=True, slots=True)
class Row:
    """A row as a voice, and what hangs on it. ``product_refs``: what may name its product, the surest first; the
    voice has no product yet. ``parent_ref``: the id of what it answers, in the same source."""

    voice: NewVoice
    product_refs: tuple[str, ...] = ()
    parent_ref: str = ""
    email: str = ""
    author_id: str = ""
    photos: tuple[str, ...] = ()
    reply: NewVoice | None = None


def read_row(cells: Mapping[str, str], *, plan: ImportPlan, at: datetime) -> Row:
    """The cells of a row (column -> text) as a voice. Raises a :class:`NotAdmitted` naming the cell that cannot be
    read. Dates are read in the order that the plan gives."""
    try:
        return _read(cells, plan, at)
    except NotAdmitted as error:
        if _names_columns(cells):
            raise AnotherHeader(field="row") from error
        raise


def _read(cells: Mapping[str, str], plan: ImportPlan, at: datetime) -> Row:
    _check_status(cells.get("status", ""))
    kind = VoiceKind(plan.kind) if plan.kind else _choice(cells, "kind", _KINDS)
    if plan.about_shop and kind is VoiceKind.REVIEW:
        kind = VoiceKind.COMMENT  # a review of the shop is shown on no product
    read = _Dates(plan.dates, at)
    reference = cells.get("id", "").strip()
    source = plan.source
    voice = NewVoice(
        kind=kind,
        title=cells.get("title", ""),
        text=cells.get("text", ""),
        stars=_stars(cells.get("stars", "")),
        author_name=cells.get("author_name", ""),
        language=_language(cells.get("language", "")),
        experienced_on=read.day(cells, "experienced_on"),
        submitted_at=read.moment(cells, "submitted_at"),
        verified=_flag(cells.get("verified", "")),
        order_ref=cells.get("order_ref", ""),
        incentive=_incentive(cells.get("incentive", "")),
        syndicated_from=cells.get("syndicated_from", "").strip() or plan.syndicated,
        syndicated_url=_address(cells.get("syndicated_url", "")),
        size_worn=cells.get("size_worn", ""),
        fit_felt=_choice(cells, "fit_felt", _FIT) if cells.get("fit_felt", "").strip() else None,
        age=_number("age", cells.get("age", "")),
        height_cm=_height(cells.get("height_cm", "")),
        votes_up=_number("votes_up", cells.get("votes_up", "")) or 0,
        votes_down=_number("votes_down", cells.get("votes_down", "")) or 0,
        origin=Origin.IMPORT,
        origin_ref=f"{source}:{reference}" if reference else "",
    )
    parent_ref = cells.get("parent", "").strip() if kind in (VoiceKind.ANSWER, VoiceKind.COMMENT) else ""
    email = cells.get("author_email", "").strip().lower()
    return Row(
        voice=voice,
        product_refs=() if plan.about_shop or parent_ref else product_refs(cells, plan.product),
        parent_ref=parent_ref,
        email=email if _EMAIL.match(email) else "",
        author_id=cells.get("author_id", "").strip()[:180],
        photos=links(cells.get("photos", "")),
        reply=_reply(cells, voice, read),
    )


def _reply(cells: Mapping[str, str], voice: NewVoice, read: "_Dates") -> NewVoice | None:
    """The brand's answer that stands in the same row."""
    text = cells.get("reply", "")
    if not text.strip():
        return None
    return NewVoice(
        kind=VoiceKind.ANSWER if voice.kind is VoiceKind.QUESTION else VoiceKind.COMMENT,
        text=text,
        author_name=cells.get("reply_author", ""),
        author_role=AuthorRole.BRAND,
        language=voice.language,
        submitted_at=read.moment(cells, "reply_at") or voice.submitted_at,
        syndicated_from=voice.syndicated_from,
        origin=Origin.IMPORT,
        origin_ref=f"{voice.origin_ref[:190]}:reply" if voice.origin_ref else "",
    )


# -- products -------------------------------------------------------------------------------------------------


def product_refs(cells: Mapping[str, str], default: str = "") -> tuple[str, ...]:
    """Everything in a row that may name its product, the surest first. Raises :class:`MissingProduct`."""
    found: dict[str, None] = {}
    for column in PRODUCT:
        value = cells.get(column, "").strip()
        if value and len(value) <= 2000 and "\0" not in value and not _broken(value):
            found.update(dict.fromkeys(_spellings(column, value)))
    if not found and default:
        found[default] = None
    if not found:
        raise MissingProduct(field="product")
    return tuple(ref for ref in found if len(ref) <= 160)


def _spellings(column: str, value: str) -> tuple[str, ...]:
    """The ways in which the catalogue may know what stands in a cell."""
    if match := _GLOBAL_ID.match(value):
        return (match.group(1), value)
    if column == "product_url" or value.startswith(("http://", "https://")):
        return _in_address(value)
    if column == "product_gtin":
        digits = re.sub(r"\D", "", value)
        bare = digits.lstrip("0")
        return tuple(dict.fromkeys((value, digits, bare, *(bare.zfill(length) for length in (8, 12, 13, 14)))))
    return (value, value.lower()) if column == "product_handle" else (value,)


def _in_address(value: str) -> tuple[str, ...]:
    """The names of a product in its address: what follows "products", then the last part, then the whole."""
    parts = [unquote(part) for part in urlsplit(value).path.split("/") if part]
    after = [part for before, part in pairwise(parts) if before in ("products", "produits", "p")]
    names = [re.sub(r"\.(html?|php|aspx)$", "", part) for part in (*after, *parts[-1:])]
    return tuple(dict.fromkeys((*names, *(name.lower() for name in names), value)))


def _broken(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def with_product(row: Row, products: Mapping[str, int]) -> NewVoice:
    """The voice with its product. ``products``: reference -> id. Raises :class:`UnknownProductRef`."""
    if not row.product_refs:
        return row.voice
    for ref in row.product_refs:
        if ref in products:
            return replace(row.voice, product_id=products[ref])
    raise UnknownProductRef(field="product", value=_short(row.product_refs[0]))


# -- cells ----------------------------------------------------------------------------------------------------


class _Dates:
    """Dates in the order of the plan."""

    def __init__(self, order: DateOrder, at: datetime) -> None:
        self.order, self.at = order, at

    def day(self, cells: Mapping[str, str], name: str) -> date | None:
        value = cells.get(name, "").strip()
        return self._parse(name, value).date() if value else None

    def moment(self, cells: Mapping[str, str], name: str) -> datetime | None:
        value = cells.get(name, "").strip()
        if not value:
            return None
        moment = self._parse(name, value)
        # a day without an hour that is today somewhere on earth is no future
        return min(moment, self.at) if self.at < moment <= self.at + timedelta(hours=26) else moment

    def _parse(self, name: str, value: str) -> datetime:
        try:
            return dates.parse(value, self.order).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise NotADate(field=name, value=_short(value)) from error


def _stars(value: str) -> int | None:
    value = value.strip()
    if not value:
        return None
    if drawn := _DRAWN.match(value):
        return len(drawn.group(1))
    if (word := _STAR_WORDS.get(value.lower())) is not None:
        return word
    match = _STARS.match(value)
    number = float(match.group(1).replace(",", ".")) if match else 0.0
    scale = int(match.group(2)) if match and match.group(2) else 5
    if scale == 10:  # 8/10 is 4/5; 7/10 is no whole number of stars
        number, scale = number / 2, 5
    if scale != 5 or not 1 <= number <= 5:
        raise NotStars(field="stars", value=_short(value))
    if number != int(number):
        raise HalfStars(field="stars", value=_short(value))
    return int(number)


def _number(name: str, value: str) -> int | None:
    value = value.strip()
    if not value:
        return None
    if not _NUMBER.match(value):
        raise NotANumber(field=name, value=_short(value))
    return int(float(value.replace(",", ".")))


def _height(value: str) -> int | None:
    value = value.strip().lower().removesuffix("cm").strip()
    metres = re.fullmatch(r"([12])[.,m](\d{2})", value)
    return int(metres.group(1)) * 100 + int(metres.group(2)) if metres else _number("height_cm", value)


def _flag(value: str) -> bool:
    word = value.strip().casefold()
    bare = word if word in _TRUE or word in _FALSE else canonical(word)
    if bare in _TRUE:
        return True
    if bare in _FALSE:
        return False
    raise NotAChoice(field="verified", value=_short(value), choices="yes, no")


def _incentive(value: str) -> str:
    """What was received in exchange: words as they are; a bare "yes" becomes the key of "something"."""
    word = value.strip().casefold()
    if word in {"1", "true", "yes", "y", "oui", "o", "vrai", "x"}:
        return "reward"
    return "" if word in {"", "0", "false", "no", "n", "non", "faux", "none"} else value


def _address(value: str) -> str:
    """Where it was first published; what is no web address is left out, since nothing was said with it."""
    value = value.strip()
    return value if value.startswith(("https://", "http://")) and len(value) <= 500 and " " not in value else ""


def _check_status(value: str) -> None:
    if value and canonical(value) in _REFUSED_THERE:
        raise RefusedThere(field="status", value=_short(value.strip()))


def links(value: str) -> tuple[str, ...]:
    """The web addresses in a cell, whatever stands between them; at most five."""
    return tuple(dict.fromkeys(link.rstrip(".") for link in _LINKS.findall(value)))[:MAX_LINKS] if value else ()


def _names_columns(cells: Mapping[str, str]) -> bool:
    """Whether the cells are names of columns: the header of another table in the middle of the file."""
    words = [value.strip() for value in cells.values() if 0 < len(value) < 40]
    return len(words) >= 3 and len(match_headers(words)) >= 3


def _choice(cells: Mapping[str, str], name: str, choices: Mapping[str, Any]) -> Any:
    value = cells.get(name, "")
    key = value.strip() if value.strip() in choices else canonical(value)
    if key not in choices:
        names = [choice for choice in choices if choice]
        raise NotAChoice(field=name, value=_short(value), choices=", ".join(names[:8]))
    return choices[key]


def _language(value: str) -> str:
    return re.split(r"[-_]", value.strip().lower())[0][:8] if value else ""


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "…"
