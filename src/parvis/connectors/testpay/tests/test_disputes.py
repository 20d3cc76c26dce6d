"""Disputes: told, answered with what the order proves, and booked when lost."""

from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from parvis.connectors.testpay import disputes as bank
from parvis.connectors.testpay import models as bank_models
from parvis.core.clock import now
from parvis.core.models import OutboxEvent
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, models, ports, queries
from parvis.domains.checkout.contracts import DisputeState, Order, OrderState
from parvis.domains.checkout.testing import pay, placed_order

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def contested() -> Order:
    small_catalogue()
    order = placed_order({"DR-S": 1}, at=now())
    pay(order, number="4000000000002685", at=now())
    hear()
    return queries.order(order.id)


def hear() -> None:
    """Take every webhook of the test provider in, the youngest first."""
    for row in bank_models.Delivery.objects.order_by("-id"):
        from parvis.connectors.testpay import signing

        body = row.body.encode()
        event = ports.payments().parse_webhook({signing.HEADER: signing.sign(body, at=now())}, body, at=now())
        assert event is not None
        actions.apply_provider_event(event, now())


def trail(order: Order) -> list[str]:
    return [entry.kind for entry in queries.order(order.id).trail]


def told(name: str) -> int:
    return OutboxEvent.objects.filter(name=name).count()


def test_a_dispute_is_told_once(contested: Order) -> None:
    (row,) = queries.disputes_of(contested.id)
    assert (row.state, row.reason, row.amount) == (
        DisputeState.OPEN,
        "product_not_received",
        contested.totals.total,
    )
    assert row.evidence_due_at is not None
    hear()
    assert trail(contested).count("dispute_opened") == 1
    assert told("checkout.dispute_opened") == 1
    assert queries.disputes_waiting() == 1


def test_the_order_answers_with_what_it_proves(contested: Order) -> None:
    actions.ship(order_id=contested.id, tracking="1Z999", at=now())
    actions.deliver(order_id=contested.id, at=now())
    (row,) = queries.disputes_of(contested.id)
    actions.answer_dispute(dispute_id=row.id, note="Signed by a neighbour.", actor_id=None, at=now())
    sent = bank_models.Dispute.objects.get().evidence
    assert sent["tracking"] == "1Z999"
    assert sent["delivery"].startswith("Handed over on ")
    assert "1 x " in sent["articles"]
    assert contested.number in sent["invoice"]
    assert "placed" in sent["consents"]
    assert sent["note"] == "Signed by a neighbour."
    assert queries.dispute(row.id).state is DisputeState.UNDER_REVIEW
    with pytest.raises(actions.NotAnswerable):
        actions.answer_dispute(dispute_id=row.id, actor_id=None, at=now())
    bank.decide(at=now())
    hear()
    assert queries.dispute(row.id).state is DisputeState.WON
    assert trail(contested)[-2:] == ["dispute_answered", "dispute_won"]
    assert queries.order(contested.id).state is OrderState.DELIVERED


def test_lost_money_is_booked_as_given_back(contested: Order) -> None:
    (row,) = queries.disputes_of(contested.id)
    bank.decide(at=now() + timedelta(days=8))
    hear()
    hear()
    assert queries.dispute(row.id).state is DisputeState.LOST
    after = queries.order(contested.id)
    assert after.state is OrderState.REFUNDED
    assert [refund.reason for refund in after.refunds] == ["dispute lost"]
    assert told("checkout.order_refunded") == 1
    assert told("checkout.dispute_closed") == 1
    payment = models.Payment.objects.get(order_id=contested.id)
    assert payment.refunded_minor == payment.captured_minor
    later = now() + timedelta(minutes=30)
    assert actions.reconcile(since=later - timedelta(days=1), until=later, at=later).found == 0


def test_giving_in(contested: Order) -> None:
    (row,) = queries.disputes_of(contested.id)
    actions.accept_dispute(dispute_id=row.id, actor_id=None, at=now())
    assert queries.dispute(row.id).state is DisputeState.LOST
    assert queries.order(contested.id).state is OrderState.REFUNDED


@pytest.mark.parametrize("verb", ["answer", "accept"])
def test_two_people_at_the_same_moment_do_it_once(contested: Order, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    (row,) = queries.disputes_of(contested.id)
    act = {"answer": actions.answer_dispute, "accept": actions.accept_dispute}[verb]
    real, others = getattr(bank, verb), [2]

    def meanwhile(*args: Any, **kwargs: Any) -> ports.DisputeNews:
        told = real(*args, **kwargs)
        if others:
            act(dispute_id=row.id, actor_id=None, at=now() + timedelta(seconds=others.pop()))
        return cast(ports.DisputeNews, told)

    monkeypatch.setattr(bank, verb, meanwhile)
    act(dispute_id=row.id, actor_id=None, at=now())
    assert trail(contested).count(f"dispute_{verb}ed") == 1
    assert trail(contested).count("dispute_lost") == (verb == "accept")


def test_who_gives_in_while_somebody_answers_is_told_too(contested: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = queries.disputes_of(contested.id)

    def meanwhile(reference: str, *, at: datetime) -> ports.DisputeNews:
        monkeypatch.undo()
        actions.answer_dispute(dispute_id=row.id, actor_id=None, at=now())
        bank_models.Dispute.objects.update(state=DisputeState.OPEN.value)  # a bank that lets one give in afterwards
        return bank.accept(reference, at=at)

    monkeypatch.setattr(bank, "accept", meanwhile)
    actions.accept_dispute(dispute_id=row.id, actor_id=None, at=now())
    told_of = [kind for kind in trail(contested) if kind.startswith("dispute_")]
    assert told_of == ["dispute_opened", "dispute_answered", "dispute_accepted", "dispute_lost"]
    assert "invoice" in models.Dispute.objects.get().evidence


def test_late_news_never_opens_what_is_closed(contested: Order) -> None:
    (row,) = queries.disputes_of(contested.id)
    actions.accept_dispute(dispute_id=row.id, actor_id=None, at=now())
    models.WebhookSeen.objects.all().delete()
    hear()  # the youngest first: the opening is told last
    assert queries.dispute(row.id).state is DisputeState.LOST
    assert trail(contested).count("dispute_lost") == 1


def test_an_answer_that_comes_too_late_is_refused(contested: Order) -> None:
    (row,) = queries.disputes_of(contested.id)
    bank_models.Dispute.objects.update(evidence_due_at=now() - timedelta(seconds=1))
    with pytest.raises(ports.PaymentUnavailable):
        actions.answer_dispute(dispute_id=row.id, actor_id=None, at=now())
    assert queries.dispute(row.id).answered_at is None
