"""Codes, the brand's own offers and gift cards as agents see them; and the way to the shop's own pages."""

from typing import Any

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.checkout import actions, models
from parvis.domains.checkout.contracts import AdjustmentKind, Benefit, Terms
from parvis.interfaces.agents.acp.simulator import Agent, total
from parvis.interfaces.agents.acp.tests.agents import DELIVERY

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def offer(name: str, *, code: str = "", **more: Any) -> None:
    kind = AdjustmentKind.CODE if code else AdjustmentKind.PROMOTION
    terms = {"kind": kind, "benefit": Benefit.PERCENTAGE, "value": 1000, "name_en": name, "name_fr": f"{name} (fr)"}
    actions.create_promotion(terms=Terms(code=code, **{**terms, **more}), key=name, at=now())


def sums(document: Any) -> dict[str, int]:
    return {each["type"]: each["amount"] for each in document["totals"]}


def test_a_code_takes_off_what_the_order_then_costs(helper: Agent) -> None:
    offer("Summer", code="ETE10")
    session = helper.open([{"id": "DR-S"}], fulfillment_details=DELIVERY, discounts={"codes": ["ete10", "NONE"]})
    (applied,) = session["discounts"]["applied"]
    assert (applied["code"], applied["amount"], applied["automatic"]) == ("ETE10", 890, False)
    assert applied["allocations"] == [{"path": "$.line_items[0]", "amount": 890}]
    assert [each["code"] for each in session["discounts"]["rejected"]] == ["NONE"]
    (line,) = session["line_items"]
    assert (line["discount_details"][0]["source"], line["discount_details"][0]["amount"]) == ("coupon", 890)
    told = sums(session)
    assert told["items_base_amount"] - told["discount"] == told["subtotal"] == 8010
    assert told["subtotal"] + told["fulfillment"] == told["total"]
    done = helper.complete(session, helper.token(session, at=now()))
    assert (done["status"], total(done)) == ("completed", total(session))
    assert models.Payment.objects.get().captured_minor == told["total"]


def test_a_code_that_ran_out_meanwhile_is_told_and_not_charged_without_it(helper: Agent) -> None:
    offer("Last one", code="ONE", max_uses=1)
    asked = {"fulfillment_details": DELIVERY, "discounts": {"codes": ["ONE"]}}
    slow, fast = helper.open([{"id": "DR-S"}], **asked), helper.open([{"id": "DR-S"}], **asked)
    allowed = helper.token(slow, at=now())
    assert helper.complete(fast, helper.token(fast, at=now()))["status"] == "completed"
    last = {"provider": "partners", "token": "t-1", "touchpoint": "last"}
    stopped = helper.complete(slow, allowed, affiliate_attribution=last)
    assert stopped["status"] == "ready_for_payment"
    assert total(stopped) == 8900
    assert models.Payment.objects.count() == 1


def test_what_the_brand_takes_off_by_itself(helper: Agent) -> None:
    offer("Ten off")
    session = helper.open([{"id": "DR-S"}], fulfillment_details=DELIVERY)
    (applied,) = session["discounts"]["applied"]
    assert (applied["automatic"], "code" in applied, applied["amount"]) == (True, False, 890)
    assert session["line_items"][0]["discount_details"][0]["source"] == "automatic"


def test_a_gift_card_pays_a_part_and_the_token_the_rest(helper: Agent) -> None:
    card = actions.issue_gift_card(amount_minor=5000, at=now())
    session = helper.open([{"id": "DR-S"}], fulfillment_details=DELIVERY, discounts={"codes": [card.code]})
    told = sums(session)
    assert (told["store_credit"], session["discounts"]["applied"], session["discounts"]["rejected"]) == (5000, [], [])
    assert told["subtotal"] + told["fulfillment"] - 5000 == told["total"]
    done = helper.complete(session, helper.token(session, at=now()))
    assert done["status"] == "completed"
    assert sums(done)["store_credit"] == 5000
    assert models.Payment.objects.get().captured_minor == told["total"]


def test_what_is_linked_is_there(helper: Agent) -> None:
    for language in ("en-US", "fr-FR"):
        helper.language = language
        links = {each["type"]: each["url"] for each in helper.open([{"id": "DR-S"}])["links"]}
        assert set(links) == {"terms_of_use", "privacy_policy", "return_policy", "about_us", "faq"}
        for url in links.values():
            assert url.startswith(f"http://testserver/{language[:2]}/")
            assert Client().get(url.removeprefix("http://testserver")).status_code == 200, url


def test_the_shopper_takes_over_and_the_agent_looks_on(helper: Agent) -> None:
    session = helper.open([{"id": "DR-S"}], fulfillment_details=DELIVERY)
    there = session["continue_url"]
    assert there == f"http://testserver/en/checkout/continue/{session['id']}/"
    browser = Client()
    page = browser.get(there.removeprefix("http://testserver"), follow=True)
    assert page.status_code == 200
    if models.Session.objects.get().handed_over_at is None:  # it asks first
        page = browser.post(there.removeprefix("http://testserver"), follow=True)
    assert models.Session.objects.get().handed_over_at is not None
    assert "Linen dress" in page.content.decode()
    path = f"/checkout_sessions/{session['id']}"
    refused = helper.call("POST", path, {"line_items": [{"id": "DR-M"}]})
    assert (refused.status, refused.body["code"]) == (409, "handed_over")
    assert helper.ask("GET", path)["line_items"] == session["line_items"]
