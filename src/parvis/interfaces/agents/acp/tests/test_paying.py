"""Tokens with an allowance, and what becomes of a payment."""

from datetime import timedelta
from typing import Any

import pytest

from parvis.connectors.testpay.models import SharedToken
from parvis.core.clock import now
from parvis.core.models import KeptAnswer
from parvis.domains.checkout import models, ports
from parvis.domains.checkout.testing import CHALLENGED, DECLINED
from parvis.interfaces.agents.acp.simulator import TEST_CARD, Agent, Answered, Refusal, total
from parvis.interfaces.agents.acp.tests.agents import DELIVERY, agent, client_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]
VAULT = "/agentic_commerce/delegate_payment"


@pytest.fixture
def session(helper: Agent) -> dict[str, Any]:
    return helper.open([{"id": "DR-S"}], fulfillment_details=DELIVERY)


def wish(session: Any, *, method: Any = None, allowance: Any = None, **more: Any) -> dict[str, Any]:
    """The request for a token, right but for what is given."""
    return {
        "payment_method": {
            "type": "card",
            "card_number_type": "fpan",
            "display_card_funding_type": "credit",
            "metadata": {},
            **TEST_CARD,
            **(method or {}),
        },
        "allowance": {
            "reason": "one_time",
            "max_amount": total(session),
            "currency": "eur",
            "checkout_session_id": session["id"],
            "merchant_id": "testserver",
            "expires_at": (now() + timedelta(minutes=30)).isoformat(),
            **(allowance or {}),
        },
        "risk_signals": [{"type": "card_testing", "score": 1, "action": "authorized"}],
        "metadata": {"source": "test"},
        **more,
    }


def refused(answer: Answered) -> tuple[int, str, str]:
    return answer.status, answer.body["code"], answer.body.get("param", "")


def test_a_token_is_made_once_and_no_card_is_kept(helper: Agent, session: Any) -> None:
    wanted = wish(session)
    first, again = (helper.call("POST", VAULT, wanted, key="k") for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert again.headers["idempotent-replayed"] == "true"
    assert first.body["metadata"] == {"source": "test", "merchant_id": "testserver", "idempotency_key": "k"}
    assert SharedToken.objects.count() == 1
    kept = str(list(KeptAnswer.objects.values())) + str(list(SharedToken.objects.values()))
    assert TEST_CARD["number"] not in kept
    other = {**wanted, "payment_method": {**wanted["payment_method"], "number": "5555555555554444"}}
    assert refused(helper.call("POST", VAULT, other, key="k"))[:2] == (422, "idempotency_conflict")


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"method": {"number": "4242424242424241"}}, "$.payment_method.number"),
        ({"method": {"number": "4000056655665556"}}, "$.payment_method.number"),
        ({"method": {"exp_month": "13"}}, "$.payment_method.exp_month"),
        ({"method": {"exp_month": "1"}}, "$.payment_method.exp_month"),
        ({"method": {"exp_year": "26"}}, "$.payment_method.exp_year"),
        ({"method": {"exp_year": "2020"}}, "$.payment_method.exp_month"),
        ({"method": {"cvc": "1"}}, "$.payment_method.cvc"),
        ({"method": {"card_number_type": "network_token"}}, "$.payment_method.card_number_type"),
        ({"allowance": {"currency": "usd"}}, "$.allowance.currency"),
        ({"allowance": {"max_amount": 0}}, "$.allowance.max_amount"),
        ({"allowance": {"max_amount": -5}}, "$.allowance.max_amount"),
        ({"allowance": {"max_amount": 10**20}}, "$.allowance.max_amount"),
        ({"allowance": {"merchant_id": "another.example"}}, "$.allowance.merchant_id"),
        ({"allowance": {"expires_at": "2020-01-01T00:00:00Z"}}, "$.allowance.expires_at"),
        ({"allowance": {"checkout_session_id": "never-was"}}, "$.allowance.checkout_session_id"),
        (
            {"risk_signals": [{"type": "card_testing", "score": 99, "action": "blocked"}]},
            "$.risk_signals",
        ),
    ],
    ids=["digits", "real card", "month", "short month", "year", "past", "cvc", "network", "currency", "nothing",
         "negative", "fortune", "merchant", "over", "session", "blocked"],
)  # fmt: skip
def test_an_allowance_or_a_card_that_cannot_be(helper: Agent, session: Any, wrong: Any, param: str) -> None:
    assert refused(helper.call("POST", VAULT, wish(session, **wrong))) == (422, "invalid_card", param)
    assert not SharedToken.objects.exists()


