"""One JSON request with retries inside one deadline. The address is the operator's own; redirects are not followed."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from parvis.core.clock import now
from parvis.core.language_model import ModelUnavailable

MAX_ANSWER_BYTES = 2 * 1024 * 1024
MOST_ATTEMPTS = 3
FIRST_WAIT = 0.5
CONNECT_SECONDS = 5.0
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


class Refused(ModelUnavailable):
    """The server understood and will not; ``status`` and ``told`` (its words) say why."""

    code = "model_refused"
    template = "The language model's server refused: %(reason)s."


@dataclass
class Trip:
    """How a request went: kept also when it fails, for the log of costs."""

    attempts: int = 0
    lost: bool = field(default=False)  # a request was sent and its answer never came: it may have cost something


def post(
    client: httpx.Client,
    url: str,
    *,
    body: Mapping[str, Any],
    headers: Mapping[str, str],
    deadline: float,
    trip: Trip,
    sleep: Callable[[float], None] = time.sleep,
) -> Mapping[str, Any]:
    """POST ``body`` until there is an answer, an error that stays, or ``deadline`` (of ``time.monotonic``).

    Raises :class:`ModelUnavailable` (worth a retry later) or :class:`Refused` (not).
    """
    for attempt in range(MOST_ATTEMPTS):
        trip.attempts += 1
        last = attempt == MOST_ATTEMPTS - 1
        try:
            status, answer, wait = _once(client, url, body, headers, deadline, trip)
        except httpx.TransportError as error:
            if last or not _pause(FIRST_WAIT * 2**attempt, deadline, sleep):
                raise ModelUnavailable(reason=_of(error)) from error
            continue
        if status < 300:
            return _object(answer)
        if status not in _AGAIN:
            raise Refused(reason=f"status {status}", status=status, told=_told(answer), retry=False)
        if last or not _pause(FIRST_WAIT * 2**attempt if wait is None else wait, deadline, sleep):
            raise ModelUnavailable(reason=f"status {status}")
    raise AssertionError("unreachable")  # pragma: no cover


def _once(
    client: httpx.Client, url: str, body: Mapping[str, Any], headers: Mapping[str, str], deadline: float, trip: Trip
) -> tuple[int, bytes, float | None]:
    left = deadline - time.monotonic()
    if left <= 0:
        raise ModelUnavailable(reason="no time is left")
    limit = httpx.Timeout(left, connect=min(CONNECT_SECONDS, left))
    try:
        with client.stream("POST", url, json=dict(body), headers=dict(headers), timeout=limit) as answer:
            kept = b""
            for chunk in answer.iter_bytes():
                kept += chunk
                if len(kept) > MAX_ANSWER_BYTES:
                    raise ModelUnavailable(reason="the answer is too long", retry=False)
                _in_time(deadline)
            return answer.status_code, kept, _retry_after(answer.headers.get("Retry-After"))
    except (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError):
        trip.lost = True
        raise


def _in_time(deadline: float) -> None:
    """A server that drips a byte now and then sets every other clock back."""
    if time.monotonic() > deadline:
        raise httpx.ReadTimeout("the answer drips")


def _retry_after(said: str | None) -> float | None:
    """Seconds to wait; the header holds seconds or a date."""
    if not said:
        return None
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(said) - now()).total_seconds())
    except (ValueError, TypeError):
        return None


def _pause(seconds: float, deadline: float, sleep: Callable[[float], None]) -> bool:
    """Wait, unless that would leave no time for an answer."""
    if time.monotonic() + seconds >= deadline:
        return False
    sleep(seconds)
    return True


def _object(answer: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise ModelUnavailable(reason="the answer is not JSON") from error
    if not isinstance(found, dict):
        raise ModelUnavailable(reason="the answer is no object")
    return found


def _told(answer: bytes) -> str:
    return answer[:2000].decode("utf-8", "replace")


def _of(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it took too long"
    return "the connection failed" if isinstance(error, httpx.ConnectError) else "the connection broke"
