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
_ONE = "[^/]+"
# method, path -> definition of the request (None: no body) and of the answer
CONTRACT: tuple[tuple[str, str, tuple[str, str] | None, tuple[str, str]], ...] = (
    ("GET", "/.well-known/acp.json", None, (CHECKOUT, "DiscoveryResponse")),
    ("POST", "/acp/checkout_sessions", (CHECKOUT, "CheckoutSessionCreateRequest"), (CHECKOUT, "CheckoutSession")),
    ("GET", f"/acp/checkout_sessions/{_ONE}", None, (CHECKOUT, "CheckoutSession")),
    ("POST", f"/acp/checkout_sessions/{_ONE}", (CHECKOUT, "CheckoutSessionUpdateRequest"), (CHECKOUT, "CheckoutSession")),
    ("POST", f"/acp/checkout_sessions/{_ONE}/complete", (CHECKOUT, "CheckoutSessionCompleteRequest"), (CHECKOUT, "CheckoutSession")),
    ("POST", f"/acp/checkout_sessions/{_ONE}/cancel", (CHECKOUT, "CancelSessionRequest"), (CHECKOUT, "CheckoutSession")),
    ("POST", "/acp/carts", (CART, "CartCreateRequest"), (CART, "Cart")),
    ("GET", f"/acp/carts/{_ONE}", None, (CART, "Cart")),
    ("PUT", f"/acp/carts/{_ONE}", (CART, "CartUpdateRequest"), (CART, "Cart")),
    ("POST", f"/acp/carts/{_ONE}/cancel", None, (CART, "Cart")),
    ("POST", "/acp/agentic_commerce/delegate_payment", (PAYMENT, "DelegatePaymentRequest"), (PAYMENT, "DelegatePaymentResponse")),
)  # fmt: skip
# The closed list of words of delegate_payment has none for these (see test_published.py).
WITHOUT_A_WORD = ("unauthorised", "agent_stopped", "scope_missing", "not_found", "unsupported_api_version",
                  "missing_api_version", "invalid_json", "too_large", "invalid", "missing", "unknown_field")  # fmt: skip


def fit(method: str, path: str, request: bytes, answer: Answered) -> None:
    """Raise AssertionError unless the request (where the shop took it) and the answer are what the release says."""
    for verb, pattern, asked, told in CONTRACT:
        if verb == method and re.fullmatch(pattern, path):
            break
    else:
        assert published.problems(CHECKOUT, "Error", answer.body) == []
        return
    if answer.status >= 400:
        file = told[0] if told[0] == PAYMENT and answer.body["code"] not in WITHOUT_A_WORD else CHECKOUT
        assert published.problems(file, "Error", answer.body) == [], answer.body
        return
    body = json.loads(request or b"{}")
    if asked is not None:
        for item in body.get("line_items", ()):
            item.pop("quantity", None)  # see asked.quantities
        assert published.problems(*asked, body) == []
    file, definition = told
    if answer.body.get("status") == "completed":
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


def agent(name: str = "helper", **more: Any) -> Agent:
    """A registered agent with a key of its own."""
    at = now()
    owner = cast.staff("olivia", at=at)
    known = people.register_agent(name=name, key=name, actor_id=owner.account_id, at=at)
    _token, secret = people.issue_agent_key(agent_id=known.id, account_id=owner.account_id, at=at)
    return Agent(send=Sender(), key=secret, root="/acp", **more)
