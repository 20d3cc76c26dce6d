"""One comment alone: from its arrival to the decision about it.

    .venv/bin/python benchmarks/live_comment.py [--json] [--comments 400]

Ours: `voices.actions.receive_many` of one, as a stream comes in, and `examine`: saved, read, decided, with its
events, in a database that already holds some thousand reviews. Peer: the same comment saved, read by scikit-learn's
TF-IDF with a logistic regression trained before the clock starts, and decided, with plain Django saves; it reads one
thing (good or bad) where ours reads language, sentiment, aspects, toxicity, spam, intents and personal data. Comments
are first sentences of real reviews; quality is measured elsewhere.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
WARM = 20


def comments(count: int) -> list[str]:
    """First sentences of real reviews, each once."""
    import polars as pl

    texts = pl.read_parquet(ROOT / "data" / "womens_clothing_reviews.parquet")["review_text"].drop_nulls().to_list()
    firsts = dict.fromkeys(text.split(".")[0].strip()[:120] for text in texts[6000:])
    return [text for text in firsts if len(text) > 15][:count]


def fill(reviews: int) -> None:
    """Reviews that are there already."""
    import polars as pl

    from parvis.core.clock import now
    from parvis.domains.voices import actions
    from parvis.domains.voices.contracts import NewVoice, Origin

    rows = pl.read_parquet(ROOT / "data" / "womens_clothing_reviews.parquet").head(reviews).rows(named=True)
    received = actions.receive_many(
        (
            NewVoice(text=row["review_text"] or "", stars=row["rating"], origin=Origin.IMPORT, origin_ref=f"b:{number}")
            for number, row in enumerate(rows)
        ),
        at=now(),
    )
    actions.examine(received.accepted, at=now())


def arrived(text: str) -> Sequence[int]:
    from parvis.core.clock import now
    from parvis.domains.voices import actions
    from parvis.domains.voices.contracts import NewVoice, VoiceKind

    return actions.receive_many([NewVoice(kind=VoiceKind.COMMENT, text=text, author_name="Ana")], at=now()).accepted


def decided(voice_ids: Sequence[int], text: str) -> None:
    from parvis.core.clock import now
    from parvis.domains.voices import actions

    done = actions.examine(voice_ids, at=now())
    if done.published + done.held + done.refused != 1:
        raise SystemExit(f"not decided: {text!r}")


def ours(text: str) -> None:
    decided(arrived(text), text)


def peer() -> Callable[[str], None]:
    """A plain view's work with a model that anybody would train first."""
    import polars as pl
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from parvis.core.clock import now
    from parvis.domains.voices import models

    rows = pl.read_parquet(ROOT / "data" / "womens_clothing_reviews.parquet").drop_nulls("review_text").head(5000)
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=3), LogisticRegression(max_iter=200))
    model.fit(rows["review_text"].to_list(), (rows["rating"] >= 4).to_list())

    def one(text: str) -> None:
        voice = models.Voice(
            kind="comment", text=text, author_name="Ana", submitted_at=now(), received_at=now(), origin="storefront",
            origin_ref=os.urandom(8).hex(),
        )  # fmt: skip
        voice.save()
        good = float(model.predict_proba([text])[0, 1])
        models.Decision(
            voice=voice, outcome="publish", by="machine", reason="sound", model="peer", scores={"good": good},
            state_before="held", state_after="published", at=now(),
        ).save()  # fmt: skip
        voice.state, voice.decided_by, voice.decided_at = "published", "machine", now()
        voice.examined_at = voice.published_at = now()
        voice.save()

    return one


def timed(work: Callable[[str], None], texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds a comment, one after the other; the first ones load what has to be loaded and do not count."""
    taken = []
    for number, text in enumerate(texts):
        began = time.perf_counter()
        work(text)
        if number >= WARM:
            taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return {"p50": round(statistics.median(taken), 2), "p95": round(taken[int(len(taken) * 0.95)], 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--comments", type=int, default=400)
    chosen = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="parvis-bench-", ignore_cleanup_errors=True) as home:
        Path(home).chmod(0o755)
        os.environ.update(
            PARVIS_HOME=home, PARVIS_LOG_LEVEL="WARNING", PARVIS_DENSE="no",
            DJANGO_SETTINGS_MODULE="parvis.project.settings", PYTHONPATH=str(ROOT / "src"),
        )  # fmt: skip
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], check=True)
        import django

        django.setup()
        fill(3000)
        texts = comments(2 * (chosen.comments + WARM))
        own, other = timed(ours, texts[::2]), timed(peer(), texts[1::2])
        there = {text: arrived(f"{text} Again.") for text in texts[::2]}
        alone = timed(lambda text: decided(there[text], text), texts[::2])
    print(
        f"one comment: {own['p50']} ms (p95 {own['p95']}), plain Django with TF-IDF {other['p50']} (p95 {other['p95']})"
    )
    print(f"read and decided, once it is saved: {alone['p50']} ms (p95 {alone['p95']})")
    if chosen.json:
        summary: dict[str, Any] = {
            "name": "a comment alone, from arrival to decision", "ours": own["p95"], "peer": other["p95"],
            "ratio": round(own["p95"] / other["p95"], 2), "unit": "ms p95", "ours_p50": own["p50"],
            "peer_p50": other["p50"], "read_and_decided": alone, "load_before": round(load, 1),
        }  # fmt: skip
        print(json.dumps(summary))


if __name__ == "__main__":
    main()
