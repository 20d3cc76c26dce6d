"""Feeds of a large shop: time, size and memory of each, and of asking again when nothing has changed.

    .venv/bin/python benchmarks/feeds.py [--json] [--products 100000]

Needs an installation with reviews (the demo's): its most reviewed product is copied so often, with its variants, its
stock and what is derived from its reviews, in a transaction that is taken back. Each feed is read as a program reads
it, packed, in pieces that are thrown away. Memory is what the process holds at most while it streams a feed, beyond
what it held after the first forty pieces: flat means nearly none.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.project.settings")
FEEDS = ("acp-products.jsonl", "products.jsonl", "products.csv", "products.xml")
_COPY = """
INSERT INTO {table} SELECT (jsonb_populate_record(one, {changed})).* FROM {table} one, generate_series(1, %s) number
WHERE {which}
"""


def memory_mb() -> float:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def copied(count: int) -> None:
    """So many copies of the most reviewed product."""
    from django.db import connection

    from parvis.domains.evidence import queries as evidence

    (source,) = evidence.ranked(by="count", limit=1)
    base = 10_000_000  # ids beyond all real ones
    own = f"jsonb_build_object('id', {base} + number, 'slug', 'copy-' || number, 'external_ref', 'copy-' || number)"
    variant = (
        f"jsonb_build_object('id', {base} + number * 100 + one.position, 'product_id', {base} + number,"
        " 'sku', 'copy-' || number || '-' || one.position, 'gtin', '')"
    )
    proof = f"jsonb_build_object('product_id', {base} + number)"
    with connection.cursor() as cursor:
        for table, changed, which in (
            ("catalog_product", own, f"one.id = {source}"),
            ("catalog_variant", variant, f"one.product_id = {source} AND NOT one.archived AND one.position < 6"),
            ("evidence_productproof", proof, f"one.product_id = {source}"),
        ):
            cursor.execute(_COPY.format(table=table, changed=changed, which=which), [count])
        cursor.execute(
            "INSERT INTO catalog_stocklevel SELECT (jsonb_populate_record(NULL::catalog_stocklevel, to_jsonb(level) ||"
            " jsonb_build_object('id', v.id, 'variant_id', v.id))).* FROM (SELECT * FROM catalog_stocklevel LIMIT 1)"
            f" level, catalog_variant v WHERE v.id > {base}"
        )
        cursor.execute("ANALYZE catalog_product, catalog_variant, evidence_productproof, catalog_stocklevel")


def read(client: Any, name: str) -> dict[str, float]:
    """One feed to its end."""
    from parvis.interfaces.agents.views import feeds

    began, cpu = time.perf_counter(), time.process_time()
    answer = client.get(f"/feeds/en/{name}", headers={"accept-encoding": "gzip"}, REMOTE_ADDR=f"10.0.0.{len(name)}")
    size, held, most = 0, 0.0, 0.0
    for pieces, piece in enumerate(answer.streaming_content, 1):
        size += len(piece)
        if pieces % 20 == 0:
            most = max(most, memory_mb())
            held = held or (memory_mb() if pieces >= 40 else 0.0)
    spent = time.process_time() - cpu
    took = time.perf_counter() - began
    again = time.perf_counter()
    unchanged = client.get(
        f"/feeds/en/{name}", headers={"if-none-match": answer["ETag"]}, REMOTE_ADDR=f"10.0.1.{len(name)}"
    )
    assert unchanged.status_code == 304
    assert answer["Content-Encoding"] == "gzip"
    assert feeds.KINDS[name]
    return {
        "seconds": round(took, 1),
        "cpu_seconds": round(spent, 1),
        "packed_mb": round(size / 1e6, 1),
        "memory_mb": round(max(0.0, most - held), 1),
        "unchanged_ms": round(1000 * (time.perf_counter() - again), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--products", type=int, default=100_000)
    chosen = parser.parse_args()
    import django

    django.setup()
    from django.db import transaction
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    with transaction.atomic():
        copied(chosen.products)
        found = {name: read(client, name) for name in FEEDS}
        transaction.set_rollback(True)
    for name, told in found.items():
        print(name, told)
    if chosen.json:
        print(json.dumps({"name": f"feeds of {chosen.products} products", "ours": found}))


if __name__ == "__main__":
    main()
