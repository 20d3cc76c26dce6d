"""Two callers of one checkout at the same moment: who waits for the other one sees what the other one did."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, models
from parvis.domains.checkout.actions import completing
from parvis.domains.checkout.actions.fulfil import PaymentUnderWay
from parvis.domains.checkout.contracts import Details, Session, SessionState
from parvis.domains.checkout.testing import AT, card, session_of

pytestmark = [pytest.mark.database, pytest.mark.concurrency]


def meanwhile(session: Session, act: Callable[[], Any]) -> "Future[Any]":
    """Order the session; ``act`` comes after its first look at it and waits for the lock until the order is there."""

    def other() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            assert completing._order(session.token, None, None, at=AT)[0] is not None
            doing = thread.submit(other)
            until = time.monotonic() + 30
            while not waiting():
                assert time.monotonic() < until
                time.sleep(0.01)
        doing.exception(30)
    return doing


def waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.fixture
def ready(transactional_db: None) -> Session:
    small_catalogue()
    return session_of()


def test_what_is_ordered_at_this_moment_is_not_told_as_cancelled(ready: Session) -> None:
    doing = meanwhile(ready, lambda: actions.cancel_session(token=ready.token, at=AT))
    assert isinstance(doing.exception(), PaymentUnderWay)
    assert models.Session.objects.get().state == "open"


def test_who_completes_at_the_same_moment_goes_on_with_the_same_order(ready: Session) -> None:
    doing = meanwhile(ready, lambda: actions.complete_session(token=ready.token, instrument=card(), at=AT))
    assert doing.result().state is SessionState.COMPLETED
    assert models.Order.objects.get().state == "paid"


def test_what_is_ordered_at_this_moment_is_not_changed(ready: Session) -> None:
    doing = meanwhile(
        ready, lambda: actions.update_session(token=ready.token, details=Details(email="other@mail.example"), at=AT)
    )
    assert isinstance(doing.exception(), PaymentUnderWay)
    assert models.Session.objects.get().details["email"] != "other@mail.example"
