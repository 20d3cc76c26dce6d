"""Real processes at the same moment: whatever an agent repeats, there is one order and one charge."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from parvis.core.clock import now
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import models
from parvis.domains.checkout.testing.crowd import PROGRAM
from parvis.interfaces.agents.acp.simulator import VERSION, total
from parvis.interfaces.agents.acp.tests.agents import DELIVERY, agent

pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
Crowd = Callable[[list[dict[str, Any]]], list[str]]


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    """What each of the jobs says, all started at the same moment, a process each."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PARVIS_HOME": str(settings.HOME),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stdin=pipe, stdout=pipe, text=True) as run:
        assert run.stdin is not None
        assert run.stdout is not None

        def together(jobs: list[dict[str, Any]]) -> list[str]:
            run.stdin.write(json.dumps({"database": connection.settings_dict["NAME"], "jobs": jobs}) + "\n")
            run.stdin.flush()
            return [answer["said"] for answer in json.loads(run.stdout.readline())]

        yield together
        run.stdin.close()
        run.wait(timeout=30)


def test_an_order_is_placed_and_charged_once(crowd: Crowd) -> None:
    shop, helper = small_catalogue(), agent()
    before = catalog.variant(shop.variants["DR-S"]).on_hand

    def race(keys: list[str]) -> tuple[list[str], str]:
        """Several workers complete one checkout at the same moment; statuses, and what it is then."""
        session = helper.open([{"id": "DR-S"}], fulfillment_details=DELIVERY)
        credential = {"type": "spt", "token": helper.token(session, at=now())}
        payment = {"handler_id": "card_tokenized", "instrument": {"type": "card", "credential": credential}}
        path, body = f"/acp/checkout_sessions/{session['id']}/complete", json.dumps({"payment_data": payment})
        headers = {"Authorization": f"Bearer {helper.key}", "API-Version": VERSION}
        said = crowd(
            [{"do": "post", "path": path, "body": body, "headers": {**headers, "Idempotency-Key": key}} for key in keys]
        )
        again = helper.call("POST", path.removeprefix("/acp"), json.loads(body), key=keys[0])
        assert (again.status, total(again.body)) == (200, total(session))
        return said, again.body["status"]

    for count, keys in ((1, ["one"] * 4), (2, [str(uuid.uuid4()) for _ in range(4)])):
        said, status = race(keys)
        assert set(said) <= {"200", "409"}, said
        assert "200" in said
        assert status == "completed"
        assert models.Order.objects.count() == count
        payments = list(models.Payment.objects.values_list("captured_minor", flat=True))
        assert len(payments) == count
        assert all(payments)
    assert catalog.variant(shop.variants["DR-S"]).on_hand == before - 2
