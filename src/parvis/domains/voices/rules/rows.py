"""A row of somebody's file as a voice: header names in both languages, and cells read without guessing.

docs/import.md explains the columns to people; ``COLUMNS`` is what it is checked against.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from parvis.domains.voices.contracts import NewVoice, Origin, VoiceKind
from parvis.domains.voices.rules.admission import NotAChoice, NotAdmitted

# column -> other names it is known by (compared without case, accents, blanks and punctuation)
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("review_id", "external_id", "reference", "ref", "origin_ref", "identifiant", "numero"),
    "kind": ("type", "nature"),
    "product": (
        "product_id",
        "product_ref",
        "product_slug",
        "product_handle",
        "sku",
        "item",
        "item_id",
        "clothing_id",
        "asin",
        "produit",
        "article",
        "reference_produit",
        "id_produit",
    ),
    "title": ("review_title", "subject", "headline", "summary", "titre", "objet"),
    "text": (
        "review_text",
        "review",
        "body",
        "content",
        "comment",
        "message",
        "review_body",
        "texte",
        "avis",
        "commentaire",
        "contenu",
    ),
    "stars": ("rating", "score", "review_rating", "star_rating", "overall", "note", "etoiles"),
    "author_name": (
        "author",
        "name",
        "nickname",
        "reviewer",
        "reviewer_name",
        "customer_name",
        "display_name",
        "auteur",
        "nom",
        "pseudo",
        "prenom",
    ),
    "language": ("lang", "locale", "review_language", "langue"),
    "submitted_at": ("date", "created_at", "submitted", "review_date", "posted_at", "date_avis", "publie_le"),
    "experienced_on": ("experience_date", "purchased_on", "purchase_date", "date_experience", "date_achat"),
    "verified": ("verified_purchase", "verified_buyer", "is_verified", "achat_verifie", "verifie"),
    "order_ref": ("order", "order_id", "order_number", "commande", "numero_commande"),
    "incentive": ("incentivized", "reward", "contrepartie"),
    "size_worn": ("size", "size_purchased", "taille", "taille_portee"),
    "fit_felt": ("fit", "sizing", "coupe", "ressenti_taille"),
    "age": ("reviewer_age", "tranche_age"),
    "height_cm": ("height", "taille_cm", "stature"),
    "votes_up": (
        "helpful",
        "helpful_count",
        "positive_feedback_count",
        "upvotes",
        "votes_utiles",
        "utile",
    ),
    "votes_down": ("unhelpful", "unhelpful_count", "downvotes", "votes_inutiles"),
}
REQUIRED = ("product",)
_TRUE = {"1", "true", "yes", "y", "oui", "o", "vrai", "x"}
_FALSE = {"", "0", "false", "no", "n", "non", "faux"}
_FIT = {
    "-1": -1, "small": -1, "runs_small": -1, "runssmall": -1, "petit": -1, "taillepetit": -1, "toosmall": -1,
    "0": 0, "true": 0, "truetosize": 0, "tailleexacte": 0, "taillebien": 0, "normal": 0, "fit": 0,
    "1": 1, "large": 1, "runslarge": 1, "big": 1, "grand": 1, "taillegrand": 1, "toolarge": 1,
}  # fmt: skip
_KINDS = {
    "review": VoiceKind.REVIEW, "avis": VoiceKind.REVIEW, "": VoiceKind.REVIEW,
    "question": VoiceKind.QUESTION, "comment": VoiceKind.COMMENT, "commentaire": VoiceKind.COMMENT,
}  # fmt: skip
_NUMBER = re.compile(r"^[+-]?\d{1,12}(?:[.,]0+)?$")
_STARS = re.compile(r"^(\d{1,3}(?:[.,]\d+)?)\s*(?:/\s*5|stars?|étoiles?|★)?$", re.IGNORECASE)
_DAY_FIRST = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$")


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


def canonical(header: str) -> str:
    """A header without case, accents, blanks and punctuation."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    return "".join(character for character in plain if character.isalnum())


_BY_NAME: dict[str, str] = {canonical(name): column for column, others in COLUMNS.items() for name in (column, *others)}


