"""Parcels, returns, ways to ship and the seller, as the team handles them."""

import re
import uuid
from datetime import timedelta

import pytest

from parvis.core.clock import now
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import (
    AskedLine,
    Exempt,
    OrderState,
    ParcelState,
    Return,
    ReturnKind,
    ReturnReason,
    ReturnShipping,
    ReturnState,
)
from parvis.domains.people import queries as people
from parvis.interfaces.studio.tests.conftest import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def asked(shop, *, kind=ReturnKind.WITHDRAWAL, reason=ReturnReason.TOO_LARGE) -> Return:
    order = queries.order(shop.order)
    actions.ship(order_id=order.id, at=now() - timedelta(days=2))
    actions.deliver(order_id=order.id, at=now() - timedelta(days=1))
    lines = [AskedLine(line_id=order.lines[0].id, quantity=2, reason=reason)]
    return actions.request_return(order_token=order.token, kind=kind, lines=lines, key="k", at=now())


def pack(owner, shop, **fields):
    line = queries.order(shop.order).lines[0].id
    sent = {"key": uuid.uuid4(), f"line_{line}": 1, **fields}
    return owner.post(f"/studio/orders/{shop.order}/parcels/", sent), sent


def test_an_order_leaves_in_two_parcels(owner, shop):
    answer, sent = pack(owner, shop, carrier="colissimo", tracking="6A1", handed_over="on")
    assert answer.status_code == 302
    owner.post(f"/studio/orders/{shop.order}/parcels/", sent)
    assert pack(owner, shop)[0].status_code == 302
    first, second = queries.order(shop.order).parcels
    assert (first.state, second.state) == (ParcelState.HANDED_OVER, ParcelState.PREPARING)
    page = owner.get(f"/studio/orders/{shop.order}/").content.decode()
    key = re.findall(r'name="key" value="([0-9a-f]{32})"', page)[-1]
    news = {"state": "delivered", "key": key, "place": "<i>door</i>"}
    for _ in range(2):
        assert owner.post(f"/studio/parcels/{second.id}/news/", news).status_code == 302
    assert len(queries.parcel(second.id).steps) == 2
    assert queries.order(shop.order).state is OrderState.SHIPPED
    assert "&lt;i&gt;door" in owner.get(f"/studio/orders/{shop.order}/").content.decode()
    assert owner.post(f"/studio/parcels/{second.id}/unpack/").status_code == 409
    assert owner.post(f"/studio/parcels/{second.id}/news/", {"state": "eaten", "key": "x"}).status_code == 422
    assert "parcel.packed" in [entry.verb for entry in people.audit("order", shop.order)]


@pytest.mark.parametrize("pieces", ["3", "0", "-1", "x"])
def test_pieces_that_are_not_there_are_not_packed(owner, shop, pieces):
    line = queries.order(shop.order).lines[0].id
    assert pack(owner, shop, **{f"line_{line}": pieces})[0].status_code == 422
    assert queries.order(shop.order).parcels == ()


def test_a_parcel_gets_its_number_and_is_taken_apart(owner, shop):
    pack(owner, shop)
    (parcel,) = queries.order(shop.order).parcels
    owner.post(f"/studio/parcels/{parcel.id}/label/", {"carrier": "ups", "tracking": "1Z"})
    assert queries.parcel(parcel.id).tracking_url.endswith("1Z")
    assert owner.post(f"/studio/parcels/{parcel.id}/unpack/").status_code == 302
    assert queries.order(shop.order).parcels == ()


def test_a_return_is_received_and_paid_back(owner, shop):
    back = asked(shop)
    line = back.lines[0].line_id
    page = owner.get("/studio/returns/").content.decode()
    assert back.number in page
    received = {f"pieces_{line}": 1, f"condition_{line}": "used", f"restock_{line}": "on"}
    assert owner.post(f"/studio/returns/{back.id}/receive/", received).status_code == 302
    assert queries.return_(back.id).state is ReturnState.RECEIVED
    less = {"amount": "50.00", "answer": ""}
    asked_why = owner.post(f"/studio/returns/{back.id}/pay-back/", less)
    assert asked_why.status_code == 422
    page = asked_why.content.decode()
    assert "Tell the buyer why it is less." in page
    assert 'value="50.00"' in page, "what was typed stays"
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert owner.post(f"/studio/returns/{back.id}/pay-back/", {"amount": "99999"}).status_code in {409, 422}
    for _ in range(2):
        assert owner.post(f"/studio/returns/{back.id}/pay-back/", {**less, "answer": "Worn."}).status_code == 302
    done = queries.return_(back.id)
    assert (done.state, done.refund.amount_minor) == (ReturnState.REFUNDED, 5000)
    assert owner.get(f"/studio/returns/{back.id}/").status_code == 200
    assert back.number in owner.get("/studio/returns/?state=refunded").content.decode()


