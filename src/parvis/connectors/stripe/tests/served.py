"""The simulated Stripe in a process of its own, over HTTP: what it has done stays done when a shop dies.

``GET /books`` shows everything it holds. Started by its path; tests import :func:`running`.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

LOOPBACK = "127.0.0.1"


@contextmanager
def running() -> Iterator[str]:
    """The address of a fresh account."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", f"from parvis.connectors.stripe.tests.served import serve; serve({port})"],
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
    )
    base = f"http://{LOOPBACK}:{port}"
    try:
        for _ in range(400):
            try:
                httpx.get(f"{base}/books")
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=10)


def books(base: str) -> list[dict[str, Any]]:
    """All objects of the account."""
    return list(httpx.get(f"{base}/books").json())


def serve(port: int) -> None:
    """Answer for ever."""
    from parvis.connectors.stripe.simulator import Account

    account = Account()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if self.path == "/books":
                told = httpx.Response(200, json=list(account.things.values()))
            else:
                told = account.handle(
                    httpx.Request(self.command, f"http://x{self.path}", headers=dict(self.headers), content=body)
                )
            self.send_response(told.status_code)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(told.content)))
            self.end_headers()
            self.wfile.write(told.content)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Quiet."""

    ThreadingHTTPServer((LOOPBACK, port), Door).serve_forever()
