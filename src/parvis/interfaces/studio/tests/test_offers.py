"""Promotions, gift cards and taxes as the team arranges them."""

import re
import uuid

import pytest
from django.urls import reverse

from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import AdjustmentKind, Benefit, Terms
from parvis.interfaces.studio.offers import promotions
from parvis.interfaces.studio.tests.conftest import AT, signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]

CODE = {"kind": "code", "benefit": "percentage", "percent": "10", "name_en": "Ten", "name_fr": "Dix", "code": "ten 10"}


@pytest.fixture
def marketer(shop):
    return signed_in("mathis", locale="en")


def text(answer):
    return answer.content.decode()


def promotion(**changes):
    given = {
        "kind": AdjustmentKind.CODE,
        "benefit": Benefit.PERCENTAGE,
        "value": 1000,
        "code": "TEN10",
        "name_en": "<b>Ten</b>",
        "name_fr": "Dix",
    }
    return actions.create_promotion(terms=Terms(**{**given, **changes}), at=AT)


def test_a_promotion_is_made_seen_changed_and_stopped(marketer, shop):
    assert "No promotion yet" in text(marketer.get(reverse("studio:offers")))
    seen = marketer.post(reverse("studio:offer_new"), {**CODE, "preview": "1"})
    assert (seen.status_code, queries.promotion_rows()) == (200, ())
    assert "10% off" in text(seen)
    made = marketer.post(reverse("studio:offer_new"), CODE)
    (row,) = queries.promotion_rows()
    assert made["Location"] == reverse("studio:offer", args=[row.promotion.id])
    assert (row.promotion.terms.code, row.promotion.terms.value) == ("TEN10", 1000)
    here = reverse("studio:offer", args=[row.promotion.id])
    assert 'value="TEN10"' in text(marketer.get(here))
    assert marketer.post(here, {**CODE, "percent": "12.5", "revision": "1"}).status_code == 302
    late = marketer.post(here, {**CODE, "percent": "99", "revision": "1"})
    assert late.status_code == 422
    assert "changed by somebody else" in text(late)
    assert queries.promotion(row.promotion.id).terms.value == 1250
    marketer.post(reverse("studio:offer_stop", args=[row.promotion.id]))
    assert "Stopped" in text(marketer.get(reverse("studio:offers")))


