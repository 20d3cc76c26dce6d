"""A protocol of the tests, and an agent's own server that remembers what it was told."""

import json
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from parvis.connectors.agents import rendering
from parvis.connectors.agents.rendering import News

PROTOCOL = "plain"


def body(news: News) -> bytes:
    """What matters of the order, as it stands."""
    told = {"kind": news.kind, "first": news.first, "number": news.order.number, "state": news.order.state.value}
    return json.dumps({**told, "session": news.session_token, "id": news.key}).encode()


def headers(news: News, body: bytes, /, *, secret: str, at: datetime) -> Mapping[str, str]:
    return {"content-type": "application/json", "x-id": news.key, "x-secret": secret, "x-length": str(len(body))}


def speak() -> None:
    rendering.register(PROTOCOL, body=body, headers=headers)


class AgentServer:
    """Answers ``answers`` in their order and then 204, after ``seconds``; redirects lead back to itself."""

    def __init__(self) -> None:
        server = self
        self.told: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.seconds = 0.0
        self.asked = 0
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                came = json.loads(self.rfile.read(int(self.headers["content-length"])))
                with lock:
                    server.asked += 1
                    status = server.answers.pop(0) if server.answers else 204
                time.sleep(server.seconds)
                with lock:
                    if status == 204:
                        server.told.append(came)
                        server.headers.append({key.lower(): value for key, value in self.headers.items()})
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"http://{server.address}/again")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.address}/orders"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
