"""Payments in the demo: two charges made by hand at the provider, which the comparison of books finds."""

from datetime import datetime, timedelta
from functools import partial

from parvis.connectors.testpay.models import Delivery
from parvis.connectors.testpay.provider import TestPay
from parvis.core.money import Money
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import DifferenceState
from parvis.domains.checkout.ports import CardDetails

_DAY = timedelta(days=1)
# How long ago, what was typed at the terminal, how much, and what somebody found out about it.
_BY_HAND = (
    (3 * _DAY, "TERMINAL-0117", 5400, "Sold at the fair in Lyon with the terminal: entered in the till there."),
    (1 * _DAY, "TERMINAL-0121", 8900, ""),
)


def _at(moment: datetime) -> datetime:
    """The clock of a day that is over."""
    return moment


def act(*, currency: str, actor_id: int | None, at: datetime) -> None:
    """Charge by hand, compare the books, settle one of the two differences."""
    card = CardDetails(number="4242424242424242", exp_month=12, exp_year=2090, cvc="123")
    references = []
    for ago, number, minor, _ in _BY_HAND:
        moment = at - ago
        bank = TestPay(now=partial(_at, moment))
        amount = Money(minor, currency)
        opened = bank.create(amount=amount, order_number=number, key=f"demo-{number}", return_url="")
        bank.confirm(opened.reference, instrument=card)
        bank.capture(opened.reference, amount=amount, key=f"demo-{number}")
        references.append(opened.reference)
    # The shop was never told of them: that is what the comparison is for.
    Delivery.objects.filter(intent__reference__in=references).delete()
    actions.reconcile_lately(at=at, days=5)
    notes = {number: note for _, number, _, note in _BY_HAND if note}
    for row in queries.differences(state=DifferenceState.OPEN):
        if row.order_number in notes:
            actions.settle_difference(difference_id=row.id, note=notes[row.order_number], actor_id=actor_id, at=at)
