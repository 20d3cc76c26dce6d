"""The wire: calls as httpx sends them, answered once a key, with the faults that tests ask for."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import httpx

from parvis.connectors.stripe.simulator.books import Json, Refusal
from parvis.connectors.stripe.simulator.payments import Payments


class Account(Payments):
    """One account's books; use :attr:`transport` with the client."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(now)
        self.keys: dict[str, tuple[str, int, Json]] = {}
        self.calls: list[httpx.Request] = []
        self.faults: list[str | int] = []
        self.transport = httpx.MockTransport(self.handle)

    def lose(self) -> None:
        """The next call is carried out, its answer lost."""
        self.faults.append("lose")

    def fail(self, status: int) -> None:
        """The next call fails with this status and does nothing."""
        self.faults.append(status)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer a call."""
        self.calls.append(request)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, int):
            return httpx.Response(fault, json={"error": {"type": "api_error"}})
        form = _nested(parse_qsl(request.content.decode() or request.url.query.decode(), keep_blank_values=True))
        path = request.url.path.removeprefix("/v1/").split("/")
        status, body = self._once(request, path, form)
        if fault == "lose":
            raise httpx.ReadTimeout("lost", request=request)
        return httpx.Response(status, json=body)

    def _once(self, request: httpx.Request, path: list[str], form: Json) -> tuple[int, Json]:
        key = request.headers.get("idempotency-key")
        asked = f"{request.method} {request.url.path} {json.dumps(form, sort_keys=True)}"
        if key in self.keys:
            known, status, body = self.keys[key]
            if known != asked:
                return 400, {"error": {"type": "idempotency_error", "code": "idempotency_key_in_use"}}
            return status, body
        try:
            status, body = 200, self._route(request.method, path, form)
        except Refusal as refusal:
            status, body = refusal.status, {"error": refusal.error}
        body = json.loads(json.dumps(body))
        if key:
            self.keys[key] = asked, status, body
        return status, body

    def _route(self, method: str, path: list[str], form: Json) -> Json:  # noqa: C901, PLR0911, PLR0912 - routes
        match method, path:
            case "POST", ["payment_intents"]:
                return self._open(form)
            case "POST", ["payment_methods"]:
                return self._method(form["card"]["number"], form["card"])
            case "POST", ["customers"]:
                return self._thing("cus", "customer")
            case "POST", ["refunds"]:
                return self._refund(form)
            case "POST", ["payment_intents", name]:
                if form.get("customer"):
                    self._known(str(form["customer"]), "customer")
                pi = self._get(name)
                pi |= {key: value or None for key, value in form.items() if key != "expand"}
                return self._seen(pi)
            case "POST", ["payment_intents", name, verb]:
                return self._seen(self._turn(self._get(name), verb, form))
            case "POST", ["payment_methods", name, "detach"]:
                return self.things.pop(self._get(name)["id"])
            case "POST", ["disputes", name]:
                return self._dispute(self._get(name), "under_review", form.get("evidence") or {})
            case "POST", ["disputes", name, "close"]:
                return self._dispute(self._get(name), "lost", {})
            case "DELETE", ["customers", name]:
                self.things.pop(self._get(name)["id"])
                return {"id": name, "deleted": True}
            case "GET", ["payment_intents", name]:
                return self._seen(self._get(name))
            case "GET", [kind]:
                return self._list(kind, form)
        raise Refusal(404, "resource_missing")


def _nested(pairs: list[tuple[str, str]]) -> Json:
    """``a[b]=1`` as {"a": {"b": "1"}}."""
    made: Json = {}
    for name, value in pairs:
        *above, last = name.replace("]", "").split("[")
        place = made
        for step in above:
            place = place.setdefault(step, {})
        place[last] = value
    return made
