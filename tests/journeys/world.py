"""A whole installation for the journeys: a database with a small shop, a web server and a worker."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.db import connection, connections
from django.test import override_settings
from tests.databases import migrated

from parvis.core import outbox
from parvis.core.clock import now
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as catalog_queries
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout import queries as checkout_queries
from parvis.domains.checkout.contracts import Order
from parvis.domains.checkout.testing import HOME, card
from parvis.domains.people import testing as people
from parvis.domains.people.models import Account
from parvis.domains.voices import actions as voices
from parvis.domains.voices import testing as voices_testing
from parvis.domains.voices.contracts import NewVoice, Origin, VoiceKind

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0
"""Seconds that anything may take on a machine that has other things to do."""

MORE_PRAISE = (
    "The fabric is soft and light, and the cut is lovely. It runs small: take one size up.",
    "Runs small at the waist, but the fabric is so soft that I kept it. The pockets are deep.",
    "A soft fabric and a beautiful colour. It is true to size and very comfortable all day long.",
)


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class NotReady(Exception):
    """A process of the installation did not get where it should; its last words are in the message."""


@dataclass
class World:
    """The running shop. ``products`` by slug and ``variants`` by SKU are ids. At ``elsewhere``, a port of this machine,
    the shop may look for the profile of a shopping agent."""

    url: str
    home: Path
    products: Mapping[str, int]
    variants: Mapping[str, int]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    elsewhere: int = field(default_factory=free_port)

    def settle(self) -> None:
        """Wait until the worker has taken every event that was published."""
        eventually(lambda: not outbox.pending(), f"events still wait: {outbox.pending()}")

    def stock(self, sku: str, on_hand: int) -> None:
        """Set what can be bought of a variant."""
        variant = self.variants[sku]
        change = on_hand - catalog_queries.available([variant])[variant]
        if change:
            catalog.adjust_stock(variant_id=variant, quantity=change, reason="counted", actor_id=None, at=now())

    def sold(
        self, lines: Mapping[str, int], *, email: str, customer_id: int | None = None, save: bool = False
    ) -> Order:
        """Somebody buys pieces by SKU and pays them, elsewhere than in the browser; ``save``: and keeps the card."""
        placed = self.placed(lines, email=email, customer_id=customer_id)
        checkout.pay(order_token=placed.token, card=card(save=save), customer_id=customer_id, return_url="/", at=now())
        return checkout_queries.order(placed.id)

    def placed(self, lines: Mapping[str, int], *, email: str, customer_id: int | None = None) -> Order:
        """Somebody orders pieces by SKU, elsewhere than in the browser, and has not paid yet."""
        token: str | None = None
        for sku, quantity in lines.items():
            cart = checkout.add_to_cart(token=token, variant_id=self.variants[sku], quantity=quantity, at=now())
            token = cart.token
        return checkout.place(
            cart_token=token or "",
            email=email,
            name="Quick Buyer",
            address=HOME,
            shipping_method="home",
            locale="en",
            customer_id=customer_id,
            key=f"elsewhere-{email}",
            at=now(),
        ).order

    def last_words(self) -> str:
        """The end of the logs, for the report of a failure."""
        ends = []
        for name in self.processes:
            log = self.home / f"{name}.log"
            ends.append(f"-- {name} --\n{log.read_text(errors='replace')[-3000:] if log.exists() else ''}")
        return "\n".join(ends)


def eventually(reached: Callable[[], bool], told: str, *, patience: float = PATIENCE) -> None:
    """Wait for what another process does."""
    until = time.monotonic() + patience
    while not reached():
        if time.monotonic() > until:
            raise NotReady(told)
        time.sleep(0.05)


@contextmanager
def installation(home: Path) -> Iterator[World]:
    """Fill a database of its own, start web and worker on it; afterwards stop them and drop it."""
    folders = {"MEDIA_ROOT": home / "media", "INDEX_ROOT": home / "index", "EVENT_LOG": home / "events"}
    for folder in (*folders.values(), home / "static"):
        folder.mkdir(parents=True, exist_ok=True)
    with override_settings(**folders), _own_database():
        shop = small_catalogue(at=now())
        _people()
        port = free_port()
        world = World(f"http://127.0.0.1:{port}", home, shop.products, shop.variants)
        for sku in ("DR-S", "DR-M", "SW-S", "SW-M", "SW-L"):
            world.stock(sku, 60)
        _speak(shop.products["linen-dress"])
        try:
            _start(world, port)
            world.settle()
            yield world
        finally:
            _stop(world)


def _people() -> None:
    """The cast, with passwords that the server can check: tests hash them in a quicker way of their own."""
    people.seed(at=now())
    Account.objects.update(password=make_password(people.PASSWORD, hasher=PBKDF2PasswordHasher()))


def _speak(product_id: int) -> None:
    """Voices of the cast and a few more who agree, so that facets and summaries have something to count."""
    voices_testing.receive_cast(product_id)
    for number, text in enumerate(MORE_PRAISE):
        voices.receive(
            NewVoice(
                kind=VoiceKind.REVIEW,
                product_id=product_id,
                title="",
                text=text,
                stars=4,
                author_name=f"Reader {number}",
                language="en",
                submitted_at=now(),
                origin=Origin.DEMO,
                origin_ref=f"journeys:{number}",
            ),
            at=now(),
        )


def _start(world: World, port: int) -> None:
    environment = {
        **os.environ,
        "PARVIS_HOME": str(world.home),
        "PARVIS_PUBLIC_URL": world.url,
        "DATABASE_URL": _database_url(),
        # Every visitor of the journeys says an address of its own, so that the limits of one do not stop another.
        "PARVIS_TRUSTED_PROXIES": "1",
        "PARVIS_OUTBOUND_ALLOWED": f"127.0.0.1:{world.elsewhere}",
        "PARVIS_DENSE": "no",
        "PARVIS_LOG_LEVEL": "WARNING",
        "PYTHONPATH": os.pathsep.join(["src", os.environ.get("PYTHONPATH", "")]),
        "OMP_NUM_THREADS": "1",
    }
    web = [
        "granian", "--interface", "wsgi", "parvis.project.wsgi:application", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
    ]  # fmt: skip
    for name, command in (("web", web), ("worker", ["parvis.interfaces.cli", "worker"])):
        with (world.home / f"{name}.log").open("wb") as log:
            world.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    def answers() -> bool:
        if any(process.poll() is not None for process in world.processes.values()):
            raise NotReady(world.last_words())
        try:
            return httpx.get(f"{world.url}/readyz", timeout=10).status_code == 200
        except httpx.HTTPError:
            return False

    try:
        eventually(answers, "the web server does not answer")
    except NotReady as error:
        raise NotReady(f"{error}\n{world.last_words()}") from error


def _stop(world: World) -> None:
    for process in world.processes.values():
        process.terminate()
    for process in world.processes.values():
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _own_database() -> Iterator[None]:
    """A database beside the one of the other tests: what the processes commit is nobody else's."""
    before, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    named = test.get("NAME")
    connections.close_all()
    test["TEMPLATE"] = migrated()
    test["NAME"] = f"test_journeys_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            connection.creation.destroy_test_db(before, verbosity=0)
    finally:
        test["NAME"] = named
        connections.close_all()


def _database_url() -> str:
    """The test database as an address for other processes."""
    said = settings.DATABASES["default"] | connection.settings_dict
    who = quote(str(said["USER"]), safe="")
    if said["PASSWORD"]:
        who += ":" + quote(str(said["PASSWORD"]), safe="")
    options = {name: value for name, value in said["OPTIONS"].items() if isinstance(value, str)}
    host, port = str(said["HOST"]), f":{said['PORT']}" if said["PORT"] else ""
    if host.startswith("/"):
        options["host"], host = host, ""
    address = f"postgresql://{who}@{host}{port}/{quote(str(said['NAME']), safe='')}"
    return address + (f"?{urlencode(options)}" if options else "")