def test_many_promotions_come_by_the_page_and_a_page_too_far_is_the_first(marketer, shop, monkeypatch):
    monkeypatch.setattr(promotions, "PAGE", 2)
    for number in range(3):
        promotion(code=f"CODE{number}")
    first, last, far = (text(marketer.get(reverse("studio:offers"), {"page": page})) for page in ("", "2", "9"))
    assert ("CODE2" in first, "CODE0" in first) == (True, False)
    assert ("CODE2" in last, "CODE0" in last) == (False, True)
    assert "CODE2" in far


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"code": ""}, "This is needed.", id="no code"),
        pytest.param({"percent": "-5"}, "greater than or equal to 0.01", id="negative"),
        pytest.param({"percent": ""}, "This number cannot be used here.", id="no percent"),
        pytest.param({"kind": "bundle"}, "This does not go with the kind of offer.", id="bundle"),
        pytest.param({"products": "no-such-thing"}, "No article is known as no-such-thing.", id="unknown article"),
        pytest.param({"minimum": "-1"}, "The amount must be more than zero.", id="negative minimum"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_field(marketer, changes, said):
    answer = marketer.post(reverse("studio:offer_new"), {**CODE, **changes})
    assert answer.status_code == 422
    assert said in text(answer)
    assert queries.promotion_rows() == ()


def test_the_live_preview_is_a_part_of_the_page(marketer, shop):
    bundle = {**CODE, "kind": "bundle", "benefit": "n_for_m", "code": "", "take": "3", "pay": "2"}
    part = text(marketer.post(reverse("studio:offer_preview"), bundle))
    assert "<html" not in part
    assert "3 for the price of 2" in part
    assert "Fill in what it gives" in text(marketer.post(reverse("studio:offer_preview"), {"kind": "code"}))


def test_the_preview_of_a_promotion_that_runs_does_not_compete_with_itself(marketer, shop):
    bundle = {"kind": AdjustmentKind.BUNDLE, "benefit": Benefit.N_FOR_M, "value": 0, "code": "", "take": 3, "pay": 2}
    made = promotion(**bundle)
    page = text(marketer.get(reverse("studio:offer", args=[made.id])))
    assert "3 for the price of 2" in page
    assert "It takes nothing off this cart" not in page


def test_names_are_escaped(marketer):
    made = promotion()
    for page in (reverse("studio:offers"), reverse("studio:offer", args=[made.id])):
        html = text(marketer.get(page))
        assert "<b>Ten</b>" not in html
        assert "&lt;b&gt;Ten&lt;/b&gt;" in html


def test_a_gift_card_shows_its_code_once(marketer, shop):
    owner = signed_in("olivia", locale="en")
    assert "No gift card yet" in text(marketer.get(reverse("studio:gift_cards")))
    made = actions.issue_gift_card(amount_minor=5000, note="Raffle", at=AT)
    listed = text(marketer.get(reverse("studio:gift_cards"), {"q": made.card.last4.lower()}))
    assert "€50.00" in listed
    assert made.code not in listed
    assert "No card ends so" in text(marketer.get(reverse("studio:gift_cards"), {"q": "0000"}))
    here = reverse("studio:gift_card", args=[made.card.id])
    act = reverse("studio:gift_card_act", args=[made.card.id])
    key = str(uuid.uuid4())
    for _ in range(2):
        assert owner.post(act, {"verb": "top_up", "amount": "10", "key": key}).status_code == 302
    assert queries.gift_card(made.card.id).balance.amount_minor == 6000
    assert owner.post(act, {"verb": "top_up", "amount": "99999", "key": str(uuid.uuid4())}).status_code == 422
    owner.post(act, {"verb": "block"})
    page = text(owner.get(here))
    assert "Blocked" in page
    assert made.code not in page


def test_a_card_is_issued_on_the_page(shop, monkeypatch):
    owner = signed_in("olivia", locale="en")
    form = {"years": "2", "key": str(uuid.uuid4())}
    wrong = owner.post(reverse("studio:gift_card_issue"), {**form, "amount": "-5"})
    assert wrong.status_code == 422
    answer = owner.post(reverse("studio:gift_card_issue"), {**form, "amount": "25"})
    again = owner.post(reverse("studio:gift_card_issue"), {**form, "amount": "25"})
    assert again.status_code == 422
    assert "was already issued by this request" in text(again)
    assert answer["Cache-Control"] == "no-store"
    shown = re.search(r'<code class="secret"[^>]*>([A-Z0-9-]{19})<', text(answer))
    assert shown
    (card,) = queries.gift_cards()
    assert (card.last4, card.balance.amount_minor) == (shown[1][-4:], 2500)
    assert shown[1] not in text(owner.get(reverse("studio:gift_cards")))


def test_the_table_of_taxes(shop):
    owner, marketer = signed_in("olivia", locale="en"), signed_in("mathis", locale="en")
    here = reverse("studio:taxes")
    given = {"home": "BE", "oss": "on", "revision": "0", "reduced": "knits FR 5.5\nknits BE 6", "rate_DE": "16"}
    assert marketer.post(here, given).status_code == 403
    assert owner.post(here, given).status_code == 302
    table = queries.tax_table()
    assert (table.home, table.oss, table.rates, table.revision) == ("BE", True, {"DE": 1600}, 1)
    assert table.reduced == {"knits": {"BE": 600, "FR": 550}}
    assert "knits FR 5.5" in text(owner.get(here))
    assert owner.post(here, given).status_code == 422, "somebody else changed it meanwhile"
    for wrong in ("knits FR", "nothing FR 5", "knits FR x", "knits US 5", "knits FR 90"):
        assert owner.post(here, {**given, "revision": "1", "reduced": wrong}).status_code == 422, wrong
    assert queries.tax_table() == table


def test_the_report_of_a_quarter(shop):
    owner = signed_in("olivia", locale="en")
    order = queries.order(shop.order)
    line = order.lines[0]
    actions.refund(order_id=order.id, lines={line.id: 1}, reason="changed my mind", key="r", at=AT)
    page = text(owner.get(reverse("studio:taxes"), {"quarter": "2026-1"}))
    assert "France" in page
    report = owner.get(reverse("studio:taxes_report"), {"quarter": "2026-1"})
    lines = b"".join(report.streaming_content).decode().splitlines()
    assert lines == [
        "quarter,country,scheme,rate_percent,orders,net,vat,currency",
        "2026-Q1,FR,domestic,20.00,1,74.17,14.83,EUR",
    ]
    assert "Nothing was paid" in text(owner.get(reverse("studio:taxes"), {"quarter": "2020-3"}))
    for strange in ("x", "9999999-1", "2026-9", "-1-0"):
        assert owner.get(reverse("studio:taxes"), {"quarter": strange}).status_code == 200
