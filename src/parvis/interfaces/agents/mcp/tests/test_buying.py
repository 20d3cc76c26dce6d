"""A purchase is prepared by an assistant and finished by the shopper; orders are told to whom they belong."""

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import Details, Door, SessionState
from parvis.domains.checkout.models import Order
from parvis.domains.checkout.testing import HOME, card, placed_order
from parvis.domains.people import actions, testing
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import GrantScope, Scope
from parvis.interfaces.agents.mcp.tests.conftest import Assistant
from parvis.interfaces.agents.mcp.tests.consent import BACK, CHALLENGE, RESOURCE, VERIFIER
from parvis.interfaces.storefront.tests.conftest import Shop

pytestmark = [pytest.mark.database, pytest.mark.django_db]
KEY = "0f8e1c5a-6a0b-4a53-9a5e-2f7c1d9b8e64"


def signed_in(key: str, *scopes: GrantScope, client_id: str = "client_of_tests") -> Assistant:
    """An assistant that one of the cast has allowed something."""
    at = now()
    actions.remember_assistant(client_id=client_id, name=f"Helper {client_id}", redirects=[BACK], at=at)
    code = actions.allow(
        account_id=testing.account(key, at=at).pk, client_id=client_id, scopes=scopes, redirect_uri=BACK,
        challenge=CHALLENGE, resource=RESOURCE, at=at,
    )  # fmt: skip
    made = actions.redeem_code(
        code=code, client_id=client_id, redirect_uri=BACK, verifier=VERIFIER, resource=None, at=at
    )
    assert made is not None
    return Assistant(Client(), bearer=made.access)


def customer_id(key: str) -> int:
    found = people.customer_of_account(testing.account(key, at=now()).pk)
    assert found is not None
    return found.id


@pytest.fixture
def french(shop: Shop) -> Assistant:
    return Assistant(Client(), modern=False)


def test_a_checkout_has_totals_and_a_page_to_go_on(shop: Shop, modern: Assistant, french: Assistant) -> None:
    quotes = [each["url"] for each in modern.call("get_proof", product="linen-dress")["quotes"][:2]]
    told = modern.call(
        "create_checkout", items=[{"sku": "DR-M", "quantity": 2}], country="fr", codes=["NOSUCHCODE"],
        quotes_shown=[*quotes, "https://elsewhere.example/#voice-x"],
    )  # fmt: skip
    assert told["totals"]["subtotal"] == {"amount_minor": 17800, "currency": "EUR"}
    totals = {key: each["amount_minor"] for key, each in told["totals"].items()}
    assert totals["total"] == totals["subtotal"] - totals["discount"] + totals["shipping"]
    assert totals["due"] == totals["total"] - totals["gift_cards"]
    assert told["shipping_options"]
    assert told["continue_url"].startswith("http://testserver/en/checkout/continue/")
    session = queries.session(told["checkout"], at=now())
    assert (session.door, session.agent_id, session.state) == (Door.MCP, None, SessionState.INCOMPLETE)
    assert [f"#voice-{each}" for each in session.proofs] == [url[url.index("#") :] for url in quotes]
    missing = {each["about"] for each in told["messages"] if each["code"] == "missing"}
    assert "details.email" in missing
    page = Client().get(told["continue_url"].removeprefix("http://testserver"))
    assert page.status_code == 200
    assert "Linen dress" in page.content.decode()
    en_francais = french.call("create_checkout", items=[{"sku": "DR-M"}], language="fr")
    assert "/fr/" in en_francais["continue_url"]
    assert any("adresse e-mail" in each["text"] for each in en_francais["messages"])


def test_what_cannot_be_bought_is_said(modern: Assistant) -> None:
    told = modern.call("create_checkout", items=[{"sku": "DR-L", "quantity": 1}])
    (sold_out,) = [each for each in told["messages"] if each["code"] == "sold_out"]
    assert (sold_out["about"], sold_out["severity"]) == ("items.DR-L", "error")
    assert "NONE" in modern.refused("create_checkout", items=[{"sku": "NONE", "quantity": 1}])
    for quantity in (0, -1, 10**9, 10**30, "many", None, 1.5):
        assert "quantity" in modern.refused("create_checkout", items=[{"sku": "DR-M", "quantity": quantity}])
    assert "items" in modern.refused("create_checkout", items=[])
    assert "items" in modern.refused("create_checkout", items=[{"sku": "DR-M"}] * 1000)
    assert "total" in modern.refused("create_checkout", items=[{"sku": "DR-M"}], total=1)  # nobody sets prices


def test_a_retry_makes_no_second_checkout(modern: Assistant) -> None:
    body = {"items": [{"sku": "DR-M"}], "idempotency_key": KEY}
    first, again = modern.call("create_checkout", **body), modern.call("create_checkout", **body)
    assert first == again
    refused = modern.refused("create_checkout", **{**body, "items": [{"sku": "DR-S"}]})
    assert "already used" in refused
    assert modern.call("create_checkout", items=[{"sku": "DR-M"}])["checkout"] != first["checkout"]
    # a name that a second shopper's assistant would think of too is no key
    assert "idempotency_key" in modern.refused("create_checkout", **{**body, "idempotency_key": "checkout-1"})


