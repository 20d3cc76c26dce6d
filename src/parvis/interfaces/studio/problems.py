"""What went wrong, in the words of the team: states by their names, amounts as money, and French for all of it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.errors import NotFound, ParvisError
from parvis.core.money import Money
from parvis.domains.catalog.actions import OutOfStock
from parvis.domains.checkout.contracts import OrderState
from parvis.domains.checkout.rules.money import OverRefund
from parvis.domains.checkout.rules.orders import NotPossible
from parvis.domains.voices.actions import AlreadyDecided, CannotUndo
from parvis.interfaces.design import marks
from parvis.interfaces.operations.middleware import told
from parvis.interfaces.studio import labels


def words(error: ParvisError) -> str:
    """An expected error, for the team. What has no words of its own here is told by its template."""
    for kind, say in _OWN.items():
        if isinstance(error, kind):
            return str(say(error))
    return told(error)


def _not_possible(error: Any) -> str:
    state = labels.ORDER_STATES[OrderState(error.params["state"])][0]
    return _("The order is in the state “%(state)s”, which does not allow it.") % {"state": state}


def _over_refund(error: Any) -> str:
    left = marks.money(Money(max(0, int(error.params["left"])), settings.CURRENCY))
    return _("At most %(left)s can still be given back.") % {"left": left}


def _out_of_stock(error: Any) -> str:
    lines = [
        _("%(sku)s: %(wanted)d wanted, %(available)d free")
        % {"sku": short.sku, "wanted": short.wanted, "available": short.available}
        for short in error.shortages
    ]
    return _("Not enough is free in stock. %(detail)s.") % {"detail": "; ".join(lines)}


def _decided(error: Any) -> str:
    first = error.conflicts[0]
    outcome = labels.OUTCOMES[first.outcome][0]
    return _("%(name)s has decided already (%(outcome)s).") % {"name": first.actor_name, "outcome": outcome}


def _cannot_undo(error: Any) -> str:
    return _("It can no longer be undone: something has been decided since, or the author took the voice back.")


def _not_found(error: Any) -> str:
    return _("Nothing is known as %(key)s.") % {"key": error.params.get("key")}


_OWN: Mapping[type[ParvisError], Callable[[Any], str]] = {
    NotPossible: _not_possible,
    OverRefund: _over_refund,
    OutOfStock: _out_of_stock,
    AlreadyDecided: _decided,
    CannotUndo: _cannot_undo,
    NotFound: _not_found,
}


# Why a row or a file of an import was not taken, by code: the domain keeps an English sentence with the values.
REJECTIONS: Mapping[str, str | Promise] = {
    "answers_nothing": gettext_lazy("an answer without its question"),
    "bad_file": gettext_lazy("the file cannot be read"),
    "broken_row": gettext_lazy("the row cannot be read"),
    "columns_missing": gettext_lazy("columns are missing"),
    "compressed_file": gettext_lazy("the file is compressed: send what is inside"),
    "control_characters": gettext_lazy("control characters in the text"),
    "date_in_future": gettext_lazy("the date is still to come"),
    "date_too_old": gettext_lazy("the date is too old"),
    "empty_file": gettext_lazy("the file is empty"),
    "missing_product": gettext_lazy("no product is named"),
    "not_a_choice": gettext_lazy("a value that is not among those possible"),
    "not_a_date": gettext_lazy("not a date"),
    "not_a_number": gettext_lazy("not a whole number"),
    "not_admitted": gettext_lazy("cannot be taken"),
    "not_stars": gettext_lazy("stars are a whole number from 1 to 5"),
    "nothing_said": gettext_lazy("neither text nor stars"),
    "out_of_range": gettext_lazy("a value out of its range"),
    "oversized_row": gettext_lazy("a row without an end: is a quotation mark left open?"),
    "stars_missing": gettext_lazy("a review without stars"),
    "too_long": gettext_lazy("too long a text"),
    "unknown_format": gettext_lazy("neither CSV, JSON lines nor Parquet"),
    "unknown_parent": gettext_lazy("the voice it answers is unknown"),
    "unknown_product": gettext_lazy("the product is unknown"),
    "unreadable_characters": gettext_lazy("characters that are no text: is the encoding right?"),
}


def rejection(code: str, message: str) -> str:
    """Why something was not taken: the ground in the reader's language, then the sentence with the values."""
    ground = REJECTIONS.get(code)
    return f"{ground} — {message}" if ground else message
