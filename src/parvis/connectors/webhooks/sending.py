"""What every sender of webhooks shares: one try, and how long to wait for the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx
from django.conf import settings

from parvis.core import outbound

# Ten tries over about three days; then the message is set aside and can be sent again by hand.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000))
# Longer than any try takes: what is claimed for longer has lost its sender.
LEASE = timedelta(minutes=2)
DISABLE_AFTER = 50
DISABLED = "too many failures in a row"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try went: ``error`` is empty when it was taken (2xx); redirects are not followed and count as refused."""

    status: int | None
    error: str


def attempt(url: str, *, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """POST to an address that a stranger chose, if it is public, within half a minute. Never raises for what the
    other side does."""
    try:
        status = outbound.post(url, body=body, headers=headers, allowed=settings.OUTBOUND_ALLOWED).status
    except (httpx.HTTPError, httpx.InvalidURL, outbound.AddressRefused) as error:
        return Outcome(None, outbound.told(error))
    return Outcome(status, "" if 200 <= status < 300 else f"answered {status}")


def wait(attempts: int) -> timedelta | None:
    """How long after so many failed tries the next one comes; None: there is none."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None
