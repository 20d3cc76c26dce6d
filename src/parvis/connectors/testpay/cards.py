"""The test cards and what becomes of each. A number lives in this module's arguments only: it is never kept."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from parvis.domains.checkout.ports import BadCard, CardDetails, CardSummary


class Outcome(StrEnum):
    """How a card behaves. The values that end in a decline are the decline codes themselves."""

    OK = "ok"
    CHALLENGE = "challenge"
    CAPTURE_FAILS = "capture_fails"
    CAPTURE_LATE = "capture_late"
    REFUND_FAILS = "refund_fails"
    DECLINED = "card_declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED = "expired_card"
    INCORRECT_CVC = "incorrect_cvc"
    PROCESSING_ERROR = "processing_error"


DECLINES = (
    Outcome.DECLINED,
    Outcome.INSUFFICIENT_FUNDS,
    Outcome.EXPIRED,
    Outcome.INCORRECT_CVC,
    Outcome.PROCESSING_ERROR,
)

CARDS: Mapping[str, Outcome] = {
    "4242424242424242": Outcome.OK,
    "5555555555554444": Outcome.OK,
    "378282246310005": Outcome.OK,
    "4000002500003155": Outcome.CHALLENGE,
    "4000000000000002": Outcome.DECLINED,
    "4000000000009995": Outcome.INSUFFICIENT_FUNDS,
    "4000000000000069": Outcome.EXPIRED,
    "4000000000000127": Outcome.INCORRECT_CVC,
    "4000000000000119": Outcome.PROCESSING_ERROR,
    "4000000000000341": Outcome.CAPTURE_FAILS,
    "4000000000000333": Outcome.CAPTURE_LATE,
    "4000000000005126": Outcome.REFUND_FAILS,
}

_BRANDS = (("visa", r"4"), ("mastercard", r"5[1-5]|2[2-7]"), ("amex", r"3[47]"))


def luhn(number: str) -> bool:
    """The check digit of ISO/IEC 7812: catches any one mistyped digit."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def brand_of(number: str) -> str:
    """visa, mastercard, amex or card."""
    return next((brand for brand, start in _BRANDS if re.match(start, number)), "card")


def read(card: CardDetails, *, today: date) -> tuple[CardSummary, Outcome]:
    """What may be kept of a card, and how it will behave.

    Raises BadCard with field and problem: number (missing, invalid, not_a_test_card), expiry (invalid, past),
    cvc (invalid).
    """
    number = re.sub(r"[\s-]", "", card.number)
    if not number:
        raise BadCard(field="number", problem="missing")
    if not re.fullmatch(r"[0-9]{12,19}", number) or not luhn(number):
        raise BadCard(field="number", problem="invalid")
    if number not in CARDS:
        raise BadCard(field="number", problem="not_a_test_card")
    if not 1 <= card.exp_month <= 12 or not 2000 <= card.exp_year <= 2099:
        raise BadCard(field="expiry", problem="invalid")
    if (card.exp_year, card.exp_month) < (today.year, today.month):
        raise BadCard(field="expiry", problem="past")
    brand = brand_of(number)
    if not re.fullmatch(r"[0-9]{4}" if brand == "amex" else r"[0-9]{3}", card.cvc.strip()):
        raise BadCard(field="cvc", problem="invalid")
    summary = CardSummary(brand=brand, last4=number[-4:], exp_month=card.exp_month, exp_year=card.exp_year)
    return summary, CARDS[number]
