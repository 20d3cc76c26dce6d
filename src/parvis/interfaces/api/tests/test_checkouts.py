"""Programs buy: begun, changed, ordered and paid once, with everything that goes wrong told."""

from datetime import UTC, datetime, timedelta

import pytest

from parvis.connectors.agents import queries
from parvis.connectors.agents.journal import session_key
from parvis.connectors.agents.models import Call
from parvis.core.clock import now
from parvis.core.money import Money
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import ports
from parvis.domains.checkout import queries as orders
from parvis.domains.checkout.ports import Delegates, TokenAllowance
from parvis.domains.checkout.testing import DECLINED, GOOD, card
from parvis.domains.people import actions as people
from parvis.domains.people import testing as cast
from parvis.domains.people.contracts import Scope
from parvis.interfaces.api.tests.program import AT, Program

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
HOME = {"line1": "12 rue des Lilas", "postcode": "75011", "city": "Paris", "country": "FR"}
CLAIRE = {"email": "claire@parvis.example", "name": "Claire Dubois", "address": HOME}


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


@pytest.fixture
def program() -> Program:
    return Program(Scope.CHECKOUT_READ, Scope.CHECKOUT_WRITE)


def begin(program: Program, sku: str = "DR-S", quantity: int = 1, **more):
    body = {"lines": [{"sku": sku, "quantity": quantity}], "details": CLAIRE, **more}
    return program("POST", "/checkouts", body, key=f"begin-{program.calls}")


def token(number: str = GOOD, *, most: int = 100_000) -> str:
    """A payment token as an agent's platform would give it."""
    vault = ports.payments()
    assert isinstance(vault, Delegates)
    allowance = TokenAllowance(max_amount=Money(most, "EUR"), expires_at=datetime(2090, 1, 1, tzinfo=UTC))
    return vault.delegate(card=card(number), allowance=allowance, key=f"{number}-{most}").token


def complete(program: Program, checkout: str, *, key: str = "pay", payment: str | None = None, **more):
    body = {"payment_token": payment or token(), **more}
    return program("POST", f"/checkouts/{checkout}/complete", body, key=key)


def test_a_program_buys_and_a_retry_gets_the_same_answer(shop: SmallCatalogue, program: Program) -> None:
    begun = begin(program, quantity=2)
    assert (begun.status_code, begun.json()["state"]) == (201, "ready")
    assert begun.json()["totals"]["due"] == {"amount_minor": 17800, "currency": "EUR"}
    checkout = begun.json()["id"]
    first = complete(program, checkout)
    assert (first.status_code, first.json()["state"]) == (200, "completed")
    again = complete(program, checkout)
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    other = complete(program, checkout, key="after a time-out")
    assert other.json()["order"] == first.json()["order"]
    order = orders.order_by_number(first.json()["order"]["number"])
    assert (order.state.value, order.totals.total.amount_minor) == ("paid", 17800)
    assert program("POST", f"/checkouts/{checkout}/cancel", key="late").status_code == 409


def test_what_is_missing_and_what_is_sold_out_is_told(shop: SmallCatalogue, program: Program) -> None:
    catalog.count_stock(variant_id=shop.variants["DR-S"], counted=1, at=now())
    begun = begin(program, quantity=2, details={}).json()
    assert begun["state"] == "incomplete"
    told = {(message["code"], message["at"]) for message in begun["messages"]}
    assert ("not_enough", f"lines.{shop.variants['DR-S']}") in told
    assert ("missing", "details.email") in told
    fixed = program(
        "POST",
        f"/checkouts/{begun['id']}",
        {"lines": [{"sku": "DR-S", "quantity": 1}], "details": {"email": "a@parvis.example"}},
        key="fix",
    ).json()
    assert {message["at"] for message in fixed["messages"]} == {"details.name", "details.address"}
    more = program("POST", f"/checkouts/{begun['id']}", {"details": {"name": "A", "address": HOME}}, key="more").json()
    assert (more["state"], more["messages"]) == ("ready", [])


def test_a_declined_token_is_told_and_another_one_pays(shop: SmallCatalogue, program: Program) -> None:
    checkout = begin(program).json()["id"]
    refused = complete(program, checkout, payment=token(DECLINED), key="first").json()
    assert (refused["state"], [each["code"] for each in refused["messages"]]) == ("ready", ["payment_declined"])
    assert complete(program, checkout, key="second").json()["state"] == "completed"


def test_a_token_of_too_little_does_not_pay(shop: SmallCatalogue, program: Program) -> None:
    checkout = begin(program).json()["id"]
    answer = complete(program, checkout, payment=token(most=100)).json()
    assert answer["state"] == "ready"
    assert [message["at"] for message in answer["messages"]] == ["payment"]


def test_a_total_that_nobody_agreed_to_is_not_charged(shop: SmallCatalogue, program: Program) -> None:
    checkout = begin(program).json()["id"]
    stopped = complete(program, checkout, expected_total_minor=1).json()
    assert stopped["order"] is None
    assert [message["code"] for message in stopped["messages"]] == ["total_moved"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"lines": []}, 422),
        ({"lines": [{"sku": "DR-S", "quantity": 0}]}, 422),
        ({"lines": [{"sku": "DR-S", "quantity": -3}]}, 422),
        ({"lines": [{"sku": "DR-S", "quantity": 10**12}]}, 422),
        ({"lines": [{"sku": "NOPE", "quantity": 1}]}, 404),
        ({"lines": [{"sku": "DR-S", "quantity": 1}], "details": {"name": "a\x00b"}}, 422),
        ({"lines": [{"sku": "DR-S", "quantity": 1}], "details": {"address": {"country": "FRANCE"}}}, 422),
    ],
    ids=["none", "zero", "negative", "huge", "unknown", "nul", "country"],
)
def test_bad_input_is_refused_with_its_place(shop: SmallCatalogue, program: Program, body: dict, status: int) -> None:
    assert program("POST", "/checkouts", body, key="bad").status_code == status


