"""A program with a token, for the API's tests."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from parvis.domains.people import actions as people
from parvis.domains.people import testing as cast
from parvis.domains.people.contracts import Scope

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Program:
    """Calls the API with a token that holds ``scopes``."""

    def __init__(self, *scopes: Scope) -> None:
        owner = cast.staff("olivia", at=AT)
        _, self.secret = people.issue_token(name="erp", scopes=scopes, account_id=owner.account_id, at=AT)
        self.client = Client()
        self.calls = 0

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        self.calls += 1
        given = {"Authorization": f"Bearer {self.secret}", **(headers or {})}
        if key is not None:
            given["Idempotency-Key"] = key
        data = "" if body is None else json.dumps(body)
        return self.client.generic(method, f"/api/v1{path}", data=data, content_type="application/json", headers=given)
