"""One parent, its processes: started in order, restarted when they die, stopped together.

Each child leads a process group of its own, so that Ctrl-C reaches only the parent, who stops them in order. On Linux
a child dies with a parent that was killed; elsewhere the next start finds the port taken and says so.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger("parvis.supervisor")
STOP_SECONDS = 20
QUICK_DEATH_SECONDS = 10
QUICK_DEATHS_ALLOWED = 5
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process to keep running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    quick_deaths: int = 0

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            list(self.command),
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one prctl call
        )


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def supervise(children: Sequence[Child], *, ready: Callable[[], None]) -> int:
    """Run ``children`` until SIGINT or SIGTERM, or until one cannot stay alive. Returns the exit code.

    ``ready`` is called once after all were started.
    """
    stopping = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    code = 0
    try:
        for child in children:
            child.start()
        ready()
        while not stopping:
            if not all(_alive_or_restarted(child) for child in children):
                code = 1
                break
            time.sleep(0.2)
    finally:
        _stop_all(children)
        for number, handler in before.items():
            signal.signal(number, handler)
    return code


def _alive_or_restarted(child: Child) -> bool:
    if child.process is None or child.process.poll() is None:
        return True
    lived = time.monotonic() - child.started
    child.quick_deaths = child.quick_deaths + 1 if lived < QUICK_DEATH_SECONDS else 0
    log.error("process ended", process=child.name, code=child.process.returncode, lived_seconds=round(lived, 1))
    if child.quick_deaths >= QUICK_DEATHS_ALLOWED:
        log.error("it does not stay alive: stopping everything", process=child.name)
        return False
    time.sleep(min(2.0**child.quick_deaths * 0.25, 5))
    child.start()
    return True


def _stop_all(children: Sequence[Child]) -> None:
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("process did not stop in time: killed", process=child.name)
            child.process.kill()
            child.process.wait()
