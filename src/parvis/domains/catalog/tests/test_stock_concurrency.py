"""Many buyers at once, each a real process or thread with its own connection."""

import os
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.models import Sum

from parvis.domains.catalog import actions, queries
from parvis.domains.catalog.models import StockLevel, StockMovement
from parvis.domains.catalog.testing import AT, small_catalogue

pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

BUYER = """
import os, sys, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = os.environ["BUYERS_DATABASE"]
from concurrent.futures import ThreadPoolExecutor
from django.db import connections
from parvis.domains.catalog import actions
from parvis.domains.catalog.testing import AT
variant, buyers = int(sys.argv[1]), int(sys.argv[2])
connection.ensure_connection()
print("ready", flush=True)
sys.stdin.readline()
def buy(number):
    try:
        try:
            actions.hold({variant: 1}, at=AT)
        except actions.OutOfStock as error:
            line, = error.shortages
            return f"told {line.sku} {line.wanted} {line.available}"
        actions.commit({variant: 1}, ref=f"{os.getpid()}-{number}", at=AT)
        return "bought"
    finally:
        connections.close_all()
with ThreadPoolExecutor(5) as pool:
    print("\\n".join(pool.map(buy, range(buyers))), flush=True)
"""


def test_fifty_buyers_for_ten_units_in_five_processes() -> None:
    shop = small_catalogue()
    small = shop.variants["DR-S"]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PARVIS_HOME": str(settings.HOME),
        "BUYERS_DATABASE": str(connection.settings_dict["NAME"]),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", BUYER, str(small), "10"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(5)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    outcomes: Counter[str] = Counter()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        out, _ = process.communicate(timeout=60)
        outcomes.update(out.split("\n")[:-1])
    assert outcomes == {"bought": 10, "told DR-S 1 0": 40}
    left = queries.variant(small)
    assert (left.on_hand, left.reserved) == (0, 0)
    assert StockMovement.objects.filter(variant_id=small).aggregate(Sum("quantity"))["quantity__sum"] == 0


def test_buyers_of_the_same_goods_in_opposite_order_do_not_deadlock() -> None:
    shop = small_catalogue()
    sizes = [shop.variants[f"SW-{size}"] for size in "SML"]
    together = threading.Barrier(8)

    def buy(number: int) -> str:
        order = sizes if number % 2 else sizes[::-1]
        try:
            together.wait()
            try:
                actions.hold(dict.fromkeys(order, 1), at=AT)
            except actions.OutOfStock:
                return "told"
            actions.release(dict.fromkeys(order, 1), at=AT)
            return "held"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(buy, range(40)))
    assert sum(outcomes.values()) == 40
    assert set(outcomes) <= {"held", "told"}
    assert not StockLevel.objects.exclude(reserved=0).exists()
