"""Reviews end to end: received, read, moderated, stored, indexed, by two worker processes.

    .venv/bin/python benchmarks/voices_end_to_end.py [--json] [--rows 15166] [--peer-rows 1500]

Ours: one process hands the reviews in while two workers deliver the events, as `parvis serve` does; the clock runs from
the first row to the last index entry. Peer: two processes, each a plain Django loop over its half of the rows: save
the voice, read it with the same reader, save reading, decision and voice. It writes no events and indexes nothing,
which is in its favour. A second peer calls the reader on 500 rows at once and saves row by row. All processes have
loaded their models before the clock starts.

The reviews are the demo's, given a number when they repeat. ``memory`` holds each process's own MB over time (mapped
files left out). ``cpu_ms`` is the CPU time of all processes, PostgreSQL's included, for each review: on a busy machine
it says more than the clock.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
PROCESSES = ROOT / "benchmarks" / "voices_processes.py"


# -- the run --------------------------------------------------------------------------------------------------


class Bench:
    """A fresh home with its own PostgreSQL, and processes in it."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.environ = os.environ | {
            "PARVIS_HOME": home,
            "PARVIS_LOG_LEVEL": "WARNING",
            "PARVIS_DENSE": "no",
            "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
            "PYTHONPATH": str(ROOT / "src"),
        }
        os.environ.update(self.environ)
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], env=self.environ, check=True)
        subprocess.run([sys.executable, str(PROCESSES), "--prepare"], env=self.environ, check=True)
        import django

        django.setup()

    def start(self, *args: str) -> "subprocess.Popen[str]":
        command = [sys.executable, str(PROCESSES), *args]
        return subprocess.Popen(
            command, env=self.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def go(self, processes: "list[subprocess.Popen[str]]") -> "tuple[Cpu, float]":
        """Start them together once all are ready; the CPU they use from now on, and the time."""
        for process in processes:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                raise SystemExit("a process did not start")
        cpu = Cpu(self.home, [process.pid for process in processes])
        cpu.sample()
        began = time.perf_counter()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
        return cpu, began

    def clear(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE voices_vote, voices_media, voices_reading, voices_decision, voices_voice,"
                " core_delivery, core_outboxevent CASCADE"
            )
            cursor.execute("ANALYZE")


class Cpu:
    """CPU seconds of these processes and of the database server, also of those that have ended meanwhile."""

    def __init__(self, home: str, pids: "list[int]") -> None:
        self.postmaster = int((Path(home) / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
        self.pids = pids
        self.first: dict[int, float] = {}
        self.last: dict[int, float] = {}

    def sample(self) -> None:
        import psutil

        with contextlib.suppress(psutil.Error):
            backends = [child.pid for child in psutil.Process(self.postmaster).children(recursive=True)]
            for pid in (self.postmaster, *backends, *self.pids):
                with contextlib.suppress(psutil.Error):
                    times = psutil.Process(pid).cpu_times()
                    self.last[pid] = times.user + times.system
                    self.first.setdefault(pid, self.last[pid])

    def seconds(self) -> float:
        return sum(self.last[pid] - self.first[pid] for pid in self.last)


def own_mb(pid: int) -> float:
    """Memory that the process holds for itself, in MB: without mapped files such as the index, which the system may
    take back at any time."""
    resident, shared = map(int, Path(f"/proc/{pid}/statm").read_text().split()[1:3])
    return round((resident - shared) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024, 1)


def rows_estimated(table: str) -> int:
    """Rows inserted so far by the server's own statistics: counting a million would be part of the load."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT n_live_tup FROM pg_stat_user_tables WHERE relname = %s", [table])
        return int(cursor.fetchone()[0])


def ours(bench: Bench, rows: int) -> dict[str, Any]:
    """Rows a second from the first row handed in to the last index entry, and memory on the way."""
    from parvis.core import outbox
    from parvis.domains.voices import models

    bench.clear()
    workers = [bench.start("--work"), bench.start("--work")]
    importer = bench.start("--hand-in", str(rows))
    cpu, began = bench.go([*workers, importer])
    memory: list[dict[str, Any]] = []
    received_after = 0.0
    pause = 0.2  # grows with the run: asking what waits is work for the server too
    while True:
        time.sleep(pause)
        running = importer.poll() is None
        cpu.sample()
        if not running and not received_after:
            received_after = time.perf_counter() - began
        waiting = outbox.pending()
        elapsed = time.perf_counter() - began
        pause = min(2.0, 0.2 + elapsed / 100)
        if not memory or elapsed - memory[-1]["seconds"] > max(2.0, elapsed / 16):
            read = rows_estimated("voices_reading")
            sizes = [own_mb(worker.pid) for worker in workers]
            own = own_mb(importer.pid) if running else None
            memory.append({"seconds": round(elapsed, 1), "read": read, "workers": sizes, "importer": own})
            print(f"  {elapsed:7.1f} s  {read:>9,} read, MB: workers {sizes}, importer {own}", flush=True)
        if not running and not sum(waiting.values()):
            break
    seconds = time.perf_counter() - began
    for process in (*workers, importer):
        process.communicate(timeout=60)
    published = models.Voice.objects.filter(state="published").count()
    return {
        "rows": rows,
        "seconds": round(seconds, 2),
        "reviews_per_second": round(rows / seconds, 1),
        "cpu_ms": round(cpu.seconds() / rows * 1000, 2),
        "received_after_seconds": round(received_after, 2),
        "read": models.Reading.objects.count(),
        "published": published,
        "memory": memory,
    }


def peer(bench: Bench, rows: int, batch: int) -> dict[str, Any]:
    bench.clear()
    half = rows // 2
    loops = [bench.start("--loop", str(first), str(half), str(batch)) for first in (0, half)]
    cpu, began = bench.go(loops)
    while any(loop.poll() is None for loop in loops):
        time.sleep(0.1)
        cpu.sample()
    seconds = time.perf_counter() - began
    if any(loop.returncode for loop in loops):
        raise SystemExit("the peer failed")
    return {
        "rows": 2 * half,
        "seconds": round(seconds, 2),
        "reviews_per_second": round(2 * half / seconds, 1),
        "cpu_ms": round(cpu.seconds() / (2 * half) * 1000, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--rows", type=int, default=15_166)
    parser.add_argument("--peer-rows", type=int, default=1500)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parvis-bench-", ignore_cleanup_errors=True) as home:
        Path(home).chmod(0o755)
        run(Bench(home), chosen)


def run(bench: Bench, chosen: argparse.Namespace) -> None:
    load = os.getloadavg()[0]
    own = ours(bench, chosen.rows)
    row_by_row = peer(bench, chosen.peer_rows, 1)
    batched = peer(bench, chosen.peer_rows, 500)
    for name, result in (
        ("parvis, all of it", own),
        ("loop, one by one", row_by_row),
        ("loop, reader on 500", batched),
    ):
        rate, cpu, count = result["reviews_per_second"], result["cpu_ms"], result["rows"]
        print(f"{name:>20}: {rate:>8,} reviews/s, {cpu} ms CPU each ({count:,} rows)")
    summary = {
        "name": "voices end to end: received, read, moderated, indexed",
        "ours": own["reviews_per_second"],
        "peer": row_by_row["reviews_per_second"],
        "ratio": round(own["reviews_per_second"] / row_by_row["reviews_per_second"], 2),
        "unit": "reviews/s",
        "cpu_ratio": round(row_by_row["cpu_ms"] / own["cpu_ms"], 2),
        "load_before": round(load, 1),
        "detail": {"ours": own, "row_by_row": row_by_row, "batched_reader": batched},
    }
    if chosen.json:
        print(json.dumps(summary))


if __name__ == "__main__":
    main()
