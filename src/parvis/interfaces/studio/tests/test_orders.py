"""Orders: sending, delivering, and money given back once."""

import re
import uuid

import pytest

from parvis.core.clock import now
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import OrderState, RefundState
from parvis.domains.checkout.testing import AT, TOKEN, filled_cart, pay, placed_order
from parvis.domains.people import queries as people
from parvis.interfaces.studio import labels

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def _refund(client, order_id, **fields):
    data = {"key": uuid.uuid4(), "reason": "returned", "restock": "on", **fields}
    return client.post(f"/studio/orders/{order_id}/refund/", data)


def test_an_order_is_shipped_then_delivered(owner, shop):
    assert owner.post(f"/studio/orders/{shop.order}/deliver/").status_code == 409
    assert owner.post(f"/studio/orders/{shop.order}/ship/", {"tracking": "LP 42"}).status_code == 302
    assert owner.post(f"/studio/orders/{shop.order}/deliver/").status_code == 302
    order = queries.order(shop.order)
    assert (order.state, order.tracking) == (OrderState.DELIVERED, "LP 42")
    page = owner.get(f"/studio/orders/{shop.order}/").content.decode()
    assert "Olivia Marchand" in page
    assert [entry.verb for entry in people.audit("order", shop.order)] == ["order.delivered", "order.shipped"]


def test_the_same_refund_form_sent_twice_gives_back_once(owner, shop):
    line = queries.order(shop.order).lines[0]
    fields = {"key": uuid.uuid4(), f"line_{line.id}": 1}
    assert _refund(owner, shop.order, **fields).status_code == 302
    assert _refund(owner, shop.order, **fields).status_code == 302
    order = queries.order(shop.order)
    assert [(refund.amount, refund.state) for refund in order.refunds] == [(line.unit, RefundState.SUCCEEDED)]
    assert order.state is OrderState.PARTLY_REFUNDED
    assert len([entry for entry in people.audit("order", shop.order) if entry.verb == "order.refunded"]) == 1


def test_the_form_carries_a_key_of_its_own_each_time(owner, shop):
    keys = {
        re.search(
            r'name="key" value="([0-9a-f-]{36})"', owner.get(f"/studio/orders/{shop.order}/refund/").content.decode()
        )[1]
        for _ in range(2)
    }
    assert len(keys) == 2


def test_pieces_go_back_in_stock_unless_said_otherwise(owner, shop):
    line = queries.order(shop.order).lines[0]
    before = catalog.variant(shop.variant).on_hand
    _refund(owner, shop.order, **{f"line_{line.id}": 1})
    assert catalog.variant(shop.variant).on_hand == before + 1
    _refund(owner, shop.order, **{f"line_{line.id}": 1, "restock": ""})
    assert catalog.variant(shop.variant).on_hand == before + 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose at least one piece"),
        ({"amount": "9999"}, "more than"),
        ({"amount": "-5"}, "more than zero"),
        ({"amount": "five"}, "Type an amount"),
        ({"amount": "1.234"}, "2 decimals"),
        ({"amount": "5", "reason": ""}, "This field is required"),
    ],
)
def test_a_refund_that_makes_no_sense_is_told_why(owner, shop, fields, said):
    answer = _refund(owner, shop.order, **fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert queries.order(shop.order).refunds == ()


@pytest.mark.parametrize("typed", ["12,50", "12.50", " 12,5 ", "€12.50"])
def test_an_amount_is_read_as_people_type_it(owner, shop, typed):
    assert _refund(owner, shop.order, amount=typed).status_code == 302
    assert queries.order(shop.order).refunds[0].amount.amount_minor == 1250


def test_nothing_left_offers_no_refund(owner, shop):
    line = queries.order(shop.order).lines[0]
    _refund(owner, shop.order, **{f"line_{line.id}": 2})
    assert queries.order(shop.order).totals.total.amount_minor >= line.total.amount_minor
    left = queries.order(shop.order).totals.total.amount_minor - queries.order(shop.order).refunded.amount_minor
    if left:
        _refund(owner, shop.order, amount=f"{left / 100:.2f}")
    assert owner.get(f"/studio/orders/{shop.order}/refund/").status_code == 409
    assert "/refund/" not in owner.get(f"/studio/orders/{shop.order}/").content.decode()


def test_the_list_narrows(owner, shop):
    number = queries.order(shop.order).number
    assert number in owner.get("/studio/orders/?state=paid").content.decode()
    assert number in owner.get(f"/studio/orders/?q={number.lower()}").content.decode()
    assert number not in owner.get("/studio/orders/?state=shipped").content.decode()
    assert number not in owner.get("/studio/orders/?until=2020-01-01").content.decode()
    assert owner.get("/studio/orders/?since=nonsense&cursor=broken&state=unknown").status_code == 200


def test_an_order_with_parcels_costs_few_statements(owner, shop, django_assert_max_num_queries):
    order = queries.order(shop.order)
    for _ in range(2):
        actions.pack(order_id=order.id, lines={order.lines[0].id: 1}, handed_over=True, at=now())
    assert queries.pieces_in(queries.order(order.id)) == queries.pieces(order.id)
    owner.get(f"/studio/orders/{order.id}/")
    with django_assert_max_num_queries(14):
        assert owner.get(f"/studio/orders/{order.id}/").status_code == 200


def test_what_a_gift_card_paid_stands_among_the_sums_and_every_step_has_its_words(owner):
    card = actions.issue_gift_card(amount_minor=5000, at=AT)
    filled_cart({"DR-S": 1})
    actions.add_code(token=TOKEN, typed=card.code, at=AT)
    order = placed_order({"DR-S": 1}, key="gift")
    unpaid = owner.get(f"/studio/orders/{order.id}/").content.decode()
    assert "To be charged" in unpaid
    pay(order)
    page = owner.get(f"/studio/orders/{order.id}/").content.decode()
    for words in ("−€50.00", "Charged", "€128.00", "Ordered under the texts in force"):
        assert words in page, words
    known = set(labels.TRAIL)
    assert {entry.kind for entry in queries.order(order.id).trail} <= known
    assert "preorder_moved" in known
