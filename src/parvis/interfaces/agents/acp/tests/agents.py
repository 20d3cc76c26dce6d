"""Agents for tests: each request they send and each answer they get is held against the published schemas."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.test import Client

from parvis.core.clock import now
from parvis.domains.people import actions as people
from parvis.domains.people import testing as cast
from parvis.interfaces.agents.acp.simulator import Agent, Answered
from parvis.interfaces.agents.acp.tests import published

DELIVERY = {
    "name": "Claire Dubois",
    "email": "claire@example.com",
    "phone_number": "+33612345678",
    "address": {
        "name": "Claire Dubois",
        "line_one": "12 rue des Lilas",
        "city": "Paris",
        "state": "",
        "country": "FR",
        "postal_code": "75011",
    },
}
CHECKOUT, CART, PAYMENT = (f"schema.{name}.json" for name in ("agentic_checkout", "cart", "delegate_payment"))
SESSION = (CHECKOUT, "CheckoutSession")
Definition = tuple[str, str]


def _asked(what: str) -> Definition:
    return CHECKOUT, f"CheckoutSession{what}Request"


ONE = "[^/]+"
# method, path -> definition of the request (None: no body) and of the answer
CONTRACT: tuple[tuple[str, str, Definition | None, Definition], ...] = (
    ("GET", "/.well-known/acp.json", None, (CHECKOUT, "DiscoveryResponse")),
    ("POST", "/acp/checkout_sessions", _asked("Create"), SESSION),
    ("GET", f"/acp/checkout_sessions/{ONE}", None, SESSION),
    ("POST", f"/acp/checkout_sessions/{ONE}", _asked("Update"), SESSION),
    ("POST", f"/acp/checkout_sessions/{ONE}/complete", _asked("Complete"), SESSION),
    ("POST", f"/acp/checkout_sessions/{ONE}/cancel", None, SESSION),  # what it is told never stands in the way
    ("POST", "/acp/carts", (CART, "CartCreateRequest"), (CART, "Cart")),
    ("GET", f"/acp/carts/{ONE}", None, (CART, "Cart")),
    ("PUT", f"/acp/carts/{ONE}", (CART, "CartUpdateRequest"), (CART, "Cart")),
    ("POST", f"/acp/carts/{ONE}/cancel", None, (CART, "Cart")),
    (
        "POST",
        "/acp/agentic_commerce/delegate_payment",
        (PAYMENT, "DelegatePaymentRequest"),
        (PAYMENT, "DelegatePaymentResponse"),
    ),
)
# The words of its own errors are a closed list; it has none for what any address may answer (see test_published.py).
OF_PAYMENTS = ("invalid_card", "duplicate_request", "too_many_requests", "idempotency_conflict",
               "idempotency_key_required", "idempotency_in_flight")  # fmt: skip


def fit(method: str, path: str, request: bytes, answer: Answered) -> None:
    """Raise AssertionError unless the request (where the shop took it) and the answer are what the release says."""
    known = [(asked, told) for verb, pattern, asked, told in CONTRACT if verb == method and re.fullmatch(pattern, path)]
    asked, told = known[0] if known else (None, SESSION)
    if answer.status >= 400:
        file = PAYMENT if told[0] == PAYMENT and answer.body["code"] in OF_PAYMENTS else CHECKOUT
        assert published.problems(file, "Error", answer.body) == [], answer.body
        return
    body = json.loads(request or b"{}")
    if asked is not None:
        for item in body.get("line_items", ()):
            item.pop("quantity", None)  # see asked.quantities
        body.pop("affiliate_attribution", None)  # what is wrong with it never stands in the way
        assert published.problems(*asked, body) == []
    file, definition = told
    if told == SESSION and answer.body["status"] == "completed":
        definition = "CheckoutSessionWithOrder"
    assert published.problems(file, definition, answer.body) == [], answer.body


class Sender:
    """Sends to the shop in this process, and checks what goes either way."""

    def __init__(self, *, strict: bool = True) -> None:
        self.client, self.strict = Client(raise_request_exception=False), strict

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answered:
        kind = headers.get("Content-Type", "application/json")
        rest = {name: value for name, value in headers.items() if name != "Content-Type"}
        response = self.client.generic(method, path, data=body, content_type=kind, headers=rest)
        told = json.loads(response.content) if response.content else None
        named = {name.lower(): value for name, value in response.headers.items()}
        answer = Answered(status=response.status_code, headers=named, body=told)
        if self.strict:
            fit(method, path, body, answer)
        return answer


def client_of(helper: Agent) -> Client:
    """What an agent of these tests sends with."""
    assert isinstance(helper.send, Sender)
    return helper.send.client


def agent(name: str = "helper", **more: Any) -> Agent:
    """A registered agent with a key of its own."""
    at = now()
    owner = cast.staff("olivia", at=at)
    known = people.register_agent(name=name, key=name, actor_id=owner.account_id, at=at)
    _token, secret = people.issue_agent_key(agent_id=known.id, account_id=owner.account_id, at=at)
    return Agent(send=Sender(), key=secret, root="/acp", **more)
