"""Nearly the same words from several people: what is found, what is wrongly found, and what it costs.

    .venv/bin/python benchmarks/bursts.py [--json] [--rows 5000] [--crowds 20]

Real reviews, all sent within one day (a hard case: a shop that receives as many is large), and among them crowds: one
review sent by forty people, each with some of its letters replaced, doubled by another or dropped. ``pairs``: an edited
copy beside its original, by share of edited letters. ``crowds``: members held for it, reviews of others held with them.
``cost``: CPU of this process and of PostgreSQL for each review received and examined, with the rule and without it (its
two calls taken out), and the time of one look-up when the table holds the numbers of 200,000 more reviews.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT / "benchmarks"))
SOURCE = ROOT / "data" / "womens_clothing_reviews.parquet"
PEOPLE = 40
RATES = (0.02, 0.05, 0.10, 0.15)
FILLED = 200_000


def reviews() -> list[str]:
    import polars as pl

    texts = pl.read_parquet(SOURCE)["review_text"].drop_nulls().to_list()
    return [text for text in dict.fromkeys(texts) if sum(map(str.isalnum, text)) >= 60]


def edited(text: str, share: float, chance: random.Random) -> str:
    """``text`` with this share of its letters replaced, doubled by another letter, or dropped."""
    out: list[str] = []
    for letter in text:
        if not letter.isalpha() or chance.random() >= share:
            out.append(letter)
            continue
        other = chance.choice("abcdefghijklmnopqrstuvwxyz")
        out.append((other, letter + other, "")[chance.randrange(3)])
    return "".join(out)


def pairs(texts: Sequence[str]) -> dict[str, float]:
    """Share of edited copies that are found beside their original."""
    from parvis.science.text import sketches

    chance, found = random.Random(7), {}
    keys = sketches.sketches(texts)
    for rate in RATES:
        copies = [edited(text, rate, chance) for text in texts]
        shared = [len(set(a) & set(b)) >= sketches.SHARED for a, b in zip(keys, sketches.sketches(copies), strict=True)]
        both = sketches.are_copies([*texts, *copies], [(i, i + len(texts)) for i in range(len(texts))])
        found[f"{rate:.0%}"] = round(statistics.mean(s and b is not None for s, b in zip(shared, both, strict=True)), 3)
    return found


def send(texts: Sequence[str], mark: str) -> tuple[list[int], float]:
    """Receive and examine them, each by somebody else; the ids, and the CPU seconds that it took."""
    import psutil
    from django.db import connection

    from parvis.core.clock import now
    from parvis.domains.voices import actions
    from parvis.domains.voices.contracts import NewVoice, Origin

    at = now()
    rows = (
        NewVoice(
            product_id=PRODUCT[0],
            text=text,
            stars=5,
            author_name=f"{mark} {number}",
            submitted_at=at - timedelta(seconds=number % 3600),
            origin=Origin.API,
            origin_ref=f"{mark}:{number}",
        )
        for number, text in enumerate(texts)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])

    def used() -> float:
        theirs = backend.cpu_times()
        return time.process_time() + theirs.user + theirs.system

    before = used()
    ids = list(actions.receive_many(rows, at=at).accepted)
    actions.examine(ids, at=at)
    return ids, used() - before


PRODUCT: list[int] = []


def crowds(texts: Sequence[str], count: int, rate: float) -> dict[str, Any]:
    """Crowds of forty among the others: who of them is held for it, and who else."""
    from parvis.domains.voices import models

    chance = random.Random(11)
    copied = chance.sample(range(len(texts)), count)
    mixed = [(None, text) for text in texts]
    mixed += [(number, edited(texts[number], rate, chance)) for number in copied for _ in range(PEOPLE)]
    chance.shuffle(mixed)
    ids, _ = send([text for _, text in mixed], f"crowd {rate}")
    held = set(models.BurstMember.objects.filter(voice_id__in=ids).values_list("voice_id", flat=True))
    originals = {texts[number] for number in copied}
    members = [i for i, (number, _) in zip(ids, mixed, strict=True) if number is not None]
    others = [i for i, (n, text) in zip(ids, mixed, strict=True) if n is None and text not in originals]
    models.Sketch.objects.all().delete()
    return {
        "edited": f"{rate:.0%}",
        "members_held": round(sum(i in held for i in members) / len(members), 4),
        "groups": models.BurstMember.objects.filter(voice_id__in=members).values("burst_id").distinct().count(),
        "crowds": count,
        "others_held": sum(i in held for i in others),
        "others": len(others),
    }


def cost(texts: Sequence[str]) -> dict[str, Any]:
    from django.db import connection

    from parvis.core.clock import now
    from parvis.domains.voices import models, rules
    from parvis.domains.voices.actions import bursts

    send(texts[:500], "warm")
    plain_keep, plain_find = bursts.keep_sketches, bursts.find
    spent: dict[str, list[float]] = {"with": [], "without": []}
    half = len(texts) // 4
    for turn in range(4):
        part = texts[turn * half : (turn + 1) * half]
        on = turn in (0, 3)
        bursts.keep_sketches = plain_keep if on else lambda voices: None
        bursts.find = plain_find if on else lambda ids, *, policy: bursts.Found()
        spent["with" if on else "without"].append(send(part, f"cost {turn}")[1] / len(part) * 1000)
    bursts.keep_sketches, bursts.find = plain_keep, plain_find
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO voices_sketch (voice_id, key, at) SELECT 1000000000 + n / 8, (random() * 2147483647)::int,"
            " %s::timestamptz - random() * interval '1 day' FROM generate_series(1, %s) AS n ON CONFLICT DO NOTHING",
            [now(), FILLED * 8],
        )
        cursor.execute("ANALYZE voices_sketch")
    known = list(models.Sketch.objects.filter(voice_id__lt=10**9).values_list("voice_id", flat=True).distinct()[:300])
    took = []
    for voice_id in known:
        began = time.perf_counter()
        bursts.find([voice_id], policy=rules.Policy())
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return {
        "cpu_ms_with": round(statistics.mean(spent["with"]), 2),
        "cpu_ms_without": round(statistics.mean(spent["without"]), 2),
        "look_up_ms_median": round(statistics.median(took), 2),
        "look_up_ms_p95": round(took[int(len(took) * 0.95)], 2),
        "numbers_in_table": models.Sketch.objects.count(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--crowds", type=int, default=20)
    chosen = parser.parse_args()
    from voices_end_to_end import Bench

    texts = reviews()
    found: dict[str, Any] = {"pairs": pairs(texts[:2000])}
    print("pairs found:", found["pairs"], flush=True)
    with tempfile.TemporaryDirectory(prefix="parvis-bench-", ignore_cleanup_errors=True) as home:
        Path(home).chmod(0o755)
        Bench(home)
        from parvis.domains.catalog.queries import products_by_ref

        PRODUCT.append(next(iter(products_by_ref(str(number) for number in range(1300)).values())))
        found["crowds"] = [crowds(texts[: chosen.rows], chosen.crowds, rate) for rate in (0.0, 0.05, 0.10)]
        for row in found["crowds"]:
            print("crowds:", row, flush=True)
        found["cost"] = cost(texts[chosen.rows : 2 * chosen.rows])
        print("cost:", found["cost"], flush=True)
    if chosen.json:
        summary = {
            "name": "nearly the same words from several people: members of crowds held (5 % of letters edited)",
            "ours": found["crowds"][1]["members_held"],
            "unit": "share",
            "load_before": round(os.getloadavg()[0], 1),
            "detail": found,
        }
        print(json.dumps(summary))


if __name__ == "__main__":
    main()
