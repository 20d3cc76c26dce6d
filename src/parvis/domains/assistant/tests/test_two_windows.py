"""Two windows and two agents in one conversation, as real processes: no turn is lost, none is doubled."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from parvis.domains.assistant import actions, models
from parvis.domains.assistant.contracts import Resolution, Surface
from parvis.domains.assistant.tests.conftest import AT, fill
from parvis.domains.catalog import testing as shop

pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

WINDOW = """
import json, os, sys
import django
django.setup()
from django.conf import settings
from django.db import connection
told = json.loads(sys.argv[1])
settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = told["database"]
settings.INDEX_ROOT = told["index"]
from datetime import datetime
from parvis.domains.assistant import actions
at = datetime.fromisoformat(told["at"])
print("ready", flush=True)
sys.stdin.readline()
for key, question in told["asks"]:
    turn = actions.ask(token=told["token"], key=key, question=question, locale="en", at=at, product_id=told["product"])
    print(json.dumps([key, turn.id, turn.number]), flush=True)
"""
ASKED = ("Does it run small?", "show me on dry skin", "can I send it back?", "Is the factory powered by solar panels?")


def test_no_turn_is_lost_and_none_is_doubled(own_index: None, settings: Any) -> None:
    dress = shop.small_catalogue().products["linen-dress"]
    fill(
        {"small": (3, "Runs small in the chest.", {}), "dry": (5, "I have dry skin and the fabric is soft.", {})}, dress
    )
    token = actions.begin(locale="en", surface=Surface.PRODUCT, at=AT, product_id=dress)
    shared = [(f"shared-{n}", question) for n, question in enumerate(ASKED)]  # a form sent from both windows
    windows = []
    for name in "ab":
        own = [(f"{name}-{n}", question) for n, question in enumerate(ASKED)]
        told = {
            "database": connection.settings_dict["NAME"],
            "index": str(settings.INDEX_ROOT),
            "token": token,
            "product": dress,
            "at": AT.isoformat(),
            "asks": [each for pair in zip(own, shared, strict=True) for each in pair],
        }
        windows.append(
            subprocess.Popen(
                [sys.executable, "-c", WINDOW, json.dumps(told)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[4]), "PARVIS_DENSE": "no"},
            )
        )
    for window in windows:
        assert window.stdout is not None
        assert window.stdout.readline() == "ready\n", window.stderr.read() if window.stderr else ""
    answers: list[tuple[str, int, int]] = []
    for window in windows:
        assert window.stdin is not None
        window.stdin.write("go\n")
        window.stdin.flush()
    for window in windows:
        out, err = window.communicate(timeout=180)
        assert window.returncode == 0, err[-2000:]
        answers += [tuple(json.loads(line)) for line in out.splitlines()]
    rows = list(models.Turn.objects.order_by("number").values_list("key", "id", "number"))
    assert [number for *_, number in rows] == list(range(1, 13))  # two windows' own four, and the four of both
    assert {key for key, *_ in rows} == {key for key, *_ in answers}
    assert {(key, turn, number) for key, turn, number in rows} == set(answers)  # both were told the same turn
    conversation = models.Conversation.objects.get()
    assert (conversation.turns, conversation.revision, conversation.resolution) == (12, 12, Resolution.PARTLY)
    assert models.Passage.objects.values("turn", "rank").distinct().count() == models.Passage.objects.count()
