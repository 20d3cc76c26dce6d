"""A closed-loop HTTP load: some connections, each asking again as soon as it is answered.

Run as a process of its own, so that its work is not the server's: `python benchmarks/load.py URL -c 8 -s 10` prints one
JSON object with requests a second and latencies in milliseconds. Answers other than 200 are counted as failures.
"""

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
from typing import Any
from urllib.parse import urlsplit


def ask(url: str, *, seconds: float, taken: list[float], failures: list[int]) -> None:
    """Ask for ``url`` on one kept connection until ``seconds`` are over."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=30)
    end = time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        connection.request("GET", path, headers={"Accept-Encoding": "identity", "User-Agent": "load/1"})
        answer = connection.getresponse()
        answer.read()
        taken.append(time.perf_counter() - began)
        if answer.status != 200:
            failures.append(answer.status)
    connection.close()


def measure(url: str, *, connections: int, seconds: float) -> dict[str, float]:
    """Requests a second and latencies of a load on ``url``."""
    taken: list[float] = []
    failures: list[int] = []
    threads = [
        threading.Thread(target=ask, args=(url,), kwargs={"seconds": seconds, "taken": taken, "failures": failures})
        for _ in range(connections)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    ordered = sorted(taken)
    return {
        "requests": len(ordered),
        "failures": len(failures),
        "per_second": round(len(ordered) / spent, 1),
        "median_ms": round(statistics.median(ordered) * 1000, 2),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 2),
    }


def in_own_process(url: str, *, connections: int, seconds: float) -> dict[str, Any]:
    """The same, measured from another process."""
    command = [sys.executable, __file__, url, "-c", str(connections), "-s", str(seconds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("-c", "--connections", type=int, default=8)
    parser.add_argument("-s", "--seconds", type=float, default=10)
    given = parser.parse_args()
    print(json.dumps(measure(given.url, connections=given.connections, seconds=given.seconds)))
