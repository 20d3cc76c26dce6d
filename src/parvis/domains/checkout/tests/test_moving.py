"""Orders, cards and carts follow a person's records, together and apart."""

from datetime import UTC, datetime

import pytest

from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, handlers, models, queries
from parvis.domains.checkout.contracts import OrderPlaced
from parvis.domains.checkout.testing import paid_order
from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
from parvis.domains.people.contracts import CustomersMerged, CustomersSplit, EvidenceKind

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


def _owner(order_id):
    return queries.order(order_id).customer_id


def test_orders_and_carts_follow_and_go_back(db):
    catalogue = small_catalogue()
    order = paid_order({"DR-S": 1})
    gone = _owner(order.id)
    kept = people.ensure_customer(email="kept@a.example", at=AT).id
    for customer, variant in ((kept, "DR-S"), (gone, "DR-M")):
        cart = actions.add_to_cart(token=None, variant_id=catalogue.variants[variant], quantity=1, at=AT)
        models.Cart.objects.filter(token=cart.token).update(customer_id=customer)
    merge = people.merge_customers(kept_id=kept, gone_id=gone, actor_id=None, at=AT)
    names = {"kept_id": kept, "gone_id": gone, "merge_id": merge.id}
    handlers.follow([CustomersMerged(**names), CustomersMerged(**names)])
    assert _owner(order.id) == kept
    (cart,) = models.Cart.objects.filter(customer_id=kept, state="open")
    assert cart.lines.count() == 2
    people.split_customers(merge_id=merge.id, actor_id=None, at=AT)
    handlers.follow([CustomersSplit(**names), CustomersMerged(**names)])
    assert _owner(order.id) == gone
    assert not models.Moved.objects.exists()


def test_an_order_with_the_address_of_another_customer_is_noted_for_people(db):
    small_catalogue()
    order = paid_order({"DR-S": 1})
    other = people.ensure_customer(email="other@a.example", at=AT)
    placed = OrderPlaced(order_id=order.id, customer_id=None, product_ids=(), total_minor=0, currency="EUR")
    handlers.compare([placed])
    assert people_queries.likenesses_of(other.id) == ()
    models.Order.objects.filter(id=order.id).update(email="other@a.example")
    handlers.compare([placed, placed])
    (pair,) = people_queries.likenesses_of(other.id)
    assert [(item.kind, item.detail) for item in pair.evidence] == [(EvidenceKind.ORDER, order.number)]
