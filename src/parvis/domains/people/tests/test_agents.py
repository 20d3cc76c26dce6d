"""Shopping agents: let in once, given keys, stopped at once and on the trail."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from parvis.core.errors import Conflict, Invalid, NotFound
from parvis.core.models import OutboxEvent
from parvis.domains.people import actions, models, queries, rules, testing
from parvis.domains.people.contracts import Scope

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
PROFILE = "https://agent.example/.well-known/ucp"


@pytest.fixture
def agent():
    return actions.register_agent(name="Shopping Pal", profile_url=PROFILE, at=AT)


def test_an_agent_is_found_by_its_number_key_and_profile(agent):
    assert agent.key == "shopping-pal"
    assert queries.agent(agent.id) == agent
    assert queries.agent_by_key("shopping-pal") == agent
    assert queries.agent_by_profile("HTTPS://Agent.Example/.well-known/ucp#keys") == agent
    assert queries.agents() == (agent,)
    assert queries.agent(0) is None
    assert queries.agent_by_key("nobody") is None
    assert queries.agent_by_profile("https://other.example/") is None
    assert queries.agent_by_profile("no address") is None


def test_two_agents_of_one_name_get_two_keys_but_one_profile_is_one_agent(agent):
    other = actions.register_agent(name="Shopping Pal!", at=AT)
    assert other.key != agent.key
    assert other.key.startswith("shopping-pal-")
    with pytest.raises(Conflict):
        actions.register_agent(name="Another", profile_url=PROFILE, at=AT)
    with pytest.raises(Conflict):
        actions.register_agent(name="Another", key="shopping-pal", at=AT)


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        (" ", None),
        ("Pal", "ftp://agent.example/"),
        ("Pal", "https://user:word@agent.example/"),
        ("Pal", "https://agent.example:99999/"),
        ("Pal", "https://agent.example/" + "a" * 500),
        ("Pal", "https://agent.example/two words"),
        ("Pal", "https://agent.example/\x00"),
    ],
    ids=["no-name", "ftp", "password", "port", "long", "space", "nul"],
)
def test_what_no_agent_can_be_called(name, profile):
    with pytest.raises(Invalid):
        actions.register_agent(name=name, profile_url=profile, at=AT)
    assert not queries.agents()


def test_a_stranger_comes_in_by_its_profile_once(agent):
    assert actions.meet_agent(profile_url=PROFILE, at=LATER) == agent
    met = actions.meet_agent(profile_url="https://new.example/profile", at=AT)
    assert (met.key, met.name) == ("new-example", "new.example")
    assert actions.meet_agent(profile_url="https://NEW.example/profile", at=LATER) == met
    neighbour = actions.meet_agent(profile_url="https://new.example/other", at=AT)
    assert neighbour.id != met.id
    assert neighbour.key.startswith("new-example-")


def test_no_stranger_comes_in_while_the_shop_only_answers_those_it_knows(agent):
    actions.welcome_newcomers(welcome=False, at=AT)
    with pytest.raises(actions.NotLetIn):
        actions.meet_agent(profile_url="https://new.example/profile", at=AT)
    assert actions.meet_agent(profile_url=PROFILE, at=AT) == agent
    actions.welcome_newcomers(welcome=True, at=LATER)
    assert actions.meet_agent(profile_url="https://new.example/profile", at=LATER)
    verbs = [entry.verb for entry in queries.audit("agents", "all")]
    assert verbs == ["agents.opened", "agents.closed"]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_stranger_who_knocks_ten_times_at_once_is_one_agent():
    def meet(_number: int) -> int:
        try:
            return actions.meet_agent(profile_url="https://new.example/profile", at=AT).id
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as crowd:
        assert len(set(crowd.map(meet, range(10)))) == 1
    assert len(queries.agents()) == 1


def test_stopped_and_resumed_with_reason_trail_and_event(agent):
    owner = testing.staff("olivia", at=AT)
    queries.require_running(agent)
    stopped = actions.stop_agent(agent_id=agent.id, reason=" orders nobody wanted ", actor_id=owner.account_id, at=AT)
    assert (stopped.stopped, stopped.stop_reason) == (True, "orders nobody wanted")
    assert actions.stop_agent(agent_id=agent.id, reason="again", at=LATER) == stopped
    with pytest.raises(queries.AgentSwitchedOff):
        queries.require_running(queries.agent(agent.id))
    actions.resume_agent(agent_id=agent.id, actor_id=owner.account_id, at=LATER)
    actions.resume_agent(agent_id=agent.id, at=LATER)
    queries.require_running(queries.agent(agent.id))
    trail = queries.audit("agent", agent.id)
    assert [entry.verb for entry in trail] == ["agent.resumed", "agent.stopped", "agent.registered"]
    assert trail[1].actor_id == owner.account_id
    assert trail[1].detail["reason"] == "orders nobody wanted"
    told = OutboxEvent.objects.order_by("id").values_list("name", "payload")
    assert list(told) == [
        ("people.agent_stopped", {"agent_id": agent.id}),
        ("people.agent_resumed", {"agent_id": agent.id}),
    ]


def test_stopping_needs_a_reason_and_an_agent(agent):
    for nothing in ("", "  "):
        with pytest.raises(Invalid):
            actions.stop_agent(agent_id=agent.id, reason=nothing, at=AT)
        with pytest.raises(Invalid):
            actions.stop_all_agents(reason=nothing, at=AT)
    with pytest.raises(NotFound):
        actions.stop_agent(agent_id=0, reason="x", at=AT)
    with pytest.raises(NotFound):
        actions.resume_agent(agent_id=0, at=AT)
    assert not queries.agent(agent.id).stopped


def test_the_one_switch_stops_everybody_also_who_did_not_say_who_they_are(agent):
    actions.stop_all_agents(reason="a sale we must check", at=AT)
    actions.stop_all_agents(reason="again", at=LATER)
    assert queries.agent_policy().stop_reason == "a sale we must check"
    for who in (agent, None):
        with pytest.raises(queries.AgentsSwitchedOff):
            queries.require_running(who)
    actions.resume_all_agents(at=LATER)
    queries.require_running(agent)
    queries.require_running(None)
    assert [entry.verb for entry in queries.audit("agents", "all")] == ["agents.resumed", "agents.stopped"]


def test_resuming_all_leaves_a_stopped_agent_stopped(agent):
    actions.stop_agent(agent_id=agent.id, reason="on its own account", at=AT)
    actions.stop_all_agents(reason="everybody", at=AT)
    actions.resume_all_agents(at=LATER)
    with pytest.raises(queries.AgentSwitchedOff):
        queries.require_running(queries.agent(agent.id))


def test_an_agents_key_tells_who_it_is_until_it_is_revoked(agent):
    owner = testing.staff("olivia", at=AT)
    token, secret = actions.issue_agent_key(agent_id=agent.id, account_id=owner.account_id, at=AT)
    assert token.agent == agent
    assert Scope.CHECKOUT_WRITE in token.scopes
    assert Scope.ORDERS_READ not in token.scopes
    assert queries.agent_by_token(secret, at=AT) == agent
    assert queries.agent_by_token("parvis_nothing", at=AT) is None
    assert [known.id for known in queries.agent_tokens(agent.id)] == [token.id]
    actions.revoke_token(token_id=token.id, at=LATER)
    assert queries.agent_by_token(secret, at=LATER) is None
    assert secret not in str(list(models.ApiToken.objects.values())) + str(list(models.AuditEntry.objects.values()))
    with pytest.raises(NotFound):
        actions.issue_agent_key(agent_id=0, account_id=owner.account_id, at=AT)


def test_a_key_of_a_back_end_is_no_agents(agent):
    owner = testing.staff("olivia", at=AT)
    _, secret = actions.issue_token(name="Shop", scopes=[Scope.CHECKOUT_READ], account_id=owner.account_id, at=AT)
    assert queries.agent_by_token(secret, at=AT) is None
    assert queries.token(secret, at=AT).agent is None


def test_its_allowance_has_bounds(agent):
    changed = actions.set_agent_allowance(agent_id=agent.id, burst=5, per_minute=30, at=AT)
    assert (changed.burst, changed.per_minute) == (5, 30)
    for burst, per_minute in ((0, 30), (5, 0), (5, -1), (10**9, 30), (5, 10**9)):
        with pytest.raises(Invalid):
            actions.set_agent_allowance(agent_id=agent.id, burst=burst, per_minute=per_minute, at=AT)
    assert queries.agent(agent.id) == changed


def test_names_of_agents_become_keys():
    assert rules.agent_key("Ça & Là – Agent") == "ca-la-agent"
    assert rules.agent_key("???") == "agent"
    assert len(rules.agent_key("x" * 500, apart="1")) <= 60
    assert rules.agent_key("Pal", apart="1") != rules.agent_key("Pal", apart="2")
