"""What stands in the way of a checkout, as sentences that an agent can pass on: the same ones in every protocol.

A protocol adds its own codes and places; the words are here, in the language that is active.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from parvis.core.money import Money
from parvis.domains.checkout.contracts import CodeProblem, Message, Session
from parvis.domains.checkout.web import amount

_SAID: Mapping[str, str] = {
    "empty": _("There is nothing in the cart."),
    "sold_out": _("%(name)s is sold out."),
    "not_enough": _("%(name)s: %(available)s left, %(wanted)s wanted."),
    "not_sold": _("%(name)s is no longer sold."),
    "price_moved": _("The price of %(name)s was %(before)s and is now %(now)s."),
    "total_moved": _("The total was %(before)s and is now %(now)s. Nothing was charged."),
    "missing": _("%(what)s is missing."),
    "invalid": _("%(what)s cannot be used as it is."),
    "country_unserved": _("The shop does not deliver to this country."),
    "shipping_unserved": _("This way to deliver does not serve the address."),
    "payment_declined": _("The payment was declined. Another means of payment may work."),
    "payment_unreadable": _("The means of payment could not be used."),
    "payment_action": _("The bank asks the buyer to confirm the payment."),
    "hold_expired": _("The payment took too long; the articles are no longer held."),
}
_CODES: Mapping[str, str] = {
    CodeProblem.UNKNOWN: _("The code %(code)s is not known."),
    CodeProblem.NOT_YET: _("The code %(code)s does not count yet."),
    CodeProblem.EXPIRED: _("The code %(code)s has expired."),
    CodeProblem.USED_UP: _("The code %(code)s has been used up."),
    CodeProblem.USED_BEFORE: _("The code %(code)s was used before."),
    CodeProblem.BELOW_MINIMUM: _("The code %(code)s needs a larger order."),
    CodeProblem.NO_ARTICLE: _("The code %(code)s is for other articles."),
    CodeProblem.SIGN_IN: _("The code %(code)s is for members who sign in."),
    CodeProblem.NO_STATUS: _("The code %(code)s is for members with a status that the buyer does not have."),
    CodeProblem.NOT_COMBINED: _("The code %(code)s does not combine with a better offer that counts."),
    CodeProblem.EMPTY: _("The gift card %(code)s is empty."),
    CodeProblem.BLOCKED: _("The gift card %(code)s is blocked."),
    CodeProblem.CURRENCY: _("The code %(code)s is for another currency."),
}
_OTHER_CODE, _OTHER = _("The code %(code)s does not count."), _("Something has to be put right.")
_WHAT: Mapping[str, str] = {
    "email": _("The e-mail address"),
    "name": _("The name"),
    "phone": _("The phone number"),
    "address": _("The address"),
    "line1": _("The street"),
    "postcode": _("The postcode"),
    "city": _("The city"),
    "region": _("The state or region"),
    "country": _("The country"),
    "point": _("The pick-up point"),
    "shipping_method": _("The way to deliver"),
}
_SOMETHING = _("Something")


def sentence(message: Message, session: Session) -> str:
    """The message; the code of a refused code is written as the shop knows it."""
    if message.code == "code_refused":
        return code_refused(str(message.detail.get("problem", "")), message.at.partition(".")[2])
    return gettext(_SAID.get(message.code, _OTHER)) % _Words(message, session)


def code_refused(problem: str, code: str) -> str:
    """Why a code does not count; ``code`` as it is to be shown."""
    return gettext(_CODES.get(problem, _OTHER_CODE)) % {"code": code}


class _Words(dict[str, Any]):
    """The parameters of a sentence: those of the message, names and sums as people write them, and nothing where
    nothing is known."""

    def __init__(self, message: Message, session: Session) -> None:
        super().__init__(message.detail)
        rest = message.at.partition(".")[2]
        named = {str(line.variant_id): line.name for line in session.cart.lines}
        self["name"] = named.get(rest, gettext("An article"))
        self["what"] = gettext(_WHAT.get(rest.rpartition(".")[2], _SOMETHING))
        for key in ("before", "now"):
            if isinstance(message.detail.get(key), int):
                self[key] = amount(Money(int(message.detail[key]), session.cart.currency))

    def __missing__(self, key: str) -> str:
        return ""
