"""What a program and a customer do on the way to a token, for the tests of each part of it."""

import base64
import hashlib
import itertools
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BACK = "https://assistant.example/callback"
RESOURCE = "http://testserver/mcp"
DOCUMENT = "https://assistant.example/client.json"
_ADDRESSES = itertools.count(1)


def elsewhere() -> Client:
    """A program at an address of its own, so that limits of others do not touch it."""
    return Client(REMOTE_ADDR=f"203.0.113.{next(_ADDRESSES) % 250}")


def register(client: Client, **more: Any) -> Any:
    body = {"client_name": "Helpful", "redirect_uris": [BACK], **more}
    return client.post("/oauth/register", json.dumps(body), content_type="application/json")


def query(client_id: str, **more: str) -> dict[str, str]:
    asked = {
        "response_type": "code", "client_id": client_id, "redirect_uri": BACK, "state": "s&1", "resource": RESOURCE,
        "code_challenge": CHALLENGE, "code_challenge_method": "S256", "scope": "orders:read checkout:prepare",
    }  # fmt: skip
    return {key: value for key, value in {**asked, **more}.items() if value}


def allowed(
    customer: Client, client_id: str, scopes: tuple[str, ...] = ("orders:read",), **more: str
) -> dict[str, str]:
    """What comes back to the program when the customer says yes."""
    given = {**query(client_id, **more), "decision": "allow", "allowed": list(scopes)}
    return sent_back(customer.post("/oauth/authorize", given))


def sent_back(answer: Any) -> dict[str, str]:
    assert answer.status_code == 302, answer.content[:500]
    return parameters(answer["Location"])


def parameters(address: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}


def exchange(program: str, code: str, /, **more: str) -> Any:
    given = {
        "grant_type": "authorization_code", "client_id": program, "code": code, "redirect_uri": BACK,
        "code_verifier": VERIFIER, "resource": RESOURCE,
    }  # fmt: skip
    return elsewhere().post("/oauth/token", {key: value for key, value in {**given, **more}.items() if value})


def renew(client_id: str, token: str, **more: str) -> Any:
    given = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": token, **more}
    return elsewhere().post("/oauth/token", given)


def tokens(customer: Client, client_id: str, scopes: tuple[str, ...] = ("orders:read",)) -> dict[str, Any]:
    made = exchange(client_id, allowed(customer, client_id, scopes)["code"])
    assert made.status_code == 200, made.content
    return dict(made.json())
