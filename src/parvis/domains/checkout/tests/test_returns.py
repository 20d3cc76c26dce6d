"""Returns: who may send what back, each piece once, paid back once and never more than is right."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from parvis.core.errors import Invalid, NotFound
from parvis.core.idempotency import KeyReused
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.contracts import (
    AskedLine,
    Condition,
    Exempt,
    Order,
    OrderState,
    ReceivedLine,
    ReturnKind,
    ReturnPolicy,
    ReturnReason,
    ReturnShipping,
    ReturnState,
)
from parvis.domains.checkout.rules.money import OverRefund
from parvis.domains.checkout.rules.returns import ReturnNotPossible, WrongReturnState
from parvis.domains.checkout.testing import AT, REFUND_FAILS, paid_order
from parvis.domains.checkout.tests.returned import CAME, DAY, arrived, ask, receive
from parvis.domains.messaging import queries as mails

pytestmark = pytest.mark.database


@pytest.fixture
def shop(db: None) -> SmallCatalogue:
    return small_catalogue()


@pytest.fixture
def order(shop: SmallCatalogue) -> Order:
    """Two dresses and a sweater (2 x 89.00 + 65.00, free shipping), delivered on Saturday 7 March 2026."""
    return arrived(paid_order({"DR-S": 2, "SW-M": 1}))


def test_a_return_from_the_wish_to_the_money(order: Order, shop: SmallCatalogue) -> None:
    dress = order.lines[0]
    back = ask(order, {dress.id: 1}, note="Too short in the arms")
    assert (back.state, back.number[:2], back.pieces) == (ReturnState.ACCEPTED, "R-", 1)
    assert back.refund_due == date(2026, 3, 22)
    before = catalog.variant(shop.variants["DR-S"]).on_hand
    assert receive(back).state is ReturnState.RECEIVED
    assert catalog.variant(shop.variants["DR-S"]).on_hand == before + 1
    assert queries.worth(back.id).total.amount_minor == 8900
    done = actions.refund_return(return_id=back.id, at=CAME + 6 * DAY)
    assert done.state is ReturnState.REFUNDED
    assert done.refund is not None
    assert done.refund.amount_minor == 8900
    after = queries.order(order.id)
    assert (after.state, after.refunded.amount_minor) == (OrderState.PARTLY_REFUNDED, 8900)
    assert catalog.variant(shop.variants["DR-S"]).on_hand == before + 1
    assert [entry.kind for entry in after.trail][-5:] == [
        "return_requested", "return_accepted", "return_received", "refunded", "return_refunded",
    ]  # fmt: skip
    assert queries.return_reasons((dress.product_id,)) == {dress.product_id: {ReturnReason.TOO_SMALL: 1}}
    assert actions.refund_return(return_id=back.id, at=CAME + 7 * DAY).state is ReturnState.REFUNDED
    assert queries.order(order.id).refunded.amount_minor == 8900


def test_the_same_form_twice_is_one_return(order: Order) -> None:
    line = order.lines[0].id
    first = ask(order, {line: 1})
    assert ask(order, {line: 1}).id == first.id
    with pytest.raises(KeyReused):
        ask(order, {line: 2})
    assert models.Return.objects.count() == 1


def test_two_returns_never_take_a_piece_twice(order: Order) -> None:
    dress = order.lines[0].id
    ask(order, {dress: 1}, key="a")
    second = ask(order, {dress: 1}, key="b")
    with pytest.raises(ReturnNotPossible) as none:
        ask(order, {dress: 1}, key="c")
    assert none.value.params["problem"] == "all_back"
    actions.cancel_return(token=second.token, at=CAME + DAY)
    assert ask(order, {dress: 1}, key="d").state is ReturnState.ACCEPTED


@pytest.mark.parametrize("pieces", [3, 1000, 0, -1])
def test_no_more_pieces_than_came(order: Order, pieces: int) -> None:
    with pytest.raises(ReturnNotPossible):
        ask(order, {order.lines[0].id: pieces})


def test_only_lines_of_the_order_and_each_once(order: Order) -> None:
    line = order.lines[0].id
    with pytest.raises(Invalid):
        ask(order, {10**9: 1})
    with pytest.raises(Invalid):
        ask(order, {})
    twice = [AskedLine(line_id=line, quantity=1)] * 2
    with pytest.raises(Invalid):
        actions.request_return(order_token=order.token, kind=ReturnKind.WITHDRAWAL, lines=twice, key="k", at=CAME + DAY)
    with pytest.raises(NotFound):
        actions.request_return(order_token="somebody-elses", kind=ReturnKind.WITHDRAWAL, lines=[], key="k", at=AT)


def test_what_never_came_cannot_come_back(shop: SmallCatalogue) -> None:
    order = paid_order({"DR-S": 2})
    actions.pack(order_id=order.id, lines={order.lines[0].id: 1}, handed_over=True, at=AT)
    with pytest.raises(ReturnNotPossible) as early:
        ask(order, {order.lines[0].id: 1}, at=AT + DAY)
    assert early.value.params["problem"] == "not_delivered"


@pytest.mark.parametrize(("days", "allowed"), [(16, True), (17, False)])
def test_a_day_too_late(order: Order, days: int, allowed: bool) -> None:
    """Delivered on Saturday 7 March: fourteen days end on Saturday 21, hence on Monday 23."""
    line = order.lines[0].id
    at = datetime(2026, 3, 7, 22, 30, tzinfo=UTC) + days * DAY  # 23:30 in Paris
    if allowed:
        assert ask(order, {line: 1}, at=at).state is ReturnState.ACCEPTED
        return
    with pytest.raises(ReturnNotPossible) as late:
        ask(order, {line: 1}, at=at)
    assert late.value.params["problem"] == "too_late"
    fault = ask(order, {line: 1}, at=at, kind=ReturnKind.GUARANTEE, reason=ReturnReason.DEFECT)
    assert fault.state is ReturnState.REQUESTED


def test_sealed_and_personalised_goods(order: Order) -> None:
    dress, sweater = order.lines
    policy = ReturnPolicy(products={dress.product_id: Exempt.HYGIENE, sweater.product_id: Exempt.PERSONALISED})
    actions.save_return_policy(policy, at=AT)
    with pytest.raises(ReturnNotPossible):
        ask(order, {dress.id: 1})
    assert ask(order, {dress.id: 1}, sealed=True).state is ReturnState.ACCEPTED
    with pytest.raises(ReturnNotPossible):
        ask(order, {sweater.id: 1}, sealed=True, key="s")
    claim = ask(order, {sweater.id: 1}, kind=ReturnKind.GUARANTEE, reason=ReturnReason.DEFECT, key="g")
    assert claim.state is ReturnState.REQUESTED


def test_a_claim_says_what_is_wrong(order: Order) -> None:
    with pytest.raises(Invalid):
        ask(order, {order.lines[0].id: 1}, kind=ReturnKind.GUARANTEE, reason=ReturnReason.CHANGED_MIND)


def test_a_claim_waits_for_the_team_and_a_refusal_is_told(order: Order) -> None:
    back = ask(order, {order.lines[0].id: 1}, kind=ReturnKind.GUARANTEE, reason=ReturnReason.DAMAGED)
    with pytest.raises(WrongReturnState):
        receive(back)
    with pytest.raises(Invalid):
        actions.refuse_return(return_id=back.id, answer="  ", at=CAME)
    done = actions.refuse_return(return_id=back.id, answer="The hem was cut by <b>scissors</b>.", at=CAME + DAY)
    assert done.state is ReturnState.REFUSED
    mail = mails.message_by_key(f"checkout.return:{back.id}:refused")
    assert mail is not None
    assert "scissors" in mail.text
    assert "<b>scissors" not in mail.html
    assert ask(order, {order.lines[0].id: 2}, key="n").state is ReturnState.ACCEPTED


# -- money --------------------------------------------------------------------------------------------------------


def test_a_whole_withdrawal_gives_back_the_standard_shipping(shop: SmallCatalogue) -> None:
    order = arrived(paid_order({"SW-M": 1}))
    assert order.totals.shipping.amount_minor == 490
    back = receive(ask(order, {order.lines[0].id: 1}))
    worth = queries.worth(back.id)
    assert (worth.goods.amount_minor, worth.shipping.amount_minor) == (6500, 490)
    done = actions.refund_return(return_id=back.id, at=CAME + 9 * DAY)
    assert done.refund is not None
    assert done.refund.amount_minor == worth.total.amount_minor


def test_a_faster_way_was_the_buyers_own_choice(shop: SmallCatalogue) -> None:
    order = arrived(paid_order({"SW-M": 1}))
    usual = queries.shipping_methods()
    actions.save_shipping_methods([*usual, replace(usual[0], key="slow", price_minor=200)])
    back = receive(ask(order, {order.lines[0].id: 1}))
    assert queries.worth(back.id).shipping.amount_minor == 200


def test_the_fee_for_a_label_is_kept_of_a_change_of_mind_only(order: Order) -> None:
    actions.save_return_policy(ReturnPolicy(shipping=ReturnShipping.FEE, fee_minor=390), at=AT)
    line = order.lines[0].id
    mind = ask(order, {line: 1})
    assert queries.worth(mind.id).total.amount_minor == 8900 - 390
    fault = ask(order, {line: 1}, kind=ReturnKind.GUARANTEE, reason=ReturnReason.DEFECT, key="g")
    assert queries.worth(fault.id).total.amount_minor == 8900


def test_less_is_given_back_only_with_a_word(order: Order) -> None:
    back = receive(ask(order, {order.lines[0].id: 1}), condition=Condition.USED, restock=False)
    with pytest.raises(Invalid):
        actions.refund_return(return_id=back.id, amount_minor=5000, at=CAME + 9 * DAY)
    with pytest.raises(OverRefund):
        actions.refund_return(return_id=back.id, amount_minor=24301, at=CAME + 9 * DAY)
    done = actions.refund_return(return_id=back.id, amount_minor=5000, answer="It was worn.", at=CAME + 9 * DAY)
    assert done.refund is not None
    assert (done.refund.amount_minor, done.answer) == (5000, "It was worn.")
    refund = models.Refund.objects.get()
    told = [mails.message_by_key(f"checkout.{key}") for key in (f"return:{back.id}:received", f"refund:{refund.id}")]
    assert ["It was worn." in mail.text for mail in told if mail is not None] == [False, True]


def test_what_did_not_come_is_not_paid_back(order: Order, shop: SmallCatalogue) -> None:
    dress = order.lines[0].id
    back = ask(order, {dress: 2})
    before = catalog.variant(shop.variants["DR-S"]).on_hand
    with pytest.raises(Invalid):
        actions.receive_return(return_id=back.id, lines=[ReceivedLine(line_id=dress, quantity=3)], at=CAME)
    half = actions.receive_return(
        return_id=back.id, lines=[ReceivedLine(line_id=dress, quantity=1, restock=False)], at=CAME
    )
    again = actions.receive_return(
        return_id=back.id, lines=[ReceivedLine(line_id=dress, quantity=1, restock=False)], at=CAME
    )
    assert half == again
    with pytest.raises(WrongReturnState):  # a colleague who found it worn is not told that this was noted
        actions.receive_return(
            return_id=back.id,
            lines=[ReceivedLine(line_id=dress, quantity=1, condition=Condition.USED, restock=False)],
            at=CAME,
        )
    assert catalog.variant(shop.variants["DR-S"]).on_hand == before
    actions.refund_return(return_id=back.id, at=CAME + DAY)
    assert queries.order(order.id).lines[0].refunded_quantity == 1
    assert ask(order, {dress: 1}, key="rest", at=CAME + DAY).state is ReturnState.ACCEPTED


def test_a_bank_that_refuses_is_asked_once_more(shop: SmallCatalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    order = arrived(paid_order({"DR-S": 1}, number=REFUND_FAILS))
    back = receive(ask(order, {order.lines[0].id: 1}))
    failed = actions.refund_return(return_id=back.id, at=CAME + 6 * DAY)
    assert (failed.state, failed.refund, failed.refund_pending) == (ReturnState.RECEIVED, None, False)
    assert models.Refund.objects.count() == 1
    actions.refund_return(return_id=back.id, at=CAME + 7 * DAY)
    assert models.Refund.objects.count() == 2


def test_a_gesture_of_the_team_and_a_return_never_exceed_the_pieces(order: Order) -> None:
    dress = order.lines[0].id
    back = receive(ask(order, {dress: 2}))
    actions.refund(order_id=order.id, lines={dress: 1}, reason="damaged", key="g", restock=False, at=CAME)
    with pytest.raises(Invalid):
        actions.refund_return(return_id=back.id, at=CAME + DAY)
