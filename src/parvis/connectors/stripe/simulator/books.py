"""What the simulated account remembers: its objects, its events, and their lists."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from parvis.connectors.stripe import signing

Json = dict[str, Any]
SECRET = "whsec_simulated"  # noqa: S105 - of the simulator


class Refusal(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, **more: Any) -> None:
        self.status, self.error = status, {"code": code, **more}


class Books:
    """Objects by their id, events in their order."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self.things: dict[str, Json] = {}
        self.numbers: dict[str, str] = {}
        self.tokens: dict[str, Json] = {}
        self.events: list[Json] = []

    def deliveries(self) -> list[tuple[dict[str, str], bytes]]:
        """Every event so far as it is sent: headers and body."""
        sent = []
        for event in self.events:
            body = json.dumps(event).encode()
            sent.append(({signing.HEADER: signing.sign(body, secret=SECRET, at=self.now())}, body))
        return sent

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{len(self.things) + len(self.tokens) + 1:08d}"

    def _thing(self, prefix: str, kind: str, **fields: Any) -> Json:
        made = {"id": self._id(prefix), "object": kind, "created": int(self.now().timestamp()), **fields}
        self.things[made["id"]] = made
        return made

    def _get(self, name: str) -> Json:
        if name not in self.things:
            raise Refusal(404, "resource_missing", param="id")
        return self.things[name]

    def _seen(self, pi: Json) -> Json:
        """With the charge and the method as we ask for them."""
        return pi | {
            "latest_charge": self.things.get(pi["latest_charge"] or ""),
            "payment_method": self.things.get(pi["payment_method"] or ""),
        }

    def _list(self, kind: str, form: Json) -> Json:
        span, limit = form.get("created") or {}, int(form.get("limit", 10))
        low, high = int(span.get("gte", 0)), int(span.get("lt", 2**40))
        rows = [row for row in self.things.values() if row["object"] == kind[:-1] and low <= row["created"] < high]
        rows.reverse()  # the newest first, as there
        if form.get("starting_after"):
            names = [row["id"] for row in rows]
            rows = rows[names.index(form["starting_after"]) + 1 :]
        page = [row | ({"balance_transaction": {"fee": row["fee"]}} if "fee" in row else {}) for row in rows[:limit]]
        return {"object": "list", "data": page, "has_more": len(rows) > limit}

    def _tell(self, kind: str, thing: Json) -> None:
        self.events.append(
            {
                "id": f"evt_{len(self.events) + 1:08d}",
                "object": "event",
                "type": kind,
                "created": int(self.now().timestamp()),
                "data": {"object": json.loads(json.dumps(thing))},
            }
        )
