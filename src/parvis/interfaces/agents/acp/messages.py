"""What stands in the way, or should be known: checkout's messages in the protocol's words, with the place."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from parvis.core.money import Money
from parvis.domains.checkout.contracts import CodeProblem, Message, Remedy, Session, Severity
from parvis.domains.checkout.web import amount
from parvis.interfaces.agents.acp.schemas import json_path

# our code -> the protocol's words for an error and for a warning (each from a closed list), and the sentence
_SAID: Mapping[str, tuple[str, str, str]] = {
    "empty": ("missing", "", _("There is nothing in the cart.")),
    "sold_out": ("out_of_stock", "limited_availability", _("%(name)s is sold out.")),
    "not_enough": ("low_stock", "low_stock", _("%(name)s: %(available)s left, %(wanted)s wanted.")),
    "not_sold": ("not_found", "limited_availability", _("%(name)s is no longer sold.")),
    "price_moved": ("conflict", "price_change", _("The price of %(name)s was %(before)s and is now %(now)s.")),
    "total_moved": ("conflict", "price_change", _("The total was %(before)s and is now %(now)s. Nothing was charged.")),
    "missing": ("missing", "", _("%(what)s is missing.")),
    "invalid": ("invalid", "", _("%(what)s cannot be used as it is.")),
    "country_unserved": ("region_restricted", "", _("The shop does not deliver to this country.")),
    "shipping_unserved": ("unsupported", "", _("This way to deliver does not serve the address.")),
    "payment_declined": ("payment_declined", "", _("The payment was declined. Another means of payment may work.")),
    "payment_unreadable": ("payment_declined", "", _("The means of payment could not be used.")),
    "payment_action": ("intervention_required", "", _("The bank asks the buyer to confirm the payment.")),
    "hold_expired": ("expired", "", _("The payment took too long; the articles are no longer held.")),
}
_CODES: Mapping[str, tuple[str, str]] = {
    CodeProblem.UNKNOWN: ("discount_code_invalid", _("The code %(code)s is not known.")),
    CodeProblem.NOT_YET: ("discount_code_invalid", _("The code %(code)s does not count yet.")),
    CodeProblem.EXPIRED: ("discount_code_expired", _("The code %(code)s has expired.")),
    CodeProblem.USED_UP: ("discount_code_usage_limit_reached", _("The code %(code)s has been used up.")),
    CodeProblem.USED_BEFORE: ("discount_code_usage_limit_reached", _("The code %(code)s was used before.")),
    CodeProblem.BELOW_MINIMUM: ("discount_code_minimum_not_met", _("The code %(code)s needs a larger order.")),
    CodeProblem.NO_ARTICLE: ("discount_code_invalid", _("The code %(code)s is for other articles.")),
    CodeProblem.SIGN_IN: ("discount_code_user_not_logged_in", _("The code %(code)s is for members who sign in.")),
    CodeProblem.NOT_COMBINED: (
        "discount_code_combination_disallowed",
        _("The code %(code)s does not combine with a better offer that counts."),
    ),
    CodeProblem.EMPTY: ("discount_code_usage_limit_reached", _("The gift card %(code)s is empty.")),
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
_FIELDS: Mapping[str, str] = {
    "email": "$.fulfillment_details.email",
    "name": "$.fulfillment_details.name",
    "phone": "$.fulfillment_details.phone_number",
    "address": "$.fulfillment_details.address",
    "line1": "$.fulfillment_details.address.line_one",
    "line2": "$.fulfillment_details.address.line_two",
    "postcode": "$.fulfillment_details.address.postal_code",
    "city": "$.fulfillment_details.address.city",
    "region": "$.fulfillment_details.address.state",
    "country": "$.fulfillment_details.address.country",
    "point": "$.selected_fulfillment_options",
    "shipping_method": "$.selected_fulfillment_options",
}


def of_session(session: Session) -> list[dict[str, Any]]:
    """All messages of a session, those that stand in the way first."""
    order = (Severity.ERROR, Severity.WARNING, Severity.INFO)
    return [_told(each, session) for each in sorted(session.messages, key=lambda each: order.index(each.severity))]


def code_problem(problem: str) -> tuple[str, str]:
    """The protocol's word for a code that does not count, and the sentence (with ``code``)."""
    return _CODES.get(problem, _OTHER_CODE)


def _told(message: Message, session: Session) -> dict[str, Any]:
    if message.code == "code_refused":
        word, sentence = code_problem(str(message.detail.get("problem", "")))
        code = message.at.partition(".")[2]
        return _made("warning", word, gettext(sentence) % {"code": code}, message, session)
    error, warning, sentence = _SAID.get(message.code, ("invalid", "", _("Something has to be put right.")))
    text = gettext(sentence) % _Words(message, session)
    if message.severity is Severity.ERROR:
        return _made("error", error, text, message, session)
    if message.severity is Severity.WARNING and warning:
        return _made("warning", warning, text, message, session)
    return _made("info", "", text, message, session)


def _made(kind: str, code: str, text: str, message: Message, session: Session) -> dict[str, Any]:
    told: dict[str, Any] = {"type": kind, "content_type": "plain", "content": text}
    if code:
        told["code"] = code
    if message.remedy is not Remedy.NOBODY:
        told["resolution"] = "recoverable" if message.remedy is Remedy.CALLER else "requires_buyer_input"
    param = place(message.at, session)
    return told | ({"param": param} if param else {})


def place(at: str, session: Session) -> str:
    """Our place ("lines.12", "details.address.city") as a JSONPath into the session's document."""
    root, _dot, rest = at.partition(".")
    if root == "lines" and rest:
        ids = [str(line.variant_id) for line in session.cart.lines]
        return json_path(["line_items", ids.index(rest)]) if rest in ids else "$.line_items"
    if root == "codes":
        codes = list(session.cart.codes)
        return json_path(["discounts", "codes", codes.index(rest)]) if rest in codes else "$.discounts.codes"
    if root == "details":
        return field(at)
    return {"lines": "$.line_items", "payment": "$.payment_data", "total": "$.totals"}.get(root, "")


def field(name: str) -> str:
    """Our name of something that was given ("details.address.city") as a JSONPath, as near as it can be told."""
    root, _dot, rest = name.partition(".")
    if root == "details":
        return _FIELDS.get(rest.rpartition(".")[2], "$.fulfillment_details")
    return "$.line_items" if root == "lines" else "$"


class _Words(dict[str, Any]):
    """The parameters of a sentence: those of the message, names and sums as people write them."""

    def __init__(self, message: Message, session: Session) -> None:
        super().__init__(message.detail)
        rest = message.at.partition(".")[2]
        named = {str(line.variant_id): line.name for line in session.cart.lines}
        self["name"] = named.get(rest, gettext("An article"))
        self["what"] = gettext(_WHAT.get(rest.rpartition(".")[2], _("Something")))
        for key in ("before", "now"):
            if isinstance(message.detail.get(key), int):
                self[key] = amount(Money(int(message.detail[key]), session.cart.currency))

    def __missing__(self, key: str) -> str:
        return ""
