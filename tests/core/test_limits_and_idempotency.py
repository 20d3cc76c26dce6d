"""Rate limits and kept answers, under repetition and at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from parvis.core import idempotency, limits
from parvis.core.idempotency import Answer, InFlight, KeyReused
from parvis.core.models import KeptAnswer

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALLOWANCE = limits.Allowance("ask", burst=3, per_minute=6)


@pytest.mark.database
@pytest.mark.django_db
def test_an_allowance_is_spent_and_refilled() -> None:
    for _ in range(3):
        limits.spend(ALLOWANCE, caller="ana", at=AT)
    with pytest.raises(limits.TooMany, match="10 seconds"):
        limits.spend(ALLOWANCE, caller="ana", at=AT)
    limits.spend(ALLOWANCE, caller="ben", at=AT)
    limits.spend(ALLOWANCE, caller="ana", at=AT + timedelta(seconds=10))
    with pytest.raises(limits.TooMany):
        limits.spend(ALLOWANCE, caller="ana", at=AT + timedelta(seconds=11))


@pytest.mark.database
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_many_at_once_spend_no_more_than_the_burst() -> None:
    def one(_: int) -> bool:
        try:
            limits.spend(ALLOWANCE, caller="crowd", at=AT)
        except limits.TooMany:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(40))) == 3


@pytest.mark.database
@pytest.mark.django_db
def test_a_retry_gets_the_first_answer_and_another_body_is_refused() -> None:
    calls = []

    def act() -> Answer:
        calls.append(1)
        return Answer(status=201, body={"id": len(calls)})

    first = idempotency.once(scope="s", key="k", body={"a": 1, "b": None}, at=AT, act=act)
    again = idempotency.once(scope="s", key="k", body={"b": None, "a": 1}, at=AT, act=act)
    assert (first.status, first.body, first.replayed) == (201, {"id": 1}, False)
    assert (again.status, again.body, again.replayed) == (201, {"id": 1}, True)
    with pytest.raises(KeyReused):
        idempotency.once(scope="s", key="k", body={"a": 1}, at=AT, act=act)
    late = idempotency.once(scope="s", key="k", body={}, at=AT + timedelta(days=2), act=act)
    assert late.body == {"id": 2}


@pytest.mark.database
@pytest.mark.django_db
def test_failures_of_ours_are_not_kept() -> None:
    idempotency.once(scope="s", key="k", body={}, at=AT, act=lambda: Answer(status=503, body=None))
    assert KeptAnswer.objects.count() == 0


@pytest.mark.database
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_same_write_at_once_is_done_once() -> None:
    import time

    done = []

    def act() -> Answer:
        done.append(1)
        time.sleep(0.3)
        return Answer(status=201, body="made")

    def one(_: int) -> str:
        try:
            return "replayed" if idempotency.once(scope="s", key="k", body={}, at=AT, act=act).replayed else "made"
        except InFlight:
            return "told to wait"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(one, range(4)))
    assert len(done) == 1
    assert results.count("made") == 1


@given(st.recursive(st.none() | st.integers() | st.text(), lambda c: st.dictionaries(st.text(), c) | st.lists(c)))
def test_fingerprints_do_not_depend_on_key_order(value: object) -> None:
    def turned(part: object) -> object:
        if isinstance(part, dict):
            return {key: turned(part[key]) for key in reversed(list(part))}
        return [turned(each) for each in part] if isinstance(part, list) else part

    assert idempotency.fingerprint(value) == idempotency.fingerprint(turned(value))


@pytest.mark.django_db(transaction=True)
class TestOutside:
    """Writes that call somebody else, outside of a transaction."""

    def once(self, act, *, body=1, at=AT, key="k"):
        return idempotency.once_outside(scope="s", key=key, body=body, at=at, act=act)

    def test_a_key_that_is_freed_and_taken_again_at_this_moment_is_in_flight(self, monkeypatch) -> None:
        self.once(lambda: Answer(status=200, body=1))
        hold = idempotency.locks.try_hold

        def meanwhile(number: int) -> bool:
            KeptAnswer.objects.all().delete()
            return hold(number)

        class Gone:
            def first(self, **given: str) -> None:
                KeptAnswer.objects.create(scope="s", key="k", fingerprint="of a third", created_at=AT)

        monkeypatch.setattr(idempotency.locks, "try_hold", meanwhile)
        monkeypatch.setattr(idempotency, "_KEPT", Gone())
        with pytest.raises(InFlight):
            self.once(lambda: Answer(status=200, body=2))

    def test_it_runs_outside_of_any_transaction_and_once(self) -> None:
        calls = []

        def act() -> Answer:
            calls.append(connection.in_atomic_block)
            return Answer(status=201, body={"n": len(calls)})

        first, second = self.once(act), self.once(act)
        assert calls == [False]
        assert (first.body, first.replayed) == ({"n": 1}, False)
        assert (second.body, second.status, second.replayed) == ({"n": 1}, 201, True)
        with pytest.raises(KeyReused):
            self.once(act, body=2)

    def test_a_second_caller_is_told_to_wait_and_a_dead_one_is_followed(self) -> None:
        def nested() -> Answer:
            with pytest.raises(InFlight):
                self.once(lambda: Answer(status=200, body="never"))
            return Answer(status=200, body="outer")

        assert self.once(nested).body == "outer"
        KeptAnswer.objects.create(
            scope="s", key="dead", fingerprint=idempotency.fingerprint(1), status=None, created_at=AT
        )
        with pytest.raises(InFlight):
            self.once(lambda: Answer(status=200, body=1), key="dead", at=AT + timedelta(seconds=59))
        followed = self.once(lambda: Answer(status=200, body=1), key="dead", at=AT + idempotency.LEASE)
        assert not followed.replayed

    def test_failures_free_the_key(self) -> None:
        def broken() -> Answer:
            raise RuntimeError

        with pytest.raises(RuntimeError):
            self.once(broken)
        assert self.once(lambda: Answer(status=503, body=None)).status == 503
        assert self.once(lambda: Answer(status=200, body="ok")).body == "ok"
