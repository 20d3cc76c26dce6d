"""A thousand buyers for a hundred units, at every door of the shop at once: site, ACP, UCP and the API.

Everybody has filled a cart and stands at the last step: form filled, token in hand. All of them press the button at the
same moment, each on a connection of their own. Told: how many were sold, what is left in the books, what the losers
were told and how long that took from their press, and whether anything failed. The server is the platform as it is
served (two processes of eight threads), on the same machine as the buyers; it has sold to a small crowd before.

    .venv/bin/python benchmarks/doors.py [--json] [--buyers 1000] [--units 100]
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "var" / "bench"
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
PORT = 8875
BASE = f"http://127.0.0.1:{PORT}"
SKU = "RUSH-1"
REHEARSAL = 96
HOME = {"line1": "12 rue des Lilas", "postcode": "75011", "city": "Paris", "country": "FR"}

Request = dict[str, Any]  # method, path, headers, body: the press of one buyer, and who it is


def start() -> None:
    """A fresh installation with one article."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="parvis.project.settings", PARVIS_HOME=str(BENCH / "doors-home"),
        PARVIS_LOG_LEVEL="ERROR", PARVIS_PUBLIC_URL=BASE, PARVIS_TRUSTED_PROXIES="1",
        PYTHONPATH=f"{ROOT / 'src'}{os.pathsep}{ROOT}", DOORS_PROFILE=str(BENCH / "doors-profile.json"),
    )  # fmt: skip
    import django

    django.setup()
    from django.core.management import call_command

    from parvis.core.clock import now
    from parvis.domains.catalog import actions
    from parvis.domains.catalog.contracts import NewCategory, NewProduct, NewVariant

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    at = now()
    actions.load_categories([NewCategory(key="dresses", name_en="Dresses", name_fr="Robes")])
    variant = NewVariant(sku=SKU, size="M", price_minor=8900, on_hand=0)
    product = NewProduct(
        category_key="dresses", name_en="Rush", name_fr="Presse", slug="rush", external_ref="rush", variants=(variant,)
    )
    actions.load([product], at=at)


def stock(units: int) -> None:
    """``units`` of the article, beside what is reserved."""
    from parvis.core.clock import now
    from parvis.domains.catalog import actions, queries

    level = queries.variants_by_sku([SKU])[SKU]
    actions.count_stock(variant_id=level.id, counted=units + level.reserved, reason="a new rush", at=now())


@contextmanager
def served() -> Iterator[None]:
    """The platform's web server: two processes of eight threads."""
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "benchmarks.doors_app:application",
        "--host", "127.0.0.1", "--port", str(PORT), "--workers", "2", "--blocking-threads", "8", "--no-ws",
        "--backlog", "4096", "--log-level", "error",
    ]  # fmt: skip
    from benchmarks.product_page import _wait

    with (BENCH / "doors.log").open("w") as log:
        server = subprocess.Popen(command, env=dict(os.environ), cwd=ROOT, stdout=log, stderr=log)
    try:
        _wait(f"{BASE}/en/products/rush/")
        yield
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()


# -- everybody comes to the last step -------------------------------------------------------------------------


def token(session: str = "") -> str:
    """A payment token for one purchase."""
    from parvis.core.money import Money
    from parvis.domains.checkout import ports
    from parvis.domains.checkout.ports import Delegates, TokenAllowance
    from parvis.domains.checkout.testing import card

    vault = ports.payments()
    if not isinstance(vault, Delegates):
        raise SystemExit("the payment provider that is bound has no vault")
    allowance = TokenAllowance(max_amount=Money(100_000, "EUR"), expires_at=datetime(2090, 1, 1, tzinfo=UTC))
    return vault.delegate(card=card(), allowance=allowance, key=f"rush-{time.time_ns()}").token


