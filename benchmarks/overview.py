"""The overview of the studio over ten million events, against a plain scan of the same events.

    .venv/bin/python benchmarks/overview.py [--json] [--events 10000000] [--days 90] [--home FOLDER]

The events are drawn here and go through the product's own writer, day by day; finished days are summed up by the
product's own task, the last day is still running (its events lie in several files and are not summed up). Then a fresh
process asks for the overview of the later half against the earlier half, so that every event counts in one of the two.
``ours`` is the median question, nothing being kept in the process between two; the first one, which loads the
libraries, is told beside it. The peer is DuckDB over all raw events with the same expressions, in the same run.
Seconds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
LAST = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
KINDS = ("page_view", "product_view", "proof_view", "proof_click", "ask", "add_to_cart", "checkout_start", "order")
WEIGHTS = (0.34, 0.25, 0.28, 0.04, 0.02, 0.04, 0.02, 0.01)
EVENTS_A_VISIT = 9


def start(home: str) -> None:
    os.environ |= {
        "PARVIS_HOME": home,
        "PARVIS_LOG_LEVEL": "WARNING",
        "PARVIS_TIME_ZONE": "Europe/Paris",
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
    }
    import django

    django.setup()


# -- ten million events ---------------------------------------------------------------------------------------


def draw(day: date, count: int, seed: int) -> Any:
    """One day's events in the columns of the log."""
    import numpy as np
    import polars as pl

    from parvis.domains.analytics.queries import schema

    source = np.random.default_rng([seed, day.toordinal()])
    visits = max(1, count // EVENTS_A_VISIT)
    names = np.array([f"{number:012x}" for number in source.integers(0, 2**47, visits)])
    of = source.integers(0, visits, count)
    began = np.datetime64(day.isoformat(), "us")
    # From 01:00 to 22:00 UTC every moment is in the same day in Paris.
    within = (
        3_600_000_000 + source.integers(0, 20 * 3_600_000_000, visits)[of] + source.integers(0, 1_800_000_000, count)
    )
    at = began + within.astype("timedelta64[us]")
    kind = np.array(KINDS)[source.choice(len(KINDS), count, p=WEIGHTS)]
    raw = source.bytes(16 * count)
    proof = pl.col("kind").is_in(["proof_view", "proof_click"])
    order = pl.col("kind") == "order"
    drawn = pl.DataFrame(
        {
            "id": pl.Series([raw[place : place + 16] for place in range(0, 16 * count, 16)], dtype=pl.Binary),
            "kind": kind,
            "at": at,
            "visit": names[of],
            "product": source.integers(1, 1200, count),
            "voice": source.integers(1, 15_000, count),
            "device": np.array(["phone", "desktop", "tablet"])[(of % 10 // 6).clip(0, 2)],
            "bot": of % 50 == 0,
            "value": source.integers(1500, 20_000, count),
            "answered": source.random(count) < 0.7,
        }
    )
    return drawn.select(
        pl.lit(day).alias("day"),
        "id",
        "kind",
        "at",
        (pl.col("at") + timedelta(seconds=3)).alias("received_at"),
        "visit",
        pl.lit(None, dtype=pl.String).alias("visitor"),
        pl.when(~order).then(pl.col("product")).alias("product_id"),
        pl.when(order).then(pl.concat_list("product")).alias("product_ids"),
        pl.when(proof).then(pl.concat_list("voice")).alias("voice_ids"),
        pl.when(proof).then(pl.lit("pdp.reviews")).otherwise(pl.lit("pdp")).alias("surface"),
        pl.lit("/fr/products/x/").alias("path"),
        pl.lit("").alias("referrer"),
        pl.lit("fr").alias("locale"),
        "device",
        pl.when(order).then(pl.col("value")).alias("value_minor"),
        pl.when(order).then(pl.col("value") + 7).alias("order_id"),
        pl.when(pl.col("kind") == "ask").then(pl.col("answered")).alias("answered"),
        pl.col("bot") & ~order,
        pl.when(pl.col("bot") & ~order).then(pl.lit("agent")).otherwise(pl.lit("")).alias("bot_sign"),
        pl.lit("").alias("provenance"),
    ).select(list(schema.EVENTS))


def build(home: str, *, events: int, days: int, seed: int) -> dict[str, Any]:
    """Write everything; returns how long it took and what lies there."""
    start(home)
    from django.core.management import call_command
    from django.db import transaction
    from django.db.models import Sum

    from parvis.domains.analytics import actions
    from parvis.domains.analytics.actions import compaction
    from parvis.domains.analytics.models import Segment

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    each, left = events // days, events
    for number in range(days):
        day = LAST - timedelta(days=days - 1 - number)
        count = each if number < days - 1 else left
        left -= count
        parts = 1 if day < LAST else 8
        frame = draw(day, count, seed)
        for part in range(parts):
            piece = frame[count * part // parts : count * (part + 1) // parts]
            with transaction.atomic():
                compaction.add(day, piece, received_until=NOW, at=NOW)
        print(f"\rday {number + 1} of {days}", end="", file=sys.stderr)
    written = time.perf_counter()
    actions.finish_days(at=NOW)
    print(file=sys.stderr)
    live = Segment.objects.filter(retired_at=None)
    sizes = dict(live.values_list("dataset").annotate(Sum("bytes")))
    rows = dict(live.values_list("dataset").annotate(Sum("rows")))
    return {
        "write_seconds": round(written - began, 1),
        "sum_up_seconds": round(time.perf_counter() - written, 1),
        "megabytes": {name: round(size / 1e6, 1) for name, size in sizes.items()},
        "rows": rows,
    }


# -- the questions --------------------------------------------------------------------------------------------


def measure(home: str, *, days: int, rounds: int) -> dict[str, Any]:
    """Ask in this process, which has not asked anything before."""
    start(home)
    import psutil

    from parvis.domains.analytics import queries
    from parvis.domains.analytics.queries import log, totals

    until = LAST + timedelta(days=1)
    since, first = until - timedelta(days=days // 2), until - timedelta(days=days)
    process = psutil.Process()

    def ask() -> tuple[float, Any]:
        began = time.perf_counter()
        shown = queries.overview(since=since, until=until, compare_since=first, compare_until=since)
        return time.perf_counter() - began, shown

    before = process.memory_info().rss
    cold, shown = ask()
    spent = process.cpu_times()
    ours = [ask()[0] for _ in range(rounds)]
    spent_after = process.cpu_times()
    after = process.memory_info().rss
    listed = log.manifest(since=first, until=until)
    raw = (*listed.files["events"], *listed.dirty_events)
    peer = []
    for _ in range(max(1, rounds // 3)):
        began = time.perf_counter()
        scanned = totals.count((), raw)
        peer.append(time.perf_counter() - began)
    both, _ = totals.daily(since=first, until=until)
    if scanned != dict(both):
        raise SystemExit("the two ways of counting disagree")
    return {
        "events": sum(day.events for day in scanned.values()),
        "visits": shown.figures["visits"].value,
        "first": round(cold, 3),
        "ours": round(statistics.median(ours), 3),
        "cpu": round((spent_after.user + spent_after.system - spent.user - spent.system) / rounds, 3),
        "peer": round(statistics.median(peer), 3),
        "memory_growth_mb": round((after - before) / 1e6),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", help="keep the events in this folder and use them again")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        print(json.dumps(measure(chosen.home, days=chosen.days, rounds=chosen.rounds)))
        return
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as fresh:
        home = chosen.home or fresh
        Path(home).mkdir(parents=True, exist_ok=True)
        Path(home).chmod(0o755)
        built = {} if (Path(home) / "events").exists() else build(home, **_size(chosen))
        again = [sys.executable, __file__, "--measure", "--home", home, "--days", str(chosen.days)]
        done = subprocess.run([*again, "--rounds", str(chosen.rounds)], check=True, capture_output=True, text=True)
        found = json.loads(done.stdout.splitlines()[-1])
        from parvis.core import postgres

        postgres.release(Path(home) / "postgres")
    print(f"{found['events']:,} events, {found['visits']:,.0f} visits of people in the later half")
    print(f"overview {found['ours']} s ({found['cpu']} s of processor), first question {found['first']} s")
    print(f"scan of raw events {found['peer']} s; memory of the asking process +{found['memory_growth_mb']} MB")
    summary = {
        "name": f"overview over {found['events']:,} events",
        "ours": found["ours"],
        "peer": found["peer"],
        "ratio": round(found["peer"] / found["ours"], 2),
        "unit": "s",
        "detail": found | built,
    }
    if chosen.json:
        print(json.dumps(summary))


def _size(chosen: argparse.Namespace) -> dict[str, int]:
    return {"events": chosen.events, "days": chosen.days, "seed": chosen.seed}


if __name__ == "__main__":
    main()
