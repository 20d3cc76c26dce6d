"""A PostgreSQL server of this machine for the second pass: its own, or one started here from Debian's package."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoServer(Exception):
    """No installed PostgreSQL server was found."""


def programs() -> Path:
    """The folder of the newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).parent
    raise NoServer(
        "No PostgreSQL server is installed. On Debian: apt-get install postgresql; elsewhere put initdb on the PATH, "
        "or give the address of a server in PARVIS_TEST_SERVER_URL."
    )


@contextmanager
def installed_server() -> Iterator[str]:
    """The DATABASE_URL of a server for tests: PARVIS_TEST_SERVER_URL, or a fresh one that is removed afterwards."""
    if given := os.environ.get("PARVIS_TEST_SERVER_URL"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="parvis-server-"))
    data = folder / "data"
    run = _Runner()
    run.own(folder)
    conf = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=80"
    try:
        run(programs() / "initdb", "--auth=trust", "--encoding=UTF8", "-U", "postgres", "-D", data)
        options = f"-k {folder} {conf}"
        run(programs() / "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run(programs() / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Runner:
    """PostgreSQL does not run as root: there it runs as the user that its package made."""

    def __init__(self) -> None:
        self.user = "postgres" if os.geteuid() == 0 else None

    def own(self, folder: Path) -> None:
        if self.user:
            shutil.chown(folder, self.user)

    def __call__(self, *command: "Path | str") -> None:
        subprocess.run([str(part) for part in command], check=True, user=self.user, cwd="/", stdout=subprocess.DEVNULL)