def test_a_claim_is_accepted_or_refused_with_a_reason(owner, shop):
    back = asked(shop, kind=ReturnKind.GUARANTEE, reason=ReturnReason.DEFECT)
    assert owner.post(f"/studio/returns/{back.id}/refuse/", {"answer": ""}).status_code == 422
    assert owner.post(f"/studio/returns/{back.id}/accept/").status_code == 302
    assert owner.post(f"/studio/returns/{back.id}/accept/").status_code == 409
    assert owner.post(f"/studio/returns/{back.id}/refuse/", {"answer": "Cut by hand."}).status_code == 302
    assert queries.return_(back.id).state is ReturnState.REFUSED


def test_a_declaration_that_fits_no_order_is_put_aside(owner, shop):
    made = actions.declare_withdrawal(order_number="P-9", email="a@b.example", name="<b>A</b>", locale="fr", at=now())
    assert "&lt;b&gt;A&lt;/b&gt;" in owner.get("/studio/returns/").content.decode()
    owner.post(f"/studio/returns/declarations/{made.id}/aside/")
    assert queries.declarations() == ()


def test_a_withdrawal_before_the_goods_came_is_settled_here(owner, shop):
    viewer = signed_in("victor")
    order = queries.order(shop.order)
    made = actions.declare_withdrawal(
        order_number=order.number, email=order.email, name="<b>Ada</b>", words="Too <i>slow</i>", locale="fr", at=now()
    )
    actions.handle_declaration(declaration_id=made.id, at=now())
    page = owner.get("/studio/returns/").content.decode()
    for words in ("Withdrawals to settle", order.number, "Too &lt;i&gt;slow", "Give all of it back"):
        assert words in page, words
    assert "slow" not in viewer.get("/studio/returns/").content.decode()
    settle = f"/studio/returns/declarations/{made.id}/settle/"
    assert viewer.post(settle).status_code == 403
    for _ in range(2):
        assert owner.post(settle)["Location"] == f"/studio/orders/{order.id}/"
    assert queries.order(order.id).refunded == order.totals.total
    assert "Withdrawals to settle" not in owner.get("/studio/returns/").content.decode()


def test_a_refund_is_shown_before_it_is_made(owner, shop):
    line = queries.order(shop.order).lines[0].id
    sent = {"key": uuid.uuid4(), f"line_{line}": 1, "reason": "returned", "preview": "yes"}
    page = owner.post(f"/studio/orders/{shop.order}/refund/", sent).content.decode()
    assert "€89.00" in page
    assert queries.order(shop.order).refunds == ()


# -- settings -----------------------------------------------------------------------------------------------------


def way(**changes):
    given = {
        "name_fr": "Vélo", "name_en": "Bicycle", "kind": "home", "countries": "fr be", "price": "3.90",
        "free_from": "60", "days_low": 1, "days_high": 2, "active": "on",
        "zone-TOTAL_FORMS": 1, "zone-INITIAL_FORMS": 0, "zone-0-name": "Belgium", "zone-0-countries": "BE",
        "zone-0-price": "6.90", "zone-0-free_from": "", "zone-0-bands": "100: 2.50\n50: 4",
        "point-TOTAL_FORMS": 1, "point-INITIAL_FORMS": 0, "point-0-name": "", "point-0-country": "FR",
    }  # fmt: skip
    return {**given, **changes}


