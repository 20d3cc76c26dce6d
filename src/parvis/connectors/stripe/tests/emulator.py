"""``localstripe`` in a process of its own, on loopback, and what must be said otherwise to it.

It is GPL and only ever runs beside the tests: this module is started by its path, imports it there, and is imported by
tests for the rest. Its command line listens on every interface, so its application is served from here instead.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlencode

import httpx

LOOPBACK = "127.0.0.1"


@contextmanager
def running() -> Iterator[str]:
    """The address of a fresh emulator."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, __file__, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        base = f"http://{LOOPBACK}:{port}"
        for _ in range(200):
            try:
                httpx.get(f"{base}/v1/charges", headers={"authorization": "Bearer sk_test_x"})
                break
            except httpx.ConnectError:
                if process.poll() is not None:
                    raise RuntimeError("localstripe did not start") from None
                time.sleep(0.05)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=10)


class Dialect(httpx.HTTPTransport):
    """What the emulator does not know is left out; a confirmation that names its means is two calls to it."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        form = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
        path = request.url.path
        if path == "/v1/payment_intents":
            form.pop("automatic_payment_methods[enabled]", None)
        elif path.endswith("/confirm"):
            form.pop("return_url", None)
            method = form.pop("payment_method", None)
            if method:
                before = self._call(request, path.removesuffix("/confirm"), {"payment_method": method})
                before.read()
                before.close()
        elif path == "/v1/refunds":
            form = {name: value for name, value in form.items() if not name.startswith("metadata")}
        return self._call(request, path, form)

    def _call(self, request: httpx.Request, path: str, form: dict[str, str]) -> httpx.Response:
        if request.method == "GET":
            return super().handle_request(request)
        headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
        headers["content-type"] = "application/x-www-form-urlencoded"
        url = request.url.copy_with(path=path)
        content = urlencode(form).encode()
        return super().handle_request(httpx.Request(request.method, url, headers=headers, content=content))


def authenticate(base: str, reference: str, secret: str, *, success: bool) -> None:
    """What the bank's page does."""
    form = {"client_secret": secret, "success": json.dumps(success), "key": "pk_test_x"}
    httpx.post(f"{base}/v1/payment_intents/{reference}/_authenticate", data=form).raise_for_status()


def listen(base: str, url: str, secret: str) -> None:
    """Have its webhooks sent."""
    httpx.post(f"{base}/_config/webhooks/tests", json={"url": url, "secret": secret}).raise_for_status()


if __name__ == "__main__":
    from aiohttp import web
    from localstripe import resources, server

    resources.Store.dump_to_disk = lambda self: None  # it would keep everything in a file for all
    web.run_app(server.app, host=LOOPBACK, port=int(sys.argv[1]), print=None)
