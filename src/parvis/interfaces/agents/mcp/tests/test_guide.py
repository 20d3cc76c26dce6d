"""The guide's worked example works."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from parvis.interfaces.agents.mcp.tests.conftest import Assistant
from parvis.interfaces.agents.mcp.tools import TOOLS
from parvis.interfaces.storefront.tests.conftest import Shop

pytestmark = [pytest.mark.database, pytest.mark.django_db]
GUIDE = Path(__file__).parents[6] / "docs" / "agents-mcp.md"


def test_the_requests_of_the_guide_are_answered(shop: Shop) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    requests = [json.loads(each) for each in re.findall(r"```json\n(.*?)```", guide, re.DOTALL)]
    assert [each["params"]["name"] for each in requests] == ["search_products", "get_proof", "create_checkout"]
    assistant, answers = Assistant(Client()), []
    for each in requests:
        headers = {
            "MCP-Protocol-Version": "2026-07-28",
            "Mcp-Method": each["method"],
            "Mcp-Name": each["params"]["name"],
        }
        answer = assistant.post(each, **headers)
        assert answer.status_code == 200, answer.content
        answers.append(answer.json()["result"]["structuredContent"])
    found, proof, checkout = answers
    assert found["products"][0]["product"] == requests[1]["params"]["arguments"]["product"]
    assert requests[2]["params"]["arguments"]["items"][0]["sku"] in [
        each["sku"] for each in found["products"][0]["variants"]
    ]
    assert proof["quotes"]
    assert Client().get(checkout["continue_url"].removeprefix("http://testserver")).status_code == 200
    assert set(re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE)) == {each.name for each in TOOLS}
    assert "/mcp" in Client().get("/llms.txt").content.decode()