def test_saved_details_are_used_and_not_told(shop: Shop) -> None:
    own = customer_id("emma")
    actions.save_address(
        customer_id=own, name="Emma Fletcher", line1="1 Quiet Lane", postcode="75011", city="Paris", country="FR",
        default=True,
    )  # fmt: skip
    allowed = signed_in("emma", GrantScope.CHECKOUT)
    result = allowed.result("tools/call", {"name": "create_checkout", "arguments": {"items": [{"sku": "DR-M"}]}})
    assert "Quiet Lane" not in str(result)
    assert "emma@" not in str(result)
    told = result["structuredContent"]
    agent = people.grants(testing.account("emma", at=now()).pk)[0].assistant.agent_id
    with pytest.raises(NotFound):  # nor at another door, where buyers' details are part of the answer
        queries.session(told["checkout"], agent_id=agent, at=now())
    session, _ = queries.session_of_shopper(told["checkout"], at=now())
    assert (session.agent_id, session.customer_id) == (agent, own)
    assert session.details.email == "emma@parvis.example"
    assert session.details.address is not None
    assert session.details.address.line1 == "1 Quiet Lane"
    assert told["state"] == "ready"
    seen_only = signed_in("emma", GrantScope.ORDERS, client_id="client_other")
    plain = seen_only.call("create_checkout", items=[{"sku": "DR-M"}])
    assert plain["state"] == "incomplete"  # she did not allow it to use her details


def test_orders_are_told_to_whom_they_belong(shop: Shop) -> None:
    own = customer_id("emma")
    order = placed_order(who="emma", customer_id=own, at=now())
    emma, claire = signed_in("emma", GrantScope.ORDERS), signed_in("claire", GrantScope.ORDERS, client_id="client_2")
    (told,) = emma.call("order_status")["orders"]
    assert (told["number"], told["state"]) == (order.number, "awaiting_payment")
    assert emma.call("order_status", number=order.number)["orders"] == [told]
    assert "address" not in str(told)
    assert claire.call("order_status") == {"orders": []}
    other, none = claire.refused("order_status", number=order.number), claire.refused("order_status", number="P-999999")
    assert other == none  # whether the number exists is not told


def test_a_number_alone_opens_nothing_and_guessing_is_slow(shop: Shop, modern: Assistant) -> None:
    order = placed_order(who="claire", at=now())
    assert modern.request("tools/call", {"name": "order_status", "arguments": {}}).status_code == 401
    assert "e-mail" in modern.refused("order_status", number=order.number)
    assert "number" in modern.refused("order_status", email="claire@parvis.example")
    (told,) = modern.call("order_status", number=order.number.lower(), email=" Claire@Parvis.Example ")["orders"]
    assert told["number"] == order.number
    wrong = modern.refused("order_status", number=order.number, email="emma@parvis.example")
    assert wrong == modern.refused("order_status", number="P-999999", email="claire@parvis.example")
    answers = [
        modern.request(
            "tools/call", {"name": "order_status", "arguments": {"number": order.number, "email": f"a{n}@b.example"}}
        ).status_code
        for n in range(12)
    ]
    assert answers[-1] == 429
    elsewhere = Assistant(Client(REMOTE_ADDR="198.51.100.9"))
    again = elsewhere.request(
        "tools/call", {"name": "order_status", "arguments": {"number": order.number, "email": "claire@parvis.example"}}
    )
    assert again.status_code == 429  # the order itself is guarded, whoever asks


def test_an_order_whose_buyer_was_forgotten_is_told_to_nobody(shop: Shop, modern: Assistant) -> None:
    order = placed_order(who="claire", at=now())
    Order.objects.filter(id=order.id).update(email="")
    assert "No order is known" in modern.refused("order_status", number=order.number, email=" ")


def test_a_key_of_the_studio_names_the_agent(shop: Shop) -> None:
    owner = testing.account("olivia", at=now())
    agent = actions.register_agent(name="Shopbot", at=now())
    _, secret = actions.issue_agent_key(agent_id=agent.id, account_id=owner.pk, at=now())
    bot = Assistant(Client(), bearer=secret)
    told = bot.call("create_checkout", items=[{"sku": "DR-M"}])
    session, _ = queries.session_of_shopper(told["checkout"], at=now())
    assert (session.agent_id, session.attribution["agent"]) == (agent.id, agent.key)
    _, reads = actions.issue_agent_key(agent_id=agent.id, account_id=owner.pk, scopes=[Scope.EVIDENCE_READ], at=now())
    only = Assistant(Client(), bearer=reads)
    assert only.call("search_products", query="dress")["total"] > 0
    assert only.request("tools/call", {"name": "create_checkout", "arguments": {"items": []}}).status_code == 200
    prepares = {"name": "create_checkout", "arguments": {"items": [{"sku": "DR-M"}]}}
    assert only.request("tools/call", prepares).status_code == 403
    _, of_brand = actions.issue_token(name="ours", scopes=[Scope.EVIDENCE_READ], account_id=owner.pk, at=now())
    assert Assistant(Client(), bearer=of_brand).request("tools/list").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_a_checkout_of_an_assistant_can_be_paid_on_our_page(shop: Shop, modern: Assistant) -> None:
    """The same session that the assistant opened becomes the order."""
    told = modern.call("create_checkout", items=[{"sku": "DR-M"}])
    details = Details(email="sam@shopper.example", name="Sam Hill", address=HOME)
    checkout.update_session(token=told["checkout"], details=details, at=now())
    done = checkout.complete_session(token=told["checkout"], instrument=card(), at=now())
    assert done.state is SessionState.COMPLETED
    assert done.order is not None
    (order,) = modern.call("order_status", number=done.order.number, email="sam@shopper.example")["orders"]
    assert order["state"] == "paid"
