"""Orders a second from the cart to the paid order, 16 buyers at once, beside django-oscar.

Both run on this machine in this run: the same PostgreSQL server, the same web server with one process and eight
threads, in turn. Each buyer is a guest who has chosen, with a browser that loads what a browser loads on the shortest
way from putting the article into the cart to the page that says thank you, redirects followed, no pictures. Ours asks
the test provider for the money (create, authorise, capture, its webhooks written) inside the purchase; oscar's default
checkout asks nobody. ``--from-product`` loads the article's page before each purchase too.

    .venv/bin/python benchmarks/orders.py [--json] [--rounds 3] [--seconds 10] [--buyers 16] [--from-product]

The peer's environment is made under var/bench/oscar at the first run (needs a package index).
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from benchmarks import product_page as pages
from benchmarks.shopper import Browser, a_card, value_of

OUR_PORT, PEER_PORT = 8873, 8874
STOCK = 1_000_000


class Failed(RuntimeError):
    """A purchase did not end with an order."""


def our_article(browser: Browser, path: str) -> str:
    """Load the product's page; the first size."""
    variant = re.search(r'name="variant" value="(\d+)"', browser.get(path).text)
    if variant is None:
        raise Failed("no size to choose")
    return variant.group(1)


def our_purchase(browser: Browser, article: str) -> None:
    """A guest buys one dress; raises :class:`Failed`."""
    added = {"variant": article, "quantity": "1", "do": "add", "buy": "1"}
    desk = browser.follow(browser.post("/en/cart/", added))
    fields = {
        "email": f"buyer-{time.time_ns()}@parvis.example", "name": "Claire Dubois", "country": "FR",
        "shipping_method": "home", "line1": "12 rue des Lilas", "postcode": "75011", "city": "Paris",
        "number": a_card(), "expiry": "12/60", "cvc": "123", "terms": "on",
        "key": value_of(desk, "key"), "shown": value_of(desk, "shown"),
    }  # fmt: skip
    done = browser.post("/en/checkout/", fields)
    if done.status != 302 or "/orders/" not in done.location:
        raise Failed(f"{done.status} {done.location} {re.sub('<[^>]+>', ' ', done.text)[:2000]}")
    if browser.get(done.location).status != 200:
        raise Failed("no order page")


def peer_article(browser: Browser, path: str) -> str:
    """The same at oscar."""
    browser.get(path)
    number = re.search(r"_(\d+)/$", path)
    return number.group(1) if number else "1"


def peer_purchase(browser: Browser, article: str) -> None:
    """The same at oscar."""
    browser.follow(browser.post(f"/basket/add/{article}/", {"quantity": "1"}))
    browser.follow(browser.get("/checkout/"))
    guest = {"username": f"buyer-{time.time_ns()}@example.com", "options": "anonymous"}
    browser.follow(browser.post("/checkout/", guest))
    where = {
        "first_name": "Claire", "last_name": "Dubois", "line1": "12 rue des Lilas", "line4": "Paris",
        "postcode": "75011", "country": "FR",
    }  # fmt: skip
    browser.follow(browser.post("/checkout/shipping-address/", where))
    browser.post("/checkout/preview/", {})
    done = browser.post("/checkout/preview/", {"action": "place_order"})
    if done.status != 302 or "thank-you" not in done.location:
        raise Failed(f"{done.status} {done.location} {re.sub('<[^>]+>', ' ', done.text)[:2000]}")
    if browser.get(done.location).status != 200:
        raise Failed("no thank-you page")


PURCHASES: dict[str, Callable[[Browser, str], None]] = {"ours": our_purchase, "peer": peer_purchase}
ARTICLES: dict[str, Callable[[Browser, str], str]] = {"ours": our_article, "peer": peer_article}


def buyers(who: str, base: str, path: str, *, count: int, seconds: float, from_product: bool) -> dict[str, Any]:
    """Purchases a second of ``count`` buyers, each buying again as soon as the last purchase is done."""
    taken: list[float] = []
    failures: list[str] = []
    end: list[float] = []
    ready = threading.Barrier(count + 1, action=lambda: end.append(time.perf_counter() + seconds))

    def one() -> None:
        browser = Browser(base)
        article = ARTICLES[who](browser, path)
        ready.wait()
        while time.perf_counter() < end[0]:
            browser.forget(but=("csrftoken",))
            began = time.perf_counter()
            try:
                if from_product:
                    article = ARTICLES[who](browser, path)
                PURCHASES[who](browser, article)
            except (Failed, OSError) as problem:
                failures.append(str(problem))
            else:
                taken.append(time.perf_counter() - began)
        browser.close()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    ordered = sorted(taken) or [0.0]
    return {
        "orders": len(taken),
        "per_second": round(len(taken) / spent, 2),
        "median_ms": round(statistics.median(ordered) * 1000, 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 1),
        "failures": len(failures),
        "why": failures[:1],
    }


