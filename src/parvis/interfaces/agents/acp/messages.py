"""What stands in the way, or should be known: checkout's messages in the protocol's words, with the place."""

from collections.abc import Mapping
from typing import Any

from parvis.domains.checkout.contracts import CodeProblem, Message, Remedy, Session, Severity
from parvis.interfaces.agents import said
from parvis.interfaces.agents.acp.schemas import json_path

# our code -> the protocol's words for an error and for a warning, each from a closed list
_WORDS: Mapping[str, tuple[str, str]] = {
    "empty": ("missing", ""),
    "sold_out": ("out_of_stock", "limited_availability"),
    "not_enough": ("low_stock", "low_stock"),
    "not_sold": ("not_found", "limited_availability"),
    "price_moved": ("conflict", "price_change"),
    "total_moved": ("conflict", "price_change"),
    "missing": ("missing", ""),
    "invalid": ("invalid", ""),
    "country_unserved": ("region_restricted", ""),
    "shipping_unserved": ("unsupported", ""),
    "payment_declined": ("payment_declined", ""),
    "payment_unreadable": ("payment_declined", ""),
    "payment_action": ("intervention_required", ""),
    "hold_expired": ("expired", ""),
}
_CODES: Mapping[str, str] = {
    CodeProblem.EXPIRED: "discount_code_expired",
    CodeProblem.USED_UP: "discount_code_usage_limit_reached",
    CodeProblem.USED_BEFORE: "discount_code_usage_limit_reached",
    CodeProblem.BELOW_MINIMUM: "discount_code_minimum_not_met",
    CodeProblem.SIGN_IN: "discount_code_user_not_logged_in",
    CodeProblem.NO_STATUS: "discount_code_user_ineligible",
    CodeProblem.NOT_COMBINED: "discount_code_combination_disallowed",
    CodeProblem.EMPTY: "discount_code_usage_limit_reached",
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


def code_problem(problem: str) -> str:
    """The protocol's word for a code that does not count."""
    return _CODES.get(problem, "discount_code_invalid")


def _told(message: Message, session: Session) -> dict[str, Any]:
    text = said.sentence(message, session)
    if message.code == "code_refused":
        return _made("warning", code_problem(str(message.detail.get("problem", ""))), text, message, session)
    error, warning = _WORDS.get(message.code, ("invalid", ""))
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
