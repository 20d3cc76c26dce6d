"""Withdrawals declared with the form of the law: what follows from each, and what a person settles."""

from datetime import date

import pytest

from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.actions.returns import NothingToSettle
from parvis.domains.checkout.contracts import (
    Order,
    OrderState,
    RefundState,
    ReturnState,
    WithdrawalStep,
)
from parvis.domains.checkout.testing import AT, REFUND_FAILS, paid_order, placed_order
from parvis.domains.checkout.tests.returned import CAME, DAY, arrived
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import MessageFilters

pytestmark = pytest.mark.database


@pytest.fixture
def shop(db: None) -> SmallCatalogue:
    return small_catalogue()


@pytest.fixture
def order(shop: SmallCatalogue) -> Order:
    """Two dresses and a sweater (2 x 89.00 + 65.00, free shipping), delivered on Saturday 7 March 2026."""
    return arrived(paid_order({"DR-S": 2, "SW-M": 1}))


def declare(order: Order, **changes) -> int:
    given = {
        "order_number": order.number.lower(),
        "email": order.email.upper(),
        "name": "Claire Dubois",
        "locale": "fr",
    }
    made = actions.declare_withdrawal(**{**given, **changes}, at=CAME + DAY)
    return made.id


def test_a_declaration_makes_a_return_of_everything_once(order: Order) -> None:
    found = declare(order, words="Je me rétracte.")
    made = actions.handle_declaration(declaration_id=found, at=CAME + DAY)
    again = actions.handle_declaration(declaration_id=found, at=CAME + 2 * DAY)
    assert made == again
    (back,) = queries.order(order.id).returns
    assert (back.id, back.state, back.pieces) == (made.return_id, ReturnState.ACCEPTED, 3)
    receipt = mails.message_by_key(f"checkout.declaration:{found}")
    assert receipt is not None
    assert (receipt.to_email, "Je me rétracte." in receipt.text) == (order.email, True)


@pytest.mark.parametrize("changes", [{"email": "other@parvis.example"}, {"order_number": "P-999999"}])
def test_a_declaration_that_fits_nothing_writes_to_nobody(order: Order, changes: dict[str, str]) -> None:
    before = len(mails.messages(MessageFilters(template="checkout/mail/letter")).items)
    found = declare(order, **changes)
    assert actions.handle_declaration(declaration_id=found, at=CAME).order_id is None
    assert len(mails.messages(MessageFilters(template="checkout/mail/letter")).items) == before
    assert [each.id for each in queries.declarations()] == [found]
    actions.set_declaration_aside(declaration_id=found, at=CAME)
    assert queries.declarations() == ()


def test_a_declaration_before_delivery_reaches_a_person(shop: SmallCatalogue) -> None:
    order = paid_order()
    made = actions.handle_declaration(declaration_id=declare(order), at=AT)
    assert (made.order_id, made.return_id) == (order.id, None)
    assert "withdrawal_declared" in [entry.kind for entry in queries.order(order.id).trail]


def test_a_withdrawal_is_settled_by_what_has_become_of_the_order(shop: SmallCatalogue) -> None:
    before = catalog.variant(shop.variants["DR-S"]).on_hand
    waits, leaves = paid_order({"DR-S": 1}, token="a" * 24, key="a"), paid_order({"DR-S": 1}, token="b" * 24, key="b")
    first, second = (
        actions.handle_declaration(declaration_id=declare(order), at=CAME + DAY) for order in (waits, leaves)
    )
    actions.ship(order_id=leaves.id, at=CAME)
    assert [each.step for each in queries.withdrawals()] == [WithdrawalStep.REFUND, WithdrawalStep.WAIT]
    assert queries.withdrawals()[0].refund_due == date(2026, 3, 22)
    for _ in range(2):
        actions.settle_withdrawal(declaration_id=first.id, at=CAME + 2 * DAY)
    assert queries.order(waits.id).state is OrderState.REFUNDED
    assert catalog.variant(shop.variants["DR-S"]).on_hand == before - 1
    with pytest.raises(NothingToSettle):
        actions.settle_withdrawal(declaration_id=second.id, at=CAME + 2 * DAY)
    actions.deliver(order_id=leaves.id, at=CAME + 2 * DAY)
    for _ in range(2):
        actions.settle_withdrawal(declaration_id=second.id, at=CAME + 3 * DAY)
    (back,) = queries.order(leaves.id).returns
    assert (back.state, back.pieces, queries.withdrawals()) == (ReturnState.ACCEPTED, 1, ())


def test_a_withdrawal_whose_refund_the_bank_refuses_waits_on(shop: SmallCatalogue) -> None:
    order = paid_order({"DR-S": 1}, number=REFUND_FAILS)
    made = actions.handle_declaration(declaration_id=declare(order), at=CAME)
    for tries in (1, 2):
        assert actions.settle_withdrawal(declaration_id=made.id, at=CAME) == order.id
        assert models.Refund.objects.filter(state=RefundState.FAILED).count() == tries
        assert [each.declaration.id for each in queries.withdrawals()] == [made.id]


def test_a_withdrawal_from_what_was_never_paid_cancels_it(shop: SmallCatalogue) -> None:
    order = placed_order({"DR-S": 1})
    made = actions.handle_declaration(declaration_id=declare(order), at=AT)
    actions.settle_withdrawal(declaration_id=made.id, at=AT)
    assert queries.order(order.id).state is OrderState.CANCELLED
    with pytest.raises(NotFound):
        actions.settle_withdrawal(declaration_id=10**9, at=AT)


@pytest.mark.parametrize("changes", [{"name": " "}, {"email": ""}, {"order_number": "P" * 21}, {"name": "a\0b"}])
def test_a_declaration_is_filled_in(order: Order, changes: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        declare(order, **changes)


def test_who_is_erased_leaves_no_words_with_what_came_back(order: Order) -> None:
    actions.handle_declaration(declaration_id=declare(order, words="My knee hurts"), at=CAME + DAY)
    assert order.customer_id is not None
    actions.forget_customer(customer_id=order.customer_id, at=CAME + 2 * DAY)
    (back,) = queries.order(order.id).returns
    kept = models.Declaration.objects.get()
    assert (back.note, kept.words, kept.name, kept.email) == ("", "", "", "")


def test_declarations_that_fit_nothing_are_forgotten_in_time(order: Order) -> None:
    declare(order, email="other@parvis.example")
    actions.tidy(at=CAME + 80 * DAY)
    assert models.Declaration.objects.count() == 1
    actions.tidy(at=CAME + 92 * DAY)
    assert models.Declaration.objects.count() == 0
