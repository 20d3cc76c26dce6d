"""From a clone to the first page, the second start, and the memory of the whole demo.

    .venv/bin/python benchmarks/demo.py [--json]

Clones this repository into an empty folder and runs `make demo` twice, as a newcomer would (package cache warm or cold
as it is). There is no peer that does the same; ``peer`` is the limit we set ourselves: 240 s to the first page.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
LIMIT_SECONDS = 240
STEPS = {
    "Installing Parvis": "install",
    "Setting up the demo shop": "shop and simulation",
    "Reading every voice": "reading, deciding, indexing",
    "Parvis serves": "start",
}


def start(clone: Path, port: int) -> tuple["subprocess.Popen[str]", float, dict[str, float]]:
    """Run `make demo` until the first page is served; seconds to it, and seconds spent before each step."""
    environment = {**os.environ, "PARVIS_PORT": str(port), "PARVIS_PUBLIC_URL": f"http://localhost:{port}"}
    began = time.perf_counter()
    made = subprocess.Popen(
        ["make", "demo"], cwd=clone, env=environment, text=True, process_group=0,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    marks: dict[str, float] = {}
    assert made.stdout is not None
    for line in made.stdout:
        for words, step in STEPS.items():
            if words in line:
                marks.setdefault(step, time.perf_counter() - began)
        if "Parvis serves" in line:
            break
    else:
        raise SystemExit("make demo ended without serving")
    urllib.request.urlopen(f"http://localhost:{port}/en/products/", timeout=60).read()
    return made, time.perf_counter() - began, marks


def memory(clone: Path) -> dict[str, float]:
    """Resident memory in MB of every process of the demo, shared pages counted once (PSS)."""
    found: dict[str, float] = {}
    for process in psutil.process_iter(["cmdline", "cwd"]):
        try:
            line = " ".join(process.info["cmdline"] or ())
            if str(clone) not in line and str(clone) not in (process.info["cwd"] or ""):
                continue
            name = next((word for word in ("postgres", "granian", "worker", "serve") if word in line), "other")
            found[name] = found.get(name, 0) + process.memory_full_info().pss / 1e6
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return {name: round(megabytes, 1) for name, megabytes in sorted(found.items())}


def stop(made: "subprocess.Popen[str]") -> None:
    """Ctrl-C, as a person would."""
    os.killpg(made.pid, signal.SIGINT)
    made.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="parvis-demo-"))
    clone = folder / "parvis"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    try:
        made, first, marks = start(clone, _free_port())
        time.sleep(20)
        resident = memory(clone)
        stop(made)
        made, second, _ = start(clone, _free_port())
        stop(made)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _tell(first, second, marks, resident, as_json=given.json)


def _tell(first: float, second: float, marks: dict[str, float], resident: dict[str, float], *, as_json: bool) -> None:
    steps = list(marks.items())
    split: dict[str, Any] = {}
    for (step, at), (_, until) in zip(steps, [*steps[1:], ("", first)], strict=True):
        split[step] = round(until - at, 1)
    total = round(sum(resident.values()), 1)
    print(
        f"clone to first page: {first:.1f} s (limit {LIMIT_SECONDS}); "
        + ", ".join(f"{k} {v}" for k, v in split.items())
    )
    print(f"second start: {second:.1f} s (limit 8)")
    print(f"memory: {total} MB (limit 1200); " + ", ".join(f"{k} {v}" for k, v in resident.items()))
    if as_json:
        result = {
            "name": "demo",
            "ours": round(first, 1),
            "peer": LIMIT_SECONDS,
            "ratio": round(LIMIT_SECONDS / first, 2),
            "unit": "seconds from clone to first page; peer is the limit",
            "split": split,
            "second_start_seconds": round(second, 1),
            "memory_mb": total,
            "memory_split_mb": resident,
        }
        print(json.dumps(result))


if __name__ == "__main__":
    main()
