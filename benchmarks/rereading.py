"""Reading everything again: how fast, in how much memory, and whether a killed worker loses or doubles anything.

    PYTHONPATH=src python benchmarks/rereading.py [--voices 20000] [--kills 3]

Makes a PostgreSQL of its own in a temporary folder, fills it with real reviews (repeated with a number) whose readings
an older model made, and has processes read them again that are killed with SIGKILL one after the other. Then it counts:
every reading by the model in force, every voice told of once, the counters exact. Memory is the resident set of the
process, sampled after each batch; flat means that the last fifth needs no more than the second.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

FILL = """
INSERT INTO voices_voice (kind, author_name, author_role, title, text, stars, language, submitted_at, received_at,
  verified, order_ref, incentive, size_worn, origin, origin_ref, provenance, imported_up, imported_down, votes_up,
  votes_down, state, published_at, examined_at, reason, decided_by{extra})
SELECT 'review', '', 'shopper', '', %s || ' Note ' || n, 4, 'en', now(), now(), false, '', '', '', 'demo',
  'bench:' || n, '{{}}', 0, 0, 0, 0, 'published', now(), now(), 'sound', 'machine'{values}
FROM generate_series(%s::int, %s::int) n
"""
READINGS = """
INSERT INTO voices_reading (voice_id, model, language, sentiment, stars, toxicity, spam, aspects, personal, read_at)
SELECT id, 'older', 'en', -1, 1, 0, 0, '[]', '[]', now() FROM voices_voice
"""


def start_django() -> None:
    """Settings and apps."""
    import django

    django.setup()


def fill(count: int) -> None:
    """Published voices with readings of an older model."""
    start_django()
    import polars as pl
    from django.db import connection

    source = pl.read_parquet(ROOT / "data" / "womens_clothing_reviews.parquet")["review_text"].drop_nulls().to_list()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'voices_voice' "
            "AND is_nullable = 'NO' AND column_default IS NULL AND column_name <> 'id'"
        )
        known = FILL.split("(", 1)[1].split(")", 1)[0].replace("{extra}", "").replace("\n", " ").split(",")
        names = {name.strip() for name in known}
        plain = {"jsonb": "'{}'", "boolean": "false", "integer": "0", "smallint": "0", "bigint": "0"}
        more = {name: plain.get(kind, "''") for name, kind in cursor.fetchall() if name not in names}
        extra = "".join(f", {name}" for name in more)
        values = "".join(f", {value}" for value in more.values())
        step = min(50, max(1, count // 200))  # every text of the set is met, however many voices there are
        for first in range(1, count + 1, step):
            text = source[first // step % len(source)]
            cursor.execute(FILL.format(extra=extra, values=values), [text, first, min(count, first + step - 1)])
        cursor.execute(READINGS)
        cursor.execute("ANALYZE")


def work() -> None:
    """Go on with the running pass; after each batch print what is done, the size in MB and the CPU seconds so far."""
    start_django()
    from parvis.core.clock import now
    from parvis.domains.voices import actions

    run = actions.start_rereading(actor_id=None, at=now())
    while run.finished_at is None:
        run = actions.continue_rereading(rereading_id=run.id, at=now(), batches=1)
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        size = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
        print(json.dumps({"done": run.done, "mb": size, "cpu": time.process_time()}), flush=True)


def verdict(count: int) -> dict[str, object]:
    """What the database says after it all."""
    start_django()
    from django.db.models import Count

    from parvis.core.models import OutboxEvent
    from parvis.domains.voices import models, queries

    told = OutboxEvent.objects.filter(name="voices.reread").values("payload__voice_id").annotate(times=Count("id"))
    (run,) = queries.rereadings()
    return {
        "state": run.state.value,
        "done": run.done,
        "changed": run.changed,
        "exact": run.done == count and models.Rereading.objects.count() == 1,
        "of_the_model_in_force": queries.readings_by_model().get(queries.model_in_force(), 0),
        "told_twice": told.filter(times__gt=1).count(),
        "told": told.count(),
    }


def child(what: str, count: int, environ: dict[str, str]) -> subprocess.Popen[str]:
    """This script again, in a process of its own."""
    command = [sys.executable, __file__, "--process", what, "--voices", str(count)]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)


def measure(count: int, kills: int) -> dict[str, object]:
    """Fill, kill, finish, count."""
    with tempfile.TemporaryDirectory(prefix="parvis-reread-", ignore_cleanup_errors=True) as home:
        environ = os.environ | {"PARVIS_HOME": home, "DJANGO_SETTINGS_MODULE": "parvis.project.settings"}
        environ |= {"PYTHONPATH": str(ROOT / "src"), "PARVIS_LOG_LEVEL": "WARNING", "PARVIS_DENSE": "no"}
        os.environ.update(environ)
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], env=environ, check=True)
        start_django()  # this process keeps the server running while the others come and go
        child("fill", count, environ).wait()
        samples: list[dict[str, float]] = []
        seconds, told_at, start = 0.0, 0.0, time.monotonic()
        for turn in range(kills + 1):
            worker = child("work", count, environ)
            assert worker.stdout is not None
            began, first = 0.0, 0.0
            for line in worker.stdout:
                sample = json.loads(line)
                if not began:
                    began, first = time.monotonic(), sample["done"]
                if turn == kills:
                    samples.append(sample)
                elif sample["done"] >= count * (turn + 1) / (kills + 2):
                    worker.send_signal(signal.SIGKILL)
                    print(f"killed at {sample['done']:.0f}", file=sys.stderr, flush=True)
                    break
                if sample["done"] // 25_000 > told_at // 25_000:
                    print(f"{sample['done']:.0f} after {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
                told_at = sample["done"]
            seconds, last = time.monotonic() - began, sample["done"]
            worker.wait()
            rate = (last - first) / seconds if seconds else 0.0
        whole = time.monotonic() - start
        done = child("verdict", count, environ)
        assert done.stdout is not None
        told = json.loads(done.stdout.read())
        done.wait()
        from parvis.core import postgres

        postgres.release(Path(home) / "postgres")
    sizes = [sample["mb"] for sample in samples]
    cpu = samples[-1]["cpu"] - samples[0]["cpu"]
    fifth = max(1, len(sizes) // 5)
    return {
        "voices": count,
        "kills": kills,
        "whole_pass_seconds": round(whole),
        "voices_a_second": round(rate),
        "voices_a_cpu_second": round((samples[-1]["done"] - samples[0]["done"]) / max(cpu, 1e-9)),
        "mb_second_fifth": round(max(sizes[fifth : 2 * fifth] or sizes), 1),
        "mb_last_fifth": round(max(sizes[-fifth:]), 1),
        **told,
    }


def main() -> None:
    """Print the figures as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voices", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--process", choices=("fill", "work", "verdict"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.process == "fill":
        fill(given.voices)
    elif given.process == "work":
        work()
    elif given.process == "verdict":
        print(json.dumps(verdict(given.voices)))
    else:
        print(json.dumps(measure(given.voices, given.kills), indent=1))


if __name__ == "__main__":
    main()
