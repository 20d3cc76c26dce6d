"""Codes and tokens: made once, for who asked, for a while, and void as soon as anything is wrong."""

from datetime import timedelta

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.people import actions, queries, testing
from parvis.domains.people.models import Account, Grant, GrantSecret
from parvis.interfaces.agents.mcp.tests.conftest import Assistant
from parvis.interfaces.agents.mcp.tests.consent import (
    BACK,
    CHALLENGE,
    RESOURCE,
    VERIFIER,
    allowed,
    elsewhere,
    exchange,
    query,
    register,
    renew,
    tokens,
)
from parvis.interfaces.storefront.tests.conftest import Shop

pytestmark = [pytest.mark.database, pytest.mark.django_db]


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


def test_a_code_needs_no_address_again_and_no_closed_account_redeems_one(emma: Client, client_id: str) -> None:
    """OAuth 2.1 has dropped the address from this request: the verifier binds the code to who asked for it."""
    assert exchange(client_id, allowed(emma, client_id)["code"], redirect_uri="", resource="").status_code == 200
    code = allowed(emma, client_id)["code"]
    Account.objects.filter(email="emma@parvis.example").update(is_active=False)
    assert exchange(client_id, code).json()["error"] == "invalid_grant"


def test_what_was_narrowed_is_not_refreshed_wider(emma: Client, client_id: str) -> None:
    wide = tokens(emma, client_id, ("orders:read", "checkout:prepare"))
    tokens(emma, client_id, ("orders:read",))  # she changes her mind
    assert renew(client_id, wide["refresh_token"], scope="checkout:prepare").json()["error"] == "invalid_scope"
    assert renew(client_id, wide["refresh_token"]).json()["scope"] == "orders:read"


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
    assert not Grant.objects.exists()
    assert assistant.request("tools/list").status_code == 401
