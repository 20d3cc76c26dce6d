"""A shop in processes of its own, behind TLS, with what the conformance runner needs to try everything out."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.journeys.world import _database_url as database_url
from tests.journeys.world import eventually
from tests.ucp.gateway import Gateway
from tests.ucp.served import RUNNER, profile

from parvis.core import signing_keys
from parvis.core.clock import now
from parvis.core.signing_keys import SigningKey
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog.contracts import NewProduct, NewVariant
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout.contracts import AdjustmentKind, Benefit, Terms
from parvis.domains.people import actions as people
from parvis.interfaces.agents.ucp.tests.platform import EVERYTHING

ROOT = Path(__file__).resolve().parents[2]
RIBBONS = 15
CURRENCY = "GBP"  # another one than the runner's defects are made with


@dataclass
class Served:
    """The running shop. ``gateway`` signs as the runner's platform; ``signer`` and ``rotated`` are keys of it too."""

    url: str
    folder: Path
    gateway: Gateway
    signer: SigningKey
    rotated: SigningKey
    processes: dict[str, "subprocess.Popen[bytes]"]

    def last_words(self) -> str:
        return "\n".join(
            f"-- {name} --\n{(self.folder / f'{name}.log').read_text(errors='replace')[-4000:]}"
            for name in self.processes
        )


def _key() -> SigningKey:
    return signing_keys.named(ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture
def served(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Served]:
    settings.CURRENCY = CURRENCY
    shop = small_catalogue(at=now())
    for sku in ("SW-S", "DR-M"):
        catalog.adjust_stock(variant_id=shop.variants[sku], quantity=5000, reason="counted", actor_id=None, at=now())
    ribbons = catalog.load(_ribbons(), at=now()).product_ids
    _offers(ribbons["ribbon-0"], ribbons["ribbon-1"])
    agent = people.register_agent(name="The runner", profile_url=RUNNER, at=now())
    people.set_agent_allowance(agent_id=agent.id, burst=10_000, per_minute=100_000, at=now())
    mine, signer, rotated = _key(), _key(), _key()
    other = {"kid": "ed", "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    keys = [signing_keys.jwk(each) for each in (mine, signer, rotated)]
    (tmp_path / "platform.json").write_bytes(profile(*keys, other, names=EVERYTHING))
    with Gateway(tmp_path, mine) as gateway, _processes(gateway, tmp_path) as processes:
        yield Served(gateway.url, tmp_path, gateway, signer, rotated, processes)


def _ribbons() -> list[NewProduct]:
    """So many that they take two pages."""
    return [
        NewProduct(
            category_key="dresses",
            name_en=f"Silk ribbon {number}",
            name_fr=f"Ruban de soie {number}",
            slug=f"ribbon-{number}",
            external_ref=f"ribbon-{number}",
            variants=(NewVariant(sku=f"RB-{number}", price_minor=900, on_hand=50),),
        )
        for number in range(RIBBONS)
    ]


def _offers(for_code: int, for_all: int) -> None:
    """A code for the delivery, one for all articles, one for a ribbon; and another ribbon is cheaper without any."""
    made: tuple[dict[str, Any], ...] = (
        {"kind": AdjustmentKind.CODE, "benefit": Benefit.FREE_SHIPPING, "code": "SHIPFREE"},
        {"kind": AdjustmentKind.CODE, "benefit": Benefit.PERCENTAGE, "value": 1000, "code": "TENTH"},
        {
            "kind": AdjustmentKind.CODE,
            "benefit": Benefit.AMOUNT,
            "value": 100,
            "code": "RIBBON",
            "products": (for_code,),
        },
        {"kind": AdjustmentKind.PROMOTION, "benefit": Benefit.AMOUNT, "value": 100, "products": (for_all,)},
    )
    for number, terms in enumerate(made):
        named = {"name_en": f"Offer {number}", "name_fr": f"Offre {number}"}
        checkout.create_promotion(terms=Terms(**named, **terms), at=now())


@contextmanager
def profiles() -> Iterator[str]:
    """Platforms' profiles that are wrong in one way each, served on a port of this machine."""
    version = "2026-04-08"
    foreign = {"com.example.shopping.else": [{"version": version}]}
    told = {
        "/old.json": {"ucp": {"version": "2026-01-01", "services": {}, "payment_handlers": {}}},
        "/foreign.json": {"ucp": {"version": version, "services": {}, "capabilities": foreign, "payment_handlers": {}}},
        "/broken.json": ["no profile"],
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(told.get(self.path, {})).encode()
            self.send_response(200 if self.path in told else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _processes(gateway: Gateway, folder: Path) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        gateway.upstream = int(probe.getsockname()[1])
    (folder / "static").mkdir()
    environment = {
        **os.environ,
        "PARVIS_HOME": str(folder),
        "PARVIS_PUBLIC_URL": gateway.url,
        "PARVIS_TRUSTED_PROXIES": "1",
        "PARVIS_UNSIGNED_AGENTS": "yes",
        "PARVIS_CURRENCY": CURRENCY,
        "PARVIS_DENSE": "no",
        "DATABASE_URL": database_url(),
        "UCP_PLATFORM": str(folder / "platform.json"),
        "PYTHONPATH": os.pathsep.join(["src", ".", os.environ.get("PYTHONPATH", "")]),
        "OMP_NUM_THREADS": "1",
    }
    web = [
        "granian", "--interface", "wsgi", "tests.ucp.served:application", "--host", "127.0.0.1", "--port",
        str(gateway.upstream), "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
    ]  # fmt: skip
    started: dict[str, subprocess.Popen[bytes]] = {}
    for name, command in (("web", web), ("worker", ["tests.ucp.worker"])):
        own = {**environment, **({"UCP_SERVED": "yes"} if name == "web" else {})}
        with (folder / f"{name}.log").open("wb") as log:
            started[name] = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=own, stdout=log, stderr=subprocess.STDOUT
            )
    try:
        eventually(lambda: _answers(gateway, started["web"]), "the shop does not answer")
        yield started
    finally:
        for process in started.values():
            process.terminate()
        for process in started.values():
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(gateway: Gateway, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, "the shop has ended"
    try:
        return httpx.get(f"http://127.0.0.1:{gateway.upstream}/readyz", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False