def match_headers(headers: Sequence[str]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Which column each header position is, and the headers that are none of ours. A column's own name wins over its
    other names, then the first one counts."""
    found: dict[int, str] = {}
    exact = {canonical(column): column for column in COLUMNS}
    for names in (exact, _BY_NAME):
        for position, header in enumerate(headers):
            column = names.get(canonical(header))
            if column is not None and position not in found and column not in found.values():
                found[position] = column
    ignored = tuple(header for position, header in enumerate(headers) if position not in found)
    return found, ignored


def to_voice(cells: Mapping[str, str], *, products: Mapping[str, int], source: str = "", at: datetime) -> NewVoice:
    """The cells of a row (column -> text) as a voice. ``products``: reference -> id. ``source`` keeps apart the ids of
    different platforms. Raises a :class:`NotAdmitted` naming the cell that cannot be read."""
    ref = cells.get("product", "").strip()
    if not ref:
        raise MissingProduct(field="product")
    product_id = products.get(ref)
    if product_id is None:
        raise UnknownProductRef(field="product", value=_short(ref))
    reference = cells.get("id", "").strip()
    height = _height(cells.get("height_cm", ""))
    return NewVoice(
        kind=_choice(cells, "kind", _KINDS),
        product_id=product_id,
        title=cells.get("title", ""),
        text=cells.get("text", ""),
        stars=_stars(cells.get("stars", "")),
        author_name=cells.get("author_name", ""),
        language=_language(cells.get("language", "")),
        experienced_on=_optional(cells, "experienced_on", _day, at),
        submitted_at=_optional(cells, "submitted_at", _moment, at),
        verified=_flag(cells.get("verified", "")),
        order_ref=cells.get("order_ref", ""),
        incentive=cells.get("incentive", ""),
        size_worn=cells.get("size_worn", ""),
        fit_felt=_choice(cells, "fit_felt", _FIT) if cells.get("fit_felt", "").strip() else None,
        age=_number("age", cells.get("age", "")),
        height_cm=height,
        votes_up=_number("votes_up", cells.get("votes_up", "")) or 0,
        votes_down=_number("votes_down", cells.get("votes_down", "")) or 0,
        origin=Origin.IMPORT,
        origin_ref=f"{source}:{reference}" if reference else "",
    )


def _optional(cells: Mapping[str, str], name: str, read: Callable[[str, str, datetime], Any], at: datetime) -> Any:
    value = cells.get(name, "").strip()
    return read(name, value, at) if value else None


def _stars(value: str) -> int | None:
    value = value.strip()
    if not value:
        return None
    match = _STARS.match(value)
    number = float(match.group(1).replace(",", ".")) if match else 0.0
    # 4.5 is not rounded: half a star given or taken would be an edit
    if not 1 <= number <= 5 or number != int(number):
        raise NotStars(field="stars", value=_short(value))
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
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise NotAChoice(field="verified", value=_short(value), choices="yes, no")


def _choice(cells: Mapping[str, str], name: str, choices: Mapping[str, Any]) -> Any:
    value = cells.get(name, "")
    key = value.strip() if value.strip() in choices else canonical(value)
    if key not in choices:
        names = [choice for choice in choices if choice]
        raise NotAChoice(field=name, value=_short(value), choices=", ".join(names[:8]))
    return choices[key]


def _language(value: str) -> str:
    return re.split(r"[-_]", value.strip().lower())[0][:8] if value else ""


def _day(name: str, value: str, at: datetime) -> date:
    moment = _parse_moment(name, value)
    return moment.date()


def _moment(name: str, value: str, at: datetime) -> datetime:
    moment = _parse_moment(name, value)
    # a day without an hour that is today somewhere on earth is no future
    return min(moment, at) if at < moment <= at + timedelta(hours=26) else moment


def _parse_moment(name: str, value: str) -> datetime:
    day_first = _DAY_FIRST.match(value)
    try:
        if day_first:
            day, month, year, hour, minute, second = (int(part or 0) for part in day_first.groups())
            moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        else:
            if not re.match(r"\d{4}-\d{2}-\d{2}", value):
                raise NotADate(field=name, value=_short(value))
            moment = datetime.fromisoformat(value.removesuffix(" UTC"))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotADate(field=name, value=_short(value)) from error


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "…"
