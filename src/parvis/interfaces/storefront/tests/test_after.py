"""After the order on the shop's pages: a guest sends something back with the link of the order and nothing else."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.contracts import Order, ReturnKind, ReturnState, Seller
from parvis.domains.checkout.testing import paid_order, placed_order
from parvis.interfaces.storefront.tests.test_own_place import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def order() -> Order:
    small_catalogue()
    actions.save_seller(Seller(name="Maison", address="1 rue Haute\n75001 Paris", registration="RCS 0"), at=now())
    made = paid_order({"DR-S": 2, "SW-M": 1}, at=now() - timedelta(days=3))
    actions.pack(order_id=made.id, carrier="ups", tracking="1Z<9>", handed_over=True, at=now() - timedelta(days=2))
    return actions.deliver(order_id=made.id, at=now() - timedelta(days=1))


def fields(order: Order, **more: object) -> dict[str, object]:
    line = order.lines[0].id
    return {"key": uuid.uuid4(), f"pieces_{line}": 1, f"reason_{line}": "too_small", "note": "<b>short</b>", **more}


def test_the_page_of_an_order_shows_its_parcels_and_what_can_be_done(order: Order, visitor: Client) -> None:
    page = visitor.get(f"/en/orders/{order.token}/").content.decode()
    for words in ("Handed to the carrier", "Has arrived", "UPS", "1Z&lt;9&gt;", "tracknum=1Z%3C9%3E", "Invoice (PDF)"):
        assert words in page, words
    assert f"/en/orders/{order.token}/return/" in page


def test_a_guest_sends_a_piece_back(order: Order, visitor: Client) -> None:
    sent = fields(order)
    answer = visitor.post(f"/en/orders/{order.token}/return/", sent)
    (back,) = queries.order(order.id).returns
    assert answer["Location"] == f"/en/orders/{order.token}/returns/{back.token}/"
    assert visitor.post(f"/en/orders/{order.token}/return/", sent)["Location"] == answer["Location"]
    assert len(queries.order(order.id).returns) == 1
    page = visitor.get(answer["Location"]).content.decode()
    assert "&lt;b&gt;short&lt;/b&gt;" in page
    assert "1 rue Haute" in page
    slip = visitor.get(f"{answer['Location']}slip.pdf")
    assert (slip["Content-Type"], slip.content[:5]) == ("application/pdf", b"%PDF-")
    visitor.post(f"{answer['Location']}cancel/")
    assert queries.return_(back.id).state is ReturnState.CANCELLED
    assert visitor.get(f"{answer['Location']}slip.pdf").status_code == 404


def test_sending_back_is_offered_as_long_as_something_and_some_time_is_left(visitor: Client) -> None:
    small_catalogue()
    made = paid_order({"DR-S": 1}, at=now() - timedelta(days=3))
    actions.ship(order_id=made.id, at=now() - timedelta(days=2))
    actions.deliver(order_id=made.id, at=now() - timedelta(days=1))
    where = f"/en/orders/{made.token}/"
    assert "You may change your mind until" in visitor.get(where).content.decode()
    visitor.post(f"{where}return/", fields(made))
    page = visitor.get(where).content.decode()
    for words in ("You may change your mind until", "Send something back", f"{where}return/"):
        assert words not in page, words
    assert queries.order(made.id).returns[0].number in page
    assert "Write a review" in page
    models.OrderLine.objects.update(refunded_quantity=1)
    assert "Write a review" not in visitor.get(where).content.decode(), "of what was given back"
    models.OrderLine.objects.update(refunded_quantity=0)
    models.Return.objects.update(state=ReturnState.CANCELLED.value)
    models.Order.objects.update(delivered_at=now() - timedelta(days=90))
    page = visitor.get(where).content.decode()
    assert "You may change your mind until" not in page
    assert "Send something back" not in page
    assert f"{where}return/?kind=guarantee" in page


@pytest.mark.parametrize(
    "wrong", [{"pieces": 3}, {"pieces": 1000}, {"pieces": -1}, {"pieces": "x"}, {"pieces": 0}, {"reason": "hax"}]
)
def test_what_cannot_be_sent_back_is_said(order: Order, visitor: Client, wrong: dict[str, object]) -> None:
    sent = fields(order)
    sent |= {f"{name}_{order.lines[0].id}": value for name, value in wrong.items()}
    assert visitor.post(f"/en/orders/{order.token}/return/", sent).status_code == 422
    assert queries.order(order.id).returns == ()


def test_a_fault_waits_for_a_person(order: Order, visitor: Client) -> None:
    line = order.lines[0].id
    page = f"/en/orders/{order.token}/return/?kind=guarantee"
    assert visitor.post(page, fields(order)).status_code == 422
    visitor.post(page, fields(order, **{f"reason_{line}": "defect"}))
    (back,) = queries.order(order.id).returns
    assert (back.kind, back.state) == (ReturnKind.GUARANTEE, ReturnState.REQUESTED)


def test_a_return_belongs_to_its_order(order: Order, visitor: Client) -> None:
    visitor.post(f"/en/orders/{order.token}/return/", fields(order))
    (back,) = queries.order(order.id).returns
    other = placed_order(key="other")
    for address in (
        f"/en/orders/{other.token}/returns/{back.token}/",
        f"/en/orders/{other.token}/returns/{back.token}/slip.pdf",
        f"/en/orders/{order.token}/returns/guessed/",
        "/en/orders/guessed/invoice.pdf",
        f"/en/orders/{other.token}/invoice.pdf",
        f"/en/orders/{order.token}/credit-1.pdf",
    ):
        assert visitor.get(address).status_code == 404, address
    assert visitor.post(f"/en/orders/{other.token}/returns/{back.token}/cancel/").status_code == 404


def test_what_has_not_arrived_is_not_sent_back(visitor: Client) -> None:
    small_catalogue()
    order = paid_order(at=now())
    page = visitor.get(f"/en/orders/{order.token}/return/").content.decode()
    assert "It has not arrived yet." in page
    assert f"/en/withdrawal/?order={order.number}" in page


def test_the_invoice_is_the_same_each_time_and_may_name_a_company_once(order: Order, visitor: Client) -> None:
    made = visitor.post(f"/en/orders/{order.token}/invoice/", {"company": "Nord", "vat_number": "12345"})
    assert made["Location"] == f"/en/orders/{order.token}/"
    made = visitor.post(f"/en/orders/{order.token}/invoice/", {"company": "Nord", "vat_number": "BE0123456789"})
    assert made["Location"].endswith("invoice.pdf")
    first = visitor.get(f"/en/orders/{order.token}/invoice.pdf")
    assert first.content == visitor.get(f"/en/orders/{order.token}/invoice.pdf").content
    assert 'filename="F' in first["Content-Disposition"]
    again = visitor.post(f"/en/orders/{order.token}/invoice/", {"company": "South"})
    assert again["Location"] == f"/en/orders/{order.token}/"


def test_the_form_of_withdrawal_is_confirmed_and_tells_nothing(order: Order, visitor: Client) -> None:
    right = {"order_number": order.number, "email": order.email, "name": "Claire", "words": ""}
    page = visitor.post("/en/withdrawal/", right).content.decode()
    assert "Confirm the withdrawal" in page
    assert visitor.post("/en/withdrawal/", {**right, "name": ""}).status_code == 422
    wrong = {**right, "email": "nobody@parvis.example"}
    answers = [visitor.post("/en/withdrawal/", {**sent, "confirm": "yes"}) for sent in (right, wrong)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/en/withdrawal/sent/")}
    assert "on its way to that address" in visitor.get("/en/withdrawal/sent/").content.decode()


def test_the_form_of_withdrawal_knows_who_is_signed_in(shop: object, visitor: Client) -> None:
    client, _account = signed_in("lea@mail.example", "Lea Petit")
    page = client.get("/en/withdrawal/").content.decode()
    assert 'value="lea@mail.example"' in page
    assert 'value="Lea Petit"' in page
    changed = {"order_number": "P-1", "email": "old@mail.example", "name": "Lea", "words": "", "change": "yes"}
    assert 'value="old@mail.example"' in client.post("/en/withdrawal/", changed).content.decode()
    assert "lea@mail.example" not in visitor.get("/en/withdrawal/").content.decode()


def test_the_form_of_withdrawal_is_not_sent_without_end(order: Order, visitor: Client) -> None:
    sent = {"order_number": order.number, "email": order.email, "name": "Claire", "confirm": "yes"}
    codes = [visitor.post("/en/withdrawal/", sent).status_code for _ in range(7)]
    assert codes[0] == 302
    assert codes[-1] == 429


def test_every_page_offers_the_withdrawal(visitor: Client, shop: object) -> None:
    assert re.search(r'href="/fr/withdrawal/">Se rétracter du contrat ici', visitor.get("/fr/").content.decode())
