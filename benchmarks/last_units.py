"""Fifty buyers for ten units, each a real process: who gets one, who is told, who is sold what is not there.

    .venv/bin/python benchmarks/last_units.py [--json] [--buyers 50] [--units 10] [--rounds 3]

Ours: the whole purchase of the platform (place, hold, authorise, capture, webhooks written) for a cart that was filled
before. The peer: what a first Django shop does, read the stock, compare, save the order, save the stock; once as it
comes and once inside a transaction (``ATOMIC_REQUESTS``), which does not help. All processes are forked, connected to
the same PostgreSQL, and started at the same moment. ``ours`` and ``peer`` are units sold in the worst round.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))


def start(home: str) -> None:
    """A fresh installation in a folder of its own."""
    os.environ |= {
        "PARVIS_HOME": home,
        "PARVIS_SECRET_KEY": "only-for-benchmarks",
        "PARVIS_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


# -- ours -----------------------------------------------------------------------------------------------------


def fill_carts(number: int, buyers: int, units: int) -> list[dict[str, Any]]:
    """A new variant's worth of stock, a cart with one piece for each buyer, and their jobs."""
    from parvis.core.clock import now
    from parvis.domains.catalog import actions as catalog
    from parvis.domains.catalog import queries
    from parvis.domains.catalog.testing import small_catalogue
    from parvis.domains.checkout.testing import filled_cart, own_number

    shop, at = small_catalogue(), now()
    variant = shop.variants["DR-S"]
    level = queries.variant(variant)
    catalog.count_stock(variant_id=variant, counted=units + level.reserved, at=at)
    jobs = []
    for buyer in range(buyers):
        token = f"cart-of-round-{number}-buyer-{buyer:03d}"
        filled_cart({"DR-S": 1}, catalogue=shop, token=token, at=at)
        email = f"buyer{buyer}@parvis.example"
        jobs.append({"do": "buy", "token": token, "email": email, "key": "submit", "number": own_number(buyer)})
    return jobs


def left() -> tuple[int, int]:
    """On hand and reserved of the piece everybody wants."""
    from parvis.domains.catalog import queries
    from parvis.domains.catalog.testing import small_catalogue

    variant = queries.variant(small_catalogue().variants["DR-S"])
    return variant.on_hand, variant.reserved


# -- the peer -------------------------------------------------------------------------------------------------


def plain_tables() -> tuple[Any, Any]:
    """The two tables of a plain shop, made here."""
    from django.db import connection, models

    class Stock(models.Model):  # noqa: DJ008 - a table of a measurement
        quantity = models.IntegerField()

        class Meta:
            app_label = "plainshop"

    class Order(models.Model):  # noqa: DJ008 - a table of a measurement
        email = models.EmailField()

        class Meta:
            app_label = "plainshop"

    with connection.schema_editor() as editor:
        editor.create_model(Stock)
        editor.create_model(Order)
    return Stock, Order


def plain_jobs(stock: Any, order: Any) -> None:
    """Teach the crowd the plain shop's way to sell."""
    from django.db import transaction

    from parvis.domains.checkout.testing.crowd import JOBS

    def plain(*, email: str) -> str:
        row = stock.objects.get(pk=1)
        if row.quantity < 1:
            return "told sold out"
        order.objects.create(email=email)
        row.quantity -= 1
        row.save()
        return "bought"

    def plain_atomic(*, email: str) -> str:
        with transaction.atomic():
            return plain(email=email)

    JOBS["plain"], JOBS["plain_atomic"] = plain, plain_atomic


# -- the measurement ------------------------------------------------------------------------------------------


def crowd(jobs: list[dict[str, Any]]) -> tuple[Counter[str], list[float]]:
    """What the crowd is told, counted, and how long each waited (seconds, sorted)."""
    from django.db import connection, connections

    from parvis.domains.checkout.testing.crowd import run_crowd

    name = str(connection.settings_dict["NAME"])
    connections.close_all()
    connection.close_pool()  # the crowd must not inherit the parent's connections
    answers = run_crowd(name, jobs)
    return Counter(answer["said"].split(" P-")[0] for answer in answers), sorted(a["seconds"] for a in answers)


def measure(buyers: int, units: int, rounds: int) -> dict[str, Any]:
    stock, order = plain_tables()
    plain_jobs(stock, order)
    sold: dict[str, list[int]] = {"ours": [], "plain": [], "plain_atomic": []}
    told, strange, waits = [], [], []
    for number in range(rounds):
        said, seconds = crowd(fill_carts(number, buyers, units))
        sold["ours"].append(said["paid"])
        told.append(sum(count for answer, count in said.items() if answer.startswith("told")))
        strange += [answer for answer in said if answer != "paid" and not answer.startswith("told")]
        waits += seconds
        if left() != (0, 0):
            strange.append(f"stock left {left()}")
        for way in ("plain", "plain_atomic"):
            stock.objects.update_or_create(pk=1, defaults={"quantity": units})
            order.objects.all().delete()
            crowd([{"do": way, "email": f"buyer{buyer}@parvis.example"} for buyer in range(buyers)])
            sold[way].append(order.objects.count())
    waits.sort()
    worst = max(*sold["plain"], *sold["plain_atomic"])
    return {
        "name": "last_units",
        "unit": f"units sold of {units}, {buyers} buyers, worst of {rounds} rounds",
        "ours": max(sold["ours"], key=lambda count: abs(count - units)),
        "peer": worst,
        "ratio": round(worst / units, 2),
        "sold": sold,
        "told": told,
        "unexpected": strange,
        "wait_p50_s": waits[len(waits) // 2],
        "wait_p95_s": waits[int(len(waits) * 0.95)],
        "wait_max_s": waits[-1],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--buyers", type=int, default=50)
    parser.add_argument("--units", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parvis-last-units-") as home:
        start(home)
        result = measure(options.buyers, options.units, options.rounds)
        from django.conf import settings
        from django.db import connections

        from parvis.core import postgres

        connections.close_all()
        postgres.release(Path(settings.HOME) / "postgres")
    print(f"{options.buyers} buyers for {options.units} units, {options.rounds} rounds")
    print(f"  ours: sold {result['sold']['ours']}, told why {result['told']}, unexpected {result['unexpected']}")
    print(f"  plain shop: sold {result['sold']['plain']}; inside a transaction {result['sold']['plain_atomic']}")
    print(f"  wait: p50 {result['wait_p50_s']} s, p95 {result['wait_p95_s']} s, longest {result['wait_max_s']} s")
    if options.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
