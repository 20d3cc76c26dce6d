"""Several at once with the same secret, each on a connection of its own: one gets tokens, and no stolen one stays."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.domains.people import actions, queries, testing
from parvis.domains.people.contracts import GrantScope, Tokens
from parvis.domains.people.models import Assistant, Grant
from parvis.interfaces.agents.mcp.tests.consent import BACK, CHALLENGE, RESOURCE, VERIFIER

pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
MANY = 6


def together(act: Callable[[], Any]) -> list[Any]:
    """What ``MANY`` get who do the same at the same moment."""
    gate, answers = threading.Barrier(MANY), []

    def one() -> None:
        gate.wait()
        try:
            answers.append(act())
        except ParvisError as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(MANY)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return answers


def code() -> str:
    return actions.allow(
        account_id=testing.account("emma", at=now()).pk, client_id="client_x", scopes=[GrantScope.ORDERS],
        redirect_uri=BACK, challenge=CHALLENGE, resource=RESOURCE, at=now(),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def program(db: Any) -> None:
    actions.remember_assistant(client_id="client_x", name="X", redirects=[BACK], at=now())


def test_a_code_is_redeemed_once(program: None) -> None:
    secret = code()
    answers = together(
        lambda: actions.redeem_code(
            code=secret, client_id="client_x", redirect_uri=BACK, verifier=VERIFIER, resource=None, at=now()
        )
    )
    (tokens,) = [each for each in answers if isinstance(each, Tokens)]
    # all others came with a code that was used: it had been stolen, and what it gave is void
    assert queries.access(tokens.access, resource=RESOURCE, at=now()) is None
    assert Grant.objects.get().revoked_by == "reuse"


def test_a_refresh_token_is_used_once(program: None) -> None:
    made = actions.redeem_code(
        code=code(), client_id="client_x", redirect_uri=BACK, verifier=VERIFIER, resource=None, at=now()
    )
    assert made is not None
    answers = together(lambda: actions.refresh(token=made.refresh, client_id="client_x", at=now()))
    (tokens,) = [each for each in answers if isinstance(each, Tokens)]
    assert queries.access(tokens.access, resource=RESOURCE, at=now()) is None


def test_one_consent_and_one_agent_however_often_the_button_is_pressed(program: None) -> None:
    answers = together(code)
    assert all(isinstance(each, str) for each in answers), answers
    assert Grant.objects.count() == 1
    assert len({each.agent_id for each in Assistant.objects.all()}) == 1
    assert len(queries.agents()) == 1
