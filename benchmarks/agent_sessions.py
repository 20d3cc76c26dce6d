"""How long a shopping agent waits for a new checkout, at each door that speaks to programs.

One web process of eight threads, some agents that open a checkout of two articles with an address, each as soon as the
last one is answered. A session is a cart, a quote with every way to ship, tax and what is missing, written down and
told in the protocol's form; keys, limits, idempotency and the journal are in it. The issue's limit is 80 ms (p95).

    .venv/bin/python benchmarks/agent_sessions.py [--json] [--agents 4] [--seconds 8] [--rounds 3]
"""

import argparse
import json
import os
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
from benchmarks.shopper import Browser, Page

PORT = 8876
SKUS = ("B-S", "B-M")
HOME = {"line1": "12 rue des Lilas", "postcode": "75011", "city": "Paris", "country": "FR"}
DELIVERY = {
    "name": "Claire Dubois",
    "email": "claire@parvis.example",
    "address": {
        "name": "Claire Dubois", "line_one": "12 rue des Lilas", "city": "Paris", "state": "", "country": "FR",
        "postal_code": "75011",
    },
}  # fmt: skip


def at_acp(agent: Browser, key: str) -> Page:
    body = {
        "line_items": [{"id": sku, "quantity": 1} for sku in SKUS],
        "currency": "eur",
        "fulfillment_details": DELIVERY,
        "capabilities": {"interventions": {"supported": [], "display_context": "webview"}},
    }
    headers = {**_known(key), "API-Version": "2026-04-17", "Accept-Language": "en-US"}
    return agent.send("/acp/checkout_sessions", json.dumps(body), headers)


def at_api(agent: Browser, key: str) -> Page:
    body = {
        "lines": [{"sku": sku, "quantity": 1} for sku in SKUS],
        "details": {"email": "claire@parvis.example", "name": "Claire Dubois", "address": HOME},
    }
    return agent.send("/api/v1/checkouts", json.dumps(body), _known(key))


def _known(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Idempotency-Key": f"k{time.time_ns()}{threading.get_ident()}"}


DOORS: dict[str, Callable[[Browser, str], Page]] = {"acp": at_acp, "api": at_api}


def agents(door: str, keys: list[str], *, seconds: float) -> dict[str, Any]:
    """Latencies of one agent per key, each asking again as soon as it is answered."""
    taken: list[float] = []
    refused: list[str] = []
    end = time.perf_counter() + seconds

    def one(key: str) -> None:
        agent = Browser(f"http://127.0.0.1:{PORT}")
        agent.forget()
        while time.perf_counter() < end:
            began = time.perf_counter()
            answer = DOORS[door](agent, key)
            if answer.status == 201:
                taken.append(time.perf_counter() - began)
            else:
                refused.append(f"{answer.status} {answer.text[:300]}")
                break
        agent.close()

    threads = [threading.Thread(target=one, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(taken) or [0.0]
    return {
        "sessions": len(taken),
        "median_ms": round(statistics.median(ordered) * 1000, 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 1),
        "refused": refused[:1],
    }


def keys(count: int) -> list[str]:
    """Keys of so many agents."""
    from parvis.core.clock import now
    from parvis.domains.people import actions as people
    from parvis.domains.people import testing as cast

    owner, made = cast.staff("olivia", at=now()), []
    for _ in range(count):
        agent = people.register_agent(name=f"Measured {time.time_ns()}", at=now())
        people.set_agent_allowance(agent_id=agent.id, burst=1000, per_minute=10_000, at=now())
        made.append(people.issue_agent_key(agent_id=agent.id, account_id=owner.account_id, at=now())[1])
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--agents", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--of", nargs=2, metavar=("DOOR", "KEYS"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.of:
        print(json.dumps(agents(given.of[0], given.of[1].split(","), seconds=given.seconds)))
        return
    pages.BENCH.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="parvis.project.settings", PARVIS_HOME=str(pages.BENCH / "home"),
        PARVIS_LOG_LEVEL="ERROR", PARVIS_PUBLIC_URL=f"http://127.0.0.1:{PORT}", PYTHONPATH=str(ROOT / "src"),
        PARVIS_TRUSTED_PROXIES="1",
    )  # fmt: skip
    path = pages.our_shop(pages.reviews())
    mine = ",".join(keys(given.agents))
    found: dict[str, list[dict[str, Any]]] = {door: [] for door in DOORS}
    with pages.served(sys.executable, "parvis.project.wsgi:application", PORT, dict(os.environ), path):
        for _ in range(given.rounds):
            for door, kept in found.items():
                command = [sys.executable, __file__, "--of", door, mine, "--seconds", str(given.seconds)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                kept.append(json.loads(done.stdout.splitlines()[-1]))
    _tell(found, given)


def _tell(found: dict[str, list[dict[str, Any]]], given: argparse.Namespace) -> None:
    print(f"{'':8}{'sessions/s':>12}{'median ms':>12}{'p95 ms':>10}")
    told: dict[str, Any] = {"name": "agent_sessions", "agents": given.agents, "unit": "ms to a new session"}
    for door, rounds in found.items():
        rate = statistics.median(each["sessions"] / given.seconds for each in rounds)
        middle, late = (statistics.median(each[key] for each in rounds) for key in ("median_ms", "p95_ms"))
        print(f"{door:8}{rate:>12.1f}{middle:>12.1f}{late:>10.1f}")
        for refusal in [text for each in rounds for text in each["refused"]][:1]:
            print("   refused:", refusal)
        told[door] = {"per_second": round(rate, 1), "median_ms": middle, "p95_ms": late}
    if given.json:
        print(json.dumps(told))


if __name__ == "__main__":
    main()
