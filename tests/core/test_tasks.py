"""Background tasks: what a killed worker had begun is done by another one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection
from procrastinate.exceptions import AlreadyEnqueued

from parvis.core.tasks import app

pytestmark = [
    pytest.mark.database,
    pytest.mark.concurrency,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

_WORKER = """
import sys, time, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from parvis.core import tasks
from parvis.core.clock import now
from parvis.core.models import KeptAnswer

@tasks.app.task(name="test.slow")
def slow():
    KeptAnswer.objects.create(scope="task", key=str(time.time()), fingerprint="", created_at=now())
    time.sleep(float(sys.argv[2]))
    KeptAnswer.objects.create(scope="done", key=str(time.time()), fingerprint="", created_at=now())

tasks.STALLED_SECONDS = 2
with tasks.app.replace_connector(tasks.app.connector.get_worker_connector()) as running:
    running.run_worker(
        queues=["default"], update_heartbeat_interval=0.5, stalled_worker_timeout=2, fetch_job_polling_interval=1
    )
"""


def work(seconds: float) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "parvis.project.settings", "PYTHONPATH": "src:."}
    database = str(connection.settings_dict["NAME"])
    return subprocess.Popen([sys.executable, "-c", _WORKER, database, str(seconds)], env=environment)


def wait_for(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def count(scope: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_keptanswer WHERE scope = %s", [scope])
        return int(cursor.fetchone()[0])


def test_a_task_of_a_killed_worker_is_done_by_another() -> None:
    app.configure_task("test.slow", allow_unknown=True).defer()
    first = work(60)
    wait_for(lambda: count("task") == 1)
    first.send_signal(signal.SIGKILL)
    first.wait()
    time.sleep(2.5)
    with suppress(AlreadyEnqueued):  # the first worker may have asked for it
        app.configure_task("core.retry_stalled").defer(timestamp=0)
    second = work(0)
    try:
        wait_for(lambda: count("done") == 1)
    finally:
        second.terminate()
        second.wait(timeout=30)
    assert count("task") == 2
