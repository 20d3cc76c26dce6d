"""Real processes at once: however often a platform completes a checkout, there is one order and one charge."""

import json
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.db import connection

from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import OrderFilter, OrderState
from parvis.domains.checkout.testing.crowd import PROGRAM
from parvis.interfaces.agents.ucp.tests.platform import ADA, Platform, document, pays, shipped, wants

pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
Crowd = Callable[[list[dict[str, Any]]], list[str]]
TOGETHER = 4


@pytest.fixture
def served(settings: Any) -> Iterator[Platform]:
    """A platform whose profile every process finds, on a port of this machine that the operator trusts."""
    made = Platform()

    class Profile(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(document((made.key,))).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Profile)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"127.0.0.1:{server.server_address[1]}"
    settings.OUTBOUND_ALLOWED = (place,)
    cache.clear()
    made.profile = f"http://{place}/profile.json"
    yield made
    server.shutdown()
    server.server_close()
    cache.clear()


@pytest.fixture
def crowd(served: Platform) -> Iterator[Crowd]:
    """What each of the jobs says, all started at the same moment, a process each."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PARVIS_HOME": str(configured.HOME),
        "PARVIS_OUTBOUND_ALLOWED": served.profile.split("/")[2],
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stdin=pipe, stdout=pipe, text=True) as run:
        assert run.stdin is not None
        assert run.stdout is not None

        def together(jobs: list[dict[str, Any]]) -> list[str]:
            assert run.stdin is not None
            assert run.stdout is not None
            run.stdin.write(json.dumps({"database": connection.settings_dict["NAME"], "jobs": jobs}) + "\n")
            run.stdin.flush()
            return [answer["said"] for answer in json.loads(run.stdout.readline())]

        yield together
        run.stdin.close()
        run.wait(timeout=30)


@pytest.mark.parametrize("keys", [["one"] * TOGETHER, [str(number) for number in range(TOGETHER)]], ids=["same", "own"])
def test_one_order_and_one_charge(served: Platform, crowd: Crowd, keys: list[str]) -> None:
    shop = small_catalogue()
    before = catalog.variant(shop.variants["DR-S"]).on_hand
    made = served.send(
        "POST",
        "checkout-sessions",
        {"line_items": wants(("DR-S", 1)), "buyer": ADA, "fulfillment": shipped()},
    )
    path, content = f"/ucp/checkout-sessions/{made.body['id']}/complete", json.dumps(pays()).encode()
    unique = uuid.uuid4().hex
    jobs = []
    for key in keys:
        headers = {
            "ucp-agent": f'profile="{served.profile}"',
            "idempotency-key": f"{unique}-{key}",
            "content-type": "application/json",
        }
        headers |= served.signed("POST", path, "", headers, content)
        jobs.append({"do": "post", "path": path, "body": content.decode(), "headers": headers})
    said = crowd(jobs)
    assert set(said) <= {"200", "409"}, said
    assert "200" in said
    told = served.send("GET", path.removeprefix("/ucp/").removesuffix("/complete"))
    assert told.body["status"] == "completed"
    (row,) = queries.orders(OrderFilter()).items
    order = queries.order(row.id)
    assert order.state is OrderState.PAID
    assert order.payment is not None
    assert order.payment.captured_minor == told.total() == order.totals.due.amount_minor
    assert catalog.variant(shop.variants["DR-S"]).on_hand == before - 1
