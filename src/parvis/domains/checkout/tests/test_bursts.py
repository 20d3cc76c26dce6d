"""Somebody tries stolen cards: asked for patience, then stopped, and nothing of the cards is kept."""

import logging
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, models, ports, queries
from parvis.domains.checkout.actions import TooManyDeclines
from parvis.domains.checkout.contracts import Order, SeenFrom, StepState
from parvis.domains.checkout.rules.bursts import Recent, hindrance
from parvis.domains.checkout.testing import AT, DECLINED, GOOD, POOR, card, placed_order

BAD = (DECLINED, POOR, "4000000000000069", "4000000000000127", "4000000000000119")
HOME = SeenFrom(address="203.0.113.7", visit="v1")


@pytest.mark.parametrize(
    ("recent", "why"),
    [
        (Recent(), None),
        (Recent(card=5, visit=4, address=9, address_cards=9, last_at=AT), None),
        (Recent(card=6), "card"),
        (Recent(visit=5, last_at=AT), "patience"),
        (Recent(visit=5, last_at=AT - timedelta(minutes=1)), None),
        (Recent(visit=8), "visit"),
        (Recent(address=10, address_cards=3, last_at=AT), None),
        (Recent(address=10, address_cards=4, last_at=AT), "patience"),
        (Recent(address=20, address_cards=4), "address"),
        (Recent(bank=40, bank_cards=15), "bank"),
        (Recent(bank=40, bank_cards=15, bank_paid=4), None),
        (Recent(bank=400, bank_cards=14), None),
        (Recent(visit=5, last_at=AT - timedelta(minutes=1), trying_visit=1), "crowd"),
        (Recent(visit=3, trying_visit=1), None),
        (Recent(trying_visit=5), "crowd"),
        (Recent(card=2, trying_card=4), "crowd"),
        (Recent(trying_address=19, seen_cards=19), None),
        (Recent(trying_address=30, seen_cards=3), None),
        (Recent(address=4, trying_address=16, seen_cards=9), "crowd"),
        (Recent(address=10, address_cards=4, trying_address=1, seen_cards=4, last_at=AT - timedelta(hours=1)), "crowd"),
    ],
    ids=[
        *("none", "few", "card", "soon", "later", "visit", "one-card", "many", "address", "bank", "paid", "same"),
        *(
            "beside-declines",
            "beside-few",
            "beside-five",
            "beside-the-same-card",
            "a-sale-begins",
            "a-sale-of-few-cards",
        ),
        *("beside-sixteen", "one-at-a-time"),
    ],
)
def test_the_rule(recent: Recent, why: str | None) -> None:
    stop = hindrance(recent, at=AT)
    assert (stop.why if stop else None) == why
    if stop:
        assert stop.until > AT


@pytest.fixture
def order(db) -> Order:
    small_catalogue()
    return placed_order({"DR-S": 1})


def attempt(order: Order, number: str, seen: SeenFrom = HOME, *, seconds: int = 0) -> StepState | str:
    at = AT + timedelta(seconds=seconds)
    try:
        return actions.pay(order_token=order.token, card=card(number), seen_from=seen, at=at).state
    except TooManyDeclines as stop:
        return str(stop.params["why"])


@pytest.mark.database
def test_a_visit_is_slowed_down_then_stopped_and_others_are_not(order: Order) -> None:
    said = [attempt(order, BAD[turn % 5], seconds=turn * 50) for turn in range(10)]
    assert said[:8] == [StepState.DECLINED] * 8
    assert said[8:] == ["visit", "visit"]
    assert attempt(order, GOOD, SeenFrom(address="198.51.100.9", visit="v2"), seconds=600) is StepState.PAID


@pytest.mark.database
def test_in_a_hurry_it_is_asked_for_patience(order: Order) -> None:
    said = [attempt(order, BAD[turn % 5], seconds=turn) for turn in range(7)]
    assert said == [StepState.DECLINED] * 5 + ["patience"] * 2
    assert attempt(order, GOOD, seconds=60) is StepState.PAID, "who waits a moment may go on"


