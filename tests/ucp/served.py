"""The shop as the conformance run meets it: the real application in a process of its own, with a small internet.

Nothing of the shop is replaced. What is added: the address of the runner's platform, which no test may reach, answers
with the profile in UCP_PLATFORM; and under /ucp/testing/ stand the hooks that the runner needs to turn a server's
clock, to break its storage and to give money back, which only the side of the server can do.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.project.settings")

from django.conf import settings

RUNNER = "https://spck.dev/agent"


class Loopback(tuple[str, ...]):
    """The runner serves profiles and takes messages on ports of this machine that it chooses as it goes."""

    __slots__ = ()

    def __contains__(self, place: object) -> bool:
        return str(place).startswith("127.0.0.1:")

    def __iter__(self) -> Iterator[str]:
        return iter(())


def prepare() -> None:
    """To be called before the application is made, in the server and in the worker."""
    from parvis.core import outbound

    settings.OUTBOUND_ALLOWED = Loopback()
    real = outbound.get

    def get(url: str, *, most: int, headers: Any = None, allowed: Any = ()) -> outbound.Reply:
        if url == RUNNER:
            return outbound.Reply(status=200, body=Path(os.environ["UCP_PLATFORM"]).read_bytes())
        return real(url, most=most, headers=headers, allowed=allowed)

    outbound.get = get


def serve() -> Any:
    """The application with the hooks beside it."""
    settings.ROOT_URLCONF = "tests.ucp.hooks"
    prepare()
    from parvis.project.wsgi import application

    return application


if os.environ.get("UCP_SERVED"):
    application = serve()


def profile(*keys: dict[str, str], names: tuple[str, ...]) -> bytes:
    """A platform's profile with these keys and capabilities."""
    version = "2026-04-08"
    entry = [{"version": version, "spec": "https://ucp.dev/s", "schema": "https://ucp.dev/s.json"}]
    ucp = {"version": version, "services": {}, "capabilities": dict.fromkeys(names, entry), "payment_handlers": {}}
    return json.dumps({"ucp": ucp, "signing_keys": list(keys)}).encode()