def test_there_is_no_vault_with_a_provider_that_has_none(
    helper: Agent, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bank:
        name = "bank"

    monkeypatch.setitem(ports.provider._bound, "payments", Bank())
    assert helper.call("POST", VAULT, wish(session)).status == 404
    assert "delegate_payment" not in helper.discover()["capabilities"]["services"]
    (handler,) = helper.ask("GET", f"/checkout_sessions/{session['id']}")["capabilities"]["payment"]["handlers"]
    assert (handler["psp"], handler["config"]["environment"]) == ("bank", "production")


def test_a_declined_card_leaves_the_checkout_as_it_was(helper: Agent, session: Any) -> None:
    told = helper.complete(session, helper.token(session, at=now(), card={"number": DECLINED}))
    assert (told["status"], "order" in told) == ("ready_for_payment", False)
    assert [each["code"] for each in told["messages"]] == ["payment_declined"]
    done = helper.complete(session, helper.token(session, at=now()))
    assert done["status"] == "completed"
    assert models.Order.objects.count() == 1


def test_the_bank_asks_the_buyer_who_goes_on_at_the_shop(helper: Agent, session: Any) -> None:
    told = helper.complete(session, helper.token(session, at=now(), card={"number": CHALLENGED}))
    assert (told["status"], "order" in told) == ("requires_escalation", False)
    assert told["continue_url"].startswith("http://testserver/")
    page = told["continue_url"].removeprefix("http://testserver")
    assert client_of(helper).get(page).status_code == 200
    assert helper.ask("GET", f"/checkout_sessions/{session['id']}")["status"] == "requires_escalation"


@pytest.mark.parametrize("what", ["unknown", "used", "less", "over", "elsewhere"])
def test_a_token_beyond_its_allowance_pays_nothing(helper: Agent, session: Any, what: str) -> None:
    token = helper.token(session, at=now())
    if what == "unknown":
        token = "spt_made_up"
    elif what == "less":
        answer = helper.call("POST", VAULT, wish(session, allowance={"max_amount": total(session) - 1}))
        token = answer.body["id"]
    elif what == "over":
        SharedToken.objects.update(expires_at=now() - timedelta(seconds=1))
    elif what == "used":
        SharedToken.objects.update(used_by="pay_of_before")
    else:
        token = helper.token(helper.open([{"id": "DR-S"}], fulfillment_details=DELIVERY), at=now())
    told = helper.complete(session, token)
    assert told["status"] == "ready_for_payment"
    assert [each["code"] for each in told["messages"] if each["type"] == "error"] == ["payment_declined"]
    assert not models.Order.objects.filter(paid_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("payment", "param"),
    [
        ({"purchase_order_number": "PO-1"}, "$.payment_data"),
        (
            {"purchase_order_number": "PO-1", "instrument": {"type": "c", "credential": {"type": "spt", "token": "t"}}},
            "$.payment_data",
        ),
        ({"handler_id": "cash", "instrument": {"type": "x", "credential": {"type": "x", "token": "x"}}},
         "$.payment_data.handler_id"),
        ({"handler_id": "card_tokenized", "instrument": {"type": "card", "credential": {"type": "spt", "token": ""}}},
         "$.payment_data.instrument.credential.token"),
        ({"handler_id": "card_tokenized", "instrument": {"type": "card", "credential": {"type": "spt"}}},
         "$.payment_data.instrument.credential.token"),
        ({}, "$.payment_data"),
    ],
    ids=["on account", "on account with a token", "handler", "empty", "no token", "nothing"],
)  # fmt: skip
def test_other_ways_to_pay_are_not_taken(helper: Agent, session: Any, payment: Any, param: str) -> None:
    answer = helper.call("POST", f"/checkout_sessions/{session['id']}/complete", {"payment_data": payment})
    assert (answer.status, answer.body.get("param")) == (400, param)
    assert not models.Order.objects.exists()


def test_a_client_that_saw_no_answer_asks_again(helper: Agent, session: Any) -> None:
    token = helper.token(session, at=now())
    first = helper.complete(session, token, key="pay")
    assert helper.complete(session, token, key="pay") == first
    another = helper.complete(
        session, "spt_another", key="new"
    )  # another key, even another token: nothing is paid twice
    assert (another["status"], another["order"]["id"]) == ("completed", first["order"]["id"])
    assert models.Order.objects.count() == models.Payment.objects.count() == 1
    assert models.Payment.objects.get().captured_minor == total(first)
    with pytest.raises(Refusal, match="405"):
        helper.ask("POST", f"/checkout_sessions/{session['id']}/cancel")


def test_what_is_told_with_a_second_card_leaves_the_order_as_it_is(helper: Agent, session: Any) -> None:
    more = {
        "buyer": {"email": "someone.else@example.com"},
        "marketing_consents": [{"channel": "email", "opted_in": True}],
    }
    helper.complete(session, helper.token(session, at=now(), card={"number": DECLINED}))
    done = helper.complete(session, helper.token(session, at=now()), **more)
    assert done["status"] == "completed"
    order = models.Order.objects.get()
    assert (order.email, models.Session.objects.get().consents) == ("claire@example.com", {"email": True})


def test_a_payment_service_that_is_down_is_a_failure_that_is_not_kept(
    helper: Agent, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, provider = helper.token(session, at=now()), ports.payments()
    real = provider.confirm

    def down(*_given: Any, **_more: Any) -> Any:
        raise ports.PaymentUnavailable(reason="no answer")

    monkeypatch.setattr(type(provider), "confirm", down)
    body = {
        "payment_data": {
            "handler_id": "card_tokenized",
            "instrument": {"type": "card", "credential": {"type": "spt", "token": token}},
        }
    }
    answer = helper.call("POST", f"/checkout_sessions/{session['id']}/complete", body, key="pay")
    assert (answer.status, answer.body["type"]) == (502, "service_unavailable")
    monkeypatch.setattr(type(provider), "confirm", lambda self, *given, **more: real(*given, **more))
    assert helper.complete(session, token, key="pay")["status"] == "completed"
    assert models.Order.objects.count() == models.Payment.objects.count() == 1


def test_a_token_of_one_agent_does_not_pay_for_another(helper: Agent, session: Any) -> None:
    token = helper.token(session, at=now())
    stranger = agent("stranger")
    own = stranger.open([{"id": "DR-S"}], fulfillment_details=DELIVERY)
    told = stranger.complete(own, token)
    assert told["status"] == "ready_for_payment"
    assert [each["code"] for each in told["messages"] if each["type"] == "error"] == ["payment_declined"]
    assert models.Order.objects.filter(state="paid").count() == 0
