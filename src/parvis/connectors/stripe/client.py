"""Calls to Stripe's API: forms in, JSON out, each POST with an Idempotency-Key, tried again when that can help."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import uuid4

import httpx
import structlog

from parvis.core.errors import ParvisError
from parvis.domains.checkout.ports import PaymentUnavailable

log = structlog.get_logger("parvis.stripe")
API = "https://api.stripe.com"
# Pinned: an account's default version may be changed by anybody in its dashboard.
API_VERSION = "2026-10-28.endive"
TIMEOUT = httpx.Timeout(20, connect=5)
# The shopper waits: three tries within about three seconds, then the worker takes it up later.
WAITS = (0.4, 1.2)
PAGE = 100

Json = dict[str, Any]


class StripeRefused(ParvisError):
    """Stripe understood the call and refuses it: ``reason`` is its code. ``error`` is its error object as sent."""

    code = "stripe_refused"
    status = 502
    template = "Stripe refuses the call: %(reason)s."

    def __init__(self, *, http_status: int, error: Mapping[str, Any]) -> None:
        self.http_status = http_status
        self.error = dict(error)
        super().__init__(reason=str(error.get("code") or error.get("type") or http_status))

    @property
    def reason(self) -> str:
        return str(self.params["reason"])


class Client:
    """One account. ``sleep`` and ``transport`` are for tests. Nothing of a call is logged but its path and outcome."""

    def __init__(
        self,
        secret_key: str,
        *,
        base: str = API,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"authorization": f"Bearer {secret_key}", "stripe-version": API_VERSION}
        self._http = httpx.Client(base_url=base, headers=headers, timeout=TIMEOUT, transport=transport)
        self._sleep = sleep

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def post(self, path: str, data: Mapping[str, Any] | None = None, *, key: str | None = None) -> Json:
        """Do something, once: without a ``key`` one is made for this call and its repetitions.
        Raises StripeRefused, PaymentUnavailable."""
        headers = {"idempotency-key": key or str(uuid4())}
        return self._send("POST", path, headers=headers, data=flatten(data or {}))

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Json:
        """Read something. Raises StripeRefused, PaymentUnavailable."""
        return self._send("GET", path, params=flatten(params or {}))

    def delete(self, path: str) -> Json:
        """Remove something. Raises StripeRefused, PaymentUnavailable."""
        return self._send("DELETE", path)

    def every(self, path: str, params: Mapping[str, Any]) -> Iterator[Json]:
        """Every row of a list, page by page."""
        after: dict[str, str] = {}
        while True:
            page = self.get(path, {**params, "limit": PAGE, **after})
            rows = page.get("data") or []
            yield from rows
            if not rows or not page.get("has_more"):
                return
            after = {"starting_after": str(rows[-1]["id"])}

    def _send(self, method: str, path: str, **call: Any) -> Json:
        for wait in (*WAITS, None):
            answer, problem = self._try(method, path, **call)
            if answer is not None and not _again(answer):
                return _read(answer)
            problem = problem or f"HTTP {answer.status_code if answer is not None else ''}"
            log.warning("stripe call failed", method=method, path=path, problem=problem)
            if wait is not None:
                self._sleep(max(wait, _asked_wait(answer)))
        raise PaymentUnavailable(reason=problem)

    def _try(self, method: str, path: str, **call: Any) -> tuple[httpx.Response | None, str]:
        try:
            return self._http.request(method, f"/v1{path}", **call), ""
        except httpx.HTTPError as error:
            return None, type(error).__name__


def _again(answer: httpx.Response) -> bool:
    """Whether the same call may go better in a moment; Stripe may say so itself."""
    told = answer.headers.get("stripe-should-retry")
    if told in ("true", "false") and answer.status_code >= 400:
        return bool(told == "true")
    return answer.status_code in (409, 429) or answer.status_code >= 500


def _asked_wait(answer: httpx.Response | None) -> float:
    told = answer.headers.get("retry-after", "") if answer is not None else ""
    return min(float(told), 3.0) if told.isdecimal() else 0.0


def _read(answer: httpx.Response) -> Json:
    try:
        body = answer.json()
    except ValueError as error:
        raise PaymentUnavailable(reason="the answer is not JSON") from error
    if not isinstance(body, dict):
        raise PaymentUnavailable(reason="the answer is not an object")
    if answer.status_code < 400:
        return body
    told = body.get("error")
    if answer.status_code in (401, 403):
        # A key that was changed or lacks a right: nothing of the payment's fault, the team puts it right.
        log.error("stripe does not accept the key", status=answer.status_code)
        raise PaymentUnavailable(reason="the key is not accepted")
    raise StripeRefused(http_status=answer.status_code, error=told if isinstance(told, dict) else {})


def flatten(data: Mapping[str, Any], under: str = "") -> dict[str, str]:
    """``{"a": {"b": 1}, "c": ["x"]}`` as the form ``a[b]=1&c[0]=x``; None is left out, "" clears a field.

    >>> flatten({"a": {"b": True}, "c": ["x"], "d": None})
    {'a[b]': 'true', 'c[0]': 'x'}
    """
    form: dict[str, str] = {}
    for name, value in data.items():
        path = f"{under}[{name}]" if under else str(name)
        if isinstance(value, Mapping):
            form |= flatten(value, path)
        elif isinstance(value, list | tuple):
            form |= flatten({str(index): each for index, each in enumerate(value)}, path)
        elif isinstance(value, bool):
            form[path] = "true" if value else "false"
        elif value is not None:
            form[path] = str(value)
    return form