def test_letters_that_nothing_can_keep_are_no_accident(shop: SmallCatalogue, program: Program) -> None:
    begun = begin(program, unread="half a pair \ud800")
    assert begun.status_code == 201
    for number, odd in enumerate(("a\x00b", "\x00")):
        answer = complete(program, begun.json()["id"], payment=odd, key=f"odd {number}")
        assert (answer.status_code, answer.json()["state"]) == (200, "ready")
        assert [each["at"] for each in answer.json()["messages"]] == ["payment"]
    assert complete(program, begun.json()["id"]).json()["state"] == "completed"


def test_keys_scopes_and_other_peoples_checkouts(shop: SmallCatalogue, program: Program) -> None:
    checkout = begin(program).json()["id"]
    body = {"lines": [{"sku": "DR-S", "quantity": 1}]}
    assert program("POST", "/checkouts", body).json()["code"] == "idempotency_key_required"
    assert Program(Scope.CHECKOUT_READ)("POST", "/checkouts", body, key="k").status_code == 403
    assert program("GET", "/checkouts/unknown").status_code == 404
    owner = cast.staff("olivia", at=AT)
    agent = people.register_agent(name="Shopper", at=now())
    _, secret = people.issue_agent_key(agent_id=agent.id, account_id=owner.account_id, at=now())
    theirs = Program(Scope.CHECKOUT_READ)
    theirs.secret = secret
    assert theirs("GET", f"/checkouts/{checkout}").status_code == 404
    own = begin(theirs).json()["id"]
    assert theirs("GET", f"/checkouts/{own}").status_code == 200
    assert program("GET", f"/checkouts/{own}").status_code == 404
    people.stop_agent(agent_id=agent.id, reason="too curious", at=now())
    assert theirs("GET", f"/checkouts/{own}").status_code == 403


def test_an_agents_requests_are_in_its_journal_and_within_its_allowance(shop: SmallCatalogue) -> None:
    owner = cast.staff("olivia", at=AT)
    agent = people.register_agent(name="Shopper", at=now())
    _, secret = people.issue_agent_key(
        agent_id=agent.id, account_id=owner.account_id, scopes=[Scope.CHECKOUT_READ, Scope.CHECKOUT_WRITE], at=now()
    )
    theirs = Program(Scope.CHECKOUT_READ)
    theirs.secret = secret
    own = begin(theirs).json()["id"]
    assert theirs("GET", f"/checkouts/{own}").status_code == 200
    assert theirs("GET", "/checkouts/unknown").status_code == 404
    assert theirs("GET", "/products").status_code == 403
    people.set_agent_allowance(agent_id=agent.id, burst=1, per_minute=1, at=now())
    assert theirs("GET", f"/checkouts/{own}").status_code == 429
    people.stop_agent(agent_id=agent.id, reason="too curious", at=now())
    body = {"lines": [{"sku": "DR-S", "quantity": 1}], "details": CLAIRE}
    assert theirs("POST", "/checkouts", body, key="begin-0").status_code == 403  # not even the answer of before
    rows = Call.objects.order_by("id").values_list("protocol", "operation", "status", "error", "session_key")
    mark = session_key(own)
    assert list(rows) == [
        ("api", "create_session", 201, "", mark),
        ("api", "read_session", 200, "", mark),
        ("api", "read_session", 404, "not_found", session_key("unknown")),
        ("api", "come_in", 403, "scope_missing", ""),
        ("api", "come_in", 429, "too_many_requests", ""),
        ("api", "come_in", 403, "agent_stopped", ""),
    ]


def test_a_body_that_does_not_fit_is_an_error_of_its_agent_and_nothing_of_it_is_kept(shop: SmallCatalogue) -> None:
    owner = cast.staff("olivia", at=AT)
    agent = people.register_agent(name="Shopper", at=now())
    _, secret = people.issue_agent_key(
        agent_id=agent.id, account_id=owner.account_id, scopes=[Scope.CHECKOUT_READ, Scope.CHECKOUT_WRITE], at=now()
    )
    theirs, brands = Program(Scope.CHECKOUT_READ), Program(Scope.CHECKOUT_WRITE)
    theirs.secret = secret
    lines = [{"sku": "DR-S", "quantity": 1}]
    private = {**CLAIRE, "address": {**HOME, "city": "Rue Privée 7 " * 20}}
    assert theirs("POST", "/checkouts", {"lines": lines, "details": private}, key="a").status_code == 422
    named = {"lines": lines, "attribution": {"claire@parvis.example": 7}}
    assert theirs("POST", "/checkouts", named, key="b").status_code == 422
    assert theirs("POST", "/checkouts/the-token/complete", {}, key="c").status_code == 422
    assert theirs.client.post(
        "/api/v1/checkouts", "{", content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
    ).status_code in (400, 422)
    assert brands("POST", "/checkouts", {"lines": []}, key="d").status_code == 422
    rows = Call.objects.order_by("id").values_list("agent", "operation", "status", "error", "where", "session_key")
    assert list(rows) == [
        (agent.id, "create_session", 422, "invalid_request", "body.details.address.city", ""),
        (agent.id, "create_session", 422, "invalid_request", "body.attribution", ""),
        (agent.id, "complete_session", 422, "invalid_request", "body.payment_token", session_key("the-token")),
        (agent.id, "create_session", 400, "bad_request", "", ""),
    ]
    (most, _) = queries.errors(now() - timedelta(hours=1), now(), agent_id=agent.id)
    assert (most.code, most.times) == ("invalid_request", 3)
    assert "claire" not in str(list(Call.objects.values())).lower()
