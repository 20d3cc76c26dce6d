"""What stands between the runner and the shop: TLS 1.3 in front of the shop, as any shop has it, and the platform's own
outgoing gateway, which signs what the runner sends in its platform's name (the runner itself signs only where it
tests signatures)."""

import datetime as dt
import http.client
import re
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from tests.ucp.served import RUNNER

from parvis.core import message_signatures as signatures
from parvis.core.signing_keys import SigningKey

_MINE = re.compile(rf'profile="{re.escape(RUNNER)}"')
_HOP = ("connection", "content-length", "transfer-encoding", "host")


class Gateway:
    """Listens on a free port; forwards to ``upstream``, a port of this machine."""

    def __init__(self, folder: Path, key: SigningKey) -> None:
        self.key, self.upstream = key, 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.pass_on(self)

            def do_POST(self) -> None:
                outer.pass_on(self)

            def do_PUT(self) -> None:
                outer.pass_on(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(_certificate(folder))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.url = f"https://127.0.0.1:{self.port}"

    def __enter__(self) -> "Gateway":
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        """One request, signed where it is the runner's platform that speaks."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in request.headers.items() if name.lower() not in _HOP}
        host = request.headers["Host"]
        if _MINE.search(headers.get("ucp-agent", "")) and "signature-input" not in headers:
            headers |= self._signed(request, host, headers, body)
        upstream = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=60)
        try:
            sent = {**headers, "Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
            upstream.request(request.command, request.path, body or None, sent)
            answer = upstream.getresponse()
            content = answer.read()
        finally:
            upstream.close()
        request.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in (*_HOP, "date", "server"):
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _signed(
        self, request: BaseHTTPRequestHandler, host: str, headers: dict[str, str], body: bytes
    ) -> dict[str, str]:
        path, _, query = request.path.partition("?")
        more = {"content-digest": signatures.digest(body)} if body else {}
        message = signatures.HttpMessage(
            {**headers, **more}, body, method=request.command, authority=host, path=path, query=query
        )
        cover = ["@method", "@authority", "@path", *(["@query"] if query else [])]
        named = ("ucp-agent", "idempotency-key", *(("content-digest", "content-type") if body else ()))
        cover += [name for name in named if name in message.headers]
        return more | signatures.sign(message, key=self.key, cover=cover)


def _certificate(folder: Path) -> Path:
    """A certificate for this machine, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    path = folder / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path
