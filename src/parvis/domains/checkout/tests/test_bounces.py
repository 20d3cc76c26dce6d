"""Refunds that the buyer's bank sends back: owed once more, in every book, whatever the order of the news."""

from datetime import datetime, timedelta

import pytest

from parvis.core.models import OutboxEvent
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, models, ports, queries
from parvis.domains.checkout.contracts import (
    AskedLine,
    DifferenceKind,
    DifferenceState,
    Order,
    OrderState,
    ReceivedLine,
    RefundState,
    ReturnKind,
    ReturnState,
)
from parvis.domains.checkout.ports import PaymentUnavailable, ProviderEvent, RefundNews, RefundResult
from parvis.domains.checkout.rules.orders import unrefunded
from parvis.domains.checkout.testing import AT, paid_order

pytestmark = [pytest.mark.database, pytest.mark.django_db]
DAY = timedelta(days=1)


@pytest.fixture
def order() -> Order:
    small_catalogue()
    return paid_order({"DR-S": 2})


def refunded(order: Order, amount: int | None = 3000, key: str = "r", **lines: int):
    wanted = {order.lines[0].id: lines["pieces"]} if lines else {}
    return actions.refund(order_id=order.id, lines=wanted, amount_minor=amount, reason="kind", key=key, at=AT)


def tell(
    order: Order, news: RefundNews | None = None, *, refunded_minor: int = 0, name: str, occurred_at: datetime
) -> None:
    payment = models.Payment.objects.get(order_id=order.id)
    event = ProviderEvent(
        id=name,
        provider=payment.provider,
        kind="refund",
        reference=payment.reference,
        state=None,
        authorised_minor=0,
        captured_minor=0,
        refunded_minor=refunded_minor,
        occurred_at=occurred_at,
        refund=news,
    )
    actions.apply_provider_event(event, occurred_at)


def failed(refund_id: int, amount: int = 3000) -> RefundNews:
    row = models.Refund.objects.get(id=refund_id)
    return RefundNews(reference=row.reference, amount_minor=amount, succeeded=False, failure="account_closed")


def books(order: Order) -> tuple[int, int, OrderState]:
    after = queries.order(order.id)
    return models.Payment.objects.get(order_id=order.id).refunded_minor, after.refunded.amount_minor, after.state


def test_a_refund_that_was_sent_back_is_owed_once_more(order: Order) -> None:
    made = refunded(order)
    assert books(order) == (3000, 3000, OrderState.PARTLY_REFUNDED)
    for name in ("evt_failed", "evt_updated", "evt_failed"):
        tell(order, failed(made.id), name=name, occurred_at=AT + 3 * DAY)
    assert books(order) == (0, 0, OrderState.PAID)
    row = models.Refund.objects.get(id=made.id)
    assert (row.state, row.failure) == (RefundState.FAILED.value, "account_closed")
    assert [entry.kind for entry in queries.order(order.id).trail].count("refund_bounced") == 1
    assert OutboxEvent.objects.filter(name="checkout.refund_bounced").count() == 1
    again = refunded(order, key="again")
    assert again.state is RefundState.SUCCEEDED
    assert books(order) == (3000, 3000, OrderState.PARTLY_REFUNDED)


def test_the_team_is_told_until_somebody_has_dealt_with_it(order: Order) -> None:
    made = refunded(order)
    tell(order, failed(made.id), name="evt", occurred_at=AT + DAY)
    (told,) = queries.differences(state=DifferenceState.OPEN)
    assert (told.kind, told.order_id, told.ours.amount_minor) == (DifferenceKind.REFUND_BOUNCED, order.id, 3000)
    actions.settle_difference(difference_id=told.id, note="Sent by transfer.", actor_id=None, at=AT + DAY)
    tell(order, failed(made.id), name="evt_late_copy", occurred_at=AT + DAY)
    assert queries.differences_open() == 0


def test_older_news_that_come_later_give_nothing_back_again(order: Order) -> None:
    made = refunded(order)
    tell(order, failed(made.id), name="evt_failed", occurred_at=AT + 3 * DAY)
    tell(order, refunded_minor=3000, name="evt_refunded", occurred_at=AT)
    assert books(order) == (0, 0, OrderState.PAID)
    tell(order, refunded_minor=1200, name="evt_by_hand", occurred_at=AT + 4 * DAY)
    assert books(order) == (1200, 1200, OrderState.PARTLY_REFUNDED)


