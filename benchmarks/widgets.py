"""How heavy and how slow a widget is: bytes of each kind, and the time of its HTML made anew and shown again.

    .venv/bin/python benchmarks/widgets.py [--json] [--products 60]

Needs an installation with reviews (the demo's); makes its widgets in a transaction that is taken back.
"""

import argparse
import gzip
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.project.settings")


def measured(products: int) -> dict[str, Any]:
    """Bytes (with the script) by kind, and milliseconds of quotes for the most reviewed products."""
    from django.contrib.staticfiles import finders
    from django.core.cache import cache
    from django.test import Client

    from parvis.core.clock import now
    from parvis.domains.catalog import queries as catalog
    from parvis.domains.evidence import actions, queries
    from parvis.domains.evidence.contracts import WidgetKind

    script = Path(str(finders.find("widgets/widget.js"))).read_bytes()
    ids = queries.ranked(by="count", limit=products)
    slugs = [product.slug for product in catalog.products(ids, locale="en").values()]
    browser = Client(headers={"host": "localhost"})
    sizes, widgets = {}, {}
    for kind in WidgetKind:
        made = actions.make_widget(name="bench", kind=kind, shown=8, structured=True, at=now())
        widgets[kind] = made
        pages = [browser.get(f"/w/{made.key}/{slug}.html?lang=fr").content for slug in slugs]
        whole = [len(page) + len(script) for page in pages]
        packed = [len(gzip.compress(page)) + len(gzip.compress(script)) for page in pages]
        sizes[kind.value] = {"most": max(whole), "median": statistics.median(whole), "gzip": max(packed)}
    times: dict[str, list[float]] = {"anew": [], "again": []}
    cache.clear()
    for spent in times.values():
        for slug in slugs:
            began = time.perf_counter()
            assert browser.get(f"/w/{widgets[WidgetKind.QUOTES].key}/{slug}.html?lang=fr&b=9").status_code == 200
            spent.append((time.perf_counter() - began) * 1000)
    return {
        "bytes": sizes,
        "milliseconds": {
            name: {"median": round(statistics.median(each), 1), "p95": round(sorted(each)[int(len(each) * 0.95)], 1)}
            for name, each in times.items()
        },
    }


def main() -> None:
    """Measure inside a transaction that is taken back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--products", type=int, default=60)
    asked = parser.parse_args()
    import django

    django.setup()
    from django.db import transaction

    with transaction.atomic():
        found = measured(asked.products)
        transaction.set_rollback(True)
    print(json.dumps(found) if asked.json else json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