def in_own_process(who: str, base: str, path: str, given: argparse.Namespace) -> dict[str, Any]:
    """The same from another process, so that the buyers' work is not the server's."""
    command = [sys.executable, __file__, "--buyers-of", who, base, path, "--buyers", str(given.buyers)]
    command += ["--seconds", str(given.seconds), *(["--from-product"] if given.from_product else [])]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def prepare() -> str:
    """Our shop with one dress of which there is plenty; the path of its page."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="parvis.project.settings", PARVIS_HOME=str(pages.BENCH / "home"),
        PARVIS_LOG_LEVEL="ERROR", PARVIS_PUBLIC_URL=f"http://127.0.0.1:{OUR_PORT}", PYTHONPATH=str(ROOT / "src"),
        PARVIS_TRUSTED_PROXIES="1",
    )  # fmt: skip
    path = pages.our_shop(pages.reviews())
    from parvis.core.clock import now
    from parvis.domains.catalog import actions, queries

    at = now()
    for variant in queries.variants_by_sku([f"B-{size}" for size in ("XS", "S", "M", "L")]).values():
        actions.count_stock(variant_id=variant.id, counted=STOCK, reason="plenty", at=at)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--buyers", type=int, default=16)
    parser.add_argument("--from-product", action="store_true", help="load the article's page before each purchase")
    parser.add_argument("--buyers-of", nargs=3, metavar=("WHO", "BASE", "PATH"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.buyers_of:
        count, seconds = given.buyers, given.seconds
        print(json.dumps(buyers(*given.buyers_of, count=count, seconds=seconds, from_product=given.from_product)))
        return
    pages.BENCH.mkdir(parents=True, exist_ok=True)
    our_path = prepare()
    peer_path, peer_environment = pages.peer_shop(pages.reviews(), pages._peer_database())
    ours, peer = [], []
    ours_app = (sys.executable, "parvis.project.wsgi:application", OUR_PORT, dict(os.environ), our_path)
    peer_app = (pages.peer_python(), "oscar_shop.wsgi:application", PEER_PORT, peer_environment, peer_path)
    with pages.served(*ours_app), pages.served(*peer_app):
        for _ in range(given.rounds):
            for who, port, path, kept in (("ours", OUR_PORT, our_path, ours), ("peer", PEER_PORT, peer_path, peer)):
                base = f"http://127.0.0.1:{port}"
                kept.append(in_own_process(who, base, path, given))
    _tell(ours, peer, given.buyers, as_json=given.json)


def _tell(ours: list[dict[str, Any]], peer: list[dict[str, Any]], count: int, *, as_json: bool) -> None:
    print(f"{'':16}{'orders/s':>10}{'median ms':>12}{'p95 ms':>10}{'failures':>10}")
    for name, rounds in (("parvis", ours), ("django-oscar", peer)):
        row = [statistics.median(each[key] for each in rounds) for key in ("per_second", "median_ms", "p95_ms")]
        failures = sum(each["failures"] for each in rounds)
        print(f"{name:16}{row[0]:>10.2f}{row[1]:>12.1f}{row[2]:>10.1f}{failures:>10}")
        for why in [text for each in rounds for text in each["why"]][:1]:
            print("   first failure:", why[:500])
    ratios = [a["per_second"] / (b["per_second"] or 1) for a, b in zip(ours, peer, strict=True)]
    print(f"ratio {statistics.median(ratios):.2f} (rounds: {', '.join(f'{ratio:.2f}' for ratio in ratios)})")
    if as_json:
        result = {
            "name": "orders",
            "ours": statistics.median(each["per_second"] for each in ours),
            "peer": statistics.median(each["per_second"] for each in peer),
            "ratio": round(statistics.median(ratios), 2),
            "unit": f"orders/s from cart to paid, {count} buyers",
            "failures": sum(each["failures"] for each in (*ours, *peer)),
            "peer_name": "django-oscar",
        }
        print(json.dumps(result))


if __name__ == "__main__":
    main()
