"""A statement through the kept exchange answers, fails and belongs to a transaction as one on a cursor does."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import (
    IntegrityError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from psycopg.types.json import Jsonb

from parvis.core import exchange, prepared
from parvis.core.models import RateBucket
from parvis.project.databases import database_settings

NOW = datetime(2026, 9, 1, 12, 30, tzinfo=UTC)
BUCKET = "INSERT INTO core_ratebucket (key, level, updated_at) VALUES (%s, %s, %s)"


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("SELECT %s::bigint + 1, %s::text", [41, "l'été à 5 %"]),
        ("SELECT %s::timestamptz, %s::jsonb", [NOW, Jsonb({"a": [1, None]})]),
        ("SELECT %s::bigint[], %s::text[], %s::text", [[1, 70_000, 2**40], ["a", "b'"], None]),
        ("SELECT '100%%', 7 %% %s::int", [4]),
        ("SELECT generate_series(1, %s)", [3]),
        ("SELECT 1 WHERE false AND %s::boolean", [True]),
    ],
)
def test_values_come_and_go_as_on_a_cursor(db: None, sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        expected, count = cursor.fetchall(), cursor.rowcount
    for _ in range(2):  # prepared now, and used again
        answer = prepared.answer(sql, values)
        assert (answer.rows, answer.rowcount) == (expected, count)


def test_names_stand_for_values_wherever_they_are() -> None:
    assert exchange.numbered("a = %s AND b LIKE 'x%%' AND c = %s") == "a = $1 AND b LIKE 'x%' AND c = $2"
    sql, names = prepared._in_order("%(a)s + %(b)s - %(a)s")
    assert (sql, names) == ("%s + %s - %s", ("a", "b", "a"))


@pytest.mark.django_db(transaction=True)
def test_a_transaction_takes_it_back() -> None:
    with transaction.atomic():
        assert prepared.answer(BUCKET, ["exchange:1", 1.5, NOW]).rowcount == 1
        assert RateBucket.objects.filter(key="exchange:1").exists()
        transaction.set_rollback(True)
    assert not RateBucket.objects.filter(key="exchange:1").exists()
    prepared.answer(BUCKET, ["exchange:1", 2.0, NOW])  # outside of one it is done at once
    assert RateBucket.objects.get(key="exchange:1").level == 2.0


def test_errors_are_those_of_django_and_spoil_the_transaction_as_they_do(db: None) -> None:
    prepared.answer(BUCKET, ["exchange:2", 1.0, NOW])
    with pytest.raises(IntegrityError), transaction.atomic():
        prepared.answer(BUCKET, ["exchange:2", 1.0, NOW])
    with pytest.raises(ProgrammingError, match="no_such_table"), transaction.atomic():
        prepared.answer("SELECT 1 FROM no_such_table WHERE 1 = %s", [1])
    assert prepared.answer("SELECT count(*) FROM core_ratebucket WHERE key = %s", ["exchange:2"]).rows == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_lost_line_is_an_operational_error_and_the_next_one_is_new() -> None:
    first = prepared.answer("SELECT pg_backend_pid() WHERE 1 = %s", [1]).rows
    with pytest.raises(OperationalError):
        prepared.answer("SELECT pg_terminate_backend(pg_backend_pid()) WHERE 1 = %s", [1])
    with pytest.raises(OperationalError):
        prepared.answer("SELECT 1 WHERE 1 = %s", [1])
    connection.close_if_unusable_or_obsolete()  # as at the end of each request
    assert prepared.answer("SELECT pg_backend_pid() WHERE 1 = %s", [1]).rows != first


def test_a_program_that_writes_new_statements_for_ever_does_not_fill_the_server(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MOST_PREPARED", 5)
    for number in range(12):
        assert prepared.answer(f"SELECT {number} WHERE 1 = %s", [1]).rows == [(number,)]
    mine = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE %s"
    assert prepared.answer(mine, ["parvis_%"]).rows[0][0] <= 6


@pytest.fixture
def changing(transactional_db: None) -> Iterator[Callable[[str], None]]:
    """A table that a migration changes while the shop is open."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE changing AS SELECT 1 AS id, 'a'::varchar(9) AS word")

    def change(kind: str) -> None:
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(_alter, kind).result()

    yield change
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE changing")


