"""The collector against one ORM save an event: real granian processes, real HTTP clients, same machine, same run.

    .venv/bin/python benchmarks/collector.py [--json] [--seconds 8] [--batch 10]

Both sides answer only when the events are committed (synchronous_commit on). One web process with eight threads;
16 client connections from one other process on the loopback. ``ours`` and ``peer`` are events a second.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
PORT = int(os.environ.get("BENCH_PORT", "8461"))
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CONNECTIONS = 16


# -- the peer: a plain Django view, one save an event ---------------------------------------------------------


def save_each(request: Any) -> Any:
    """What a first version would do: read the JSON, save each event by the ORM."""
    from datetime import timedelta

    from django.http import HttpResponse

    from parvis.core.clock import now
    from parvis.domains.analytics.models import RawEvent

    batch, at = json.loads(request.body), now()
    for item in batch["events"]:
        RawEvent(
            event_id=item["id"],
            kind=item["kind"],
            at=at - timedelta(milliseconds=batch["sent"] - item["at"]),
            received_at=at,
            product_id=item.get("product"),
            voice_ids=item.get("voices"),
            surface=item.get("surface", ""),
            path=batch["path"],
            locale=batch["locale"],
        ).save()
    return HttpResponse(status=204)


def peer_urls() -> None:
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    import parvis.project.urls

    parvis.project.urls.urlpatterns.insert(0, path("peer/", csrf_exempt(save_each)))


def application(environ: Any, start_response: Any) -> Any:
    """The project's WSGI application with the peer's address added (made at the first request)."""
    global _app  # noqa: PLW0603 - one a process
    if _app is None:
        from parvis.project.wsgi import application as made

        peer_urls()
        _app = made
    return _app(environ, start_response)


_app: Any = None


# -- clients --------------------------------------------------------------------------------------------------


def request(path: str, size: int, client: int) -> bytes:
    sent = int(time.time() * 1000)
    kinds = ("page_view", "product_view", "proof_view", "proof_view", "proof_click")
    events: list[dict[str, Any]] = []
    for number in range(size):
        kind = kinds[number % len(kinds)]
        event = {"id": str(uuid.uuid4()), "kind": kind, "at": sent - 20_000 + number * 1500, "product": 17 + number % 9}
        events.append(event | ({"voices": [100 + number], "surface": "pdp.reviews"} if "proof" in kind else {}))
    body = json.dumps({"sent": sent, "path": "/fr/products/robe-1078/", "locale": "fr", "events": events}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost:{PORT}\r\nContent-Type: text/plain;charset=UTF-8\r\n"
        f"Content-Length: {len(body)}\r\nUser-Agent: {AGENT}\r\nAccept: */*\r\nAccept-Language: fr\r\n"
        f"Sec-Fetch-Site: same-origin\r\nOrigin: http://localhost:{PORT}\r\n"
        f"X-Forwarded-For: 198.51.{client % 200}.{client // 200 % 200}\r\n\r\n"
    )
    return head.encode() + body


def drive(path: str, *, size: int, seconds: float) -> dict[str, float]:
    """Send batches over kept connections for ``seconds``; events a second and the wait for an answer."""
    ready = [[request(path, size, lane * 37 + number) for number in range(400)] for lane in range(CONNECTIONS)]
    stop = time.perf_counter() + seconds + 1.0
    counted_from = stop - seconds
    waits: list[float] = []
    bad: list[bytes] = []

    def lane(own: list[bytes], seat: int) -> None:
        link = socket.create_connection(("127.0.0.1", PORT))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = 0
        while (began := time.perf_counter()) < stop:
            if number == len(own):  # fresh ids again
                own = [request(path, size, seat * 37 + each) for each in range(400)]
                number = 0
                continue
            link.sendall(own[number])
            answer = link.recv(65536)
            number += 1
            if not answer.startswith(b"HTTP/1.1 204"):
                bad.append(answer)
                return
            if began >= counted_from:
                waits.append(time.perf_counter() - began)
        link.close()

    threads = [threading.Thread(target=lane, args=(ready[seat], seat)) for seat in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if bad:
        raise SystemExit(f"an answer was not 204: {bad[0][:500]!r}")
    waits.sort()
    return {
        "events_per_second": round(len(waits) * size / seconds),
        "p50_ms": round(waits[len(waits) // 2] * 1000, 1),
        "p95_ms": round(waits[int(len(waits) * 0.95)] * 1000, 1),
        "requests": len(waits),
    }


# -- the run --------------------------------------------------------------------------------------------------


def serve(home: str) -> "subprocess.Popen[bytes]":
    environ = os.environ | {
        "PARVIS_HOME": home,
        "PARVIS_TRUSTED_PROXIES": "1",
        "PARVIS_PUBLIC_URL": f"http://localhost:{PORT}",
        "PARVIS_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'benchmarks'}",
    }
    python = sys.executable
    subprocess.run([python, str(ROOT / "manage.py"), "migrate", "-v0"], env=environ, check=True)
    granian = [python, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8"]
    server = subprocess.Popen([*granian, "--port", str(PORT), "--no-ws", "collector:application"], env=environ)
    for _ in range(150):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=5)
        except OSError:
            time.sleep(0.2)
        else:
            return server
    server.terminate()
    raise SystemExit("the server does not answer")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--batch", type=int, default=10, help="events in a batch (a page sends 3 to 15)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as home:
        Path(home).chmod(0o755)
        server = serve(home)
        try:
            peer = drive("/peer/", size=chosen.batch, seconds=chosen.seconds)
            ours = drive("/collect/", size=chosen.batch, seconds=chosen.seconds)
        finally:
            server.terminate()
            server.wait(timeout=30)
    for name, result in (("collector", ours), ("one save an event", peer)):
        print(f"{name:>18}: {result['events_per_second']:>7,} events/s, p95 {result['p95_ms']} ms")
    summary = {
        "name": "collector: durable events a second, one process",
        "ours": ours["events_per_second"],
        "peer": peer["events_per_second"],
        "ratio": round(ours["events_per_second"] / max(1, peer["events_per_second"]), 2),
        "unit": "events/s",
        "batch": chosen.batch,
        "detail": {"ours": ours, "peer": peer},
    }
    if chosen.json:
        print(json.dumps(summary))


if __name__ == "__main__":
    main()
