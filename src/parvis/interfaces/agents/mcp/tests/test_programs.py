"""How programs find the way and make themselves known: documents of ours and of theirs, registration."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from parvis.core import outbound
from parvis.core.clock import now
from parvis.domains.people import actions, queries, testing
from parvis.interfaces.agents.mcp.tests.conftest import Assistant
from parvis.interfaces.agents.mcp.tests.consent import BACK, DOCUMENT, RESOURCE, elsewhere, query, register, tokens

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_documents_say_where_to_go(db: Any) -> None:
    for path in ("/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"):
        told = Client().get(path)
        assert told["Access-Control-Allow-Origin"] == "*"
        assert told.json()["resource"] == RESOURCE
        assert told.json()["authorization_servers"] == ["http://testserver"]
    server = Client().get("/.well-known/oauth-authorization-server").json()
    assert server["issuer"] == "http://testserver"
    assert server["code_challenge_methods_supported"] == ["S256"]
    assert server["authorization_response_iss_parameter_supported"] is True
    assert server["client_id_metadata_document_supported"] is True
    for name in ("token_endpoint", "registration_endpoint", "revocation_endpoint"):
        path = server[name].removeprefix("http://testserver")
        assert Client().get(path).status_code == 405
        assert Client(enforce_csrf_checks=True).post(path).status_code in (200, 400)


def test_registration_is_for_public_programs_with_safe_addresses(db: Any) -> None:
    made = register(elsewhere(), token_endpoint_auth_method="client_secret_basic", client_name="A\u202eB\n<b>")
    assert made.status_code == 201
    assert made["Cache-Control"] == "no-store"
    assert made.json()["token_endpoint_auth_method"] == "none"
    assert "client_secret" not in made.json()
    assert "\u202e" not in made.json()["client_name"]
    for bad in (
        "http://elsewhere.example/x",
        "javascript:alert(1)",
        "https://a.example/#x",
        "https://u:p@a.example/",
        "x",
    ):
        refused = register(elsewhere(), redirect_uris=[bad])
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_redirect_uri"), bad
    for shape in ([], "x", [1], None):
        assert register(elsewhere(), redirect_uris=shape).json()["error"] == "invalid_redirect_uri"
    assert register(elsewhere(), client_name="a\x00b").json()["error"] == "invalid_client_metadata"
    odd = elsewhere().post("/oauth/register", b"{}", content_type="application/json", CONTENT_LENGTH="²")
    assert odd.status_code == 400
    one = Client(REMOTE_ADDR="198.51.100.7")
    last = [one.post("/oauth/register", b"[", content_type="application/json").status_code for _ in range(12)]
    assert last[-1] == 429  # and not without end


def test_a_program_with_a_document_of_its_own(emma: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    document: dict[str, Any] = {"client_id": DOCUMENT, "client_name": "Documented", "redirect_uris": [BACK]}

    def get(url: str, **_: Any) -> outbound.Reply:
        asked.append(url)
        return outbound.Reply(status=200, body=json.dumps(document).encode())

    monkeypatch.setattr(outbound, "get", get)
    made = tokens(emma, DOCUMENT)
    assert asked == [DOCUMENT]  # kept for an hour
    grant = queries.grants(testing.account("emma", at=now()).pk)[0]
    agent = queries.agent(grant.assistant.agent_id or 0)
    assert agent is not None
    assert agent.profile_url == DOCUMENT
    assert Assistant(Client(), bearer=made["access_token"]).call("order_status") == {"orders": []}
    bad: list[dict[str, Any]] = [
        {"client_id": "https://evil.example/client.json"}, {"client_name": None}, {"redirect_uris": "x"},
        {"redirect_uris": ["http://evil.example/"]}, {"token_endpoint_auth_method": "client_secret_basic"},
    ]  # fmt: skip
    for number, change in enumerate(bad):
        place = f"https://assistant.example/client-{number}.json"
        document.clear()
        document.update({"client_id": place, "client_name": "X", "redirect_uris": [BACK], **change})
        assert emma.get("/oauth/authorize", query(place)).status_code == 400, change


def test_documents_are_only_fetched_from_public_places(emma: Client) -> None:
    for place in ("https://127.0.0.1/client.json", "https://localhost:9/c.json", "https://[::1]/c.json"):
        refused = emma.get("/oauth/authorize", query(place))
        assert refused.status_code == 400
    for place in ("http://assistant.example/c.json", "https://assistant.example", "https://assistant.example/a/../c"):
        assert emma.get("/oauth/authorize", query(place)).status_code == 400


def test_programs_that_nobody_allowed_anything_are_forgotten(client_id: str) -> None:
    assert actions.forget_unused(before=now() - timedelta(days=1)) == 0
    assert actions.forget_unused(before=now() + timedelta(days=1)) == 1
    assert queries.assistant(client_id) is None
