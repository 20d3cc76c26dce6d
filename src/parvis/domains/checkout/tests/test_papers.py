"""Invoices and credit notes: what they say, that they never change, and that their numbers have no gap."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.actions import SellerUnknown
from parvis.domains.checkout.contracts import (
    AskedLine,
    Billing,
    Order,
    Paper,
    PaperKind,
    ReturnKind,
    Seller,
)
from parvis.domains.checkout.rules.orders import NotPossible
from parvis.domains.checkout.testing import AT, REFUND_FAILS, paid_order, placed_order

pytestmark = pytest.mark.database
SELLER = Seller(
    name="Maison d’Été",
    form="SAS au capital de 10 000 €",
    address="1 place du Marché\n75001 Paris",
    registration="RCS Paris 000 000 000",
    vat_number="FR00000000000",
    mediator="Médiateur imaginaire",
)


@pytest.fixture
def shop(db: None) -> SmallCatalogue:
    actions.save_seller(SELLER, at=AT)
    return small_catalogue()


def words(paper: Paper) -> str:
    reader = PdfReader(io.BytesIO(queries.paper_file(paper.id)))
    text = "\n".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ").split())


def invoice(order: Order, **more) -> Paper:
    return actions.issue_invoice(order_id=order.id, at=AT + timedelta(hours=1), **more)


def test_an_invoice_says_what_the_law_wants(shop: SmallCatalogue) -> None:
    order = paid_order({"DR-S": 2, "SW-M": 1})
    paper = invoice(order)
    text = words(paper)
    assert order.locale == "fr"
    assert (paper.number, paper.total.amount_minor) == ("F2026-000001", 24300)
    for part in (
        "Facture F2026-000001", "Maison d’Été", "RCS Paris 000 000 000", "FR00000000000", "4 mars 2026", order.number,
        "Claire Dubois", "12 rue des Lilas", "75011 Paris", "France", "89,00 €", "178,00 €", "20 %", "202,50 €",
        "40,50 €", "243,00 €", "Médiateur imaginaire",
    ):  # fmt: skip
        assert part in text, part


def test_a_paper_never_changes(shop: SmallCatalogue) -> None:
    order = paid_order()
    paper = invoice(order)
    first = queries.paper_file(paper.id)
    actions.save_seller(Seller(name="Another", address="x", registration="y"), at=AT)
    assert invoice(order) == paper
    assert queries.paper_file(paper.id) == first
    assert hashlib.sha256(first).hexdigest() == paper.sha256
    for change in (
        lambda: models.Paper.objects.update(number="F2026-000002"),
        lambda: models.Paper.objects.filter(id=paper.id).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_document_has_a_title_a_language_and_its_fonts(shop: SmallCatalogue) -> None:
    paper = invoice(paid_order())
    reader = PdfReader(io.BytesIO(queries.paper_file(paper.id)))
    assert reader.metadata is not None
    assert reader.metadata.title == "Facture F2026-000001"
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].get_object().values()]
    used = [font["/FontDescriptor"].get_object() for font in fonts if "/FontDescriptor" in font]
    assert len(used) >= 2
    assert all("/FontFile2" in font for font in used)


def test_fifty_lines_run_over_several_pages(shop: SmallCatalogue) -> None:
    from parvis.domains.checkout.actions.papers import drawing

    paper = invoice(paid_order())
    content = dict(models.Paper.objects.get(id=paper.id).content)
    content["lines"] = [{**content["lines"][0], "name": f"Robe {n} " + "très longue " * 20} for n in range(50)]
    made = drawing.pdf(content, number="F2026-000009", locale="fr", currency="EUR")
    reader = PdfReader(io.BytesIO(made))
    count = len(reader.pages)
    assert count > 2
    assert f"{count}/{count}" in reader.pages[-1].extract_text()
    assert made == drawing.pdf(content, number="F2026-000009", locale="fr", currency="EUR")


def test_a_refund_has_a_credit_note_of_its_own_sequence(shop: SmallCatalogue) -> None:
    order = paid_order({"DR-S": 2, "SW-M": 1})
    refund = actions.refund(
        order_id=order.id, lines={order.lines[0].id: 1}, amount_minor=9390, reason="x", key="r", at=AT
    )
    note = actions.issue_credit(refund_id=refund.id, at=AT)
    assert (note.kind, note.number, note.total.amount_minor) == (PaperKind.CREDIT, "A2026-000001", 9390)
    text = words(note)
    for part in ("Avoir A2026-000001", "F2026-000001", "89,00 €", "4,90 €", "93,90 €", "78,25 €", "15,65 €"):
        assert part in text, part
    assert actions.issue_credit(refund_id=refund.id, at=AT) == note
    assert [paper.kind for paper in queries.papers(order.id)] == [PaperKind.INVOICE, PaperKind.CREDIT]


def test_what_is_kept_stands_with_a_minus_sign(shop: SmallCatalogue) -> None:
    order = paid_order({"DR-S": 1})
    refund = actions.refund(
        order_id=order.id, lines={order.lines[0].id: 1}, amount_minor=5000, reason="worn", key="r", at=AT
    )
    assert "\N{MINUS SIGN}39,00 €" in words(actions.issue_credit(refund_id=refund.id, at=AT))


def test_what_was_not_given_back_has_no_credit_note(shop: SmallCatalogue) -> None:
    order = paid_order(number=REFUND_FAILS)
    failed = actions.refund(order_id=order.id, lines={}, amount_minor=100, reason="x", key="r", at=AT)
    for refund_id in (failed.id, 10**9):
        with pytest.raises(NotFound):
            actions.issue_credit(refund_id=refund_id, at=AT)


def test_what_was_not_paid_has_no_invoice(shop: SmallCatalogue) -> None:
    with pytest.raises(NotPossible):
        invoice(placed_order())


def test_nobody_invoices_without_a_name(shop: SmallCatalogue) -> None:
    order = paid_order()
    actions.save_seller(Seller(name="Only a name"), at=AT)
    with pytest.raises(SellerUnknown):
        invoice(order)
    assert models.PaperSequence.objects.count() == 0


def test_goods_taxed_elsewhere_name_the_country_and_the_one_stop_shop(shop: SmallCatalogue) -> None:
    order = paid_order({"SW-M": 1})
    models.Order.objects.filter(id=order.id).update(
        address={"country": "BE", "line1": "1 rue Haute", "postcode": "1000", "city": "Bruxelles"},
        locale="en",
        taxes=[{"basis_points": 2100, "net": 5777, "tax": 1213}],
        gift_minor=1000,
    )
    text = words(invoice(order))
    for part in (
        "Invoice F2026-000001",
        "VAT 21% (Belgium)",
        "€12.13",
        "one-stop shop (OSS)",
        "Paid with gift cards",
        "−€10.00",
    ):
        assert part in text, part


def test_a_business_is_named_with_its_number(shop: SmallCatalogue) -> None:
    order = paid_order()
    for wrong in (Billing(vat_number="FR123"), Billing(company="A", vat_number="12345"), Billing(company="x" * 121)):
        with pytest.raises(Invalid):
            invoice(order, billing=wrong)
    text = words(invoice(order, billing=Billing(company="Atelier <b>Nord</b>", vat_number="be 0123 456 789")))
    for part in ("Atelier <b>Nord</b>", "BE0123456789", "L441-10"):
        assert part in text, part


def test_the_sequence_begins_again_with_the_year(shop: SmallCatalogue) -> None:
    first = actions.issue_invoice(order_id=paid_order(key="1").id, at=AT)
    second = actions.issue_invoice(order_id=paid_order(key="2").id, at=AT)
    turn = AT.replace(month=12, day=31, hour=23, minute=30)  # half past midnight in Paris
    third = actions.issue_invoice(order_id=paid_order(key="3").id, at=turn)
    assert [paper.number for paper in (first, second, third)] == ["F2026-000001", "F2026-000002", "F2027-000001"]


def test_the_slip_of_a_return_names_it(shop: SmallCatalogue) -> None:
    order = paid_order({"DR-S": 1})
    actions.ship(order_id=order.id, at=AT)
    actions.deliver(order_id=order.id, at=AT)
    back = actions.request_return(
        order_token=order.token,
        kind=ReturnKind.WITHDRAWAL,
        lines=[AskedLine(line_id=order.lines[0].id, quantity=1)],
        key="k",
        at=AT,
    )
    text = PdfReader(io.BytesIO(actions.return_slip(token=back.token))).pages[0].extract_text()
    for part in (back.number, order.number, "1 place du Marché", "DR-S"):
        assert part in text, part
    actions.cancel_return(token=back.token, at=AT)
    with pytest.raises(NotFound):
        actions.return_slip(token=back.token)