def test_a_way_to_ship_is_added_with_a_zone_and_its_price_is_shown(owner, shop):
    assert owner.post("/studio/shipping/new/", way()).status_code == 302
    made = queries.all_shipping_methods()[-1]
    assert (made.key, made.countries, made.price_minor, made.free_from_minor) == ("bicycle", ("FR", "BE"), 390, 6000)
    assert made.rates[0].bands == ((5000, 400), (10000, 250))
    page = owner.get("/studio/shipping/?country=BE&goods=60").content.decode()
    assert "€4.00" in page
    assert owner.get("/studio/shipping/bicycle/").status_code == 200
    owner.post("/studio/shipping/bicycle/act/", {"do": "up"})
    owner.post("/studio/shipping/bicycle/act/", {"do": "off"})
    assert "bicycle" not in [method.key for method in queries.shipping_methods()]
    owner.post("/studio/shipping/bicycle/act/", {"do": "remove"})
    assert "bicycle" not in [method.key for method in queries.all_shipping_methods()]


@pytest.mark.parametrize(
    "wrong",
    [
        {"countries": "FR XX"},
        {"price": "-1"},
        {"price": "1.999"},
        {"days_low": 5},
        {"zone-0-bands": "free"},
        {"zone-0-countries": ""},
        {"kind": "pickup"},
        {"point-0-name": "Atelier"},
    ],
)
def test_a_way_that_cannot_be_is_refused(owner, shop, wrong):
    before = queries.all_shipping_methods()
    assert owner.post("/studio/shipping/new/", way(**wrong)).status_code == 422
    assert queries.all_shipping_methods() == before


def test_a_point_to_collect_keeps_its_key(owner, shop):
    point = {"point-0-name": "Atelier", "point-0-line1": "1 rue", "point-0-postcode": "75001", "point-0-city": "Paris",
             "point-0-hours_fr": "10 h à 18 h", "point-0-hours_en": "10 to 18"}  # fmt: skip
    owner.post("/studio/shipping/new/", way(kind="pickup", **point))
    first = queries.all_shipping_methods()[-1].points[0]
    assert first.hours("fr") == "10 h à 18 h"
    owner.post("/studio/shipping/bicycle/", way(kind="pickup", **{**point, "point-0-city": "Lyon"}))
    after = queries.all_shipping_methods()[-1].points[0]
    assert (after.key, after.city) == (first.key, "Lyon")


def test_who_sells_and_what_is_taken_back(owner, shop):
    seller = {"what": "seller", "name": "Maison", "address": "1 rue", "country": "fr", "registration": "RCS 1"}
    assert owner.post("/studio/selling/", {**seller, "name": ""}).status_code == 422
    assert owner.post("/studio/selling/", seller).status_code == 302
    assert queries.seller().complete
    policy = {"what": "policy", "days": 30, "shipping": "fee", "fee": "3.90"}
    assert owner.post("/studio/selling/", {**policy, "fee": ""}).status_code == 422
    assert owner.post("/studio/selling/", {**policy, "days": 13}).status_code == 422
    assert owner.post("/studio/selling/", policy).status_code == 302
    exempt = {"what": "exempt", "product": "linen-dress", "ground": "hygiene"}
    assert owner.post("/studio/selling/", {**exempt, "product": "nothing"}).status_code == 422
    assert owner.post("/studio/selling/", exempt).status_code == 302
    kept = queries.return_policy()
    assert (kept.days, kept.shipping, kept.fee_minor) == (30, ReturnShipping.FEE, 390)
    assert kept.products == {shop.product: Exempt.HYGIENE}
    owner.post("/studio/selling/", {"what": "unexempt", "key": f"product:{shop.product}"})
    assert queries.return_policy().products == {}
    lines = "poste | La Poste | https://poste.example/{number}"
    assert owner.post("/studio/selling/", {"what": "carriers", "carriers": "a | A | http://x/"}).status_code == 422
    assert owner.post("/studio/selling/", {"what": "carriers", "carriers": lines}).status_code == 302
    assert [each.key for each in queries.carriers()] == ["poste"]


def test_the_invoice_is_there_once_the_seller_is_known(owner, shop):
    assert owner.get(f"/studio/orders/{shop.order}/invoice.pdf").status_code == 302
    owner.post(
        "/studio/selling/",
        {"what": "seller", "name": "Maison", "address": "1 rue", "country": "FR", "registration": "RCS 1"},
    )
    assert owner.get(f"/studio/orders/{shop.order}/invoice.pdf").content[:5] == b"%PDF-"
