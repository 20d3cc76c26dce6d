"""The product page with 200 reviews, beside a django-oscar product page with the same reviews.

Both run on this machine in this run: the same PostgreSQL server, the same web server with one process and eight
threads, the same eight connections, in turn. Ours shows the rating distribution, pros and cons, the eight most useful
of the 200 reviews, questions and the ask box; oscar's default page shows three reviews. Ours is kept for anonymous
visitors under the fingerprints of all that it shows, which each request asks for; the first rendering is told too.

    .venv/bin/python benchmarks/product_page.py [--json] [--rounds 3] [--seconds 8]

The peer's environment is made under var/bench/oscar at the first run (needs a package index).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "var" / "bench"
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
REVIEWS = 200
OUR_PORT, PEER_PORT = 8871, 8872


def reviews() -> dict[str, Any]:
    """One product with 200 real reviews from the demo's data."""
    import polars as pl

    table = pl.read_parquet(ROOT / "data" / "womens_clothing_reviews.parquet")
    said = table.filter(pl.col("review_text").is_not_null())
    product = said.group_by("clothing_id").len().filter(pl.col("len") >= REVIEWS).sort("len", "clothing_id").row(0)[0]
    rows = said.filter(pl.col("clothing_id") == product).head(REVIEWS)
    columns = rows.select("rating", "title", "review_text", "positive_feedback_count").iter_rows()
    return {
        "name": f"Dress {product}",
        "description": "A dress of the demo's catalogue.",
        "reviews": [{"stars": s, "title": t, "text": x, "votes": v} for s, t, x, v in columns],
    }


def our_shop(data: dict[str, Any]) -> str:
    """Fill our shop; returns the path of the product page."""
    import django

    django.setup()
    from django.core.management import call_command

    from parvis.core.clock import now
    from parvis.domains.catalog import actions as catalog
    from parvis.domains.catalog.contracts import NewCategory, NewProduct, NewVariant
    from parvis.domains.voices import actions as voices
    from parvis.domains.voices import queries
    from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    catalog.load_categories([NewCategory(key="dresses", name_en="Dresses", name_fr="Robes")])
    sizes = [NewVariant(sku=f"B-{size}", size=size, price_minor=8900, on_hand=50) for size in ("XS", "S", "M", "L")]
    product = NewProduct(
        category_key="dresses", name_en=data["name"], name_fr=data["name"], slug="bench-dress",
        description_en=data["description"], description_fr=data["description"], variants=tuple(sizes),
    )  # fmt: skip
    loaded = catalog.load([product], at=now())
    [number] = loaded.product_ids.values()
    rows = [
        NewVoice(
            product_id=number, stars=row["stars"], title=row["title"] or "", text=row["text"], votes_up=row["votes"],
            author_name="Shopper", language="en", origin=Origin.DEMO, origin_ref=f"bench:{index}",
        )
        for index, row in enumerate(data["reviews"])
    ]  # fmt: skip
    received = voices.receive_many(rows, at=now())
    _settle()
    held = [key for key in received.accepted if not queries.voice(key).is_public]
    if held:
        voices.decide(voice_ids=held, outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=now())
        _settle()
    return "/en/products/bench-dress/"


def _settle() -> None:
    """Hand over every event, also those that come of handing over."""
    from parvis.core import outbox
    from parvis.core.clock import now

    while outbox.deliver(at=now(), limit_rounds=1):
        pass


def statements(path: str) -> int:
    """How many SQL statements our page takes, on a warm process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    client.get(path)
    with CaptureQueriesContext(connection) as spent:
        answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"our product page answers {answer.status_code}")
    return len(spent)


def peer_python() -> Path:
    """The peer's own environment, made once."""
    python = BENCH / "oscar" / "bin" / "python"
    mark = BENCH / "oscar" / ".ready"
    if not mark.exists():
        subprocess.run([sys.executable, "-m", "venv", str(BENCH / "oscar")], check=True)
        wanted = ROOT / "benchmarks" / "peers" / "oscar.txt"
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(wanted)], check=True)
        mark.touch()
    return python


