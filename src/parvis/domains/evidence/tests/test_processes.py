"""Real processes: one asks, others write; a file of the index is cut under their hands and the shop stays up."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from parvis.domains.catalog import testing as shop
from parvis.domains.evidence import actions, queries
from parvis.domains.evidence.queries import files
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason

AT = datetime(2026, 3, 12, 12, tzinfo=UTC)
pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
Work = Callable[[], None]
Ask = Callable[[int, str], list[int]]
BEGIN = """
import django, json, os, sys
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = os.environ["READERS_DATABASE"]
settings.INDEX_ROOT, settings.DENSE = sys.argv[1], False
"""
SHOP = (
    BEGIN
    + """
from parvis.domains.evidence import queries
for line in sys.stdin:
    product, question = json.loads(line)
    found = queries.find(question, locale="en", product_ids=[product])
    print(json.dumps([quote.voice_id for quote in found.quotes]), flush=True)
"""
)
WORKER = (
    BEGIN
    + """
from datetime import UTC, datetime
from parvis.core import outbox
from parvis.domains.evidence import tasks
for line in sys.stdin:
    outbox.deliver(at=datetime(2099, 1, 1, tzinfo=UTC))
    tasks.mend(0)
    print("done", flush=True)
"""
)


@pytest.fixture
def environment(settings: Any, tmp_path: Path) -> Iterator[dict[str, str]]:
    settings.INDEX_ROOT = tmp_path / "index"
    settings.DENSE = False
    files.forget()
    yield os.environ | {
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PARVIS_HOME": str(settings.HOME),
        "READERS_DATABASE": str(connection.settings_dict["NAME"]),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    files.forget()


@contextmanager
def process(program: str, environment: dict[str, str]) -> Iterator[Callable[[str], str]]:
    """A real process that answers a line with a line."""
    command = [sys.executable, "-c", program, str(settings.INDEX_ROOT)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as running:
        assert running.stdin is not None

        def exchange(line: str) -> str:
            assert running.stdin is not None
            assert running.stdout is not None
            running.stdin.write(line + "\n")
            running.stdin.flush()
            told = running.stdout.readline().strip()
            assert told, "the process is dead"
            return told

        yield exchange
        running.stdin.close()
        assert running.wait(timeout=60) == 0


@pytest.fixture
def work(environment: dict[str, str]) -> Iterator[Callable[[], None]]:
    """A worker that hands over all events and mends what is broken, whenever it is told."""
    with process(WORKER, environment) as exchange:
        yield lambda: assert_done(exchange("go"))


def assert_done(told: str) -> None:
    assert told == "done"


@pytest.fixture
def ask(environment: dict[str, str]) -> Iterator[Callable[[int, str], list[int]]]:
    """A process of the shop that keeps the index open: voices that answer a question about a product."""
    with process(SHOP, environment) as exchange:
        yield lambda product_id, question: list(json.loads(exchange(json.dumps([product_id, question]))))


def say(product_id: int, key: str, text: str) -> int:
    new = NewVoice(
        product_id=product_id, stars=4, text=text, author_name="Ana", origin=Origin.DEMO, origin_ref=key,
        submitted_at=AT - timedelta(days=30),
    )  # fmt: skip
    number = voices.receive(new, at=AT).id
    voices.examine([number], at=AT)
    voices.decide(voice_ids=[number], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=AT)
    return number


def test_what_one_process_publishes_and_withdraws_another_finds_and_loses(work: Work, ask: Ask) -> None:
    dress = shop.small_catalogue().products["linen-dress"]
    first = say(dress, "first", "The lining is silky and cool in summer.")
    work()
    assert ask(dress, "Is the lining silky?") == [first]
    second = say(dress, "second", "The zip on the left side jams every time.")
    assert second not in ask(dress, "Does the zip jam?")
    work()
    assert second in ask(dress, "Does the zip jam?")
    voices.withdraw(voice_id=second, reason=Reason.AUTHOR_REQUEST, actor_id=None, at=AT)
    assert second not in ask(dress, "Does the zip jam?")  # before the index has heard of it
    work()
    assert second not in ask(dress, "Does the zip jam?")


def test_files_cut_on_disk_are_found_and_the_index_rebuilt(work: Work, ask: Ask) -> None:
    dress = shop.small_catalogue().products["linen-dress"]
    first = say(dress, "first", "The lining is silky and cool in summer.")
    actions.rebuild(at=AT)
    for pattern in ("lexical/*.store", "lexical/*.idx", "lexical/meta.json", "manifest.json", "near/*"):
        assert ask(dress, "Is the lining silky?") == [first]
        place = files.folder()
        assert place is not None
        for victim in place.glob(pattern):
            os.truncate(victim, victim.stat().st_size // 2)
        ask(dress, "Is the lining silky?")  # answered or not: the shop is up
        work()
        files.forget()
        assert queries.health().ok
        assert ask(dress, "Is the lining silky?") == [first]
