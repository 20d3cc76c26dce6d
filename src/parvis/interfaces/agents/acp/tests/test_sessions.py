"""What a checkout says as it is filled: status, places of what is missing, and what must not be possible."""

from datetime import timedelta
from typing import Any

import pytest

from parvis.core.clock import now
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog.testing import SmallCatalogue
from parvis.domains.checkout import actions, models
from parvis.domains.checkout import queries as checkout
from parvis.interfaces.agents.acp.simulator import Agent, Answered, Refusal, total
from parvis.interfaces.agents.acp.tests.agents import DELIVERY, agent

pytestmark = [pytest.mark.database, pytest.mark.django_db]
DRESS = [{"id": "DR-S"}]


def path(session: Any, *more: str) -> str:
    return "/".join(["/checkout_sessions", session["id"], *more])


def places(session: Any, kind: str = "error") -> dict[str, str]:
    """Codes by place."""
    return {each["param"]: each.get("code", "") for each in session["messages"] if each["type"] == kind}


def refused(answer: Answered) -> tuple[int, str, str]:
    return answer.status, answer.body["code"], answer.body.get("param", "")


def test_a_cart_alone_is_incomplete_and_says_where(helper: Agent) -> None:
    session = helper.open(DRESS)
    assert session["status"] == "incomplete"
    assert places(session) == {
        "$.fulfillment_details.email": "missing",
        "$.fulfillment_details.name": "missing",
        "$.fulfillment_details.address": "missing",
    }
    assert {each["resolution"] for each in session["messages"]} == {"recoverable"}
    (line,) = session["line_items"]
    assert (line["id"], line["item"]["id"], line["quantity"], line["unit_amount"]) == ("DR-S", "DR-S", 1, 8900)
    assert {each["name"] for each in line["variant_options"]} <= {"Size", "Colour"}
    sums = {each["type"]: each["amount"] for each in session["totals"]}
    assert sums["total"] == sums["subtotal"] + sums["fulfillment"]  # the tax is inside
    assert 0 < sums["tax"] < sums["total"]
    assert session["capabilities"]["interventions"]["supported"] == []
    assert session["capabilities"]["payment"]["handlers"][0]["psp"] == "testpay"
    assert {link["type"] for link in session["links"]} >= {"privacy_policy"}


def test_it_becomes_ready_step_by_step(helper: Agent) -> None:
    session = helper.open(DRESS, buyer={"email": "claire@example.com", "first_name": "Claire", "last_name": "Dubois"})
    assert session["buyer"] == {"email": "claire@example.com", "full_name": "Claire Dubois"}
    session = helper.ask("POST", path(session), {"fulfillment_details": {"address": DELIVERY["address"]}})
    assert session["status"] == "ready_for_payment"
    assert session["fulfillment_details"]["address"] == DELIVERY["address"]
    assert session["buyer"]["email"] == "claire@example.com"  # what is not sent stays
    session = helper.ask("POST", path(session), {"line_items": [{"id": "DR-S", "quantity": 3}]})
    assert (session["line_items"][0]["quantity"], session["status"]) == (3, "ready_for_payment")
    assert helper.ask("GET", path(session)) == session


def test_quantities_as_a_number_or_by_naming_it_twice(helper: Agent) -> None:
    session = helper.open([{"id": "DR-S", "quantity": 2}, {"id": "DR-S"}])
    assert [line["quantity"] for line in session["line_items"]] == [3]


@pytest.mark.parametrize(
    ("items", "code", "param"),
    [
        ([{"id": "DR-S", "quantity": 0}], "invalid", "$.line_items[0].quantity"),
        ([{"id": "DR-S"}, {"id": "DR-M", "quantity": -1}], "invalid", "$.line_items[1].quantity"),
        ([{"id": "DR-S", "quantity": 10**30}], "quantity_exceeded", "$.line_items[0].quantity"),
        ([{"id": "DR-S", "quantity": 1.5}], "invalid", "$.line_items[0].quantity"),
        ([{"id": "DR-S", "quantity": True}], "invalid", "$.line_items[0].quantity"),
        ([{"id": "DR-S", "quantity": "2"}], "invalid", "$.line_items[0].quantity"),
        ([{"id": "no such"}], "invalid_item_id", "$.line_items[0].id"),
        ([{"id": "x" * 100_000}], "invalid_item_id", "$.line_items[0].id"),
        ([], "invalid", "$.line_items"),
        ([{}], "missing", "$.line_items[0].id"),
        ([{"id": "DR-S", "price": 1}], "unknown_field", "$.line_items[0].price"),
    ],
    ids=["none", "negative", "huge", "half", "truth", "text", "unknown", "long", "empty", "nameless", "field"],
)
def test_items_that_cannot_be_wanted(helper: Agent, items: Any, code: str, param: str) -> None:
    body = {"line_items": items, "currency": "eur", "capabilities": {}}
    assert refused(helper.call("POST", "/checkout_sessions", body)) == (400, code, param)
    assert not models.Session.objects.exists()


