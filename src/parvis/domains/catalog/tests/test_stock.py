"""Stock stays true: atomic, never below nothing, and equal to the sum of its ledger."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from parvis.core.errors import Conflict, Invalid, NotFound
from parvis.core.models import OutboxEvent
from parvis.domains.catalog import actions, queries
from parvis.domains.catalog.contracts import MovementKind, NewMovement
from parvis.domains.catalog.models import StockLevel, StockMovement
from parvis.domains.catalog.testing import AT, SmallCatalogue, small_catalogue

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


def ledger_agrees() -> bool:
    sums = dict(StockMovement.objects.values_list("variant_id").annotate(total=Sum("quantity")))
    levels = dict(StockLevel.objects.values_list("variant_id", "on_hand"))
    return all(sums.get(key, 0) == on_hand for key, on_hand in levels.items())


def test_an_order_holds_commits_and_returns(shop: SmallCatalogue) -> None:
    small, medium = shop.variants["DR-S"], shop.variants["DR-M"]
    actions.hold({small: 2, medium: 1}, at=AT)
    assert queries.available([small, medium]) == {small: 8, medium: 3}
    actions.commit({small: 2, medium: 1}, ref="P-000001", at=AT)
    held = queries.variant(small)
    assert (held.on_hand, held.reserved, held.available) == (8, 0, 8)
    actions.take_back({small: 1}, ref="P-000001", at=AT)
    assert queries.variant(small).on_hand == 9
    assert ledger_agrees()
    kinds = [(row.kind, row.quantity, row.on_hand) for row in queries.movements(small)]
    assert kinds == [
        (MovementKind.RETURNED, 1, 9),
        (MovementKind.SOLD, -2, 8),
        (MovementKind.RECEIVED, 10, 10),
    ]


def test_a_released_hold_can_be_sold_again(shop: SmallCatalogue) -> None:
    medium = shop.variants["DR-M"]
    actions.hold({medium: 4}, at=AT)
    with pytest.raises(actions.OutOfStock):
        actions.hold({medium: 1}, at=AT)
    actions.release({medium: 4}, at=AT)
    actions.hold({medium: 4}, at=AT)
    assert ledger_agrees()


def test_a_hold_is_all_or_nothing_and_names_every_shortage(shop: SmallCatalogue) -> None:
    small, medium, large = (shop.variants[f"DR-{size}"] for size in "SML")
    with pytest.raises(actions.OutOfStock) as caught:
        actions.hold({large: 1, small: 1, medium: 9}, at=AT)
    told = {line.sku: (line.wanted, line.available) for line in caught.value.shortages}
    assert told == {"DR-M": (9, 4), "DR-L": (1, 0)}
    assert str(caught.value) == "Not enough in stock (wanted / available): DR-M 9 / 4, DR-L 1 / 0."
    assert queries.available([small]) == {small: 10}


def test_an_unknown_or_archived_variant_is_short(shop: SmallCatalogue) -> None:
    small = shop.variants["DR-S"]
    actions.archive_variant(variant_ids=[small], at=AT)
    with pytest.raises(actions.OutOfStock) as caught:
        actions.hold({small: 1, 10**9: 1}, at=AT)
    assert [line.available for line in caught.value.shortages] == [0, 0]


@pytest.mark.parametrize("quantity", [0, -1])
def test_quantities_below_one_are_refused(shop: SmallCatalogue, quantity: int) -> None:
    for verb in (actions.hold, actions.release):
        with pytest.raises(Invalid):
            verb({shop.variants["DR-S"]: quantity}, at=AT)


def test_nothing_is_sold_or_released_that_was_not_held(shop: SmallCatalogue) -> None:
    small = shop.variants["DR-S"]
    with pytest.raises(Conflict):
        actions.commit({small: 1}, ref="P-1", at=AT)
    with pytest.raises(Conflict):
        actions.release({small: 1}, at=AT)
    with pytest.raises(NotFound):
        actions.take_back({10**9: 1}, ref="P-1", at=AT)


def test_the_team_receives_adjusts_and_counts(shop: SmallCatalogue) -> None:
    large = shop.variants["DR-L"]
    assert actions.receive_stock(variant_id=large, quantity=6, reason="delivery", actor_id=7, at=AT) == 6
    assert actions.adjust_stock(variant_id=large, quantity=-2, reason="torn", actor_id=7, at=AT) == 4
    assert actions.count_stock(variant_id=large, counted=5, actor_id=7, at=AT) == 1
    assert actions.count_stock(variant_id=large, counted=5, actor_id=7, at=AT) == 0
    actions.hold({large: 3}, at=AT)
    with pytest.raises(actions.OutOfStock):
        actions.adjust_stock(variant_id=large, quantity=-3, reason="lost", at=AT)
    with pytest.raises(actions.OutOfStock):
        actions.count_stock(variant_id=large, counted=2, at=AT)
    assert ledger_agrees()
    assert {row.actor_id for row in queries.movements(large)} == {7}


def test_changes_of_what_can_be_sold_are_told(shop: SmallCatalogue) -> None:
    medium = shop.variants["DR-M"]
    OutboxEvent.objects.all().delete()
    actions.hold({medium: 1}, at=AT)
    actions.commit({medium: 1}, ref="P-1", at=AT)  # what was held is already gone from what can be sold
    told = OutboxEvent.objects.filter(name="catalog.stock_changed").values_list("payload", flat=True)
    assert list(told) == [{"variant_id": medium, "available": 3}]


def test_past_movements_come_in_bulk(shop: SmallCatalogue) -> None:
    small = shop.variants["DR-S"]
    earlier = AT - timedelta(days=3)
    rows = [
        NewMovement(variant_id=small, kind=MovementKind.RECEIVED, quantity=5, at=earlier),
        NewMovement(variant_id=small, kind=MovementKind.SOLD, quantity=-3, at=AT + timedelta(days=1), ref="P-9"),
    ]
    assert actions.record_movements(rows) == 2
    assert queries.variant(small).on_hand == 12
    assert [row.on_hand for row in queries.movements(small)] == [12, 15, 5]
    assert ledger_agrees()
    with pytest.raises(Invalid):
        actions.record_movements([NewMovement(variant_id=small, kind=MovementKind.SOLD, quantity=-13, at=AT)])


def test_the_database_itself_refuses_what_must_not_be(shop: SmallCatalogue) -> None:
    small = shop.variants["DR-S"]
    for change in ("on_hand = -1", "reserved = -1", "reserved = on_hand + 1"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE catalog_stocklevel SET {change} WHERE variant_id = %s", [small])
    with pytest.raises(IntegrityError), transaction.atomic():
        StockMovement.objects.create(variant_id=small, kind="sold", quantity=1, at=AT)
