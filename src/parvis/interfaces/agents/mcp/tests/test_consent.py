"""The page on which a customer says what an assistant may do, and the one on which she takes it back."""

import html
import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.people import actions, testing
from parvis.domains.people.models import Grant
from parvis.interfaces.agents.mcp.tests.conftest import Assistant
from parvis.interfaces.agents.mcp.tests.consent import (
    BACK,
    allowed,
    elsewhere,
    parameters,
    query,
    register,
    renew,
    sent_back,
    tokens,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]


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
    asked = query(client_id, **change)
    page = emma.get("/oauth/authorize", asked)
    # Anybody can register an address: the customer sees where it leads, and goes there herself.
    assert (page.status_code, "Location" in page) == (400, False)
    (back,) = re.findall(r'href="(https://assistant\.example/callback[^"]*)" rel="noreferrer"', page.content.decode())
    told = parameters(html.unescape(back))
    assert (told["error"], told["state"], told["iss"]) == (error, "s&1", "http://testserver")
    assert "code" not in told
    stranger = Client().get("/oauth/authorize", asked)
    assert stranger["Location"].startswith("/accounts/login/")


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
    six = register(elsewhere(), redirect_uris=["http://[::1]/callback"]).json()["client_id"]
    policy = emma.get("/oauth/authorize", query(six, redirect_uri="http://[::1]:5/callback"))["Content-Security-Policy"]
    assert policy.split("form-action")[1].split(";")[0].split() == ["'self'", "http:"]  # no policy names brackets
    for uri in ("http://127.0.0.1:53117/other", "http://127.0.0.1.evil.example/callback", "http://[::1]:1/callback"):
        assert emma.get("/oauth/authorize", query(own, redirect_uri=uri)).status_code == 400


def test_the_customer_sees_and_takes_back(emma: Client, client_id: str) -> None:
    made = tokens(emma, client_id)
    page = emma.get("/en/account/assistants/").content.decode()
    assert "Helpful" in page
    assert "(assistant.example)" in page  # the name is its own word
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


def test_the_brand_may_let_nobody_new_in(emma: Client, client_id: str) -> None:
    actions.welcome_newcomers(welcome=False, at=now())
    assert register(elsewhere()).status_code == 403
    refused = emma.post("/oauth/authorize", {**query(client_id), "decision": "allow", "allowed": ["orders:read"]})
    assert refused.status_code == 403
    assert not Grant.objects.exists()