def _alter(kind: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE changing ALTER COLUMN word TYPE {kind}")
    _close()


def _close() -> None:
    connection.close()  # the connection of the thread that calls


WORD = "SELECT word FROM changing WHERE id = %s"


def test_a_table_that_is_changed_meanwhile_is_asked_again(changing: Callable[[str], None]) -> None:
    assert prepared.answer(WORD, [1]).rows == [("a",)]
    changing("text")
    assert prepared.answer(WORD, [1]).rows == [("a",)]
    changing("varchar(7)")
    with transaction.atomic():
        assert prepared.answer(WORD, [1]).rows == [("a",)]  # nothing was done before in it
        prepared.answer(BUCKET, ["exchange:3", 1.0, NOW])
    assert RateBucket.objects.filter(key="exchange:3").exists()
    mine = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
    assert prepared.answer(mine, ["%changing%"]).rows == [(1,)]


def test_a_transaction_that_is_under_way_fails_and_the_next_one_does_not(changing: Callable[[str], None]) -> None:
    @transaction.atomic
    def purchase(meanwhile: Callable[[str], None]) -> Any:
        prepared.answer(BUCKET, ["exchange:4", 1.0, NOW])
        meanwhile("text")
        return prepared.answer(WORD, [1]).rows

    prepared.answer(WORD, [1])
    with pytest.raises(NotSupportedError):
        purchase(changing)
    assert not RateBucket.objects.filter(key="exchange:4").exists()
    assert purchase(lambda kind: None) == [("a",)]


def test_what_one_connection_is_told_the_others_need_not_find_out(changing: Callable[[str], None]) -> None:
    prepared.answer(WORD, [1])
    with ThreadPoolExecutor(1) as other:

        def there() -> Any:
            return prepared.answer(WORD, [1]).rows

        def late() -> Any:
            with transaction.atomic():
                prepared.answer(BUCKET, ["exchange:5", 1.0, NOW])
                return there()

        assert other.submit(there).result() == [("a",)]
        changing("text")
        assert there() == [("a",)]
        assert other.submit(late).result() == [("a",)]
        other.submit(_close).result()


def test_what_somebody_else_has_put_away_is_prepared_again(db: None) -> None:
    assert prepared.answer("SELECT 7 WHERE 1 = %s", [1]).rows == [(7,)]
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
        prepared.answer("SELECT 7 WHERE 1 = %s", [1])  # in a transaction
    assert prepared.answer("SELECT 7 WHERE 1 = %s", [1]).rows == [(7,)]


def test_what_is_gone_when_it_is_to_be_put_away_is_asked_for_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared.answer("SELECT 7 WHERE 1 = %s", [1])
    monkeypatch.setattr(exchange.Exchange, "_changes", exchange.Exchange._changes + 1)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
        prepared.answer("SELECT 8 WHERE 1 = %s", [1])
    assert prepared.answer("SELECT 8 WHERE 1 = %s", [1]).rows == [(8,)]


def test_the_drivers_own_statements_are_left_alone(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "MOST_PREPARED", 2)
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute("PREPARE of_another AS SELECT 8")
        for number in range(5):
            prepared.answer(f"SELECT {number} WHERE 2 = %s", [2])
        assert cursor.execute("EXECUTE of_another").fetchall() == [(8,)]
        cursor.execute("DEALLOCATE of_another")


def test_behind_a_pooler_nothing_is_prepared(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    options: Any = database_settings("postgresql://u@h/d?prepare_threshold=none&sslmode=require")["OPTIONS"]
    assert options == {"prepare_threshold": None, "sslmode": "require"}
    connection.ensure_connection()
    before = prepared.answer("SELECT count(*) FROM pg_prepared_statements WHERE 1 = %s", [1]).rows
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    assert prepared.answer("SELECT 'not kept' WHERE 1 = %s", [1]).rows == [("not kept",)]
    assert prepared.answer("SELECT count(*) FROM pg_prepared_statements WHERE 1 = %s", [1]).rows == before


def test_lists_are_planned_once(db: None) -> None:
    for count in range(1, 8):
        prepared.answer("SELECT key FROM core_ratebucket WHERE key = ANY(%s::text[])", [["k"] * count])
    plans = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s"
    assert prepared.answer(plans, ["SELECT key FROM core_ratebucket WHERE key = ANY(%"]).rows == [(7, 0)]


@pytest.mark.django_db(transaction=True)
def test_what_fails_at_the_end_of_a_transaction_fails_there() -> None:
    with pytest.raises(IntegrityError):
        _break_a_deferred_rule()
    assert prepared.answer("SELECT %s::int", [1]).rows == [(1,)]
    with pytest.raises(OperationalError):
        _lose_the_line()
    connection.close_if_unusable_or_obsolete()
    assert prepared.answer("SELECT %s::int", [2]).rows == [(2,)]


@transaction.atomic
def _break_a_deferred_rule() -> None:
    prepared.answer("CREATE TEMP TABLE twice (one int UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP", [])
    prepared.answer("INSERT INTO twice SELECT 1 FROM generate_series(1, %s)", [2])


@transaction.atomic
def _lose_the_line() -> None:
    prepared.answer("SELECT %s::int", [1])
    connection.connection.close()
