"""Parcels and returns over the API: what a warehouse's program says, once."""

from datetime import timedelta

import pytest
from django.db import connection

from parvis.core.clock import now
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, ports, queries
from parvis.domains.checkout.contracts import AskedLine, OrderState, ReturnKind
from parvis.domains.checkout.testing import paid_order
from parvis.domains.people.contracts import Scope
from parvis.interfaces.api.tests.program import Program

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def order():
    small_catalogue()
    return paid_order({"DR-S": 2, "SW-M": 1}, at=now() - timedelta(days=2))


def test_a_warehouse_sends_and_follows_parcels(order) -> None:
    call = Program(Scope.ORDERS_WRITE, Scope.ORDERS_READ)
    dress = order.lines[0].id
    sent = {"lines": [{"line_id": dress, "quantity": 2}], "carrier": "dpd", "tracking": "D1"}
    first = call("POST", f"/orders/{order.number}/parcels", sent, key="p1")
    assert (first.status_code, first.json()["lines"]) == (201, [{"line_id": dress, "quantity": 2}])
    assert call("POST", f"/orders/{order.number}/parcels", sent, key="p1").json() == first.json()
    rest = call("POST", f"/orders/{order.number}/parcels", {}, key="p2").json()
    early = {"state": "delivered", "at": "2020-01-01T00:00:00Z", "place": "Lyon"}
    for parcel in (first.json()["id"], rest["id"]):
        answer = call("POST", f"/parcels/{parcel}/news", early, key=f"n{parcel}")
        assert answer.json()["delivered_at"].startswith(order.placed_at.isoformat()[:19])
        late = call("POST", f"/parcels/{parcel}/news", {"state": "in_transit"}, key=f"late{parcel}")
        assert late.json()["state"] == "delivered"
    assert queries.order(order.id).state is OrderState.DELIVERED
    read = call("GET", f"/orders/{order.number}").json()
    assert [parcel["tracking"] for parcel in read["parcels"]] == ["D1", ""]
    assert call("GET", f"/parcels/{rest['id']}").json()["steps"][-1]["state"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/orders/P-999999/parcels", {}, 404),
        ("/parcels/999999/news", {"state": "delivered"}, 404),
        ("/orders/{number}/parcels", {"lines": [{"line_id": 1, "quantity": 1001}]}, 422),
        ("/orders/{number}/parcels", {"lines": [{"line_id": 999999, "quantity": 1}]}, 422),
        ("/orders/{number}/parcels", {"carrier": "pigeon"}, 422),
        ("/parcels/1/news", {"state": "eaten"}, 422),
        ("/returns/999999/refund", {}, 404),
    ],
)
def test_what_cannot_be_is_refused(order, path: str, body: dict, status: int) -> None:
    call = Program(Scope.ORDERS_WRITE)
    assert call("POST", path.format(number=order.number), body, key="k").status_code == status


def test_writing_needs_its_scope_and_a_key(order) -> None:
    assert Program(Scope.ORDERS_READ)("POST", f"/orders/{order.number}/parcels", {}, key="k").status_code == 403
    assert Program(Scope.ORDERS_WRITE)("POST", f"/orders/{order.number}/parcels", {}).status_code == 400


def test_a_return_is_received_and_paid_back_once(order) -> None:
    actions.ship(order_id=order.id, at=now())
    actions.deliver(order_id=order.id, at=now())
    line = order.lines[1].id
    back = actions.request_return(
        order_token=order.token,
        kind=ReturnKind.WITHDRAWAL,
        lines=[AskedLine(line_id=line, quantity=1)],
        key="k",
        at=now(),
    )
    call = Program(Scope.ORDERS_WRITE, Scope.ORDERS_READ)
    came = {"lines": [{"line_id": line, "quantity": 1, "condition": "as_new"}]}
    assert call("POST", f"/returns/{back.id}/refund", {}, key="early").status_code == 409
    assert call("POST", f"/returns/{back.id}/receipt", came, key="r").json()["state"] == "received"
    paid = call("POST", f"/returns/{back.id}/refund", {}, key="m").json()
    assert (paid["state"], paid["refund"]["amount_minor"]) == ("refunded", 6500)
    assert call("POST", f"/returns/{back.id}/refund", {}, key="again").json()["refund"]["amount_minor"] == 6500
    assert call("GET", f"/returns/{back.id}").json()["lines"][0]["received"] == 1
    assert queries.order(order.id).refunded.amount_minor == 6500


def test_a_refund_asks_the_bank_outside_any_transaction_and_long_keys_stay_apart(order, monkeypatch) -> None:
    call, depths = Program(Scope.ORDERS_WRITE), []
    bank = type(ports.payments())
    real = bank.refund

    def watched(*args, **kwargs):
        depths.append(len(connection.savepoint_ids))
        return real(*args, **kwargs)

    monkeypatch.setattr(bank, "refund", watched)
    outside = len(connection.savepoint_ids)
    for key in ("k" * 200 + "1", "k" * 200 + "2", "k" * 200 + "2"):
        sent = {"amount_minor": 100, "reason": "gesture"}
        assert call("POST", f"/orders/{order.number}/refunds", sent, key=key).status_code == 201
    assert queries.order(order.id).refunded.amount_minor == 200
    assert depths == [outside, outside]
