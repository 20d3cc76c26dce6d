"""Words for what was not taken: columns and fields, messages of errors, grounds, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parvis.core.errors import ParvisError
from parvis.domains.voices.contracts import ImportRun, Outcome
from parvis.domains.voices.web.words import Words, state_label

FIELDS: Mapping[str, Words] = {
    "title": _("title"),
    "text": _("text"),
    "stars": _("stars"),
    "author_name": _("name"),
    "language": _("language"),
    "order_ref": _("order"),
    "incentive": _("received in exchange"),
    "syndicated_from": _("first published on"),
    "syndicated_url": _("address of the original"),
    "size_worn": _("size"),
    "fit_felt": _("fit"),
    "age": _("age"),
    "height_cm": _("height"),
    "votes_up": _("helpful votes"),
    "votes_down": _("unhelpful votes"),
    "submitted_at": _("date"),
    "experienced_on": _("date of the experience"),
    "verified": _("verified purchase"),
    "kind": _("kind"),
    "product": _("product"),
    "origin_ref": _("reference"),
    "parent_id": _("question"),
    "row": _("row"),
    "id": _("identifier"),
    "parent": _("question"),
    "product_sku": _("SKU"),
    "product_handle": _("product’s address name"),
    "product_gtin": _("barcode (GTIN, EAN)"),
    "product_url": _("product’s page"),
    "author_email": _("author’s e-mail"),
    "author_id": _("author’s identifier"),
    "photos": _("addresses of photos"),
    "reply": _("brand’s answer"),
    "reply_at": _("date of the answer"),
    "reply_author": _("who answered"),
    "status": _("state elsewhere"),
}
# Every message that rules, photos and files can give; the test of this list reads the classes.
TEMPLATES: tuple[Words, ...] = (
    _("%(field)s: this cannot be taken."),
    _("%(field)s: %(length)d characters; the limit is %(limit)d."),
    _("%(field)s: a control character (%(character)s) at position %(position)d."),
    _("%(field)s: bytes that are no text, at position %(position)d. Is the file's encoding right?"),
    _("%(field)s: %(value)s is not from %(low)d to %(high)d."),
    _("%(field)s: %(value)s is too long ago; dates begin in %(earliest)s."),
    _("%(field)s: %(value)s is still to come."),
    _("This is a spreadsheet program's own file: save it there as CSV and send that."),
    _("There is neither text nor stars."),
    _("A review needs its stars, from 1 to 5."),
    _("%(field)s: %(value)s is none of %(choices)s."),
    _("%(field)s: %(value)s is not an http(s) address."),
    _("No product is known as %(value)s."),
    _("There is no voice %(value)s to answer to."),
    _("An answer needs the question that it answers."),
    _("The row names no product."),
    _("%(field)s: %(value)s is not a whole number."),
    _("%(field)s: %(value)s is no date that can be read; write YYYY-MM-DD or DD/MM/YYYY."),
    _("%(field)s: %(value)s is not a whole number from 1 to 5."),
    _("The row cannot be read."),
    _("The row has %(cells)d cells, the header %(columns)d: is a quotation mark missing?"),
    _("This is no JSON object."),
    _("The file is damaged from here on."),
    _("%(field)s: %(value)s is no whole number of stars, and rounding it would change what was said."),
    _("Where it comes from it is marked as %(value)s."),
    _("This line names columns: another table begins here. Import it as a file of its own."),
    _("The row has no end within %(limit)d characters or %(lines)d lines: is a quotation mark left open?"),
    _("Photo %(number)d cannot be read: send a JPEG, PNG or WebP picture."),
    _("Photo %(number)d has %(megabytes).1f MB; %(limit)d MB is the limit."),
    _("Photo %(number)d is too large: %(limit)d megapixels and %(side)d pixels a side are the limit."),
    _("At most %(limit)d photos can be added."),
    _("The file cannot be read: it is damaged."),
    _("The file is larger than %(gigabytes)d GB: divide it."),
    _("The row groups of this Parquet file are too large: write it with smaller ones."),
    _("The file defines entities or a document type, which is not accepted: send it without."),
    _("The file is compressed (%(kind)s): unpack it and send what is inside."),
    _("The file is neither CSV, JSON, XML nor Parquet."),
    _("These columns are missing: %(columns)s. The file has: %(found)s."),
    _("The file is empty."),
    _("%(name)s has decided already: %(outcome)s."),
    _("This decision can no longer be undone: %(reason)s."),
    _("You cannot vote on what you wrote yourself."),
    _("Write between %(least)d and %(most)d characters."),
    _("There is no decision of ours to contest."),
    _("The time to contest this decision is over."),
    _("This decision has been contested already."),
    _("This appeal has been answered already."),
    _("Write the grounds: the author reads them."),
    _("Somebody else of the team has to answer: you decided yourself."),
    _("Version %(version)d was saved meanwhile: look at it first."),
    _("Too many requests: try again in %(retry_after)d seconds."),
)


# Grounds of rejections in a few words, by code: for counts.
GROUNDS: Mapping[str, Words] = {
    "another_header": _("another table begins"),
    "answers_nothing": _("an answer without its question"),
    "bad_photo": _("a photo that cannot be read"),
    "broken_row": _("the row cannot be read"),
    "control_characters": _("control characters"),
    "damaged_from_here": _("the file is damaged"),
    "date_in_future": _("the date is still to come"),
    "date_too_old": _("the date is too old"),
    "half_stars": _("half stars"),
    "missing_product": _("no product is named"),
    "not_a_choice": _("a word that the column cannot hold"),
    "not_a_date": _("a date that cannot be read"),
    "not_a_number": _("not a whole number"),
    "not_an_address": _("no web address"),
    "not_json": _("no JSON object"),
    "not_stars": _("stars that are none"),
    "nothing_said": _("neither text nor stars"),
    "out_of_range": _("a value out of its range"),
    "oversized_row": _("a row without end"),
    "refused_there": _("marked as spam or deleted elsewhere"),
    "stars_missing": _("a review without stars"),
    "surplus_cells": _("more cells than columns"),
    "too_long": _("too long a text"),
    "unknown_parent": _("the question is not known"),
    "unknown_product": _("the product is not known"),
    "unreadable_characters": _("characters that are no text"),
}


class Refused(Protocol):
    """A Rejection or a RejectedRow."""

    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


def explain(error: ParvisError) -> str:
    """The error in the reader's language, its field named in words."""
    return _filled(error.template, error.params, str(error))


