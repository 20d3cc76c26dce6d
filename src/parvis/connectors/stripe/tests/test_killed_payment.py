"""kill -9 at each step of hold, authorise, confirm, capture: afterwards every order is in a right state.

Real processes: the shop that dies is one, the provider another one. The worker's upkeep, minute by minute, is all that
happens after it; no webhook ever comes.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from parvis.connectors.stripe.tests import served
from parvis.connectors.stripe.tests.dying import PROGRAM, stripe
from parvis.core.clock import now
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, ports, queries
from parvis.domains.checkout.contracts import OrderState, ReservationState
from parvis.domains.checkout.testing import card, placed_order

pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
Killed = Callable[..., str]


@pytest.fixture(scope="module")
def starter() -> Iterator[subprocess.Popen[str]]:
    """A fresh process that has loaded the project and forks those who die."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PARVIS_HOME": str(settings.HOME),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stdin=pipe, stdout=pipe, text=True) as run:
        yield run
        assert run.stdin is not None
        run.stdin.close()
        run.wait(timeout=30)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with served.running() as base:
        yield base


@pytest.fixture
def shop(provider: str) -> Iterator[SmallCatalogue]:
    """Our own process pays at the same provider."""
    known, ours = ports.payments(), stripe(provider)
    ports.bind_payments(ours)
    yield small_catalogue()
    ports.bind_payments(known)
    ours.client.close()


@pytest.fixture
def killed(starter: subprocess.Popen[str], provider: str) -> Killed:
    """Run a job in a process of its own that dies at ``stop``; what it said ("died" when it did)."""

    def run(job: str, stop: str, **more: Any) -> str:
        assert starter.stdin is not None
        assert starter.stdout is not None
        wanted = {"do": job, "base": provider, "stop": stop, **more}
        line = json.dumps({"database": connection.settings_dict["NAME"], "jobs": [wanted]})
        starter.stdin.write(line + "\n")
        starter.stdin.flush()
        return str(json.loads(starter.stdout.readline())[0]["said"])

    return run


def upkeep(minutes: int = 75) -> None:
    """What the worker does each minute, for more than an hour."""
    begun = now()
    for minute in range(1, minutes + 1):
        at = begun + timedelta(minutes=minute)
        actions.expire(at=at)
        actions.recover(at=at)
        actions.capture_due(at=at)
        actions.retry_refunds(at=at)


def theirs(base: str, number: str) -> list[dict[str, Any]]:
    rows = served.books(base)
    return [row for row in rows if (row.get("metadata") or {}).get("order_number") == number]


def held_minor(base: str, number: str) -> int:
    """What the provider holds of the buyer's money for an order: taken and not given back, or promised still."""
    charges = [row for row in theirs(base, number) if row["object"] == "charge"]
    taken = sum(row["amount_captured"] - row["amount_refunded"] for row in charges)
    promised = [row for row in theirs(base, number) if row.get("status") == "requires_capture"]
    return taken + sum(row["amount_capturable"] for row in promised)


@pytest.mark.parametrize(
    ("stop", "end"),
    [
        ("after_hold", OrderState.CANCELLED),
        ("before_create", OrderState.CANCELLED),
        ("after_create", OrderState.CANCELLED),
        ("before_confirm", OrderState.CANCELLED),
        ("after_confirm", OrderState.PAID),
        ("before_capture", OrderState.PAID),
        ("after_capture", OrderState.PAID),
        ("never", OrderState.PAID),
    ],
)
def test_a_buyer_whose_shop_died(
    shop: SmallCatalogue, killed: Killed, provider: str, stop: str, end: OrderState
) -> None:
    before = catalog.available([shop.variants["DR-M"]])[shop.variants["DR-M"]]
    assert killed("buy_and_die", stop) == ("paid" if stop == "never" else "died")
    order = models.Order.objects.get()
    upkeep()
    order.refresh_from_db()
    assert OrderState(order.state) is end
    paid = end is OrderState.PAID
    assert held_minor(provider, order.number) == (order.total_minor if paid else 0)
    charges = [row for row in theirs(provider, order.number) if row["object"] == "charge"]
    assert len(charges) <= 1, "nobody is charged twice"
    assert not models.Reservation.objects.filter(state=ReservationState.HELD.value).exists()
    left = catalog.available([shop.variants["DR-M"]])[shop.variants["DR-M"]]
    assert left == before - (1 if paid else 0)
    trail = [entry.kind for entry in queries.order(order.id).trail]
    assert trail.count("paid") == (1 if paid else 0)


@pytest.mark.parametrize("stop", ["before_cancel", "after_cancel"])
def test_a_cancelled_order_whose_shop_died_keeps_no_money(
    shop: SmallCatalogue, killed: Killed, provider: str, stop: str
) -> None:
    order = placed_order({"DR-M": 1}, at=now())
    opened = actions.open_payment(order_token=order.token, at=now())
    assert opened is not None
    ports.payments().confirm(opened.reference, instrument=card())  # on the element; the shop has not heard of it
    assert held_minor(provider, order.number) > 0
    assert killed("cancel_and_die", stop, order_id=order.id) == "died"
    upkeep(15)
    assert queries.order(order.id).state is OrderState.CANCELLED
    assert held_minor(provider, order.number) == 0


@pytest.mark.parametrize("stop", ["before_refund", "after_refund"])
def test_a_refund_whose_shop_died_is_made_once(shop: SmallCatalogue, killed: Killed, provider: str, stop: str) -> None:
    order = placed_order({"DR-M": 1}, at=now())
    actions.pay(order_token=order.token, card=card(), at=now())
    assert killed("refund_and_die", stop, order_id=order.id) == "died"
    upkeep(5)
    after = queries.order(order.id)
    assert after.state is OrderState.PARTLY_REFUNDED
    assert held_minor(provider, order.number) == after.totals.total.amount_minor - 1000
