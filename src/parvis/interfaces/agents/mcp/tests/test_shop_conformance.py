"""The official suite against the shop itself: what does not need the suite's own fixtures, and its tests of servers
that give out tokens."""

import re
import socket
import subprocess
from typing import Any

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.people import actions, testing
from parvis.interfaces.agents.mcp.tests import suite
from parvis.interfaces.storefront.tests.conftest import Shop, furnished, shop  # noqa: F401 - fixture

pytestmark = [pytest.mark.database, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OF_2025 = ("server-initialize", "ping", "tools-list", "resources-list", "prompts-list", "dns-rebinding-protection")
OF_2026 = (
    "tools-list", "resources-list", "prompts-list", "dns-rebinding-protection", "http-header-validation",
    "sep-2164-resource-not-found", "server-sse-multiple-streams",
)  # fmt: skip


@pytest.fixture
def address(shop: Shop, live_server: Any, settings: Any) -> str:
    settings.PUBLIC_URL = live_server.url
    return str(live_server.url)


def judged(address: str, version: str, scenario: str) -> suite.Verdict:
    arguments = ["server", "--url", f"{address}/mcp", "--scenario", scenario, "--spec-version", version]
    printed = suite.printed(suite.NEXT, arguments)
    found = re.search(r"Passed: (\d+)/(\d+), (\d+) failed", printed)
    assert found, printed
    return suite.Verdict(int(found[1]), int(found[3]))


def test_the_shop_answers_as_both_revisions_ask(address: str) -> None:
    for version, scenarios in (("2025-11-25", OF_2025), ("2026-07-28", OF_2026)):
        for scenario in scenarios:
            verdict = judged(address, version, scenario)
            assert verdict.failed == 0, (version, scenario)
            assert verdict.passed > 0, (version, scenario)


def test_the_shop_gives_out_tokens_as_the_suite_asks(address: str) -> None:
    at = now()
    actions.remember_assistant(client_id="client_suite", name="Suite", redirects=["http://127.0.0.1/callback"], at=at)
    emma = Client()
    emma.force_login(testing.account("emma", at=at), backend="allauth.account.auth_backends.AuthenticationBackend")
    running = suite.started(
        suite.NEXT, ["authorization", "--url", address, "--client-id", "client_suite", "--port", str(_free_port())]
    )
    lines: list[str] = []
    try:
        assert running.stdout is not None
        for line in running.stdout:
            lines.append(line)
            if line.startswith(f"{address}/oauth/authorize?"):
                _say_yes(emma, line.strip().removeprefix(address))
        assert running.wait(timeout=60) == 0, "".join(lines)
    finally:
        running.kill()
        running.communicate()
    told = "".join(lines)
    assert "0 failed" in told, told


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _say_yes(customer: Client, path: str) -> None:
    """What the customer's browser does: show the page, press the button, follow the answer to the program."""
    page = customer.get(path)
    assert page.status_code == 200
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode())
    given = {key: value.replace("&amp;", "&") for key, value in fields if key != "csrfmiddlewaretoken"}
    answer = customer.post("/oauth/authorize", {**given, "decision": "allow", "allowed": ["orders:read"]})
    assert answer.status_code == 302
    subprocess.run(
        [suite.node(), "-e", "fetch(process.argv[1]).then(r => r.text())", answer["Location"]], check=True, timeout=30
    )
