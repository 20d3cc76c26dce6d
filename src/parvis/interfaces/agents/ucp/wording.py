"""Checkout's messages as the protocol tells them: a code for programs, a sentence for people, a place in the body."""

import unicodedata
from collections.abc import Mapping, Sequence

from parvis.domains.checkout.contracts import CodeProblem, Message, Session
from parvis.interfaces.agents import said

# our code -> the protocol's; any other is told under our own
_WORDS: Mapping[str, str] = {
    "empty": "field_required",
    "sold_out": "out_of_stock",
    "not_enough": "out_of_stock",
    "not_sold": "item_unavailable",
    "price_moved": "price_changed",
    "total_moved": "total_changed",
    "missing": "field_required",
    "invalid": "field_invalid",
    "country_unserved": "address_undeliverable",
    "shipping_unserved": "address_undeliverable",
    "payment_declined": "payment_failed",
    "payment_unreadable": "payment_failed",
    "payment_action": "requires_3ds",
}
_CODES: Mapping[str, str] = {
    CodeProblem.EXPIRED: "discount_code_expired",
    CodeProblem.USED_UP: "discount_code_already_applied",
    CodeProblem.USED_BEFORE: "discount_code_already_applied",
    CodeProblem.BELOW_MINIMUM: "discount_code_user_ineligible",
    CodeProblem.NO_ARTICLE: "discount_code_user_ineligible",
    CodeProblem.SIGN_IN: "discount_code_user_not_logged_in",
    CodeProblem.NO_STATUS: "discount_code_user_ineligible",
    CodeProblem.NOT_COMBINED: "discount_code_combination_disallowed",
    CodeProblem.EMPTY: "discount_code_already_applied",
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


def told(message: Message, session: Session, spelt: Mapping[str, str]) -> tuple[str, str]:
    """The code and the sentence of a message, in the language that is active; ``spelt`` as :func:`spellings`."""
    if message.code == "code_refused":
        problem, typed = str(message.detail.get("problem", "")), message.at.partition(".")[2]
        return _CODES.get(problem, "discount_code_invalid"), said.code_refused(problem, spelt.get(typed, typed))
    return _WORDS.get(message.code, message.code), said.sentence(message, session)


def path(at: str, places: Mapping[int, int]) -> str:
    """Our place ("lines.12", "details.address.city") as a JSONPath; ``places`` of lines by their variants."""
    root, _dot, rest = at.partition(".")
    if root == "lines" and rest.isdigit() and int(rest) in places:
        return f"$.line_items[{places[int(rest)]}]"
    return "$.discounts.codes" if root == "codes" else _PLACES.get(at, "")
