"""Real processes for tests of concurrency, without each loading the project anew.

One process a test run has it loaded, with no connection and none of polars' threads, and forks who is wanted. What
:func:`start` returns is used as a ``subprocess.Popen`` with pipes of text is: killed with -9, waited for, talked to.
"""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
_HEAD = struct.Struct("!I")
_lock = threading.Lock()
_loaded: "tuple[subprocess.Popen[bytes], socket.socket] | None" = None


class Forked:
    """A process of the project that runs a script on this test's database."""

    def __init__(self, pid: int, stdin: int, stdout: int) -> None:
        self.pid = pid
        self.stdin, self.stdout = os.fdopen(stdin, "w"), os.fdopen(stdout)
        self.returncode: int | None = None

    def __enter__(self) -> "Forked":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind:
            self.kill()
        self.wait(30)
        self.close()

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = _ask({"do": "look", "pid": self.pid})
        return self.returncode

    def wait(self, timeout: float = 120) -> int:
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.01)
        return code

    def kill(self) -> None:
        if self.poll() is None:  # until it is looked at, its number is its own
            os.kill(self.pid, signal.SIGKILL)

    def communicate(self, said: str = "", timeout: float = 120) -> tuple[str, None]:
        """Say this and no more, hear all that is said, and wait for the end."""
        told: list[str] = []
        hearing = threading.Thread(target=lambda: told.append(self.stdout.read()), daemon=True)
        hearing.start()
        with suppress(BrokenPipeError):  # it may have ended already
            self.stdin.write(said)
            self.stdin.flush()
        self._hang_up()
        hearing.join(timeout)
        if hearing.is_alive():
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        self.wait(timeout)
        self.stdout.close()
        return told[0], None

    def close(self) -> None:
        self._hang_up()
        self.stdout.close()

    def _hang_up(self) -> None:
        with suppress(BrokenPipeError):  # what it did not read is lost with it
            self.stdin.close()


def start(script: str, *words: str) -> Forked:
    """Run ``script`` with ``words`` as its arguments on the database of this test."""
    from django.db import connection

    theirs_in, ours_in = os.pipe()
    ours_out, theirs_out = os.pipe()
    told = {"do": "start", "script": script, "words": words, "database": str(connection.settings_dict["NAME"])}
    try:
        pid = _ask(told, theirs_in, theirs_out)
    finally:
        os.close(theirs_in)
        os.close(theirs_out)
    assert pid is not None
    return Forked(pid, ours_in, ours_out)


def _ask(told: dict[str, Any], *handles: int) -> int | None:
    global _loaded  # noqa: PLW0603 - one such process for all tests of a run
    with _lock:
        if _loaded is None:
            _loaded = _load()
        _, line = _loaded
        body = json.dumps(told).encode()
        socket.send_fds(line, [_HEAD.pack(len(body))], handles)
        line.sendall(body)
        answer = json.loads(_heard(line, _HEAD.unpack(_heard(line, _HEAD.size))[0]))
    return None if answer is None else int(answer)


def _load() -> "tuple[subprocess.Popen[bytes], socket.socket]":
    from django.conf import settings

    ours, theirs = socket.socketpair()
    environment = os.environ | {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PARVIS_HOME": str(settings.HOME),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    command = [sys.executable, "-m", "tests.forks", str(theirs.fileno())]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, pass_fds=[theirs.fileno()])
    theirs.close()
    return process, ours


def _heard(line: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        part = line.recv(count - len(found))
        if not part:
            raise EOFError
        found += part
    return found


# -- the loaded process ---------------------------------------------------------------------------------------


def serve(line: socket.socket) -> None:
    """Fork who is wanted until nobody listens any more; who still lives then is killed."""
    import django

    django.setup()
    from django.db import connections

    connections.close_all()
    _without_pools()
    living: set[int] = set()
    try:
        while True:
            head, handles, _, _ = socket.recv_fds(line, _HEAD.size, 2)
            told = json.loads(_heard(line, _HEAD.unpack(head or _heard(line, _HEAD.size))[0]))
            answer = _fork(line, told, handles, living) if told["do"] == "start" else _look(told["pid"], living)
            body = json.dumps(answer).encode()
            line.sendall(_HEAD.pack(len(body)) + body)
    except (EOFError, ConnectionError):
        for pid in living:
            os.kill(pid, signal.SIGKILL)


def _without_pools() -> None:
    """Polars' threads, once started, are missing in a fork, which then waits for them without end."""
    names = [path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")]
    assert not any(name.startswith(("tokio", "async-executor")) for name in names), (
        "some module uses polars as it is imported; let it do so when it is first asked"
    )


def _fork(line: socket.socket, told: dict[str, Any], handles: list[int], living: set[int]) -> int:
    pid = os.fork()
    if not pid:
        line.close()
        _become(told, *handles)
    for handle in handles:
        os.close(handle)
    living.add(pid)
    return pid


def _look(pid: int, living: set[int]) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    if not found:
        return None
    living.discard(pid)
    return os.waitstatus_to_exitcode(status)


def _become(told: dict[str, Any], stdin: int, stdout: int) -> NoReturn:
    code: Any = 1
    try:
        from django.db import connection

        os.dup2(stdin, 0)
        os.dup2(stdout, 1)
        os.close(stdin)
        os.close(stdout)
        sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
        sys.argv = ["-c", *told["words"]]
        connection.settings_dict["NAME"] = told["database"]
        exec(compile(told["script"], "<script>", "exec"), {"__name__": "__main__"})
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # noqa: BLE001 - the end of a process of its own, told as an interpreter tells it
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]  # there is one
    finally:
        sys.stdout.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
