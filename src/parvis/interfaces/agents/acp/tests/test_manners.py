"""Headers, versions, errors and repeats: the same at every address."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from parvis.connectors.agents.models import Call
from parvis.core import idempotency
from parvis.core.clock import now
from parvis.core.models import KeptAnswer
from parvis.domains.checkout import models
from parvis.domains.checkout import queries as shop
from parvis.domains.checkout.actions import TooManyDeclines
from parvis.domains.people import actions as people
from parvis.domains.people import queries as known
from parvis.domains.people import testing as cast
from parvis.domains.people.contracts import Scope
from parvis.interfaces.agents.acp.simulator import Agent, Answered
from parvis.interfaces.agents.acp.tests.agents import agent, client_of
from parvis.interfaces.agents.acp.views import sessions

pytestmark = [pytest.mark.database, pytest.mark.django_db]
BODY = {"line_items": [{"id": "DR-S"}], "currency": "eur", "capabilities": {}}
THERE = "/checkout_sessions"


def post(helper: Agent, body: Any = BODY, *, key: str = "k1", path: str = THERE, **headers: str) -> Answered:
    return helper.call("POST", path, body, key=key, **headers)


def raw(helper: Agent, body: bytes, kind: str = "application/json") -> Answered:
    headers = {"Authorization": f"Bearer {helper.key}", "API-Version": "2026-04-17", "Idempotency-Key": "k"}
    return helper.send("POST", "/acp/checkout_sessions", {**headers, "Content-Type": kind}, body)


def test_what_the_caller_named_comes_back(helper: Agent) -> None:
    answer = post(helper, Request_Id="req-1")
    assert answer.status == 201
    assert (answer.headers["idempotency-key"], answer.headers["request-id"]) == ("k1", "req-1")
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


def test_no_form_token_is_asked_for_here_and_only_here(helper: Agent) -> None:
    client_of(helper).handler.enforce_csrf_checks = True
    assert post(helper).status == 201
    assert client_of(helper).post("/en/cart/", {}).status_code == 403


@pytest.mark.parametrize(
    ("version", "code"), [("", "missing_api_version"), ("2025-09-29", "unsupported_api_version")], ids=["none", "old"]
)
def test_a_version_that_is_not_spoken_here(helper: Agent, version: str, code: str) -> None:
    answer = post(helper, API_Version=version)
    assert (answer.status, answer.body["code"]) == (400, code)
    assert answer.body["supported_versions"] == ["2026-04-17"]


def test_who_calls(helper: Agent) -> None:
    for secret in ("", "wrong"):
        answer = post(helper, Authorization=f"Bearer {secret}")
        assert (answer.status, answer.body["code"]) == (401, "unauthorised")
        assert answer.headers["www-authenticate"] == "Bearer"
    owner = cast.staff("olivia", at=now())
    _, secret = people.issue_token(name="erp", scopes=[Scope.CHECKOUT_WRITE], account_id=owner.account_id, at=now())
    assert post(helper, Authorization=f"Bearer {secret}").body["code"] == "not_an_agent"
    helper_id = known.agent_by_key("helper").id
    _, secret = people.issue_agent_key(
        agent_id=helper_id, account_id=owner.account_id, scopes=[Scope.CHECKOUT_READ], at=now()
    )
    assert post(helper, Authorization=f"Bearer {secret}").body["code"] == "scope_missing"
    people.stop_agent(agent_id=helper_id, reason="test", actor_id=owner.account_id, at=now())
    stopped = post(helper)
    assert (stopped.status, stopped.body["code"]) == (403, "agent_stopped")


def test_every_write_has_a_key(helper: Agent) -> None:
    session = post(helper).body["id"]
    for method, path in (
        ("POST", THERE),
        ("POST", f"{THERE}/{session}"),
        ("POST", f"{THERE}/{session}/complete"),
        ("POST", f"{THERE}/{session}/cancel"),
        ("POST", "/carts"),
        ("PUT", f"/carts/{session}"),
        ("POST", f"/carts/{session}/cancel"),
        ("POST", "/agentic_commerce/delegate_payment"),
    ):
        answer = helper.call(method, path, BODY, Idempotency_Key="")
        assert (answer.status, answer.body["code"]) == (400, "idempotency_key_required"), path
    assert post(helper, key="k" * 256).status == 400
    assert post(helper, key="k" * 255).status == 201


def test_the_same_request_again_gets_the_first_answer(helper: Agent) -> None:
    first = post(helper)
    assert "idempotent-replayed" not in first.headers
    again = raw(helper, b"")  # the sender of raw bytes uses another key: nothing is mixed up
    assert again.status == 400
    reordered = {"capabilities": {}, "currency": "eur", "line_items": [{"id": "DR-S"}]}
    for body in (BODY, reordered):
        answer = post(helper, body)
        assert (answer.status, answer.body) == (201, first.body)
        assert answer.headers["idempotent-replayed"] == "true"
    assert models.Session.objects.count() == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"metadata": {"a": 1}}, {"metadata": {"a": 1.0}}, True),
        ({"metadata": {"a": 1, "b": 2}}, {"metadata": {"b": 2, "a": 1}}, True),
        ({"metadata": {"a": None}}, {"metadata": {}}, False),
        ({"metadata": {"a": [1, 2]}}, {"metadata": {"a": [2, 1]}}, False),
        ({"metadata": {"a": 1}}, {"metadata": {"a": True}}, False),
        ({"metadata": {"a": "1"}}, {"metadata": {"a": 1}}, False),
    ],
    ids=["zeros", "order", "null", "array", "truth", "text"],
)
def test_bodies_are_compared_by_their_meaning(helper: Agent, one: Any, other: Any, same: bool) -> None:
    assert post(helper, {**BODY, **one}).status == 201
    answer = post(helper, {**BODY, **other})
    if same:
        assert answer.headers["idempotent-replayed"] == "true"
    else:
        assert (answer.status, answer.body["code"]) == (422, "idempotency_conflict")


def test_a_key_belongs_to_its_caller_and_its_address(helper: Agent) -> None:
    session = post(helper).body["id"]
    other = agent("other")
    assert post(other, {**BODY, "currency": "EUR"}).status == 201
    assert post(helper, {}, path=f"{THERE}/{session}").status == 200
    assert models.Session.objects.count() == 2


def test_a_refusal_is_given_again_and_a_failure_is_not(helper: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {**BODY, "line_items": [{"id": "nothing"}]}
    first, again = post(helper, wrong), post(helper, wrong)
    assert first.status == again.status == 400
    assert again.headers["idempotent-replayed"] == "true"
    real, failing = sessions.actions.open_session, [True]

    def once(**given: Any) -> Any:
        if failing.pop() if failing else False:
            raise RuntimeError("the disk is full")
        return real(**given)

    monkeypatch.setattr(sessions.actions, "open_session", once)
    broken = post(helper, key="k2")
    assert (broken.status, broken.body["type"]) == (500, "processing_error")
    assert "disk" not in str(broken.body)
    assert post(helper, key="k2").status == 201


def test_a_key_is_kept_for_a_day(helper: Agent) -> None:
    first = post(helper)
    KeptAnswer.objects.update(created_at=now() - timedelta(hours=23))
    assert post(helper).headers["idempotent-replayed"] == "true"
    KeptAnswer.objects.update(created_at=now() - timedelta(hours=25))
    answer = post(helper, {**BODY, "currency": "EUR"})
    assert answer.status == 201
    assert answer.body["id"] != first.body["id"]


def test_while_the_first_one_runs_the_second_is_told_to_wait(helper: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency.locks, "try_hold", lambda key: False)
    answer = post(helper)
    assert (answer.status, answer.body["code"]) == (409, "idempotency_in_flight")
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "invalid_json"),
        (b'{"currency": NaN}', "application/json", 400, "invalid_json"),
        (b'{"currency": 1e999}', "application/json", 400, "invalid_json"),
        (b"[" * 50_000, "application/json", 400, "invalid_json"),
        (b'{"metadata": {"a": "\\u0000"}}', "application/json", 400, "invalid_json"),
        (b'{"metadata": {"a": "\\ud800"}}', "application/json", 400, "invalid_json"),
        (b"\xff\xfe", "application/json", 400, "invalid_json"),
        (b"[]", "application/json", 400, "invalid"),
        (b"null", "application/json", 400, "invalid"),
        (b"currency=eur", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b'{"metadata": ' + b'{"a":' * 200 + b"1" + b"}" * 201, "application/json", 400, "invalid"),
        (b'{"a": "' + b"x" * 200_000 + b'"}', "application/json", 413, "too_large"),
    ],
    ids=["cut", "nan", "endless", "deep", "nul", "surrogate", "bytes", "list", "null", "form", "nested", "large"],
)
def test_what_is_no_request_is_refused(helper: Agent, body: bytes, kind: str, status: int, code: str) -> None:
    answer = raw(helper, body, kind)
    assert (answer.status, answer.body["code"]) == (status, code)


def test_clocks_that_are_far_apart(helper: Agent) -> None:
    near, far = now() + timedelta(minutes=4), now() - timedelta(minutes=6)
    assert post(helper, Timestamp=near.isoformat()).status == 201
    assert post(helper, key="k2", Timestamp=far.isoformat()).body["code"] == "stale_timestamp"
    for broken in ("yesterday", "2026-11-23T03:00:00", "9999-12-31T23:59:59-23:59"):
        assert post(helper, key="k3", Timestamp=broken).status == 400


def test_addresses_that_are_none(helper: Agent) -> None:
    for path in ("/", "/checkout_sessions/a/b", "/checkout_session", "/%00"):
        answer = helper.call("GET", path)
        assert (answer.status, answer.body["code"]) == (404, "not_found"), path
    for path in ("/checkout_sessions/none", "/checkout_sessions/" + "x" * 500, "/carts/none"):
        assert helper.call("GET", path).status == 404
    answer = helper.call("DELETE", THERE)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_who_was_asked_to_wait_is_not_told_so_for_a_day(helper: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    session, waits = post(helper).body["id"], [True]

    def complete(**_given: Any) -> Any:
        if waits:
            raise TooManyDeclines(why="card", retry_after=waits.pop() and 30)
        return shop.session(session, agent_id=known.agent_by_key("helper").id, at=now())

    monkeypatch.setattr(sessions.actions, "complete_session", complete)
    body = {"payment_data": {"handler_id": "card_tokenized",
                             "instrument": {"type": "card", "credential": {"type": "spt", "token": "x"}}}}  # fmt: skip
    first = post(helper, body, key="pay", path=f"{THERE}/{session}/complete")
    assert (first.status, first.headers["retry-after"]) == (429, "30")
    assert post(helper, body, key="pay", path=f"{THERE}/{session}/complete").status == 200


def test_the_journal_knows_what_was_wrong_and_not_what_was_said(helper: Agent) -> None:
    post(helper, {**BODY, "currency": "dogecoin of claire@example.com"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(call) FROM agentlink_call AS call ORDER BY id DESC LIMIT 1")
        (row,) = cursor.fetchone()
    told = json.dumps(row)
    assert '"unsupported_currency"' in told
    assert "$.currency" in told
    assert "claire" not in told
    post(helper, {**BODY, "claire_dubois": 1}, key="k2")
    post(helper, {**BODY, "metadata": {"claire_dubois": {"a": []}}, "quote_id": 1, "buyer": {"claire": 1}}, key="k3")
    assert list(Call.objects.order_by("id").values_list("error", "where"))[1:] == [
        ("unknown_field", "$"),
        ("unknown_field", "$.buyer"),
    ]
