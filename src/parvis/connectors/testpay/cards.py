"""The test cards and what becomes of each. A number lives in this module's arguments only: it is never kept."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from parvis.domains.checkout.ports import BadCard, CardDetails, CardSummary
from parvis.domains.checkout.rules import cards as rules


class Outcome(StrEnum):
    """How a card behaves. The values that end in a decline are the decline codes themselves."""

    OK = "ok"
    CHALLENGE = "challenge"
    CAPTURE_FAILS = "capture_fails"
    CAPTURE_LATE = "capture_late"
    CAPTURE_SLOW = "capture_slow"
    REFUND_FAILS = "refund_fails"
    REFUND_BOUNCES = "refund_bounces"
    CONFIRM_LOST = "confirm_lost"
    CAPTURE_LOST = "capture_lost"
    DISPUTED = "fraudulent"
    NOT_RECEIVED = "product_not_received"
    DECLINED = "card_declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED = "expired_card"
    INCORRECT_CVC = "incorrect_cvc"
    PROCESSING_ERROR = "processing_error"


# The answer is lost on its way: the shop hears an error, the money has moved.
LOST = (Outcome.CONFIRM_LOST, Outcome.CAPTURE_LOST)
# Contested by the cardholder's bank once captured; the value is the reason.
DISPUTES = (Outcome.DISPUTED, Outcome.NOT_RECEIVED)

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
    "4000000000005134": Outcome.REFUND_BOUNCES,
    "4000000000000804": Outcome.CAPTURE_SLOW,
    "4000000000000911": Outcome.CONFIRM_LOST,
    "4000000000000929": Outcome.CAPTURE_LOST,
    "4000000000000259": Outcome.DISPUTED,
    "4000000000002685": Outcome.NOT_RECEIVED,
}

# A crowd of buyers has as many cards: one card that is tried by many at the same moment is held back by the shop.
CROWD = "42424242"


def read(card: CardDetails, *, today: date) -> tuple[CardSummary, Outcome]:
    """What may be kept of a card, and how it will behave.

    Raises BadCard with field and problem: number (missing, invalid, not_a_test_card), expiry (invalid, past),
    cvc (invalid).
    """
    number = rules.digits(card.number)
    problem = rules.number_problem(number)
    if problem is not None:
        raise BadCard(field="number", problem=problem.value)
    outcome = CARDS.get(number) or (Outcome.OK if number.startswith(CROWD) else None)
    if outcome is None:
        raise BadCard(field="number", problem="not_a_test_card")
    problem = rules.expiry_problem(card.exp_year, card.exp_month, this_year=today.year, this_month=today.month)
    if problem is not None:
        raise BadCard(field="expiry", problem=problem.value)
    problem = rules.cvc_problem(card.cvc, number)
    if problem is not None:
        raise BadCard(field="cvc", problem=problem.value)
    brand = rules.brand_of(number)
    summary = CardSummary(brand=brand, last4=number[-4:], exp_month=card.exp_month, exp_year=card.exp_year)
    return summary, outcome