def test_many_times_the_same_is_within_bounds_too(helper: Agent) -> None:
    body = {"line_items": [{"id": "DR-S", "quantity": 15}] * 2, "currency": "eur", "capabilities": {}}
    assert refused(helper.call("POST", "/checkout_sessions", body)) == (422, "invalid", "$.line_items")
    assert not models.Session.objects.exists()


@pytest.mark.parametrize("currency", ["usd", "€", "", "EURO"])
def test_a_currency_that_is_not_sold_in(helper: Agent, currency: str) -> None:
    body = {"line_items": DRESS, "currency": currency, "capabilities": {}}
    assert refused(helper.call("POST", "/checkout_sessions", body)) == (400, "unsupported_currency", "$.currency")


def test_a_price_that_the_agent_makes_up_changes_nothing(helper: Agent) -> None:
    session = helper.open([{"id": "DR-S", "unit_amount": 1, "name": "A gift"}], fulfillment_details=DELIVERY)
    assert session["line_items"][0]["unit_amount"] == 8900
    session = helper.complete(session, helper.token(session, at=now()))
    assert models.Order.objects.get().total_minor == total(session) > 8900 - 1


def test_what_another_agent_opened_is_not_there(helper: Agent) -> None:
    session = helper.open(DRESS, fulfillment_details=DELIVERY)
    stranger = agent("stranger")
    never = stranger.call("GET", "/checkout_sessions/never-was")
    payment = {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "t"}},
    }
    for method, rest, body in (
        ("GET", (), None),
        ("POST", (), {}),
        ("POST", ("complete",), {"payment_data": payment}),
        ("POST", ("cancel",), None),
    ):
        answer = stranger.call(method, path(session, *rest), body)
        assert (answer.status, answer.body["code"]) == (never.status, never.body["code"]) == (404, "not_found")
        assert answer.body["message"].replace(session["id"], "never-was") == never.body["message"]
    for method, body in (("GET", None), ("PUT", {"line_items": DRESS})):
        assert stranger.call(method, f"/carts/{session['id']}", body).status == 404
    with pytest.raises(Refusal, match="this checkout session is not known"):
        stranger.token(session, at=now())
    assert helper.ask("GET", path(session)) == session


def test_sold_out_between_two_looks(helper: Agent, shop: SmallCatalogue) -> None:
    session = helper.open([{"id": "DR-S", "quantity": 2}], fulfillment_details=DELIVERY)
    token = helper.token(session, at=now())
    catalog.count_stock(variant_id=shop.variants["DR-S"], counted=1, at=now())
    told = helper.complete(session, token)
    assert (told["status"], "order" in told) == ("not_ready_for_payment", False)
    assert places(told) == {"$.line_items[0]": "low_stock"}
    assert told["line_items"][0]["available_quantity"] == 1
    told = helper.ask("POST", path(session), {"line_items": [{"id": "DR-S", "quantity": 1}]})
    assert told["status"] == "ready_for_payment"
    catalog.count_stock(variant_id=shop.variants["DR-S"], counted=0, at=now())
    told = helper.ask("GET", path(session))
    assert places(told) == {"$.line_items[0]": "out_of_stock"}
    assert not models.Payment.objects.exists()


def test_an_article_that_was_taken_out_of_the_shop(helper: Agent, shop: SmallCatalogue) -> None:
    session = helper.open(DRESS, fulfillment_details=DELIVERY)
    catalog.archive_variant(variant_ids=[shop.variants["DR-S"]], at=now())
    told = helper.ask("GET", path(session))
    assert (told["status"], places(told)) == ("not_ready_for_payment", {"$.line_items[0]": "not_found"})
    assert helper.complete(session, "spt_any")["status"] == "not_ready_for_payment"


