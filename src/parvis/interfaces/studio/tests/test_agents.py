"""The room of shopping agents: figures that add up, the switch in two clicks, keys shown once, messages sent again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from parvis.connectors.agentfeeds.models import Feed
from parvis.connectors.agents import journal, orders, rendering
from parvis.connectors.agents import queries as agent_queries
from parvis.connectors.agents.journal import PastCall
from parvis.connectors.agents.models import Call, OrderEndpoint, OrderNews
from parvis.core.clock import now
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout.actions import HandedOver, PriceMoved, SessionClosed
from parvis.domains.checkout.contracts import AgentCartState, Door, PastCheckout
from parvis.domains.people import actions, queries
from parvis.interfaces.agents import tasks
from parvis.interfaces.studio.agents import overview
from parvis.interfaces.studio.tests.conftest import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def pal():
    return actions.register_agent(name="Shopping <Pal>", at=now())


@pytest.fixture
def busy(shop, pal):
    """Ten checkouts of the agent: six could be paid, one was, two were handed over; and what it asked."""
    at = now() - timedelta(days=2)
    common = {"agent_id": pal.id, "door": Door.ACP, "locale": "en", "currency": "EUR", "opened_at": at}
    lines = ((shop.variant, 2, 8900),)
    past = [PastCheckout(lines=lines, told_minor=17800, **common) for _ in range(4)]
    past += [PastCheckout(lines=lines, told_minor=17800, ready_at=at, **common) for _ in range(3)]
    past += [PastCheckout(lines=lines, told_minor=17800, ready_at=at, handed_over_at=at, **common) for _ in range(2)]
    past.append(PastCheckout(lines=lines, told_minor=17800, ready_at=at, order_id=shop.order, **common))
    tokens = checkout.record_agent_checkouts(past)
    call = {"agent_id": pal.id, "protocol": "acp", "milliseconds": 31, "at": at}
    journal.remember(
        [
            *(PastCall(operation="create_session", session=token, status=201, **call) for token in tokens),
            PastCall(operation="update_session", status=200, error="missing", where="$.buyer.email", **call),
            PastCall(operation="search", status=429, error="too_many_requests", times=40, **call),
        ]
    )
    return tokens


def test_the_overview_adds_up(owner, busy, pal):
    page = owner.get("/studio/agents/").content.decode()
    assert "10 opened, 6 could be paid, 1 paid" in page
    assert ">51<" in page.replace("\n", "")  # requests, refused ones counted as often as they came
    assert "10.0%" in page  # one of ten was paid
    assert "too_many_requests" in page
    assert "$.buyer.email" in page
    assert "Shopping &lt;Pal&gt;" in page
    assert "<Pal>" not in page
    assert "€178.00" in page


def test_the_period_is_what_was_chosen(owner, busy):
    Call.objects.update(at=now() - timedelta(days=12))
    assert "too_many_requests" in owner.get("/studio/agents/").content.decode()
    assert "too_many_requests" not in owner.get("/studio/agents/?days=7").content.decode()
    assert owner.get("/studio/agents/?days=x").status_code == 200


def test_an_agents_page_shows_its_checkouts_and_where_they_stand(owner, busy, pal, shop):
    page = owner.get(f"/studio/agents/{pal.id}/").content.decode()
    assert page.count("2 ×") == 10
    assert f"/studio/orders/{shop.order}/" in page
    handed = owner.get(f"/studio/agents/{pal.id}/?carts=handed").content.decode()
    assert handed.count("2 ×") == 2
    assert owner.get(f"/studio/agents/{pal.id}/?cursor=nonsense").status_code == 200
    assert owner.get("/studio/agents/999999/").status_code == 404


def test_statements_do_not_grow_with_what_is_shown(owner, busy, pal, django_assert_max_num_queries):
    owner.get(f"/studio/agents/{pal.id}/")
    with django_assert_max_num_queries(17):
        owner.get(f"/studio/agents/{pal.id}/")
    with django_assert_max_num_queries(10):
        owner.get("/studio/agents/")


def test_the_journal_is_filtered_and_paged(owner, busy, pal):
    address = f"/studio/agents/{pal.id}/journal/"
    assert "40 times" in owner.get(address).content.decode()
    failed = owner.get(f"{address}?outcome=failed").content.decode()
    assert "$.buyer.email" in failed
    assert ">create_session</code>" not in failed
    one = owner.get(f"{address}?session={busy[0]}").content.decode()
    assert one.count(">create_session</code>") == 1
    assert "No such request" in owner.get(f"{address}?operation=nothing").content.decode()
    journal.remember(
        PastCall(agent_id=pal.id, protocol="acp", operation="read", status=200, milliseconds=1, at=now())
        for _ in range(60)
    )
    assert "cursor=" in owner.get(address).content.decode()
    assert owner.get(f"{address}?cursor=%00").status_code == 200


def test_an_agent_is_stopped_in_two_clicks_with_a_reason_and_let_in_again(pal):
    marketer = signed_in("mathis", locale="en")
    address = f"/studio/agents/{pal.id}/switch/"
    assert "Stop it now" in marketer.get(f"/studio/agents/{pal.id}/").content.decode()
    assert marketer.post(address, {"do": "stop", "reason": "  "}).status_code == 422
    assert not queries.agent(pal.id).stopped
    marketer.post(address, {"do": "stop", "reason": "orders nobody wanted"})
    assert queries.agent(pal.id).stop_reason == "orders nobody wanted"
    page = marketer.get(f"/studio/agents/{pal.id}/").content.decode()
    assert "This agent is stopped" in page
    assert "stopped a shopping agent" in page  # the trail
    marketer.post(address, {"do": "resume"})
    assert not queries.agent(pal.id).stopped
    assert queries.audit("agent", pal.id)[0].actor_name == "Mathis Aubert"


def test_the_one_switch_and_the_door_for_newcomers(owner, pal):
    owner.post("/studio/agents/switch/", {"do": "stop", "reason": ""})
    assert queries.agent_policy().stopped_at is None
    owner.post("/studio/agents/switch/", {"do": "stop", "reason": "a doubt"})
    assert queries.agent_policy().stop_reason == "a doubt"
    assert "All agents are stopped" in owner.get("/studio/agents/").content.decode()
    owner.post("/studio/agents/switch/", {"do": "resume"})
    assert queries.agent_policy().stopped_at is None
    owner.post("/studio/agents/newcomers/", {"welcome": "no"})
    assert not queries.agent_policy().newcomers
    owner.post("/studio/agents/newcomers/", {"welcome": "perhaps"})
    assert not queries.agent_policy().newcomers


def test_a_new_agent_and_its_faults(owner):
    answer = owner.post("/studio/agents/register/", {"name": "Pal", "profile_url": "https://pal.example/profile"})
    made = queries.agent_by_profile("https://pal.example/profile")
    assert answer["Location"] == f"/studio/agents/{made.id}/"
    again = owner.post("/studio/agents/register/", {"name": "Other", "profile_url": "https://pal.example/profile"})
    assert again.status_code == 409
    for given in ({"name": ""}, {"name": "Pal", "profile_url": "javascript:alert(1)"}, {"name": "x" * 500}):
        assert owner.post("/studio/agents/register/", given).status_code == 422


def test_a_key_is_shown_once_and_revoked_for_its_own_agent_only(owner, pal):
    answer = owner.post(f"/studio/agents/{pal.id}/keys/", {"key-name": "Test", "key-days": "90"})
    secret = answer.content.decode().split('<code class="secret" tabindex="0">')[1].split("<")[0]
    assert queries.agent_by_token(secret, at=now()).id == pal.id
    assert answer["Cache-Control"] == "no-store"
    assert secret not in owner.get(f"/studio/agents/{pal.id}/").content.decode()
    token = queries.agent_tokens(pal.id)[0]
    other = actions.register_agent(name="Other", at=now())
    assert owner.post(f"/studio/agents/{other.id}/keys/{token.id}/revoke/").status_code == 404
    owner.post(f"/studio/agents/{pal.id}/keys/{token.id}/revoke/")
    assert queries.agent_by_token(secret, at=now()) is None


def test_an_allowance_counts_from_the_next_request(owner, pal):
    address = f"/studio/agents/{pal.id}/allowance/"
    owner.post(address, {"burst": "5", "per_minute": "60"})
    assert (queries.agent(pal.id).burst, queries.agent(pal.id).per_minute) == (5, 60)
    for wrong in ({"burst": "0", "per_minute": "60"}, {"burst": "5", "per_minute": "9999999999"}, {}):
        assert owner.post(address, wrong).status_code == 422


@pytest.fixture
def plain(monkeypatch):
    monkeypatch.setattr(rendering, "_KNOWN", {})
    rendering.register("acp", body=lambda news: b"{}", headers=lambda news, body, *, secret, at: {})


def test_an_endpoint_is_public_and_its_secret_is_shown_once(owner, pal, plain):
    address = f"/studio/agents/{pal.id}/endpoints/"
    private = owner.post(address, {"endpoint-protocol": "acp", "endpoint-url": "https://10.0.0.7/hook"})
    assert private.status_code == 422
    assert not OrderEndpoint.objects.exists()
    made = owner.post(address, {"endpoint-protocol": "acp", "endpoint-url": "https://93.184.216.34/hook"})
    assert 'class="secret"' in made.content.decode()
    own = {"endpoint-protocol": "acp", "endpoint-url": "https://93.184.216.34/new", "endpoint-secret": "theirs"}
    assert owner.post(address, own).status_code == 302
    row = OrderEndpoint.objects.get()
    assert "theirs" not in row.sealed_secret
    change = f"{address}{row.id}/"
    owner.post(change, {"do": "off"})
    assert not OrderEndpoint.objects.get().active
    other = actions.register_agent(name="Other", at=now())
    assert owner.post(f"/studio/agents/{other.id}/endpoints/{row.id}/", {"do": "delete"}).status_code == 404
    owner.post(change, {"do": "delete"})
    assert not OrderEndpoint.objects.exists()
    verbs = [entry.verb for entry in queries.audit("agent", pal.id)]
    assert verbs.count("agent.endpoint_set") == 2
    assert verbs.count("agent.endpoint_changed") == 2


def test_a_message_that_was_set_aside_is_sent_again(owner, pal, plain, shop):
    endpoint = OrderEndpoint.objects.create(
        agent_id=pal.id, protocol="acp", url="https://93.184.216.34/hook", created_at=now()
    )
    news = OrderNews.objects.create(
        endpoint=endpoint,
        order_id=shop.order,
        key="k",
        kind="paid",
        state="failed",
        error="answered 500 <b>",
        occurred_at=now(),
        due_at=now(),
    )
    page = owner.get(f"/studio/agents/{pal.id}/").content.decode()
    assert "answered 500 &lt;b&gt;" in page
    assert "Send again" in page
    address = f"/studio/agents/{pal.id}/news/{news.id}/again/"
    owner.post(address)
    assert OrderNews.objects.get().state == "waiting"
    assert owner.post(f"/studio/agents/{pal.id}/news/999999/again/").status_code == 404
    orders.delete_endpoint(endpoint_id=endpoint.id)


def test_who_may_only_look_sees_no_button(pal, busy):
    page = signed_in("victor", locale="en").get(f"/studio/agents/{pal.id}/").content.decode()
    for words in ("Stop it now", "Make the key", "Say where it is told", "/studio/orders/"):
        assert words not in page
    assert "Register" not in signed_in("victor", locale="en").get("/studio/agents/").content.decode()


def test_what_is_counted_reads_well_of_one_in_french(busy, pal):
    page = signed_in("olivia", locale="fr").get(f"/studio/agents/{pal.id}/").content.decode()
    assert "Achats ouverts : 10, prêts à payer : 6, payés : 1, abandonnés : 0." in page.replace("\xa0", " ")


def test_every_state_of_a_checkout_has_its_words():
    from parvis.interfaces.studio.agents import words

    for error in (HandedOver, SessionClosed, PriceMoved):
        assert error.code in words.ERRORS

    assert set(words.CARTS) == set(AgentCartState)
    assert set(words.DOORS) == set(Door)
    assert set(words.KINDS) == set(rendering.KINDS)


def test_an_agent_is_asked_to_sign_and_its_secret_is_shown_once(owner, pal):
    address = f"/studio/agents/{pal.id}/signing/"
    assert owner.post(address, {"do": "set", "signing-secret": "short"}).status_code == 422
    assert not queries.agent(pal.id).signs
    made = owner.post(address, {"do": "set", "signing-secret": ""})
    secret = made.content.decode().split('<code class="secret" tabindex="0">')[1].split("<")[0]
    assert (queries.signing_secret(pal.id), made["Cache-Control"]) == (secret, "no-store")
    own = owner.post(address, {"do": "set", "signing-secret": "one that the agent brought"})
    assert (own.status_code, queries.signing_secret(pal.id)) == (302, "one that the agent brought")
    assert "one that the agent" not in owner.get(f"/studio/agents/{pal.id}/").content.decode()
    assert signed_in("mathis", locale="en").post(address, {"do": "drop"}).status_code == 403
    owner.post(address, {"do": "drop"})
    assert not queries.agent(pal.id).signs


def test_of_many_agents_the_busiest_are_shown_and_the_others_found(owner, busy):
    at = now()
    for number in range(51):
        actions.register_agent(name=f"Newcomer {number:02}", at=at)
    page = owner.get("/studio/agents/").content.decode()
    assert f"{len(queries.agents()) - overview.SHOWN} more agents asked less." in page
    assert "Shopping &lt;Pal&gt;" in page
    found = owner.get("/studio/agents/?q=newcomer 50").content.decode()
    assert "Newcomer 50" in found
    assert "Newcomer 49" not in found


def test_a_day_begins_at_the_shops_midnight(owner, pal, settings):
    settings.TIME_ZONE = "Europe/Paris"
    since, _until = overview.period(datetime(2026, 7, 10, 21, 30, tzinfo=UTC), 7)  # 23:30 in Paris
    assert since == datetime(2026, 7, 3, 22, 0, tzinfo=UTC)
    late = datetime(2026, 7, 10, 22, 30, tzinfo=UTC)  # the 11th has begun
    call = PastCall(agent_id=pal.id, protocol="acp", operation="read", status=200, milliseconds=1, at=late)
    journal.remember([call])
    since, until = overview.period(late + timedelta(minutes=1), 7)
    days = [day.day for day in agent_queries.days(since, until)]
    assert days == [date(2026, 7, 11)]
    assert overview._series("", agent_queries.days(since, until), {pal.id}, since, until).days[-1].value == 1


def test_feeds_that_are_pushed(owner, monkeypatch):
    pushed = []
    monkeypatch.setattr(tasks.push_feed, "defer", lambda *, feed_id: pushed.append(feed_id))
    here = "/studio/agents/feeds/"
    assert "No platform is sent the products" in owner.get(here).content.decode()
    good = {"url": "https://93.184.216.34/v1", "token": "its <secret> token", "language": "fr", "country": "FR"}
    for wrong in ({"url": "https://10.0.0.7/v1"}, {"country": "france"}, {"token": ""}, {"language": "de"}):
        assert owner.post(f"{here}add/", {**good, **wrong}).status_code == 422
    assert owner.post(f"{here}add/", good).status_code == 302
    row = Feed.objects.get()
    assert pushed == [row.pk]
    for fields, words in (
        ({}, "not pushed yet"),
        ({"pushed_at": now()}, "up to date"),
        ({"error": "answered <b>503", "failures": 3}, "answered &lt;b&gt;503"),
        ({"active": False}, "switched off"),
        ({"busy_until": now() + timedelta(minutes=1)}, "being pushed"),
    ):
        Feed.objects.update(**fields)
        page = owner.get(here).content.decode()
        assert words in page
    assert "secret" not in page
    assert "3 failures in a row" in page
    change = f"{here}{row.pk}/"
    owner.post(change, {"do": "on"})
    assert (Feed.objects.get().active, Feed.objects.get().failures) == (True, 0)
    owner.post(change, {"do": "push"})
    assert pushed == [row.pk, row.pk]
    looking = signed_in("victor", locale="fr")
    assert looking.post(change, {"do": "remove"}).status_code == 403
    owner.post(change, {"do": "nothing"})
    owner.post(change, {"do": "remove"})
    assert not Feed.objects.exists()
    assert owner.post(change, {"do": "push"}).status_code == 404
    assert next(entry.verb for entry in queries.audit("agent feeds", "all")) == "agent_feed.remove"
