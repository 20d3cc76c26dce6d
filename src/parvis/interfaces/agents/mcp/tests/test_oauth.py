"""How a customer lets an assistant act for her: each rule of the protocols it is made of."""

import base64
import hashlib
import itertools
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from parvis.core import outbound
from parvis.core.clock import now
from parvis.domains.people import actions, queries, testing
from parvis.domains.people.models import Grant, GrantSecret
from parvis.interfaces.agents.mcp.tests.conftest import Assistant
from parvis.interfaces.storefront.tests.conftest import Shop

pytestmark = [pytest.mark.database, pytest.mark.django_db]
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BACK = "https://assistant.example/callback"
RESOURCE = "http://testserver/mcp"
DOCUMENT = "https://assistant.example/client.json"


_ADDRESSES = itertools.count(1)


def elsewhere() -> Client:
    """A program at an address of its own, so that limits of others do not touch it."""
    return Client(REMOTE_ADDR=f"203.0.113.{next(_ADDRESSES) % 250}")


def register(client: Client, **more: Any) -> Any:
    body = {"client_name": "Helpful", "redirect_uris": [BACK], **more}
    return client.post("/oauth/register", json.dumps(body), content_type="application/json")


@pytest.fixture
def client_id(db: Any) -> str:
    return str(register(elsewhere()).json()["client_id"])