def at_site(number: int) -> Request:
    """A guest with the filled form before them."""
    from benchmarks.shopper import Browser, a_card, value_of

    browser = Browser(BASE, address=f"10.1.{number // 250}.{number % 250}")
    page = browser.get("/en/products/rush/")
    variant = re.search(r'name="variant" value="(\d+)"', page.text)
    added = {"variant": variant.group(1) if variant else "", "quantity": "1", "do": "add", "buy": "1"}
    desk = browser.follow(browser.post("/en/cart/", added))
    fields = {
        "csrfmiddlewaretoken": browser.cookies["csrftoken"], "email": f"rush{number}@parvis.example",
        "name": "One of many", "shipping_method": "home", **HOME, "number": a_card(), "expiry": "12/60",
        "cvc": "123", "terms": "on", "key": value_of(desk, "key"), "shown": value_of(desk, "shown"),
    }  # fmt: skip
    browser.close()
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
        "X-Forwarded-For": browser.address,
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": BASE,
    }
    return {"door": "site", "path": "/en/checkout/", "headers": headers, "body": urlencode(fields)}


class Programs:
    """Callers with keys: the brand's own program, and agents."""

    def __init__(self) -> None:
        from parvis.core.clock import now
        from parvis.domains.people import actions as people
        from parvis.domains.people import testing as cast
        from parvis.domains.people.contracts import Scope

        owner = cast.staff("olivia", at=now())
        scopes = [Scope.CHECKOUT_READ, Scope.CHECKOUT_WRITE]
        made = {"name": "rush", "account_id": owner.account_id, "at": now()}
        # one program's own allowance, as one agent's, is for one, not for a crowd
        self.own = [people.issue_token(scopes=scopes, **made)[1] for _ in range(5)]
        self.agents = []
        for _ in range(25):
            agent = people.register_agent(name=f"Rush {time.time_ns()}", at=now())
            self.agents.append(people.issue_agent_key(agent_id=agent.id, account_id=owner.account_id, at=now())[1])
        self._platform()

    def _platform(self) -> None:
        """One platform with a profile, a signing key and room for a crowd."""
        from benchmarks.doors_app import PROFILE
        from cryptography.hazmat.primitives.asymmetric import ec

        from parvis.core import signing_keys
        from parvis.core.clock import now
        from parvis.domains.people import actions as people

        self.signing = signing_keys.named(ec.generate_private_key(ec.SECP256R1()))
        entry = [{"version": "2026-04-08", "spec": "https://ucp.dev/s", "schema": "https://ucp.dev/s.json"}]
        names = ("checkout", "fulfillment", "discount", "order")
        capabilities = {f"dev.ucp.shopping.{name}": entry for name in names}
        ucp = {"version": "2026-04-08", "services": {}, "capabilities": capabilities, "payment_handlers": {}}
        told = {"ucp": ucp, "signing_keys": [signing_keys.jwk(self.signing)]}
        Path(os.environ["DOORS_PROFILE"]).write_text(json.dumps(told))
        agent = people.meet_agent(profile_url=PROFILE, name="Rush", at=now())
        people.set_agent_allowance(agent_id=agent.id, burst=5000, per_minute=50_000, at=now())
        self.platform_id = agent.id

    def at_api(self, number: int) -> Request:
        from parvis.core.clock import now
        from parvis.domains.catalog import queries
        from parvis.domains.checkout import actions
        from parvis.domains.checkout.contracts import Door, Wanted

        session = actions.open_session(
            door=Door.API,
            lines=[Wanted(variant_id=queries.variants_by_sku([SKU])[SKU].id, quantity=1)],
            details=self._details(number),
            locale="en",
            at=now(),
        )
        path = f"/api/v1/checkouts/{session.token}/complete"
        return self._press("api", path, {"payment_token": token()}, self.own[number // 4 % len(self.own)], number)

    def at_acp(self, number: int) -> Request:
        from parvis.core.clock import now
        from parvis.domains.catalog import queries
        from parvis.domains.checkout import actions
        from parvis.domains.checkout.contracts import Door, Wanted
        from parvis.domains.people import queries as people

        key = self.agents[number % len(self.agents)]
        known = people.token(key, at=now())
        session = actions.open_session(
            door=Door.ACP,
            lines=[Wanted(variant_id=queries.variants_by_sku([SKU])[SKU].id, quantity=1)],
            details=self._details(number),
            locale="en",
            agent_id=known.agent.id if known and known.agent else None,
            at=now(),
        )
        payment = {
            "handler_id": "card_tokenized",
            "instrument": {"type": "card", "credential": {"type": "spt", "token": token()}},
        }
        path = f"/acp/checkout_sessions/{session.token}/complete"
        return self._press("acp", path, {"payment_data": payment}, key, number)

    def at_ucp(self, number: int) -> Request:
        """A platform that signs what it sends, with a nonce of its own each time."""
        from benchmarks.doors_app import PROFILE

        from parvis.core import message_signatures as signatures
        from parvis.core.clock import now
        from parvis.domains.catalog import queries
        from parvis.domains.checkout import actions
        from parvis.domains.checkout.contracts import Door, Wanted

        session = actions.open_session(
            door=Door.UCP,
            lines=[Wanted(variant_id=queries.variants_by_sku([SKU])[SKU].id, quantity=1)],
            details=self._details(number),
            locale="en",
            agent_id=self.platform_id,
            at=now(),
        )
        credential = {"type": "token", "token": token()}
        paid = [{"id": "i1", "handler_id": "shared_token", "type": "card", "credential": credential}]
        body = json.dumps({"payment": {"instruments": paid}}).encode()
        path = f"/ucp/checkout-sessions/{session.token}/complete"
        headers = {
            "ucp-agent": f'profile="{PROFILE}"',
            "idempotency-key": f"rush-{number}-{time.time_ns()}",
            "content-type": "application/json",
            "content-digest": signatures.digest(body),
        }
        message = signatures.HttpMessage(
            headers, body, method="POST", authority=f"127.0.0.1:{PORT}", path=path, query=""
        )
        cover = ["@method", "@authority", "@path", "ucp-agent", "idempotency-key", "content-digest", "content-type"]
        headers |= signatures.sign(message, key=self.signing, cover=cover, at=now())
        headers["X-Forwarded-For"] = f"10.3.{number // 250}.{number % 250}"
        return {"door": "ucp", "path": path, "headers": headers, "body": body.decode()}

    def _details(self, number: int) -> Any:
        from parvis.domains.checkout.contracts import Address, Details

        return Details(
            email=f"rush{number}@parvis.example",
            name="One of many",
            address=Address(**HOME),
            shipping_method="home",
        )

    def _press(self, door: str, path: str, body: Any, key: str, number: int) -> Request:
        headers = {
            "Authorization": f"Bearer {key}",
            "Idempotency-Key": f"rush-{number}-{time.time_ns()}",
            "Content-Type": "application/json",
            "API-Version": "2026-04-17",
            "X-Forwarded-For": f"10.2.{number // 250}.{number % 250}",
        }
        return {"door": door, "path": path, "headers": headers, "body": json.dumps(body)}


# -- the press ------------------------------------------------------------------------------------------------


async def press(request: Request, gate: asyncio.Event, ready: asyncio.Semaphore) -> dict[str, Any]:
    """Connect, wait for everybody, send, read the answer (and the page it leads to, at the site)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    ready.release()
    await gate.wait()
    began = time.perf_counter()
    status, headers, body = await _ask(reader, writer, "POST", request["path"], request["headers"], request["body"])
    if request["door"] == "site" and status == 302:
        where = headers.get("location", "/")
        status, headers, body = await _ask(reader, writer, "GET", where, request["headers"], "")
        body = f"{where} {body}"
    taken = time.perf_counter() - began
    writer.close()
    return {"door": request["door"], "seconds": taken, "said": said(request["door"], status, body)}


async def _ask(reader: Any, writer: Any, verb: str, path: str, headers: dict[str, str], body: str) -> Any:
    sent = {"Host": f"127.0.0.1:{PORT}", "Content-Length": str(len(body.encode())), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    writer.write(f"{verb} {path} HTTP/1.1\r\n{lines}\r\n{body}".encode())
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status = int(head.split(" ", 2)[1])
    told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head.splitlines()[1:])}
    if told.get("transfer-encoding") == "chunked":
        text = b""
        while (size := int((await reader.readline()).split(b";")[0], 16)) > 0:
            text += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
    else:
        text = await reader.readexactly(int(told.get("content-length", 0)))
    return status, told, text.decode("utf-8", "replace")


def said(door: str, status: int, body: str) -> str:
    """What the buyer now knows: bought, told (sold out), or something else."""
    if door == "site":
        if "/orders/" in body[:60]:
            return "bought"
        return "told" if status == 200 and ("/cart/" in body[:60]) else f"{status} {body[:200]}"
    if status != 200:
        return f"{status} {body[:200]}"
    if '"completed"' in body:
        return "bought"
    return "told" if any(word in body for word in ("sold_out", "not_enough", "out_of_stock")) else body[:300]


async def everybody(requests: list[Request]) -> list[dict[str, Any]]:
    gate, ready = asyncio.Event(), asyncio.Semaphore(0)
    pressing = [asyncio.create_task(press(request, gate, ready)) for request in requests]
    for _ in requests:
        await ready.acquire()
    gate.set()
    return list(await asyncio.gather(*pressing))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--buyers", type=int, default=1000)
    parser.add_argument("--units", type=int, default=100)
    parser.add_argument("--press", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.press:
        print(json.dumps(asyncio.run(everybody(json.loads(Path(given.press).read_text())))))
        return
    BENCH.mkdir(parents=True, exist_ok=True)
    start()
    with served():
        programs = Programs()
        rush(programs, REHEARSAL, REHEARSAL // 2)  # the server has been up for a while when a sale begins
        answers = rush(programs, given.buyers, given.units)
    _tell(answers, given, books())


def rush(programs: Programs, buyers: int, units: int) -> list[dict[str, Any]]:
    """``buyers`` at all doors for ``units``, pressing from a process of their own."""
    stock(units)
    doors: list[Callable[[int], Request]] = [at_site, programs.at_acp, programs.at_ucp, programs.at_api]
    crowd = [doors[number % len(doors)](number) for number in range(buyers)]
    file = BENCH / "crowd.json"
    file.write_text(json.dumps(crowd))
    command = [sys.executable, __file__, "--press", str(file)]
    answers: list[dict[str, Any]] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    return answers


def books() -> dict[str, int]:
    """What the shop's own books say afterwards."""
    from parvis.domains.catalog import queries

    level = queries.variants_by_sku([SKU])[SKU]
    return {"on_hand": level.on_hand, "reserved": level.reserved}


def _tell(answers: list[dict[str, Any]], given: argparse.Namespace, left: dict[str, int]) -> None:
    outcomes = Counter(answer["said"] if answer["said"] in ("bought", "told") else "other" for answer in answers)
    losers = sorted(answer["seconds"] for answer in answers if answer["said"] == "told") or [0.0]
    print(f"{given.buyers} buyers, {given.units} units: {dict(outcomes)}; left {left}")
    for door in sorted({answer["door"] for answer in answers}):
        mine = Counter(answer["said"] for answer in answers if answer["door"] == door)
        print(f"  {door}: {dict(mine.most_common(4))}")
    p95 = losers[int(len(losers) * 0.95)]
    print(f"losers told after: median {statistics.median(losers):.2f} s, p95 {p95:.2f} s, last {losers[-1]:.2f} s")
    if given.json:
        result = {
            "name": "doors",
            "buyers": given.buyers,
            "units": given.units,
            "sold": outcomes["bought"],
            "told": outcomes["told"],
            "other": outcomes["other"],
            "left": left,
            "losers_last_seconds": round(losers[-1], 2),
            "losers_p95_seconds": round(p95, 2),
        }
        print(json.dumps(result))


if __name__ == "__main__":
    main()