_BY_CODE: dict[str, str] = {}


def rejection_message(row: Refused) -> str:
    """Why a row was not taken, in the reader's language; in English when the code is not known any more."""
    if not _BY_CODE:
        from parvis.domains.voices import actions, rules

        for base in (rules.NotAdmitted, actions.BadPhoto, actions.BadFile):
            _BY_CODE.update({kind.code: kind.template for kind in _family(base)})
    template = _BY_CODE.get(row.code)
    return row.message if template is None else _filled(template, row.params, row.message)


def import_problem(run: ImportRun) -> str:
    """Why a file was not imported at all, in the reader's language; "" when it was."""
    if not run.error_code:
        return ""
    return rejection_message(_Told(code=run.error_code, message=run.error, params=run.error_params))


def rejection_ground(code: str) -> str:
    """The ground of many rejections in a few words, for a list of counts."""
    return str(GROUNDS.get(code, code))


@dataclass(frozen=True, slots=True)
class _Told:
    code: str
    message: str
    params: Mapping[str, Any]


def column_label(column: str) -> str:
    """What a column of an import holds, in a few words."""
    return str(FIELDS.get(column, column))


def _family(base: type[ParvisError]) -> list[type[ParvisError]]:
    return [base, *(deeper for kind in base.__subclasses__() for deeper in _family(kind))]


def _filled(template: str, params: Mapping[str, Any], otherwise: str) -> str:
    named = dict(params)
    if "field" in named:
        named["field"] = str(FIELDS.get(str(named["field"]), named["field"]))
    if "columns" in named and isinstance(named["columns"], str):
        named["columns"] = ", ".join(str(FIELDS.get(name, name)) for name in named["columns"].split(", "))
    if "outcome" in named and named["outcome"] in list(Outcome):
        named["outcome"] = state_label(Outcome(named["outcome"]).state).lower()
    try:
        words = gettext(template) % named
    except (KeyError, TypeError, ValueError):  # parameters kept by an older version
        return otherwise
    return words[:1].upper() + words[1:]
