"""A shopping agent that speaks the protocol to any shop: it finds the shop's door, fills a checkout, gets a token for a
card and pays. For tests, for demonstrations, and as an example of how the protocol is used.

It knows nothing of this shop: it is given a way to send requests and a key, and reads what it is answered.
"""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

Document = dict[str, Any]
VERSION = "2026-04-17"
TEST_CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2090", "cvc": "123"}


@dataclass(frozen=True)
class Answered:
    """Status, headers (their names in small letters) and the JSON of an answer."""

    status: int
    headers: Mapping[str, str]
    body: Any


# method, path, headers, body (empty: none) -> the answer
Send = Callable[[str, str, Mapping[str, str], bytes], Answered]


class Refusal(Exception):
    """The shop said no; ``answer`` is what it said."""

    def __init__(self, answer: Answered) -> None:
        self.answer = answer
        told = answer.body if isinstance(answer.body, Mapping) else {}
        super().__init__(f"{answer.status} {told.get('code', '')}: {told.get('message', '')}")


@dataclass
class Agent:
    """``key`` is what the shop issued; with ``secret``, shared with the shop, each request is signed."""

    send: Send
    key: str
    secret: str = ""
    language: str = "en-US"
    root: str = ""
    done: list[str] = field(default_factory=list)

    # -- the shop's addresses -------------------------------------------------------------------------------------

    def discover(self) -> Document:
        """The well-known document; from now on requests go where it says."""
        answer = self._checked(self.send("GET", "/.well-known/acp.json", {}, b""))
        if VERSION not in answer["protocol"]["supported_versions"]:
            raise Refusal(Answered(400, {}, {"code": "unsupported_api_version", "message": VERSION}))
        self.root = urlsplit(answer["api_base_url"]).path
        return answer

    def call(self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str) -> Answered:
        """One request with all the headers it needs. The same ``key`` asks for the same thing again."""
        given = {"Authorization": f"Bearer {self.key}", "API-Version": VERSION, "Accept-Language": self.language}
        if method != "GET":
            given |= {"Idempotency-Key": key or str(uuid.uuid4()), "Content-Type": "application/json"}
        raw = b"" if body is None else json.dumps(body).encode()
        given |= self._signed(raw) if self.secret else {}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.done.append(f"{method} {path}")
        return self.send(method, f"{self.root}{path}", given, raw)

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "") -> Document:
        """As :meth:`call`, for the answer's body. Raises :class:`Refusal`."""
        return self._checked(self.call(method, path, body, key=key))

    def _signed(self, raw: bytes) -> dict[str, str]:
        stamp = datetime.now(UTC).isoformat()
        mark = hmac.new(self.secret.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).digest()
        return {"Timestamp": stamp, "Signature": base64.urlsafe_b64encode(mark).decode().rstrip("=")}

    def _checked(self, answer: Answered) -> Document:
        if answer.status >= 400:
            raise Refusal(answer)
        told: Document = answer.body
        return told

    # -- a purchase -----------------------------------------------------------------------------------------------

    def open(self, items: Sequence[Mapping[str, Any]], *, currency: str = "eur", **more: Any) -> Document:
        """A checkout session with ``items`` (id and quantity)."""
        capabilities = {"interventions": {"supported": ["3ds"], "display_context": "webview"}}
        body = {"line_items": list(items), "currency": currency, "capabilities": capabilities, **more}
        return self.ask("POST", "/checkout_sessions", body)

    def cheapest(self, session: Mapping[str, Any]) -> Document:
        """The way to ship to the door that costs least, selected."""
        options = [each for each in session["fulfillment_options"] if each["type"] == "shipping"]
        best = min(options, key=lambda option: option["totals"][-1]["amount"])
        ids = [line["id"] for line in session["line_items"]]
        chosen = {"type": best["type"], "option_id": best["id"], "item_ids": ids}
        return self.ask("POST", f"/checkout_sessions/{session['id']}", {"selected_fulfillment_options": [chosen]})

    def token(self, session: Mapping[str, Any], *, at: datetime, card: Mapping[str, str] | None = None) -> str:
        """A token that pays this session once, not a cent more than its total, for half an hour."""
        handler = session["capabilities"]["payment"]["handlers"][0]
        paid_with = {**TEST_CARD, **(card or {})}
        method = {"type": "card", "card_number_type": "fpan", "display_card_funding_type": "credit", "metadata": {}}
        allowance = {
            "reason": "one_time",
            "max_amount": total(session),
            "currency": session["currency"],
            "checkout_session_id": session["id"],
            "merchant_id": handler["config"]["merchant_id"],
            "expires_at": (at + timedelta(minutes=30)).isoformat(),
        }
        risk = [{"type": "card_testing", "score": 1, "action": "authorized"}]
        body = {"payment_method": {**method, **paid_with}, "allowance": allowance, "risk_signals": risk, "metadata": {}}
        return str(self.ask("POST", "/agentic_commerce/delegate_payment", body)["id"])

    def complete(self, session: Mapping[str, Any], token: str, *, key: str = "", **more: Any) -> Document:
        """Pay with a token."""
        handler = session["capabilities"]["payment"]["handlers"][0]
        credential = {"type": "spt", "token": token}
        payment = {"handler_id": handler["id"], "instrument": {"type": "card", "credential": credential}}
        body = {"payment_data": payment, **more}
        return self.ask("POST", f"/checkout_sessions/{session['id']}/complete", body, key=key)

    def buy(
        self, items: Sequence[Mapping[str, Any]], *, delivery: Mapping[str, Any], at: datetime, **more: Any
    ) -> Document:
        """From the shop's door to a paid order; ``delivery`` as the protocol's fulfillment_details.
        The answer is the completed session. Raises :class:`Refusal` when it does not come to that."""
        self.discover()
        session = self.open(items, fulfillment_details=dict(delivery), **more)
        session = self.cheapest(session)
        if session["status"] != "ready_for_payment":
            raise Refusal(Answered(200, {}, {"code": session["status"], "message": str(session["messages"])}))
        session = self.complete(session, self.token(session, at=at))
        if session["status"] != "completed":
            raise Refusal(Answered(200, {}, {"code": session["status"], "message": str(session["messages"])}))
        return session


def total(document: Mapping[str, Any]) -> int:
    """What is charged, in minor units."""
    return int(next(each["amount"] for each in document["totals"] if each["type"] == "total"))
