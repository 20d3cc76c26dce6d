"""A client of the shop's server, in both eras of the protocol."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.people import testing
from parvis.interfaces.agents.mcp.protocol import messages
from parvis.interfaces.agents.mcp.tests.consent import elsewhere, register
from parvis.interfaces.storefront.tests.conftest import Shop, furnished, shop, visitor  # noqa: F401 - fixtures

ACCEPT = "application/json, text/event-stream"


@dataclass
class Assistant:
    """Asks as an assistant would. ``modern``: 2026-07-28; else 2025-11-25."""

    client: Client
    modern: bool = True
    bearer: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    number: int = 0

    def post(self, body: Any, **headers: str) -> Any:
        sent = body if isinstance(body, bytes | str) else json.dumps(body)
        given = {"Accept": ACCEPT, **self.headers, **headers}
        if self.bearer:
            given["Authorization"] = f"Bearer {self.bearer}"
        return self.client.post("/mcp", data=sent, content_type="application/json", headers=given)

    def request(self, method: str, params: dict[str, Any] | None = None, **headers: str) -> Any:
        self.number += 1
        params = dict(params or {})
        given = {"MCP-Protocol-Version": messages.LEGACY[0]}
        if self.modern:
            given = {"MCP-Protocol-Version": messages.MODERN, "Mcp-Method": method}
            name = params.get("name", params.get("uri"))
            if isinstance(name, str):
                given["Mcp-Name"] = name
            params["_meta"] = {
                messages.META_VERSION: messages.MODERN,
                messages.META_CAPABILITIES: {},
                messages.META + "clientInfo": {"name": "test", "version": "1"},
            }
        body = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        return self.post(body, **{**given, **headers})

    def result(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        response = self.request(method, params)
        told = response.json()
        assert "result" in told, told
        assert told["id"] == self.number
        return dict(told["result"])

    def error(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        told = self.request(method, params).json()
        assert "error" in told, told
        return dict(told["error"])

    def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        """What a tool answers, as structured content."""
        result = self.result("tools/call", {"name": name, "arguments": arguments})
        assert not result.get("isError"), result
        return dict(result["structuredContent"])

    def refused(self, name: str, **arguments: Any) -> str:
        """Why a tool could not do it."""
        result = self.result("tools/call", {"name": name, "arguments": arguments})
        assert result["isError"] is True, result
        return str(result["content"][0]["text"])


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
def assistant(request: pytest.FixtureRequest, shop: Shop) -> Assistant:
    return Assistant(Client(), modern=request.param == messages.MODERN)


@pytest.fixture
def modern(shop: Shop) -> Assistant:
    return Assistant(Client())


@pytest.fixture
def client_id(db: Any) -> str:
    """A program that has registered."""
    return str(register(elsewhere()).json()["client_id"])


@pytest.fixture
def emma(db: Any) -> Client:
    """A customer's browser, signed in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(testing.account("emma", at=now()), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
