"""The official conformance suite: two pinned releases, installed once, run by a Node of the version they need.

0.1.16 is the newest that is released; 0.2.0-alpha.12 is the first that knows 2026-07-28. Node 22 comes from the same
registry, so that nothing but npm needs to be there.
"""

import fcntl
import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

RELEASED, NEXT = "0.1.16", "0.2.0-alpha.12"
NODE = "22.23.3"
HOME = Path(__file__).parents[6] / "var" / "tools" / "mcp-conformance"
_LINE = re.compile(r"^(?P<mark>[✓✗]) (?P<name>[\w-]+): (?P<passed>\d+) passed, (?P<failed>\d+) failed$", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """What the suite says of a scenario."""

    passed: int
    failed: int


def installed(version: str) -> Path:
    """The suite's program. Skips the test, and says so loudly, where it cannot be had."""
    npm = shutil.which("npm")
    if npm is None:
        _lacking("npm is not installed")
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        place = HOME / version
        program = place / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
        if not program.exists():
            _npm(str(npm), place, f"@modelcontextprotocol/conformance@{version}")
        node = HOME / "node"
        if not (node / "node_modules/.bin/node").exists():
            _npm(str(npm), node, f"node@{NODE}")
    return program


def _npm(npm: str, place: Path, package: str) -> None:
    place.mkdir(exist_ok=True)
    (place / "package.json").write_text("{}")
    done = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--save-exact", package],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(place)
        _lacking(f"{package} could not be installed: {done.stderr.strip()[-300:]}")


def _lacking(why: str) -> None:
    told = f"THE OFFICIAL MCP CONFORMANCE SUITE DID NOT RUN: {why}"
    warnings.warn(told, stacklevel=3)
    pytest.skip(told)


def node() -> str:
    """The Node that the suite needs."""
    return str(HOME / "node/node_modules/.bin/node")


def started(version: str, arguments: Sequence[str]) -> "subprocess.Popen[str]":
    """The suite at work; what it prints can be read while it runs."""
    program = installed(version)
    return subprocess.Popen(
        [node(), str(program), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    )


def printed(version: str, arguments: Sequence[str]) -> str:
    """All that the suite prints."""
    with started(version, arguments) as running:
        told, _ = running.communicate(timeout=180)
    return told


def run(version: str, arguments: Sequence[str]) -> tuple[dict[str, Verdict], str]:
    """The verdict on each scenario that ran, and all that the suite printed."""
    told = printed(version, arguments)
    return {each["name"]: Verdict(int(each["passed"]), int(each["failed"])) for each in _LINE.finditer(told)}, told