def peer_shop(data: dict[str, Any], database: str) -> tuple[str, dict[str, str]]:
    """Fill the oscar shop; returns the path of its product page and its environment."""
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "PYTHONPATH": str(ROOT / "benchmarks" / "peers"),
        "DJANGO_SETTINGS_MODULE": "oscar_shop.settings",
        "OSCAR_MEDIA": str(BENCH / "oscar-media"),
    }
    given = BENCH / "reviews.json"
    given.write_text(json.dumps(data))
    command = [str(peer_python()), "-W", "ignore", "-m", "oscar_shop.load", str(given)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.split()[-1], environment


@contextmanager
def served(python: Path | str, app: str, port: int, environment: dict[str, str], path: str) -> Iterator[str]:
    """A web server with one process and eight threads; gives the page's address once it is warm."""
    command = [
        str(python), "-m", "granian", "--interface", "wsgi", app, "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "8", "--no-ws", "--log-level", "error",
    ]  # fmt: skip
    with (BENCH / f"server-{port}.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}{path}"
    try:
        _wait(url)
        for _ in range(30):
            urllib.request.urlopen(url, timeout=30).read()
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=30).read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{url} does not answer; see var/bench/server-*.log")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    given = parser.parse_args()
    BENCH.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="parvis.project.settings", PARVIS_HOME=str(BENCH / "home"), PARVIS_LOG_LEVEL="ERROR",
        PARVIS_PUBLIC_URL=f"http://127.0.0.1:{OUR_PORT}", PYTHONPATH=str(ROOT / "src"),
    )  # fmt: skip
    data = reviews()
    our_path = our_shop(data)
    count = statements(our_path)
    peer_path, peer_environment = peer_shop(data, _peer_database())
    ours, peer = [], []
    from benchmarks import load

    with (
        served(sys.executable, "parvis.project.wsgi:application", OUR_PORT, dict(os.environ), our_path) as our_url,
        served(peer_python(), "oscar_shop.wsgi:application", PEER_PORT, peer_environment, peer_path) as peer_url,
    ):
        for _ in range(given.rounds):
            ours.append(load.in_own_process(our_url, connections=8, seconds=given.seconds))
            peer.append(load.in_own_process(peer_url, connections=8, seconds=given.seconds))
    _tell(ours, peer, count, as_json=given.json)


def _peer_database() -> str:
    import psycopg
    from django.conf import settings

    url = settings.DATABASE_URL.replace("/parvis?", "/oscar?")
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as db:
        if not db.execute("SELECT 1 FROM pg_database WHERE datname = 'oscar'").fetchone():
            db.execute("CREATE DATABASE oscar")
    return str(url)


def _tell(ours: list[dict[str, Any]], peer: list[dict[str, Any]], count: int, *, as_json: bool) -> None:
    def middle(rounds: list[dict[str, Any]], key: str) -> float:
        return float(statistics.median(each[key] for each in rounds))

    print(f"{'':16}{'requests/s':>12}{'median ms':>12}{'p95 ms':>10}{'failures':>10}")
    for name, rounds in (("parvis", ours), ("django-oscar", peer)):
        figures = (middle(rounds, "per_second"), middle(rounds, "median_ms"), middle(rounds, "p95_ms"))
        failures = sum(each["failures"] for each in rounds)
        print(f"{name:16}{figures[0]:>12.1f}{figures[1]:>12.1f}{figures[2]:>10.1f}{failures:>10}")
    ratios = [a["per_second"] / b["per_second"] for a, b in zip(ours, peer, strict=True)]
    rounds_told = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"ratio {statistics.median(ratios):.2f} (rounds: {rounds_told}); {count} SQL statements")
    if as_json:
        result = {
            "name": "product_page",
            "ours": middle(ours, "per_second"),
            "peer": middle(peer, "per_second"),
            "ratio": round(statistics.median(ratios), 2),
            "unit": "requests/s at concurrency 8, one process",
            "ours_p95_ms": middle(ours, "p95_ms"),
            "peer_p95_ms": middle(peer, "p95_ms"),
            "failures": sum(each["failures"] for each in (*ours, *peer)),
            "sql_statements": count,
            "peer_name": "django-oscar",
        }
        print(json.dumps(result))


if __name__ == "__main__":
    main()
