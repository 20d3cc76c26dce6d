"""A process never holds more database connections than its pool, however many threads come and go; and none that the
server has given up is handed out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from parvis.core import memory

pytestmark = [pytest.mark.database, pytest.mark.concurrency]

THREADS_COME_AND_GO = """
import threading
import django
django.setup()
from django.core.signals import request_finished, request_started
from django.db import connection
most = 0
def one_request():
    global most
    request_started.send(sender=None, environ={})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pool-test'")
        most = max(most, cursor.fetchone()[0])
    request_finished.send(sender=None)
for _round in range(6):
    threads = [threading.Thread(target=one_request) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
print(most)
"""

THE_SERVER_GOES = """
import django
django.setup()
from django.core.signals import request_finished, request_started
from django.db import connection
from psycopg import connect

def one_request():
    request_started.send(sender=None, environ={})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [(pid,)] = cursor.fetchall()
    request_finished.send(sender=None)
    return pid

told = connection.get_connection_params()
before = [one_request() for _ in range(2)]
with connect(**{name: told[name] for name in ("dbname", "host", "port", "user") if name in told}) as other:
    other.execute("SELECT pg_terminate_backend(%s, 5000)", before[:1])
print(len(set(before)), one_request() not in before)
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("program", "size", "said"),
    [(THREADS_COME_AND_GO, 3, {"1", "2", "3"}), (THE_SERVER_GOES, 1, {"1 True"})],
    ids=["threads", "lost"],
)
def test_what_a_pool_gives_is_bounded_and_lives(program: str, size: int, said: set[str]) -> None:
    told = connection.get_connection_params()
    place = f"postgresql:///{told['dbname']}?host={told.get('host', '')}&port={told.get('port', '') or 5432}"
    place += f"&user={told.get('user', '')}&password={told.get('password', '')}&application_name=pool-test"
    environ = os.environ | {
        "DATABASE_URL": place,
        "PARVIS_DATABASE_POOL": str(size),
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PYTHONPATH": str(Path(memory.__file__).parents[2]),
    }
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() in said