@pytest.fixture
def emma(db: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(testing.account("emma", at=now()), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def query(client_id: str, **more: str) -> dict[str, str]:
    asked = {
        "response_type": "code", "client_id": client_id, "redirect_uri": BACK, "state": "s&1", "resource": RESOURCE,
        "code_challenge": CHALLENGE, "code_challenge_method": "S256", "scope": "orders:read checkout:prepare",
    }  # fmt: skip
    return {key: value for key, value in {**asked, **more}.items() if value}


def allowed(
    customer: Client, client_id: str, scopes: tuple[str, ...] = ("orders:read",), **more: str
) -> dict[str, str]:
    """What comes back to the program when the customer says yes."""
    given = {**query(client_id, **more), "decision": "allow", "allowed": list(scopes)}
    return sent_back(customer.post("/oauth/authorize", given))


def sent_back(answer: Any) -> dict[str, str]:
    assert answer.status_code == 302, answer.content[:500]
    return {key: values[0] for key, values in parse_qs(urlsplit(answer["Location"]).query).items()}


def exchange(program: str, code: str, /, **more: str) -> Any:
    given = {
        "grant_type": "authorization_code", "client_id": program, "code": code, "redirect_uri": BACK,
        "code_verifier": VERIFIER, "resource": RESOURCE,
    }  # fmt: skip
    return elsewhere().post("/oauth/token", {key: value for key, value in {**given, **more}.items() if value})


def renew(client_id: str, token: str, **more: str) -> Any:
    given = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": token, **more}
    return elsewhere().post("/oauth/token", given)


def tokens(customer: Client, client_id: str, scopes: tuple[str, ...] = ("orders:read",)) -> dict[str, Any]:
    made = exchange(client_id, allowed(customer, client_id, scopes)["code"])
    assert made.status_code == 200, made.content
    return dict(made.json())


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


def test_who_asks_without_a_token_is_told_where_to_get_one(shop: Shop) -> None:
    asked = Assistant(Client()).request("tools/call", {"name": "order_status", "arguments": {}})
    assert asked.status_code == 401
    told = asked["WWW-Authenticate"]
    assert told.startswith("Bearer ")
    assert 'resource_metadata="http://testserver/.well-known/oauth-protected-resource/mcp"' in told
    assert 'scope="orders:read"' in told
    wrong = Assistant(Client(), bearer="parvis_at_nonsense").request("tools/list")
    assert wrong.status_code == 401
    assert 'error="invalid_token"' in wrong["WWW-Authenticate"]


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
    one = Client(REMOTE_ADDR="198.51.100.7")
    last = [one.post("/oauth/register", b"[", content_type="application/json").status_code for _ in range(12)]
    assert last[-1] == 429  # and not without end


def test_consent_is_asked_in_the_customers_language_and_shows_where_the_answer_goes(
    emma: Client, client_id: str
) -> None:
    page = emma.get("/oauth/authorize", query(client_id))
    told = page.content.decode()
    assert "assistant.example" in told
    assert "Helpful" in told
    assert "See my orders" in told
    assert "https://assistant.example" in page["Content-Security-Policy"].split("form-action")[1].split(";")[0]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    french = emma.get("/oauth/authorize", query(client_id), headers={"accept-language": "fr"}).content.decode()
    assert "Voir mes commandes" in french
    evil = register(elsewhere(), client_name="<script>alert(1)</script>").json()["client_id"]
    assert "<script>alert" not in emma.get("/oauth/authorize", query(evil)).content.decode()
    stranger = Client().get("/oauth/authorize", query(client_id))
    assert stranger.status_code == 302
    assert stranger["Location"].startswith("/accounts/login/?next=/oauth/authorize")


def test_yes_gives_a_code_and_no_gives_none(emma: Client, client_id: str) -> None:
    back = allowed(emma, client_id)
    assert back["state"] == "s&1"
    assert back["iss"] == "http://testserver"
    no = sent_back(emma.post("/oauth/authorize", {**query(client_id), "decision": "deny"}))
    assert (no["error"], no["state"], no["iss"]) == ("access_denied", "s&1", "http://testserver")
    assert "code" not in no
    nothing = emma.post("/oauth/authorize", {**query(client_id), "decision": "allow"})
    assert nothing.status_code == 422
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = emma.cookies
    assert forged.post("/oauth/authorize", {**query(client_id), "decision": "allow"}).status_code == 403


WRONG = {
    "implicit": ({"response_type": "token"}, "unsupported_response_type"),
    "no challenge": ({"code_challenge": ""}, "invalid_request"),
    "plain challenge": ({"code_challenge_method": "plain"}, "invalid_request"),
    "other resource": ({"resource": "https://elsewhere.example/mcp"}, "invalid_target"),
    "unknown scope": ({"scope": "orders:read everything"}, "invalid_scope"),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_what_is_wrong_is_told_to_the_program(emma: Client, client_id: str, case: str) -> None:
    change, error = WRONG[case]
    assert sent_back(emma.get("/oauth/authorize", query(client_id, **change)))["error"] == error


def test_nobody_is_sent_to_an_address_that_is_not_the_programs(emma: Client, client_id: str) -> None:
    for uri in (
        BACK + "/more", BACK.replace("https", "http"), "https://evil.example/callback", BACK + "?x=1", "https://assistant"
        ".example@evil.example/callback",
    ):  # fmt: skip
        answer = emma.get("/oauth/authorize", query(client_id, redirect_uri=uri))
        assert answer.status_code == 400, uri
        assert "Location" not in answer
    assert emma.get("/oauth/authorize", query("client_unknown")).status_code == 400
    twice = urlencode(query(client_id)) + "&redirect_uri=https%3A%2F%2Fevil.example%2F"
    assert emma.get(f"/oauth/authorize?{twice}").status_code == 400


def test_a_program_on_ones_own_machine_may_listen_on_any_port(emma: Client) -> None:
    own = register(elsewhere(), redirect_uris=["http://127.0.0.1/callback"]).json()["client_id"]
    page = emma.get("/oauth/authorize", query(own, redirect_uri="http://127.0.0.1:53117/callback"))
    assert page.status_code == 200
    assert "on this device" in page.content.decode()
    for uri in ("http://127.0.0.1:53117/other", "http://127.0.0.1.evil.example/callback", "http://[::1]:1/callback"):
        assert emma.get("/oauth/authorize", query(own, redirect_uri=uri)).status_code == 400


def test_a_code_becomes_tokens_once_and_for_who_began(emma: Client, client_id: str) -> None:
    other = register(elsewhere()).json()["client_id"]
    code = allowed(emma, client_id)["code"]
    wrong = (
        {"code_verifier": "w" * 43}, {"code_verifier": "short"}, {"redirect_uri": BACK + "x"}, {"client_id": other},
        {"code": "parvis_ac_none"},
    )  # fmt: skip
    for change in wrong:
        refused = exchange(client_id, code, **change)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant"), change
    assert exchange(client_id, code, resource="https://elsewhere.example/").json()["error"] == "invalid_target"
    assert exchange("client_unknown", code).status_code == 401
    assert exchange(client_id, code, grant_type="password").json()["error"] == "unsupported_grant_type"
    made = exchange(client_id, code)
    assert made.status_code == 200
    assert made["Cache-Control"] == "no-store"
    told = made.json()
    assert (told["token_type"], told["scope"]) == ("Bearer", "orders:read")
    assert told["access_token"] not in str(list(GrantSecret.objects.values()))  # only hashes are kept
    assistant = Assistant(Client(), bearer=told["access_token"])
    assert assistant.call("order_status") == {"orders": []}
    # the code again: it was stolen, or the answer was; what it gave is void
    assert exchange(client_id, code).json()["error"] == "invalid_grant"
    assert assistant.request("tools/list").status_code == 401
    assert renew(client_id, told["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_lives_a_minute_and_an_access_token_half_an_hour(
    emma: Client, client_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = testing.account("emma", at=now())
    at = now()
    code = actions.allow(
        account_id=account.pk, client_id=client_id, scopes=["orders:read"], redirect_uri=BACK, challenge=CHALLENGE,
        resource=RESOURCE, at=at,
    )  # fmt: skip
    given = {"code": code, "client_id": client_id, "redirect_uri": BACK, "verifier": VERIFIER, "resource": None}
    with pytest.raises(actions.NotProven):
        actions.redeem_code(**given, at=at + timedelta(minutes=1))
    made = actions.redeem_code(**given, at=at + timedelta(seconds=59))
    assert made is not None
    assert queries.access(made.access, resource=RESOURCE, at=at + timedelta(minutes=30)) is not None
    assert queries.access(made.access, resource=RESOURCE, at=at + timedelta(minutes=31)) is None
    assert queries.access(made.access, resource="https://elsewhere.example/mcp", at=at) is None
    assert queries.access(made.refresh, resource=RESOURCE, at=at) is None
    with pytest.raises(actions.NotProven):
        actions.refresh(token=made.refresh, client_id=client_id, at=at + timedelta(days=31))


def test_refreshing_rotates_and_a_stolen_refresh_token_ends_everything(emma: Client, client_id: str) -> None:
    first = tokens(emma, client_id, ("orders:read", "checkout:prepare"))
    second = renew(client_id, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    fewer = renew(client_id, second["refresh_token"], scope="orders:read").json()
    assert fewer["scope"] == "orders:read"
    assert renew(client_id, fewer["refresh_token"], scope="checkout:prepare").json()["error"] == "invalid_scope"
    assert renew(client_id, first["refresh_token"]).json()["error"] == "invalid_grant"
    assert renew(client_id, fewer["refresh_token"]).json()["error"] == "invalid_grant"
    assert Assistant(Client(), bearer=fewer["access_token"]).request("tools/list").status_code == 401
    assert Grant.objects.get().revoked_by == "reuse"


def test_what_was_not_allowed_asks_for_more(shop: Shop, emma: Client, client_id: str) -> None:
    only = tokens(emma, client_id, ("checkout:prepare",))
    answer = Assistant(Client(), bearer=only["access_token"]).request(
        "tools/call", {"name": "order_status", "arguments": {}}
    )
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]
    assert 'scope="checkout:prepare orders:read"' in answer["WWW-Authenticate"]


def test_a_program_gives_its_token_back(emma: Client, client_id: str) -> None:
    made = tokens(emma, client_id)
    other = register(elsewhere()).json()["client_id"]

    def give_back(token: str, by: str) -> int:
        return Client().post("/oauth/revoke", {"token": token, "client_id": by}).status_code

    assert give_back(made["refresh_token"], other) == 200
    assert give_back("nonsense", client_id) == 200
    assert Assistant(Client(), bearer=made["access_token"]).request("tools/list").status_code == 200
    assert give_back(made["refresh_token"], client_id) == 200
    assert Assistant(Client(), bearer=made["access_token"]).request("tools/list").status_code == 401


def test_the_customer_sees_and_takes_back(emma: Client, client_id: str) -> None:
    made = tokens(emma, client_id)
    page = emma.get("/en/account/assistants/").content.decode()
    assert "Helpful" in page
    assert "See my orders" in page
    grant = Grant.objects.get()
    claire = Client()
    claire.force_login(
        testing.account("claire", at=now()), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert claire.post(f"/en/account/assistants/{grant.pk}/revoke/").status_code == 404
    assert Assistant(Client(), bearer=made["access_token"]).request("tools/list").status_code == 200
    assert emma.post(f"/en/account/assistants/{grant.pk}/revoke/").status_code == 302
    assert Assistant(Client(), bearer=made["access_token"]).request("tools/list").status_code == 401
    assert renew(client_id, made["refresh_token"]).json()["error"] == "invalid_grant"
    assert "Helpful" not in emma.get("/fr/account/assistants/").content.decode()


def test_a_stopped_agent_and_a_closed_account_are_out_at_once(emma: Client, client_id: str) -> None:
    made = tokens(emma, client_id)
    assistant = Assistant(Client(), bearer=made["access_token"])
    agent_id = queries.grants(testing.account("emma", at=now()).pk)[0].assistant.agent_id
    assert agent_id is not None
    actions.stop_agent(agent_id=agent_id, reason="for the test", at=now())
    stopped = assistant.request("tools/list")
    assert stopped.status_code == 403
    assert stopped.json()["error"]["data"] == {"code": "agent_stopped"}
    assert emma.get("/oauth/authorize", query(client_id)).status_code == 403
    actions.resume_agent(agent_id=agent_id, at=now())
    assert assistant.request("tools/list").status_code == 200
    customer = queries.customer_of_account(testing.account("emma", at=now()).pk)
    assert customer is not None
    actions.erase_customer(customer_id=customer.id, at=now())
    assert assistant.request("tools/list").status_code == 401


def test_the_brand_may_let_nobody_new_in(emma: Client, client_id: str) -> None:
    actions.welcome_newcomers(welcome=False, at=now())
    assert register(elsewhere()).status_code == 403
    refused = emma.post("/oauth/authorize", {**query(client_id), "decision": "allow", "allowed": ["orders:read"]})
    assert refused.status_code == 403
    assert not Grant.objects.exists()


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
