"""What is kept and what is forgotten: cards, history, erased customers, shipping settings; and the constraints."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from parvis.core.errors import Forbidden, Invalid, NotFound
from parvis.core.pagination import BadCursor
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, ports, queries, tasks
from parvis.domains.checkout.contracts import (
    OrderFilter,
    OrderState,
    PastLine,
    PastOrder,
    ShippingKind,
    ShippingMethod,
    StepState,
    ZoneRate,
)
from parvis.domains.checkout.ports import BadCard, PaymentUnavailable, SavedCardToken
from parvis.domains.checkout.rules.shipping import POINTS
from parvis.domains.checkout.testing import AT, GOOD, HOME, card, paid_order, pay, placed_order
from parvis.domains.people import testing as people

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def saved_by(key: str = "claire"):
    customer = people.customer(key, at=AT)
    order = placed_order(customer_id=customer.id, who=key)
    actions.pay(order_token=order.token, card=card(save=True), customer_id=customer.id, at=AT)
    return customer


def test_the_second_purchase_takes_a_kept_card() -> None:
    claire = saved_by()
    (kept,) = queries.saved_cards(claire.id)
    assert (kept.brand, kept.last4) == ("visa", "4242")
    order = placed_order({"SW-S": 1}, customer_id=claire.id, key="second")
    step = actions.pay(order_token=order.token, saved_card_id=kept.id, customer_id=claire.id, at=AT)
    assert step.state is StepState.PAID


def test_the_same_card_is_kept_once() -> None:
    claire = saved_by()
    order = placed_order({"SW-S": 1}, customer_id=claire.id, key="second")
    actions.pay(order_token=order.token, card=card(save=True), customer_id=claire.id, at=AT)
    assert len(queries.saved_cards(claire.id)) == 1


def test_a_kept_card_serves_its_owner_only() -> None:
    claire = saved_by()
    (kept,) = queries.saved_cards(claire.id)
    emma = people.customer("emma", at=AT)
    order = placed_order(customer_id=emma.id, who="emma", key="second")
    for who in (emma.id, claire.id, None):
        with pytest.raises(Forbidden):
            actions.pay(order_token=order.token, saved_card_id=kept.id, customer_id=who, at=AT)
    with pytest.raises(NotFound):
        actions.forget_card(card_id=kept.id, customer_id=emma.id, at=AT)


def test_guests_and_those_who_did_not_ask_keep_no_card() -> None:
    order = placed_order()
    actions.pay(order_token=order.token, card=card(save=True), at=AT)
    assert models.SavedCard.objects.count() == 0


def test_a_card_taken_back_is_gone_everywhere() -> None:
    claire = saved_by()
    (kept,) = queries.saved_cards(claire.id)
    actions.forget_card(card_id=kept.id, customer_id=claire.id, at=AT)
    assert queries.saved_cards(claire.id) == ()
    order = placed_order(customer_id=claire.id, key="second")
    with pytest.raises(Forbidden):
        actions.pay(order_token=order.token, saved_card_id=kept.id, customer_id=claire.id, at=AT)


def test_the_number_is_nowhere() -> None:
    saved_by()
    from django.apps import apps

    for model in apps.get_models():
        if model._meta.app_label in ("checkout", "testpay", "core", "procrastinate") and model._meta.managed:
            for row in model.objects.all():
                assert GOOD not in repr(vars(row))
    assert GOOD not in repr(card())
    with pytest.raises(BadCard) as bad:
        pay(placed_order(key="other"), number="4242424242424241")
    assert "4242424242424241" not in f"{bad.value!r} {bad.value}"


def test_an_erased_customer_leaves_amounts_only() -> None:
    claire = saved_by()
    closed = paid_order(key="two")
    actions.refund(order_id=closed.id, lines={}, amount_minor=8900, reason="", key="r", at=AT)
    under_way = paid_order(key="three")
    actions.forget_customer(customer_id=claire.id, at=AT)
    assert models.SavedCard.objects.count() == 0
    gone = queries.order(closed.id)
    assert (gone.email, gone.name, gone.address.line1, gone.address.country) == ("", "", "", "FR")
    assert gone.totals.total.amount_minor == 8900
    assert queries.order(under_way.id).address.line1 == HOME.line1
    actions.ship(order_id=under_way.id, at=AT)
    actions.deliver(order_id=under_way.id, at=AT)
    actions.tidy(at=AT)
    assert queries.order(under_way.id).address.line1 == ""


def test_a_card_goes_at_the_provider_as_well_however_long_that_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    claire = saved_by()
    token = models.SavedCard.objects.get().token
    asked: list[str] = []
    monkeypatch.setattr(ports.payments(), "forget_card", lambda given: asked.append(given.token))
    actions.forget_customer(customer_id=claire.id, at=AT)
    assert asked == [], "the erasure's transaction calls nobody"
    job = ProcrastinateJob.objects.get(task_name="checkout.forget_card")
    tasks.forget_card(**job.args)
    assert asked == [token]

    def silent(_: SavedCardToken) -> None:
        raise PaymentUnavailable(reason="silent", retry=True)

    monkeypatch.setattr(ports.payments(), "forget_card", silent)
    with pytest.raises(PaymentUnavailable):  # the queue tries again
        tasks.forget_card(**job.args)
    assert tasks.forget_card.retry_strategy is not None


def test_shipping_is_the_brands_to_set() -> None:
    assert [method.key for method in queries.shipping_methods("FR")] == ["home", "pickup"]
    bike = ShippingMethod(
        key="bike", kind=ShippingKind.HOME, name_en="Bicycle", name_fr="Vélo", price_minor=300, free_from_minor=None
    )
    actions.save_shipping_methods([bike])
    assert queries.shipping_methods("US") == (bike,)
    with pytest.raises(Invalid):
        actions.save_shipping_methods([bike, bike])
    zone = ZoneRate(name="Near", countries=("BE",), price_minor=500, free_from_minor=9000, bands=((5000, 300),))
    zoned = replace(
        bike, key="cargo", rates=(zone,), points=(replace(POINTS[0], hours_en="10 to 18", hours_fr="10 h"),)
    )
    actions.save_shipping_methods([zoned, replace(bike, active=False)])
    assert queries.shipping_methods() == (zoned,)
    assert queries.all_shipping_methods() == (zoned, replace(bike, active=False))


# -- lists and history ----------------------------------------------------------------------------------------


def past(shop: SmallCatalogue, number: int, **changes) -> PastOrder:
    placed = AT - timedelta(days=100, minutes=-number)
    given = {
        "customer_id": None,
        "email": f"buyer{number}@parvis.example",
        "name": f"Buyer {number}",
        "locale": "fr",
        "currency": "EUR",
        "placed_at": placed,
        "shipped_at": placed + timedelta(days=1),
        "delivered_at": placed + timedelta(days=3),
        "lines": (
            PastLine(
                variant_id=shop.variants["DR-S"],
                product_id=shop.products["linen-dress"],
                name="Robe en lin",
                size="S",
                colour="Bleu marine",
                sku="DR-S",
                unit_minor=8900,
            ),
        ),
        "provenance": {"order": "simulated"},
    }
    return PastOrder(**{**given, **changes})


def test_history_reads_like_any_order() -> None:
    shop = small_catalogue()
    claire = people.customer("claire", at=AT)
    ids = actions.record_history([past(shop, 1, customer_id=claire.id), past(shop, 2)], at=AT)
    first = queries.order(ids[0])
    assert first.state is OrderState.DELIVERED
    assert (first.totals.total.amount_minor, first.totals.tax.amount_minor) == (8900, 1483)
    assert [entry.kind for entry in first.trail] == ["placed", "paid", "shipped", "delivered"]
    assert first.provenance == {"order": "simulated"}
    assert queries.purchased(customer_id=claire.id, product_id=shop.products["linen-dress"]) is not None
    assert queries.order(ids[1]).number == f"P-{ids[1]:06d}"
    assert placed_order().id > max(ids)


@pytest.mark.parametrize(
    "changes",
    [
        {"lines": ()},
        {"placed_at": AT + timedelta(days=1)},
        {"delivered_at": AT - timedelta(days=500)},
        {"shipped_at": None},
        {"refunded_minor": 100},
        {"refunded_minor": 10**6, "state": OrderState.REFUNDED},
        {"state": OrderState.AWAITING_PAYMENT},
    ],
)
def test_history_that_cannot_have_been(changes: dict) -> None:
    shop = small_catalogue()
    with pytest.raises(Invalid) as invalid:
        actions.record_history([past(shop, 1), past(shop, 2, **changes)], at=AT)
    assert invalid.value.params["field"] == "orders[1]"
    assert models.Order.objects.count() == 0


@pytest.mark.slow
def test_fifteen_thousand_orders_are_recorded_in_one_go() -> None:
    shop = small_catalogue()
    ids = actions.record_history([past(shop, number) for number in range(15_000)], at=AT)
    assert len(set(ids)) == 15_000
    assert models.OrderLine.objects.count() == 15_000


def test_orders_are_listed_page_by_page() -> None:
    shop = small_catalogue()
    actions.record_history([past(shop, number) for number in range(7)], at=AT)
    new = placed_order()
    seen, cursor = [], None
    while True:
        page = queries.orders(OrderFilter(), cursor, limit=3)
        seen += [row.id for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 8
    assert seen[0] == new.id
    with pytest.raises(BadCursor):
        queries.orders(OrderFilter(), "nonsense")
    assert queries.state_counts()[OrderState.DELIVERED] == 7
    assert [row.id for row in queries.orders(OrderFilter(simulated=False)).items] == [new.id]
    assert len(queries.orders(OrderFilter(text="buyer3")).items) == 1
    assert len(queries.orders(OrderFilter(states=(OrderState.AWAITING_PAYMENT,))).items) == 1
    assert queries.orders_of(new.customer_id)[0].quantity == 1


def test_an_order_page_costs_eight_statements(django_assert_max_num_queries) -> None:
    order = paid_order({"DR-S": 1, "SW-S": 1})
    with django_assert_max_num_queries(8):
        queries.order_by_token(order.token)
    with django_assert_max_num_queries(1):
        queries.orders()


# -- the last line of defence ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (models.Order, {"total_minor": 1}),
        (models.Order, {"state": "lost"}),
        (models.Order, {"refunded_minor": 10**6}),
        (models.Order, {"delivered_at": AT}),
        (models.OrderLine, {"refunded_quantity": 9}),
        (models.OrderLine, {"quantity": 0}),
        (models.Payment, {"captured_minor": 10**6}),
        (models.Payment, {"refunded_minor": 10**6}),
        (models.Reservation, {"state": "gone"}),
    ],
)
def test_the_database_refuses_what_cannot_be(model: type, change: dict) -> None:
    paid_order()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**change)


def test_no_second_live_payment_for_an_order() -> None:
    order = paid_order()
    provider = ports.payments().name
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Payment.objects.create(
            order_id=order.id, provider=provider, reference="x", currency="EUR", amount_minor=1, created_at=AT
        )
