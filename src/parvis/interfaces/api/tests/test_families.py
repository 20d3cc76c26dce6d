"""The families of addresses on a small shop: voices, evidence, orders."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from parvis.core import outbox
from parvis.domains.catalog import testing as shop
from parvis.domains.evidence.queries import files
from parvis.domains.people.contracts import Scope
from parvis.domains.voices import testing as spoken
from parvis.interfaces.api.tests.program import Program

pytestmark = [pytest.mark.database, pytest.mark.django_db]
LATE = datetime.now(UTC) + timedelta(days=400)


@pytest.fixture(autouse=True)
def own_index(settings: Any, tmp_path: Path) -> None:
    settings.INDEX_ROOT = tmp_path / "index"
    files.forget()


def test_a_voice_sent_in_is_read_and_becomes_proof() -> None:
    dress = shop.small_catalogue().products["linen-dress"]
    program = Program(Scope.VOICES_READ, Scope.VOICES_WRITE, Scope.EVIDENCE_READ)
    body = {
        "ref": "r-1", "product_id": dress, "stars": 4, "author_name": "Emma", "language": "en",
        "text": "The fabric is soft and light, it fits true to size and I wear it to the office every week.",
    }  # fmt: skip
    sent = program("POST", "/voices", body, key="k1")
    assert (sent.status_code, sent.json()["state"]) == (201, "held")
    again = program("POST", "/voices", body, key="another key, same ref")
    assert again.json()["id"] == sent.json()["id"]
    outbox.deliver(at=LATE)
    read = program("GET", f"/voices/{sent.json()['id']}").json()
    assert read["state"] == "published"
    assert read["reading"]["language"] == "en"
    trail = program("GET", f"/voices/{read['id']}/decisions").json()
    assert [each["outcome"] for each in trail] == ["publish"]
    proof = program("GET", f"/products/{dress}/proof?locale=fr").json()
    assert proof["count"] == 1
    assert proof["distribution"] == [0, 0, 0, 1, 0]
    [listed] = program("GET", f"/products/{dress}/proofs").json()["items"]
    assert listed["voice"]["id"] == read["id"]


def test_refusing_withdraws_a_voice_from_everything() -> None:
    dress = shop.small_catalogue().products["linen-dress"]
    ids = spoken.receive_cast(dress)
    outbox.deliver(at=LATE)
    program = Program(Scope.VOICES_READ, Scope.VOICES_WRITE, Scope.EVIDENCE_READ)
    before = program("GET", f"/products/{dress}/proof").json()["count"]
    refused = program(
        "POST", f"/voices/{ids['praise_en']}/decisions", {"outcome": "refuse", "reason": "not_genuine"}, key="k"
    )
    assert refused.json()["state"] == "refused"
    outbox.deliver(at=LATE)
    assert program("GET", f"/products/{dress}/proof").json()["count"] == before - 1


def test_asking_gives_quotes_or_says_that_nobody_has_said() -> None:
    dress = shop.small_catalogue().products["linen-dress"]
    spoken.receive_cast(dress)
    outbox.deliver(at=LATE)
    program = Program(Scope.EVIDENCE_READ)
    yes = program("POST", "/ask", {"text": "Is the fabric soft?", "product_id": dress}).json()
    assert yes["answered"]
    assert any("soft" in quote["quote"] for quote in yes["quotes"])
    no = program("POST", "/ask", {"text": "Does the warranty cover submarines?", "product_id": dress}).json()
    assert (no["answered"], no["quotes"]) == (False, [])
    assert program("POST", "/ask", {"text": "x" * 501}).status_code == 422
    assert program("POST", "/ask", {"text": "soft?", "product_id": 10**9}).status_code == 404


def test_unknown_things_are_404_and_bad_filters_422() -> None:
    program = Program(*Scope)
    for path in ("/voices/999999", "/orders/P-999999", "/products/999999/proof", "/metrics/no-such-metric/days"):
        assert program("GET", path).status_code == 404, path
    assert program("GET", "/voices?stars=11").status_code == 422
    assert program("GET", "/metrics/overview?since=2026-03-01&until=2026-02-01").status_code == 422
    assert program("GET", "/orders?cursor=broken").status_code == 400


def test_the_overview_and_its_definitions() -> None:
    program = Program(Scope.METRICS_READ)
    keys = {metric["key"] for metric in program("GET", "/metrics?locale=fr").json()}
    found = program("GET", "/metrics/overview").json()
    assert {figure["metric"] for figure in found["figures"]} <= keys
