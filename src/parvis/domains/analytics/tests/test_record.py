"""Events are taken exactly once, whoever sends them how often."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from parvis.domains.analytics.actions import record
from parvis.domains.analytics.contracts import Event
from parvis.domains.analytics.models import RawEvent
from parvis.domains.analytics.testing import NOON, event


@pytest.mark.django_db
@pytest.mark.database
def test_every_field_comes_back() -> None:
    told = event(
        "order",
        "one",
        visit="abcdefghijkl",
        visitor="v",
        product_id=0,
        product_ids=(3, 4),
        voice_ids=(9,),
        surface="checkout",
        path="/fr/checkout/",
        referrer="example.org",
        locale="fr",
        device="phone",
        value_minor=0,
        order_id=7,
        answered=False,
        bot=True,
        bot_sign="agent",
        provenance="simulated",
    )
    assert record([told], at=NOON) == 1
    row = RawEvent.objects.get()
    for name in ("kind", "at", "visit", "visitor", "product_id", "surface", "path", "referrer", "locale", "device"):
        assert getattr(row, name) == getattr(told, name), name
    for name in ("value_minor", "order_id", "answered", "bot", "bot_sign", "provenance"):
        assert getattr(row, name) == getattr(told, name), name
    assert (row.event_id, row.product_ids, row.voice_ids) == (told.id, [3, 4], [9])
    assert row.received_at == NOON


@pytest.mark.django_db
@pytest.mark.database
def test_the_same_id_counts_once_within_and_between_calls() -> None:
    events = [event("page_view", "a"), event("page_view", "b"), event("page_view", "a")]
    assert record(events, at=NOON) == 2
    assert record(events, at=NOON + timedelta(hours=1)) == 0
    assert RawEvent.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.database
def test_more_than_one_statement_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parvis.domains.analytics.actions.recording.CHUNK", 10)
    events = [event("page_view", f"n{number % 25}") for number in range(60)]
    assert record(events, at=NOON) == 25


@pytest.mark.django_db
@pytest.mark.database
def test_text_that_postgres_cannot_hold_is_fitted() -> None:
    record([event("page_view", "nul", path="/a\0b" + "x" * 500, locale="english")], at=NOON)
    row = RawEvent.objects.get()
    assert row.path.startswith("/abx")
    assert len(row.path) == 300
    assert row.locale == "engli"


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_events_stand_or_fall_with_their_transaction() -> None:
    class Undone(Exception):
        pass

    @transaction.atomic
    def record_and_fail() -> None:
        record([event("page_view", "gone")], at=NOON)
        raise Undone

    with pytest.raises(Undone):
        record_and_fail()
    assert RawEvent.objects.count() == 0
    assert record([event("page_view", "gone")], at=NOON) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
def test_three_senders_of_the_same_events_at_once() -> None:
    events = [event("page_view", f"shared{number}") for number in range(300)]
    taken: list[int] = []
    start = threading.Barrier(3)

    def send(order: list[Event]) -> None:
        start.wait()
        taken.append(sum(record(order[at : at + 20], at=NOON) for at in range(0, len(order), 20)))
        connection.close()

    orders = [events, events[::-1], events[150:] + events[:150]]
    threads = [threading.Thread(target=send, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sum(taken) == 300
    assert RawEvent.objects.values("event_id").distinct().count() == RawEvent.objects.count() == 300
