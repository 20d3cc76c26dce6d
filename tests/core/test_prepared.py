"""Prepared statements give what the query sets give that they are written from, and write what ``save`` writes."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from parvis.core import prepared
from parvis.core.clock import now
from parvis.core.models import Delivery, KeptAnswer, OutboxEvent
from parvis.core.prepared import Given

pytestmark = [pytest.mark.django_db, pytest.mark.database]
AT = now()


def events(count: int) -> list[OutboxEvent]:
    rows = [OutboxEvent(name=f"one.{n}", payload={"n": n, "text": "it's %s"}, occurred_at=AT) for n in range(count)]
    prepared.insert(*rows)
    return rows


def test_rows_are_those_of_the_query_set() -> None:
    made = events(3)
    select = prepared.Select(lambda: OutboxEvent.objects.filter(id__among=Given("ids")).order_by("-id"))
    plain = list(OutboxEvent.objects.filter(id__in=[made[0].id, made[2].id]).order_by("-id"))
    for _ in range(2):  # the second time from the kept SQL
        found = select.rows(ids=[made[0].id, made[2].id])
        assert found == plain
        assert [(row.name, row.payload, row.occurred_at) for row in found] == [
            (row.name, row.payload, row.occurred_at) for row in plain
        ]
    assert select.rows(ids=[]) == []
    assert select.first(ids=[0]) is None


def test_what_is_selected_along_and_annotated_comes_too() -> None:
    [event] = events(1)
    Delivery.objects.create(event=event, listener="one", due_at=AT)
    select = prepared.Select(
        lambda: Delivery.objects.filter(listener=Given("listener")).select_related("event").alias().order_by("id")
    )
    [row] = select.rows(listener="one")
    with CaptureQueriesContext(connection) as asked:
        assert row.event.payload == event.payload
    assert len(asked) == 0
    names = prepared.Rows(lambda: Delivery.objects.filter(listener=Given("listener")).values_list("listener", "id"))
    assert names.rows(listener="one") == [("one", row.id)]


def test_a_value_is_never_a_piece_of_the_statement() -> None:
    events(1)
    select = prepared.Select(lambda: OutboxEvent.objects.filter(name=Given("name")))
    assert select.rows(name="one.0' OR '1'='1") == []


def test_what_never_changes_stands_in_the_statement() -> None:
    sql, left = prepared._fixed("a = %s AND b LIKE '%%s' AND c = %s AND d = %s", ["it's 5 %", Given("c"), 7])
    assert sql == "a = 'it''s 5 %%' AND b LIKE '%%s' AND c = %s AND d = 7"
    assert [each.name for each in left] == ["c"]
    events(2)
    select = prepared.Select(lambda: OutboxEvent.objects.filter(name="one.1", id__gt=Given("id")))
    assert [row.name for row in select.rows(id=0)] == ["one.1"]


def test_a_lock_is_part_of_the_statement() -> None:
    [event] = events(1)
    select = prepared.Select(lambda: OutboxEvent.objects.select_for_update().filter(id=Given("id")))
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        assert select.first(id=event.id) == event
    assert any("FOR UPDATE" in each["sql"] for each in asked)


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_of_a_transaction_is_refused() -> None:
    select = prepared.Select(lambda: OutboxEvent.objects.select_for_update().filter(id=Given("id")))
    with transaction.atomic():
        assert select.first(id=0) is None
    with pytest.raises(TransactionManagementError):
        select.first(id=0)


def test_rows_are_written_with_their_ids() -> None:
    made = events(2)
    assert made[0].pk < made[1].pk
    assert not made[0]._state.adding
    again = OutboxEvent.objects.get(pk=made[1].pk)
    assert (again.name, again.payload, again.occurred_at) == ("one.1", {"n": 1, "text": "it's %s"}, AT)


def test_what_is_there_is_not_written_again() -> None:
    first, again = (KeptAnswer(scope="a", key="b", fingerprint=each, created_at=AT) for each in ("one", "two"))
    assert prepared.insert_new(first)
    assert first.pk is not None
    assert not prepared.insert_new(again)
    assert again.pk is None
    assert KeptAnswer.objects.get().fingerprint == "one"


def test_an_update_writes_only_what_is_named() -> None:
    row = KeptAnswer.objects.create(scope="a", key="b", fingerprint="c", status=None, body=None, created_at=AT)
    row.status, row.body, row.fingerprint = 200, {"ok": [1]}, "not written"
    with CaptureQueriesContext(connection) as asked:
        prepared.update(row, "status", "body")
    assert len(asked) == 1
    row.refresh_from_db()
    assert (row.status, row.body, row.fingerprint) == (200, {"ok": [1]}, "c")
    row.created_at += timedelta(days=1)
    KeptAnswer.objects.all().delete()
    with pytest.raises(KeptAnswer.DoesNotExist):
        prepared.update(row, "created_at")
