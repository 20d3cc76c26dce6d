"""Real processes at the same moment: whatever the order, the books are right and nobody hangs."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum

from parvis.core import clock
from parvis.core.models import OutboxEvent
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, ports, queries
from parvis.domains.checkout.contracts import Order, OrderState, Seller
from parvis.domains.checkout.testing import CHALLENGED, GOOD, filled_cart, own_number, paid_order, pay, placed_order
from parvis.domains.checkout.tests.conftest import Crowd

pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


def buyer(number: int, *, token: str | None = None, key: str = "only-submit") -> dict[str, Any]:
    return {
        "do": "buy",
        "token": token or f"cart-of-buyer-number-{number:03d}",
        "email": f"buyer{number}@parvis.example",
        "key": key,
        "number": own_number(number),
    }


def check_books(shop: SmallCatalogue) -> None:
    """Stock, ledger, reservations and money all tell the same story."""
    for sku, variant_id in shop.variants.items():
        variant = catalog.variant(variant_id)
        ledger = sum(movement.quantity for movement in catalog.movements(variant_id))
        held = models.Reservation.objects.filter(variant_id=variant_id, state="held").aggregate(total=Sum("quantity"))
        assert variant.on_hand == ledger, sku
        assert variant.reserved == (held["total"] or 0), sku
    provider = ports.payments()
    for payment in models.Payment.objects.all():
        order = queries.order(payment.order_id)
        kept = provider.retrieve(payment.reference)
        assert kept.captured_minor == payment.captured_minor
        assert kept.refunded_minor == payment.refunded_minor == order.refunded.amount_minor
        paid = order.state in (OrderState.PAID, OrderState.PARTLY_REFUNDED)
        assert (kept.captured_minor - kept.refunded_minor > 0) == paid, order


def test_fifty_buyers_for_ten_units(shop: SmallCatalogue, crowd: Crowd) -> None:
    at = clock.now()
    for number in range(50):
        filled_cart({"DR-S": 1}, catalogue=shop, token=f"cart-of-buyer-number-{number:03d}", at=at)
    said = Counter(answer.split(" P-")[0] for answer in crowd([buyer(number) for number in range(50)]))
    assert said == {"paid": 10, "told 1 wanted 0 left": 40}
    assert models.Order.objects.filter(state="paid").count() == models.Order.objects.count() == 10
    assert OutboxEvent.objects.filter(name="checkout.order_paid").count() == 10
    check_books(shop)


def test_the_last_three_for_two_who_want_two(shop: SmallCatalogue, crowd: Crowd) -> None:
    at = clock.now()
    placed_order({"DR-M": 1}, at=at)
    for number in range(2):
        filled_cart({"DR-M": 2}, catalogue=shop, token=f"cart-of-buyer-number-{number:03d}", at=at)
    said = Counter(answer.split(" P-")[0] for answer in crowd([buyer(0), buyer(1)]))
    assert said == {"paid": 1, "told 2 wanted 1 left": 1}
    check_books(shop)


def test_the_same_form_sent_six_times(shop: SmallCatalogue, crowd: Crowd) -> None:
    filled_cart({"DR-S": 1}, catalogue=shop, token="cart-of-buyer-number-000", at=clock.now())
    said = crowd([buyer(0) for _ in range(6)])
    assert len({answer.split()[-1] for answer in said}) == 1
    # Those that pay at the very moment of the first may be told that it is under way.
    assert {answer.split()[0] for answer in said} <= {"paid", "processing"}
    assert models.Order.objects.count() == models.Payment.objects.count() == 1
    assert models.Order.objects.get().state == "paid"
    check_books(shop)


def test_one_cart_ordered_from_four_tabs(shop: SmallCatalogue, crowd: Crowd) -> None:
    filled_cart({"DR-S": 1}, catalogue=shop, token="cart-of-buyer-number-000", at=clock.now())
    said = Counter(answer.split()[0] for answer in crowd([buyer(0, key=f"tab-{tab}") for tab in range(4)]))
    assert said == {"paid": 1, "already": 3}
    check_books(shop)


def test_a_message_delivered_three_times_at_once(shop: SmallCatalogue, crowd: Crowd) -> None:
    at = clock.now()
    order = placed_order({"DR-S": 1}, at=at)
    pay(order, number=CHALLENGED, at=at)
    payment = models.Payment.objects.get()
    message = {
        "id": "evt_thrice",
        "provider": payment.provider,
        "kind": "payment.captured",
        "reference": payment.reference,
        "state": "captured",
        "authorised_minor": 8900,
        "captured_minor": 8900,
        "refunded_minor": 0,
        "occurred_at": at.isoformat(),
    }
    assert crowd([{"do": "event", "message": dict(message)} for _ in range(3)]) == ["taken"] * 3
    assert [entry.kind for entry in queries.order(order.id).trail].count("paid") == 1
    assert OutboxEvent.objects.filter(name="checkout.order_paid").count() == 1
    assert models.WebhookSeen.objects.count() == 1
    assert catalog.variant(shop.variants["DR-S"]).on_hand == 9


def test_two_refunds_at_once_never_exceed_what_was_taken(shop: SmallCatalogue, crowd: Crowd) -> None:
    order = paid_order({"DR-S": 1}, at=clock.now())
    jobs = [{"do": "refund", "order_id": order.id, "amount_minor": 6000, "key": f"r{n}"} for n in range(6)]
    said = Counter(answer.split()[0] for answer in crowd(jobs))
    assert said == {"succeeded": 1, "left": 5}
    assert queries.order(order.id).refunded.amount_minor == 6000
    check_books(shop)


def test_one_refund_asked_for_six_times_at_once(shop: SmallCatalogue, crowd: Crowd) -> None:
    order = paid_order({"DR-S": 1}, at=clock.now())
    jobs = [{"do": "refund", "order_id": order.id, "amount_minor": 6000, "key": "one"} for _ in range(6)]
    said = crowd(jobs)
    assert {answer.split()[-1] for answer in said} == {str(models.Refund.objects.get().id)}
    assert queries.order(order.id).refunded.amount_minor == 6000
    check_books(shop)


def due_order(number: int) -> Order:
    """An order that is past due at this very moment."""
    long_ago = clock.now() - timedelta(minutes=16)
    token = f"cart-of-buyer-number-{number:03d}"
    return placed_order({"SW-S": 1} if number % 2 else {"SW-M": 1}, token=token, key=token, at=long_ago)


def test_paying_against_expiry(shop: SmallCatalogue, crowd: Crowd) -> None:
    orders = [due_order(number) for number in range(8)]
    jobs = [{"do": "pay", "order_token": order.token, "number": own_number(order.id)} for order in orders]
    said = crowd([*jobs, {"do": "expire"}, {"do": "expire"}, {"do": "expire"}])
    for order, answer in zip(orders, said[:8], strict=True):
        expected = {"paid": OrderState.PAID, "cancelled": OrderState.CANCELLED, "refunded": OrderState.REFUNDED}
        assert queries.order(order.id).state is expected[answer]
    check_books(shop)


def test_cancelling_against_expiry_releases_once(shop: SmallCatalogue, crowd: Crowd) -> None:
    orders = [due_order(number) for number in range(4)]
    jobs = [{"do": "cancel", "order_id": order.id} for order in orders for _ in range(2)]
    said = crowd([*jobs, {"do": "expire"}, {"do": "expire"}])
    assert set(said[:8]) == {"cancelled"}
    assert all(queries.order(order.id).state is OrderState.CANCELLED for order in orders)
    assert OutboxEvent.objects.filter(name="checkout.order_cancelled").count() == 4
    check_books(shop)


def test_one_order_paid_from_five_tabs_is_charged_once(shop: SmallCatalogue, crowd: Crowd) -> None:
    order = placed_order({"DR-S": 1}, at=clock.now())
    said = crowd([{"do": "pay", "order_token": order.token, "number": GOOD} for _ in range(5)])
    assert set(said) <= {"paid", "processing"}
    assert models.Payment.objects.get().captured_minor == 8900
    assert actions.settle(order_token=order.token, at=clock.now()).state.value == "paid"
    check_books(shop)


def test_papers_of_a_crowd_have_no_gap(crowd: Crowd, shop: SmallCatalogue) -> None:
    """Four orders, each paper asked for by three at once: four numbers in a row, the same for who asked for the same,
    of invoices and of credit notes, which make the invoices that they correct."""
    actions.save_seller(Seller(name="Maison", address="1 rue", registration="RCS"), at=clock.now())
    orders = [paid_order(key=f"order-{number}", at=clock.now()) for number in range(4)]
    given = [
        actions.refund(order_id=order.id, lines={}, amount_minor=100, reason="x", key=f"r{order.id}", at=clock.now())
        for order in orders
    ]
    notes = [{"do": "credit", "refund_id": refund.id} for refund in given for _ in range(3)]
    said = crowd([*notes, *({"do": "invoice", "order_id": order.id} for order in orders for _ in range(3))])
    for start in range(0, 24, 3):
        assert len(set(said[start : start + 3])) == 1
    year = clock.now().year
    for letter, numbers in (("A", said[:12]), ("F", said[12:])):
        assert sorted(set(numbers)) == [f"{letter}{year}-{number:06d}" for number in (1, 2, 3, 4)]


def test_a_crowd_sends_no_piece_back_twice(crowd: Crowd, shop: SmallCatalogue) -> None:
    order = paid_order({"DR-S": 2}, at=clock.now())
    actions.ship(order_id=order.id, at=clock.now())
    actions.deliver(order_id=order.id, at=clock.now())
    line = order.lines[0].id
    jobs = [{"do": "send_back", "order_token": order.token, "line_id": line, "key": f"k{n}"} for n in range(5)]
    said = Counter(answer.split("-")[0] for answer in crowd(jobs))
    assert said == {"R": 2, "told all_back": 3}
