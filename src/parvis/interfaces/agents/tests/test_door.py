"""The gate for agents: who is let in, who is refused at once, and what is noted of it."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import Http404
from django.test import RequestFactory

from parvis.connectors.agents import journal
from parvis.connectors.agents.models import Call
from parvis.core.clock import now
from parvis.core.errors import Invalid
from parvis.core.limits import TooMany
from parvis.domains.people import actions, queries, testing
from parvis.domains.people.contracts import Scope
from parvis.interfaces.agents import door
from parvis.interfaces.agents.door import admitted, by_bearer

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def agent():
    return actions.register_agent(name="Shopping Pal", at=now())


@pytest.fixture
def secret(agent):
    owner = testing.staff("olivia", at=now())
    return actions.issue_agent_key(agent_id=agent.id, account_id=owner.account_id, at=now())[1]


def asked(secret: str = "", **more):
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return RequestFactory().post("/checkout_sessions", headers=headers, **more)


def enter(request, needs=Scope.CHECKOUT_WRITE):
    return admitted(request, agent=lambda: by_bearer(request, needs), protocol="acp", operation="create_session")


def test_an_agent_with_its_key_comes_in_and_is_noted(agent, secret):
    with enter(asked(secret)) as visit:
        assert visit.agent == agent
        assert visit.agent_id == agent.id
        visit.session = "token-of-the-session"
        visit.answered(201)
    row = Call.objects.get()
    assert (row.agent_id, row.protocol, row.operation, row.status) == (agent.id, "acp", "create_session", 201)
    assert (row.error, row.times, row.fold) == ("", 1, None)
    assert row.session_key == journal.session_key("token-of-the-session")
    assert "token-of-the-session" not in str(Call.objects.values())


def test_what_was_wrong_is_noted_by_its_code_and_place(agent):
    with admitted(asked(), agent=agent, protocol="ucp", operation="update") as visit:
        visit.error("out_of_stock", where="$.line_items[0].quantity")
    with pytest.raises(Invalid), admitted(asked(), agent=agent, protocol="ucp", operation="update"):
        raise Invalid(field="quantity", problem="not a secret@example.com")
    with pytest.raises(Http404), admitted(asked(), agent=agent, protocol="ucp", operation="read"):
        raise Http404
    with pytest.raises(ZeroDivisionError), admitted(asked(), agent=agent, protocol="ucp", operation="read"):
        _ = 1 / 0
    told = list(Call.objects.order_by("id").values_list("status", "error", "where"))
    assert told == [
        (200, "out_of_stock", "$.line_items[0].quantity"),
        (422, "invalid", "quantity"),
        (404, "not_found", ""),
        (500, "internal", ""),
    ]
    assert "secret" not in str(list(Call.objects.values()))


@pytest.mark.parametrize("given", ["", "parvis_wrong", "\x00", "x" * 5000], ids=["none", "wrong", "nul", "huge"])
def test_without_a_known_key_nobody_comes_in(given):
    with pytest.raises(door.KeyRequired), enter(asked(given)):
        pytest.fail("came in")
    assert Call.objects.values_list("status", "error", "agent").get() == (401, "unauthorised", None)


def test_a_key_must_be_an_agents_and_hold_the_scope(agent):
    owner = testing.staff("olivia", at=now())
    make = {"account_id": owner.account_id, "at": now()}
    _, back_end = actions.issue_token(name="Back end", scopes=[Scope.CHECKOUT_WRITE], **make)
    _, reader = actions.issue_agent_key(agent_id=agent.id, scopes=[Scope.CHECKOUT_READ], **make)
    with pytest.raises(door.NoAgentsKey), enter(asked(back_end)):
        pytest.fail("came in")
    with pytest.raises(door.ScopeMissing), enter(asked(reader)):
        pytest.fail("came in")
    with enter(asked(reader), needs=Scope.CHECKOUT_READ) as visit:
        assert visit.agent == agent


def test_a_revoked_key_and_a_stopped_agent_are_refused_at_the_next_request(agent, secret):
    with enter(asked(secret)):
        actions.stop_agent(agent_id=agent.id, reason="test", at=now())
    with pytest.raises(queries.AgentSwitchedOff), enter(asked(secret)):
        pytest.fail("came in")
    actions.resume_agent(agent_id=agent.id, at=now())
    with enter(asked(secret)):
        pass
    token = queries.agent_tokens(agent.id)[0]
    actions.revoke_token(token_id=token.id, at=now())
    with pytest.raises(door.KeyRequired), enter(asked(secret)):
        pytest.fail("came in")


def test_the_one_switch_closes_the_door_for_unknown_callers_too():
    def read():
        return admitted(asked(), agent=None, protocol="mcp", operation="search_products")

    with read() as visit:
        assert visit.agent is None
    actions.stop_all_agents(reason="test", at=now())
    with pytest.raises(queries.AgentsSwitchedOff), read():
        pytest.fail("came in")


def test_each_agent_has_its_own_allowance(agent):
    other = actions.register_agent(name="Other", at=now())
    few = actions.set_agent_allowance(agent_id=agent.id, burst=2, per_minute=1, at=now())

    def come(who):
        return admitted(asked(), agent=who, protocol="acp", operation="read")

    for _ in range(2):
        with come(few):
            pass
    for _ in range(3):
        with pytest.raises(TooMany), come(few):
            pytest.fail("came in")
    with come(other):
        pass
    more = actions.set_agent_allowance(agent_id=agent.id, burst=50, per_minute=600, at=now())
    with come(more):
        pass


def test_unknown_callers_share_an_allowance_by_address(monkeypatch):
    monkeypatch.setattr(door, "ANONYMOUS", door.Allowance("agents-anonymous", burst=2, per_minute=1))

    def read(address):
        return admitted(asked(REMOTE_ADDR=address), agent=None, protocol="mcp", operation="ask")

    for _ in range(2):
        with read("192.0.2.1"):
            pass
    with pytest.raises(TooMany), read("192.0.2.1"):
        pytest.fail("came in")
    with read("192.0.2.2"):
        pass


def test_who_tries_keys_is_slowed_down(monkeypatch):
    monkeypatch.setattr(door, "WRONG_KEYS", door.Allowance("agents-wrong-key", burst=1, per_minute=1))
    with pytest.raises(door.KeyRequired), enter(asked("parvis_first")):
        pytest.fail("came in")
    with pytest.raises(TooMany), enter(asked("parvis_second")):
        pytest.fail("came in")


def test_a_flood_of_refusals_is_no_flood_of_rows(agent):
    few = actions.set_agent_allowance(agent_id=agent.id, burst=1, per_minute=1, at=now())
    for number in range(120):
        try:
            with admitted(asked(), agent=few, protocol="acp", operation="create_session"):
                pass
        except TooMany:
            pass
        try:
            with admitted(
                asked(), agent=lambda: by_bearer(asked(), Scope.CHECKOUT_READ), protocol="mcp", operation=f"{number}"
            ):
                pass
        except (TooMany, door.KeyRequired):
            pass
    refused = Call.objects.exclude(status=200)
    assert sum(row.times for row in refused) == 239
    assert refused.count() <= 6  # a row a minute and kind


def test_names_that_strangers_choose_are_cut_and_cleaned(agent):
    with admitted(asked(), agent=agent, protocol="mcp" * 50, operation="<script>\x00\n" + "é" * 10_000) as visit:
        visit.error("code\x00" * 1000, where="<b>" * 1000)
    row = Call.objects.get()
    assert row.operation.startswith("?script???éé")
    assert (len(row.operation), len(row.error), len(row.where), len(row.protocol)) == (60, 60, 80, 12)
    assert "<" not in row.where


def test_the_journal_is_forgotten_after_thirty_days(agent):
    common = {"agent_id": agent.id, "protocol": "acp", "operation": "read", "status": 200, "milliseconds": 3}
    journal.note(at=AT - timedelta(days=31), **common)
    journal.note(at=AT - timedelta(days=29), **common)
    assert journal.forget(at=AT) == 1
    assert Call.objects.get().at == AT - timedelta(days=29)


def test_a_request_costs_few_statements(agent, secret, django_assert_num_queries):
    with enter(asked(secret)):
        pass
    # address, key with its agent, the one switch, allowance, journal
    with django_assert_num_queries(5), enter(asked(secret)):
        pass


@pytest.mark.django_db(transaction=True)
def test_what_failed_is_noted_although_its_transaction_is_undone(agent):
    @transaction.atomic
    def act() -> None:
        actions.register_agent(name="Never", at=now())
        raise Invalid(field="items", problem="none")

    with pytest.raises(Invalid), admitted(asked(), agent=agent, protocol="acp", operation="update"):
        act()
    assert Call.objects.get().error == "invalid"
    assert queries.agent_by_key("never") is None


@pytest.mark.django_db(transaction=True)
def test_a_journal_that_cannot_be_written_fails_nobody(agent):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE agentlink_call RENAME TO elsewhere")
    try:
        with admitted(asked(), agent=agent, protocol="acp", operation="read") as visit:
            visit.answered(200)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO agentlink_call")
    assert not Call.objects.exists()


_CALLER = """
import django; django.setup()
import os, sys, time
from django.db import connection, transaction
from django.test import RequestFactory
connection.settings_dict["NAME"] = sys.argv[1]
from parvis.core.errors import ParvisError
from parvis.domains.people.contracts import Scope
from parvis.interfaces.agents.door import admitted, by_bearer
request = RequestFactory().post("/", headers={"Authorization": "Bearer " + sys.argv[2]})
who = lambda: by_bearer(request, Scope.CHECKOUT_WRITE)
refused, two = 0, os.fork()
while refused < 5:
    began = time.monotonic()
    try:
        with admitted(request, agent=who, protocol="acp", operation="complete"):
            said = "in"
    except ParvisError as error:
        said, refused = error.code, refused + 1
    os.write(1, f"{began} {said}\\n".encode())
if two:
    os.waitpid(two, 0)
"""


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_switch_counts_at_once_in_every_process(agent, secret):
    """Two other processes call without a pause; nothing that began after the switch was thrown comes in."""
    actions.set_agent_allowance(agent_id=agent.id, burst=10_000, per_minute=100_000, at=now())
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PARVIS_HOME": str(settings.HOME),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    command = [sys.executable, "-c", _CALLER, connection.settings_dict["NAME"], secret]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as callers:
        assert callers.stdout is not None
        first = [callers.stdout.readline() for _ in range(20)]  # they are at it
        actions.stop_agent(agent_id=agent.id, reason="test", at=now())
        thrown = time.monotonic()
        said = callers.communicate(timeout=60)[0].splitlines()
    calls = [(float(began), word) for began, word in (line.split() for line in [*first, *said])]
    assert {word for _, word in calls[:20]} == {"in"}
    assert not [began for began, word in calls if word == "in" and began > thrown]
    assert [word for _, word in calls if word != "in"] == ["agent_stopped"] * 10
