"""The bundled server's life: shared, stopped by the last user, found again after kill -9."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from parvis.core import postgres
from parvis.core.postgres import EmbeddedPostgres, PostgresUnavailable

pytestmark = [pytest.mark.database, pytest.mark.slow]

_USER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from parvis.core import postgres
    print(postgres.acquire(Path(sys.argv[1])), flush=True)
    sys.stdin.readline()
    """
)


class User:
    """A process that holds the server until told to leave."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _USER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": "src"},
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate("\n", timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "postgres"
    yield place
    EmbeddedPostgres(place).stop()


def postmaster(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def answers(url: str) -> bool:
    with psycopg.connect(url) as db:
        return db.execute("SELECT 1").fetchone() == (1,)


def test_the_last_of_two_users_stops_the_server(folder: Path) -> None:
    first, second = User(folder), User(folder)
    server = EmbeddedPostgres(folder)
    assert first.url == second.url
    first.leave()
    assert server.running()
    assert answers(second.url)
    second.leave()
    assert not server.running()
    assert not (folder / "data" / "postmaster.pid").exists()


def test_two_first_starts_at_once_make_one_server(folder: Path) -> None:
    command = [sys.executable, "-c", _USER, str(folder)]
    environment = {**os.environ, "PYTHONPATH": "src"}
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(2)
    ]
    urls = [process.stdout.readline().strip() for process in both if process.stdout]
    assert urls[0] == urls[1]
    assert answers(urls[0])
    for process in both:
        process.communicate("\n", timeout=60)
        assert process.returncode == 0


def test_a_server_left_behind_by_a_killed_user_is_reused_and_then_stopped(folder: Path) -> None:
    left = User(folder)
    with psycopg.connect(left.url, autocommit=True) as db:
        db.execute("CREATE TABLE kept (value int)")
        db.execute("INSERT INTO kept VALUES (7)")
    left.kill()
    before = postmaster(folder)
    second = User(folder)
    assert postmaster(folder) == before
    with psycopg.connect(second.url) as db:
        assert db.execute("SELECT value FROM kept").fetchone() == (7,)
    second.leave()
    assert not EmbeddedPostgres(folder).running()


def test_a_killed_server_starts_again_with_its_data(folder: Path) -> None:
    user = User(folder)
    with psycopg.connect(user.url, autocommit=True) as db:
        db.execute("CREATE TABLE kept (value int)")
        db.execute("INSERT INTO kept VALUES (7)")
    os.kill(postmaster(folder), signal.SIGKILL)
    user.kill()
    again = User(folder)
    with psycopg.connect(again.url) as db:
        assert db.execute("SELECT value FROM kept").fetchone() == (7,)
    again.leave()


def test_half_a_first_start_is_made_good(folder: Path) -> None:
    half = folder / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    user = User(folder)
    assert answers(user.url)
    user.leave()


def test_a_platform_without_a_server_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(PostgresUnavailable, match="Set DATABASE_URL"):
        postgres.binaries()
