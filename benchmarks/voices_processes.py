"""The processes of `voices_end_to_end.py`: importer, worker, and the peer's plain loop. Not for calling by hand."""

import argparse
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
CHUNK = 10_000
SOURCE = ROOT / "data" / "womens_clothing_reviews.parquet"


from parvis.core import memory


def start_django() -> None:
    import django

    django.setup()


def reviews(first: int, count: int) -> Iterator[dict[str, Any]]:
    """Real reviews; from the second round on their number is added, so that no text is a copy."""
    import polars as pl

    rows = pl.read_parquet(SOURCE).select("clothing_id", "title", "review_text", "rating", "age").rows(named=True)
    for number in range(first, first + count):
        row = rows[number % len(rows)]
        text = row["review_text"] or ""
        more = f" Note {number}." if number >= len(rows) and text else ""
        yield {**row, "number": number, "review_text": text + more, "title": row["title"] or ""}


def ready() -> None:
    """Load the models, say so, and wait for the start."""
    import polars as pl

    from parvis.science import text

    text.read(pl.DataFrame({"id": [1], "text": ["A light and pretty dress. Une robe légère et jolie."]}))
    print("ready", flush=True)
    sys.stdin.readline()


def products() -> dict[str, int]:
    from parvis.domains.catalog.queries import products_by_ref

    return products_by_ref(str(number) for number in range(1300))


def prepare() -> None:
    """A product for each clothing id."""
    import polars as pl

    from parvis.core.clock import now
    from parvis.domains.catalog import actions
    from parvis.domains.catalog.contracts import NewCategory, NewProduct, NewVariant

    ids = pl.read_parquet(SOURCE)["clothing_id"].unique().sort().to_list()
    actions.load_categories([NewCategory(key="all", name_en="All", name_fr="Tout", department="all")])
    rows = [
        NewProduct(
            external_ref=str(number),
            slug=f"garment-{number}",
            category_key="all",
            name_en=f"Garment {number}",
            name_fr=f"Vêtement {number}",
            variants=(NewVariant(sku=f"G-{number}", size="M", price_minor=5000, on_hand=1),),
        )
        for number in ids
    ]
    actions.load(rows, at=now())


def hand_in(rows: int) -> None:
    """The importer's part: everything received, a chunk at a time."""
    from parvis.core.clock import now
    from parvis.domains.voices import actions
    from parvis.domains.voices.contracts import NewVoice, Origin

    known, began = products(), now()
    ready()
    for first in range(0, rows, CHUNK):
        received = actions.receive_many(
            (
                NewVoice(
                    product_id=known[str(row["clothing_id"])],
                    title=row["title"],
                    text=row["review_text"],
                    stars=row["rating"],
                    age=row["age"],
                    # one author each, ten seconds apart: nearly 9,000 reviews within the day in which copies are sought
                    author_name=f"Reviewer {row['number']}",
                    submitted_at=began - timedelta(seconds=10 * row["number"]),
                    origin=Origin.IMPORT,
                    origin_ref=f"bench:{row['number']}",
                )
                for row in reviews(first, min(CHUNK, rows - first))
            ),
            at=now(),
        )
        if received.rejected:
            raise SystemExit(f"rejected: {received.rejected[:3]}")


def work() -> None:
    """A worker: deliver until told to stop (end of input)."""
    from parvis.core import outbox
    from parvis.core.clock import now

    ready()
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    while not stop.is_set():
        if not outbox.deliver(at=now(), limit_rounds=1):
            time.sleep(0.05)


def plain_loop(first: int, rows: int, batch: int) -> None:
    """The peer: one save after another."""
    import polars as pl

    from parvis.core.clock import now
    from parvis.domains.voices import models, rules
    from parvis.domains.voices.contracts import Reading
    from parvis.science import text

    known = products()
    ready()
    waiting: list[models.Voice] = []

    def finish() -> None:
        frame = pl.DataFrame(
            {"id": [v.pk for v in waiting], "title": [v.title for v in waiting], "text": [v.text for v in waiting]}
        )
        for voice, found in zip(waiting, text.read(frame).iter_rows(named=True), strict=True):
            scores = {name: found[name] for name in ("language", "sentiment", "stars", "toxicity", "spam")}
            personal = rules.personal_spans(voice.text)
            models.Reading(voice=voice, model="peer", aspects=found["aspects"], read_at=now(), **scores).save()
            verdict = rules.verdict(
                Reading(voice_id=voice.pk, model="peer", personal=personal, **scores),
                rules.Subject(title=voice.title, text=voice.text, stars=voice.stars, language="en"),
            )
            models.Decision(
                voice=voice,
                outcome=verdict.outcome,
                by="machine",
                reason=verdict.reason,
                model="peer",
                scores={"toxicity": found["toxicity"], "spam": found["spam"]},
                state_before="held",
                state_after=verdict.outcome.state,
                at=now(),
            ).save()
            voice.state, voice.reason, voice.decided_by = verdict.outcome.state, verdict.reason, "machine"
            voice.decided_at = voice.examined_at = now()
            voice.published_at = now() if verdict.outcome.state == "published" else None
            voice.save()
        waiting.clear()

    for row in reviews(first, rows):
        voice = models.Voice(
            kind="review",
            product_id=known[str(row["clothing_id"])],
            title=row["title"],
            text=row["review_text"],
            stars=row["rating"],
            age=row["age"],
            submitted_at=now(),
            received_at=now(),
            origin="import",
            origin_ref=f"bench:{row['number']}",
        )
        voice.save()
        waiting.append(voice)
        if len(waiting) >= batch:
            finish()
    if waiting:
        finish()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prepare", action="store_true")
    parser.add_argument("--work", action="store_true")
    parser.add_argument("--hand-in", type=int)
    parser.add_argument("--loop", type=int, nargs=3)
    chosen = parser.parse_args()
    if chosen.work:  # as `parvis worker` does
        memory.keep_together()
    start_django()
    if chosen.prepare:
        prepare()
    elif chosen.work:
        work()
    elif chosen.hand_in:
        hand_in(chosen.hand_in)
    else:
        plain_loop(*chosen.loop)


if __name__ == "__main__":
    main()