def test_a_price_that_moved_is_told_before_anything_is_charged(helper: Agent, shop: SmallCatalogue) -> None:
    session = helper.open(DRESS, fulfillment_details=DELIVERY)
    token = helper.token(session, at=now())
    catalog.set_price(variant_id=shop.variants["DR-S"], amount_minor=9900, reason="new", at=now())
    told = helper.complete(session, token)
    assert (told["status"], "order" in told) == ("ready_for_payment", False)
    assert set(places(told, "warning").values()) == {"price_change"}
    assert total(told) > total(session)
    assert not models.Order.objects.exists()


def test_a_price_that_moved_is_told_also_to_who_says_more_with_the_payment(helper: Agent, shop: SmallCatalogue) -> None:
    """What comes with a completion is an update of the session, whose prices the agent has not seen."""
    session = helper.open(DRESS, fulfillment_details=DELIVERY)
    token = helper.token(session, at=now())
    catalog.set_price(variant_id=shop.variants["DR-S"], amount_minor=8500, reason="new", at=now())
    credit = {"provider": "impact.com", "token": "atp_1", "touchpoint": "last"}
    told = helper.complete(session, token, affiliate_attribution=credit, order_notes="Ring twice")
    assert (told["status"], "order" in told) == ("ready_for_payment", False)
    assert set(places(told, "warning").values()) == {"price_change"}
    assert not models.Order.objects.exists()
    assert helper.complete(session, token)["status"] == "completed"


def test_a_note_stays_with_the_order_until_the_buyer_is_forgotten(helper: Agent) -> None:
    session = helper.open(DRESS, fulfillment_details=DELIVERY, order_notes="Leave it with <b>the neighbour</b>")
    helper.ask("POST", path(session), {"buyer": {"email": "claire@example.com"}})  # what is not said again stays
    done = helper.complete(session, helper.token(session, at=now()))
    assert done["order"]["confirmation"]["order_notes"] == "Leave it with <b>the neighbour</b>"
    order = models.Order.objects.get()
    assert checkout.order(order.id).note == "Leave it with <b>the neighbour</b>"
    actions.ship(order_id=order.id, at=now())
    actions.deliver(order_id=order.id, at=now())
    actions.forget_customer(customer_id=order.customer_id or 0, at=now())
    kept = str(list(models.Session.objects.values()))
    assert "claire" not in kept.lower()
    assert "neighbour" not in kept
    assert "order_notes" not in str(helper.ask("GET", path(session)))


def test_it_ends_with_time(helper: Agent) -> None:
    session = helper.open(DRESS, fulfillment_details=DELIVERY)
    models.Session.objects.update(expires_at=now() - timedelta(seconds=1))
    assert helper.ask("GET", path(session))["status"] == "expired"
    assert refused(helper.call("POST", path(session), {})) == (409, "session_closed", "")
    with pytest.raises(Refusal, match="expired"):
        helper.complete(session, "spt_any")
    assert not models.Order.objects.exists()


def test_it_is_cancelled_once_with_its_reason(helper: Agent) -> None:
    session = helper.open(DRESS)
    trace = {"reason_code": "shipping_cost", "trace_summary": "Ten is too much", "metadata": {"target": 0}}
    told = helper.ask("POST", path(session, "cancel"), {"intent_trace": trace})
    assert told["status"] == "canceled"
    assert "intent_trace" not in str(told)
    assert models.Session.objects.get().cancel_reason == {"code": "shipping_cost", "summary": "Ten is too much"}
    again = helper.call("POST", path(session, "cancel"))
    assert (again.status, again.body["code"]) == (405, "not_cancelable")
    assert helper.call("POST", path(session), {}).status == 409


@pytest.mark.parametrize(
    ("trace", "kept"),
    [
        ({"reason_code": "bored"}, {"code": "other"}),
        ({"reason_code": 5}, {}),
        ({"trace_summary": "x"}, {}),
        ("price", {}),
        ({"reason_code": "other", "trace_summary": "x" * 600}, {"code": "other", "summary": "x" * 500}),
    ],
    ids=["unknown", "number", "no code", "text", "long"],
)
def test_a_reason_never_stands_in_the_way_of_cancelling(helper: Agent, trace: Any, kept: Any) -> None:
    session = helper.open(DRESS)
    assert helper.call("POST", path(session, "cancel"), {"intent_trace": trace}).status == 200
    assert models.Session.objects.get().cancel_reason == kept


