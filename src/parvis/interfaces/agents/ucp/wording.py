"""Checkout's messages as the protocol tells them: a code for programs, a sentence for people, a place in the body."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from parvis.core.money import Money
from parvis.domains.checkout.contracts import CodeProblem, Message
from parvis.domains.checkout.web import amount

# our code -> the protocol's, and the sentence
_SAID: Mapping[str, tuple[str, str]] = {
    "empty": ("field_required", _("There is nothing in the cart.")),
    "sold_out": ("out_of_stock", _("An article is sold out.")),
    "not_enough": ("out_of_stock", _("%(available)s of an article are left, %(wanted)s are wanted.")),
    "not_sold": ("item_unavailable", _("An article is no longer sold.")),
    "price_moved": ("price_changed", _("A price was %(before)s and is now %(now)s.")),
    "total_moved": ("total_changed", _("The total was %(before)s and is now %(now)s. Nothing was charged.")),
    "missing": ("field_required", _("%(what)s is missing.")),
    "invalid": ("field_invalid", _("%(what)s cannot be used as it is.")),
    "country_unserved": ("address_undeliverable", _("The shop does not deliver to this country.")),
    "shipping_unserved": ("address_undeliverable", _("This way to deliver does not serve the address.")),
    "payment_declined": ("payment_failed", _("The payment was declined. Another means of payment may work.")),
    "payment_unreadable": ("payment_failed", _("The means of payment could not be used.")),
    "payment_action": ("requires_3ds", _("The bank asks the buyer to confirm the payment.")),
    "hold_expired": ("hold_expired", _("The payment took too long; the articles are no longer held.")),
}
_CODES: Mapping[str, tuple[str, str]] = {
    CodeProblem.UNKNOWN: ("discount_code_invalid", _("The code %(code)s is not known.")),
    CodeProblem.NOT_YET: ("discount_code_invalid", _("The code %(code)s does not count yet.")),
    CodeProblem.EXPIRED: ("discount_code_expired", _("The code %(code)s has expired.")),
    CodeProblem.USED_UP: ("discount_code_already_applied", _("The code %(code)s has been used up.")),
    CodeProblem.USED_BEFORE: ("discount_code_already_applied", _("The code %(code)s was used before.")),
    CodeProblem.BELOW_MINIMUM: ("discount_code_user_ineligible", _("The code %(code)s needs a larger order.")),
    CodeProblem.NO_ARTICLE: ("discount_code_user_ineligible", _("The code %(code)s is for other articles.")),
    CodeProblem.SIGN_IN: (
        "discount_code_user_not_logged_in",
        _("The code %(code)s is for members who sign in."),
    ),
    CodeProblem.NOT_COMBINED: (
        "discount_code_combination_disallowed",
        _("The code %(code)s does not combine with a better offer that counts."),
    ),
    CodeProblem.EMPTY: ("discount_code_already_applied", _("The gift card %(code)s is empty.")),
    CodeProblem.CURRENCY: ("discount_code_invalid", _("The code %(code)s is for another currency.")),
}
_OTHER_CODE = ("discount_code_invalid", _("The code %(code)s does not count."))
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
_METHOD = "$.fulfillment.methods[0]"
_PLACES: Mapping[str, str] = {
    "lines": "$.line_items",
    "details.email": "$.buyer.email",
    "details.name": "$.buyer.first_name",
    "details.phone": "$.buyer.phone_number",
    "details.address": f"{_METHOD}.destinations",
    "details.address.line1": f"{_METHOD}.destinations[0].street_address",
    "details.address.line2": f"{_METHOD}.destinations[0].extended_address",
    "details.address.postcode": f"{_METHOD}.destinations[0].postal_code",
    "details.address.city": f"{_METHOD}.destinations[0].address_locality",
    "details.address.region": f"{_METHOD}.destinations[0].address_region",
    "details.address.country": f"{_METHOD}.destinations[0].address_country",
    "details.address.phone": f"{_METHOD}.destinations[0].phone_number",
    "details.address.point": f"{_METHOD}.selected_destination_id",
    "details.shipping_method": f"{_METHOD}.groups[0].selected_option_id",
    "payment": "$.payment.instruments[0]",
    "total": "$.totals",
}


def spellings(typed: Sequence[str]) -> dict[str, str]:
    """Codes as the platform wrote them, by the form in which the shop knows them (capitals, letters and digits)."""
    return {_plain(code): code for code in reversed(typed)}


def _plain(code: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", code).upper())
    return "".join(letter for letter in folded if letter.isalnum())


def told(message: Message, spelt: Mapping[str, str]) -> tuple[str, str]:
    """The code and the sentence of a message, in the language that is active; ``spelt`` as :func:`spellings`."""
    if message.code == "code_refused":
        code, sentence = _CODES.get(str(message.detail.get("problem", "")), _OTHER_CODE)
        typed = message.at.partition(".")[2]
        return code, gettext(sentence) % {"code": spelt.get(typed, typed)}
    code, sentence = _SAID.get(message.code, (message.code, _("Something has to be put right.")))
    return code, gettext(sentence) % _Words(message)


class _Words(dict[str, Any]):
    """The parameters of a sentence; sums as people write them, and nothing where nothing is known."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.detail)
        self["what"] = gettext(_WHAT.get(message.at.rpartition(".")[2], _("Something")))
        for key in ("before", "now"):
            if isinstance(message.detail.get(key), int):
                self[key] = amount(Money(int(message.detail[key]), settings.CURRENCY))

    def __missing__(self, key: str) -> str:
        return ""


def path(at: str, places: Mapping[int, int]) -> str:
    """Our place ("lines.12", "details.address.city") as a JSONPath; ``places`` of lines by their variants."""
    root, _dot, rest = at.partition(".")
    if root == "lines" and rest.isdigit() and int(rest) in places:
        return f"$.line_items[{places[int(rest)]}]"
    return "$.discounts.codes" if root == "codes" else _PLACES.get(at, "")
