"""What went wrong, in the words of the team: states by their names, amounts as money, and French for all of it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from parvis.core.errors import NotFound, ParvisError
from parvis.core.money import Money
from parvis.domains.catalog.actions import OutOfStock
from parvis.domains.checkout.contracts import OrderState
from parvis.domains.checkout.rules.money import OverRefund
from parvis.domains.checkout.rules.orders import NotPossible
from parvis.domains.voices.actions import AlreadyDecided, BadFile, CannotUndo
from parvis.domains.voices.web import explain
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
    BadFile: explain,
}