def test_the_credit_for_a_sale_first_and_last(helper: Agent) -> None:
    credit = {"provider": "impact.com", "token": "atp_1", "publisher_id": "pub_1", "campaign_id": "summer"}
    session = helper.open(DRESS, fulfillment_details=DELIVERY, affiliate_attribution={**credit, "touchpoint": "first"})
    assert "impact.com" not in str(session)
    last = {
        "provider": "other.example",
        "publisher_id": "pub_2",
        "touchpoint": "last",
        "metadata": {"placement": "top"},
    }
    done = helper.complete(session, helper.token(session, at=now()), affiliate_attribution=last)
    assert done["status"] == "completed"
    assert "pub_2" not in str(done)
    kept = models.Session.objects.get().attribution
    assert kept["acp.first.provider"] == "impact.com"
    assert kept["acp.first.campaign_id"] == "summer"
    assert (kept["acp.last.publisher_id"], kept["acp.last.placement"]) == ("pub_2", "top")


@pytest.mark.parametrize(
    "credit",
    [
        {"token": "x"},
        {"provider": "impact.com"},
        {"provider": "impact.com", "token": "x", "metadata": {"a": {"b": 1}}},
        {"provider": "impact.com", "token": "x", "metadata": {"user_email": "a@b.example"}},
        {"provider": "impact.com", "token": "x", "sub_id": "claire@example.com"},
        "impact.com",
        None,
    ],
    ids=["nobody", "no token", "nested", "personal", "mail", "text", "null"],
)
def test_a_wrong_credit_never_stands_in_the_way(helper: Agent, credit: Any) -> None:
    session = helper.open(DRESS, affiliate_attribution=credit)
    assert session["status"] == "incomplete"
    assert models.Session.objects.get().attribution == {}


def test_news_only_for_who_agreed_to_what_was_asked(helper: Agent) -> None:
    session = helper.open(DRESS, fulfillment_details=DELIVERY)
    (option,) = session["marketing_consent_options"]
    assert (option["channel"], option["privacy_policy_url"]) == ("email", "http://testserver/en/privacy/")
    given = [{"channel": "email", "opted_in": True}, {"channel": "sms", "opted_in": True}]
    helper.complete(session, helper.token(session, at=now()), marketing_consents=given)
    assert models.Session.objects.get().consents == {"email": True}


def test_codes_are_answered(helper: Agent) -> None:
    session = helper.open(DRESS, discounts={"codes": [" ete ", "ETE"]})
    assert session["discounts"]["codes"] == ["ETE"]
    (rejected,) = session["discounts"]["rejected"]
    assert (rejected["code"], rejected["reason"]) == ("ETE", "discount_code_invalid")
    assert places(session, "warning") == {"$.discounts.codes[0]": "discount_code_invalid"}
    session = helper.ask("POST", path(session), {"coupons": ["OLD"]})
    assert session["discounts"]["codes"] == ["OLD"]
    session = helper.ask("POST", path(session), {"discounts": {"codes": []}})
    assert (session["discounts"]["codes"], places(session, "warning")) == ([], {})


def test_a_way_to_ship_that_is_not_offered(helper: Agent) -> None:
    session = helper.open(DRESS, fulfillment_details=DELIVERY)
    where = "$.selected_fulfillment_options"

    def choose(*options: tuple[str, str]) -> Answered:
        chosen = [{"type": kind, "option_id": key, "item_ids": ["DR-S"]} for kind, key in options]
        return helper.call("POST", path(session), {"selected_fulfillment_options": chosen})

    assert refused(choose(("shipping", "rocket"))) == (400, "invalid", f"{where}[0].option_id")
    assert refused(choose(("shipping", "pickup"))) == (400, "invalid", f"{where}[0].option_id")
    assert refused(choose(("shipping", "pickup:paris-11"))) == (400, "invalid", f"{where}[0].type")
    assert refused(choose(("shipping", "home"), ("shipping", "abroad"))) == (400, "unsupported", where)
    assert choose().status == 200


def test_an_address_that_is_not_served_or_cannot_be(helper: Agent) -> None:
    def at(**more: str) -> Any:
        return helper.open(DRESS, fulfillment_details={**DELIVERY, "address": {**DELIVERY["address"], **more}})

    assert places(at(country="AQ")) == {"$.fulfillment_details.address.country": "region_restricted"}
    assert places(at(postal_code="1")) == {"$.fulfillment_details.address.postal_code": "invalid"}
    assert places(at(city=" ")) == {"$.fulfillment_details.address.city": "missing"}
    long = helper.call(
        "POST",
        "/checkout_sessions",
        {
            "line_items": DRESS,
            "currency": "eur",
            "capabilities": {},
            "buyer": {"email": "a@b.example", "full_name": "x" * 300},
        },
    )
    assert refused(long) == (422, "invalid", "$.fulfillment_details.name")