@pytest.mark.database
def test_one_card_from_everywhere(order: Order) -> None:
    said = [attempt(order, DECLINED, SeenFrom(address=f"203.0.113.{turn}"), seconds=turn) for turn in range(7)]
    assert said == [StepState.DECLINED] * 6 + ["card"]


@pytest.mark.database
def test_an_hour_later_all_is_forgiven(order: Order) -> None:
    for turn in range(9):
        attempt(order, BAD[turn % 5], seconds=turn * 50)
    models.Order.objects.update(placed_at=AT + timedelta(hours=2))
    models.Reservation.objects.update(expires_at=AT + timedelta(hours=3))
    assert attempt(order, GOOD, seconds=2 * 3600) is StepState.PAID


@pytest.mark.database
@pytest.mark.concurrency
def test_a_burst_at_one_moment_learns_no_more_than_one_after_the_other(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight attempts of a visit on eight orders: the provider answers none before all of them have asked."""
    small_catalogue()
    orders = [placed_order({"DR-S": 1}, token=f"cart-of-a-burst-number-{each}", key=str(each)) for each in range(8)]
    together, asked = threading.Barrier(8, timeout=30), threading.Semaphore(0)
    provider = ports.payments()

    def confirm(reference: str, **given: Any) -> ports.Intent:
        asked.release()
        assert all_in.wait(30)
        return answer(reference, **given)

    answer, all_in = provider.confirm, threading.Event()
    monkeypatch.setattr(provider, "confirm", confirm)

    def one(order: Order) -> StepState | str:
        together.wait()
        try:
            return attempt(order, BAD[order.id % 5])
        finally:
            asked.release()
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        saying = [threads.submit(one, order) for order in orders]
        tries = [asked.acquire(timeout=30) for _ in orders]
        all_in.set()
        said = Counter(each.result(30) for each in saying)
    assert all(tries)
    assert said == {StepState.DECLINED: 5, "crowd": 3}


@pytest.mark.database
def test_a_provider_that_does_not_answer_counts_for_nobody(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: Any, **__: Any) -> None:
        raise ports.PaymentUnavailable(reason="silent", retry=True)

    with monkeypatch.context() as patched:
        patched.setattr(ports.payments(), "confirm", silent)
        for turn in range(6):
            with pytest.raises(ports.PaymentUnavailable):
                attempt(order, GOOD, seconds=turn)
    assert attempt(order, GOOD, seconds=7) is StepState.PAID


@pytest.mark.database
def test_a_killed_attempt_is_in_the_way_for_two_minutes(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ports.payments(), "confirm", killed)
        for turn in range(5):
            with pytest.raises(KeyboardInterrupt):
                attempt(order, GOOD, seconds=turn)
    assert attempt(order, GOOD, seconds=100) == "crowd"
    assert attempt(order, GOOD, seconds=125) is StepState.PAID


@pytest.mark.database
def test_the_team_sees_figures_and_nobody_sees_cards(
    order: Order, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for turn in range(9):
        attempt(order, BAD[turn % 5], seconds=turn * 50)
    attempt(order, "4242", seconds=500)
    figures = queries.attempt_figures(since=AT, until=AT + timedelta(hours=1))
    assert (figures.attempts, figures.declined, figures.blocked, figures.cards) == (10, 8, 2, 5)
    printed = capfd.readouterr()
    everything = caplog.text + printed.out + printed.err
    everything += repr(list(models.PayAttempt.objects.values()))
    for number in (*BAD, "203.0.113.7"):
        assert number not in everything
    assert set(models.PayAttempt.objects.values_list("bin", flat=True)) <= {"400000", "4242"}
    actions.forget_attempts(at=AT + timedelta(days=31))
    assert not models.PayAttempt.objects.exists()
