"""The examples of the guide work as they stand there."""

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from parvis.domains.checkout import models
from parvis.interfaces.agents.acp import told
from parvis.interfaces.agents.acp.simulator import Agent, Answered
from parvis.interfaces.agents.acp.tests.test_published import DESCRIBED, FILES, INSIDE_DESCRIPTIONS, MISTAKES

pytestmark = [pytest.mark.database, pytest.mark.django_db]
GUIDE = Path(__file__).parents[6] / "docs" / "agents-acp.md"


def run(helper: Agent, block: str, words: dict[str, str]) -> Answered:
    """Carry out one curl command; ``$NAME`` stands for ``words``."""
    for name, value in words.items():
        block = block.replace(f"'${name}'", value).replace(f"${name}", value)
    command, *rest = shlex.split(block.replace("\\\n", " "), comments=True)
    assert command == "curl"
    method, headers, body, url = "GET", {}, "", ""
    arguments = iter(rest)
    for argument in arguments:
        if argument == "-X":
            method = next(arguments)
        elif argument == "-H":
            name, _colon, value = next(arguments).partition(": ")
            headers[name] = value
        elif argument == "-d":
            body = next(arguments)
        else:
            url = argument
    return helper.send(method, urlsplit(url).path, headers, body.encode())


def test_the_worked_example(helper: Agent) -> None:
    words = {"SHOP": "http://testserver", "KEY": helper.key, "MERCHANT": told.merchant_id()}
    answers: list[Any] = []
    for block in re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL):
        answer = run(helper, block, words)
        assert answer.status in (200, 201), answer.body
        for name, key in re.findall(r"# (\w+) is the (\w+) of the answer", block):
            words[name] = answer.body[key]
        for status in re.findall(r"its status is (\w+)", block):
            assert answer.body["status"] == status, json.dumps(answer.body["messages"])
        answers.append(answer.body)
    assert len(answers) == 6
    assert answers[-1]["order"]["order_number"] == models.Order.objects.get().number


def test_the_guide_counts_right() -> None:
    wrong, all_of_them = len(MISTAKES) + len(INSIDE_DESCRIPTIONS), len(FILES) + len(DESCRIBED)
    assert f"{wrong} of the {all_of_them} do not fit" in " ".join(GUIDE.read_text(encoding="utf-8").split())