def test_the_whole_order_stands_where_it_stood_and_its_goods_stay_back(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.ship(order_id=order.id, tracking="1Z", at=AT)
    made = refunded(order, None, pieces=2)
    assert queries.order(order.id).state is OrderState.REFUNDED
    tell(order, failed(made.id, made.amount.amount_minor), name="evt", occurred_at=AT + DAY)
    after = queries.order(order.id)
    assert (after.state, after.lines[0].refunded_quantity) == (OrderState.SHIPPED, 2)
    assert after.refundable == made.amount
    sent_again = RefundResult(reference="re_2", succeeded=True)
    monkeypatch.setattr(type(ports.payments()), "refund", lambda *_, **__: sent_again)
    assert refunded(order, made.amount.amount_minor, key="again").state is RefundState.SUCCEEDED
    assert queries.order(order.id).state is OrderState.REFUNDED


def test_the_return_behind_it_waits_for_its_money_again_and_is_paid_back_once_more(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.ship(order_id=order.id, tracking="1Z", at=AT)
    actions.deliver(order_id=order.id, at=AT)
    line = order.lines[0].id
    back = actions.request_return(
        order_token=order.token,
        kind=ReturnKind.WITHDRAWAL,
        lines=[AskedLine(line_id=line, quantity=1)],
        key="back",
        at=AT + DAY,
    )
    actions.receive_return(return_id=back.id, lines=[ReceivedLine(line_id=line, quantity=1)], at=AT + DAY)
    paid = actions.refund_return(return_id=back.id, at=AT + DAY)
    assert (paid.state, queries.worth(back.id).total) == (ReturnState.REFUNDED, paid.refund)
    assert paid.refund is not None
    assert paid.refund_id is not None
    amount = paid.refund.amount_minor
    tell(order, failed(paid.refund_id, amount), name="evt", occurred_at=AT + 3 * DAY)
    owed = queries.return_(back.id)
    assert (owed.state, owed.refund, owed.bounced) == (ReturnState.RECEIVED, None, True)
    (other,) = queries.returnable(order.id, kind=ReturnKind.WITHDRAWAL, at=AT + 4 * DAY)
    assert other.most == 1, "one of two was given back, and only once"
    assert queries.worth(back.id).total.amount_minor == amount
    told = OutboxEvent.objects.filter(name="checkout.return_changed").latest("id")
    assert told.payload["state"] == "received"

    # refused once, then taken: the pieces were given back already and are not given back a second time
    refused = RefundResult(reference="re_2", succeeded=False, failure="account_closed")
    with monkeypatch.context() as broken:
        broken.setattr(type(ports.payments()), "refund", lambda *_, **__: refused)
        assert actions.refund_return(return_id=back.id, at=AT + 4 * DAY).state is ReturnState.RECEIVED
    assert queries.worth(back.id).total.amount_minor == amount
    sent_again = RefundResult(reference="re_3", succeeded=True)
    monkeypatch.setattr(type(ports.payments()), "refund", lambda *_, **__: sent_again)
    again = actions.refund_return(return_id=back.id, at=AT + 5 * DAY)
    assert (again.state, again.refund, again.bounced) == (ReturnState.REFUNDED, paid.refund, False)
    assert queries.order(order.id).lines[0].refunded_quantity == 1
    assert books(order) == (amount, amount, OrderState.PARTLY_REFUNDED)
    assert queries.worth(back.id).total.amount_minor == amount


def test_one_made_in_the_providers_own_pages_comes_back_too(order: Order) -> None:
    tell(order, refunded_minor=2500, name="evt_refunded", occurred_at=AT)
    assert books(order)[0] == 2500
    news = RefundNews(reference="re_elsewhere", amount_minor=2500, succeeded=False, failure="account_closed")
    for name in ("evt_failed", "evt_updated"):
        tell(order, news, name=name, occurred_at=AT + DAY)
    assert books(order) == (0, 0, OrderState.PAID)


@pytest.mark.parametrize("succeeded", [True, False])
def test_the_news_of_a_refund_may_come_before_its_answer(
    order: Order, monkeypatch: pytest.MonkeyPatch, succeeded: bool
) -> None:
    def lost(*_: object, **__: object) -> None:
        raise PaymentUnavailable(reason="no answer")

    with monkeypatch.context() as broken:
        broken.setattr(type(ports.payments()), "refund", lost)
        made = refunded(order)
    assert made.state is RefundState.PENDING
    news = RefundNews(
        reference="re_1",
        amount_minor=3000,
        succeeded=succeeded,
        key=f"refund-{made.id}",
        failure="" if succeeded else "account_closed",
    )
    tell(order, news, name="evt", occurred_at=AT)
    assert queries.order(order.id).refunds[0].state is (RefundState.SUCCEEDED if succeeded else RefundState.FAILED)
    assert books(order)[0] == (3000 if succeeded else 0)
    actions.retry_refunds(at=AT + DAY)
    assert books(order)[0] == (3000 if succeeded else 0), "its answer changes nothing any more"


def test_news_of_a_refund_that_nobody_here_knows_change_nothing(order: Order) -> None:
    for number, key in enumerate(("refund-999999", "refund-x", "")):
        news = RefundNews(reference=f"re_{number}", amount_minor=1, succeeded=False, key=key)
        tell(order, news, name=f"evt_{number}", occurred_at=AT)
    assert books(order) == (0, 0, OrderState.PAID)


@pytest.mark.parametrize(
    ("left", "shipped", "delivered", "cancelled", "after"),
    [
        (0, False, False, False, OrderState.PAID),
        (0, True, False, False, OrderState.SHIPPED),
        (0, True, True, False, OrderState.DELIVERED),
        (1, True, True, False, OrderState.PARTLY_REFUNDED),
        (0, False, False, True, OrderState.CANCELLED),
    ],
)
def test_where_an_order_stands_without_a_refund(
    left: int, shipped: bool, delivered: bool, cancelled: bool, after: OrderState
) -> None:
    assert unrefunded(left, shipped=shipped, delivered=delivered, cancelled=cancelled) is after


def test_what_went_back_to_a_gift_card_stays_there(order: Order) -> None:
    made = refunded(order)
    models.Refund.objects.filter(id=made.id).update(gift_minor=1000)
    models.Payment.objects.filter(order_id=order.id).update(refunded_minor=2000)
    tell(order, failed(made.id), name="evt", occurred_at=AT + DAY)
    assert books(order) == (0, 1000, OrderState.PARTLY_REFUNDED)
    rows = models.Refund.objects.order_by("id").values_list("amount_minor", "gift_minor", "state")
    assert list(rows) == [(2000, 0, "failed"), (1000, 1000, "succeeded")]
    gift = models.Refund.objects.latest("id")
    assert sum(each["net"] + each["tax"] for each in gift.taxes) == 1000
