"""The worked example of docs/agents-ucp.md, as it stands there."""

import json
import re
from pathlib import Path

import pytest

from parvis.interfaces.agents.ucp.tests.conftest import internet, platform  # noqa: F401 - fixtures
from parvis.interfaces.agents.ucp.tests.platform import Platform
from parvis.interfaces.storefront.tests.conftest import furnished, shop  # noqa: F401 - fixtures

pytestmark = [pytest.mark.database, pytest.mark.django_db]
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "agents-ucp.md"


def test_the_guide_ucp_example_ends_with_an_order(platform: Platform) -> None:
    search, create, complete = (
        json.loads(block) for block in re.findall(r"```json\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    )
    found = platform.send("POST", "catalog/search", search, sign=False).body["products"]
    wanted = create["line_items"][0]["item"]["id"]
    assert wanted in [variant["id"] for product in found for variant in product["variants"]]
    assert "reviews_evidence" in found[0]["metadata"]
    made = platform.send("POST", "checkout-sessions", create)
    assert (made.status, made.body["status"]) == (201, "ready_for_complete")
    done = platform.send("POST", f"checkout-sessions/{made.body['id']}/complete", complete)
    assert done.body["status"] == "completed"
    assert platform.send("GET", f"orders/{done.body['order']['id']}").body["checkout_id"] == made.body["id"]
