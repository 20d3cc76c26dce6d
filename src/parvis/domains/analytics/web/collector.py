"""POST /collect/: a batch of events in, 204 once they are committed.

The view reads headers, cookies and body itself and touches neither session nor account: see docs/events.md for the
contract, benchmarks/collector.py for its speed.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.domains.analytics import actions
from parvis.domains.analytics.actions.together import Together
from parvis.domains.analytics.contracts import VISITOR_COOKIE
from parvis.domains.analytics.rules import beacon, bots, privacy
from parvis.domains.analytics.rules.throttle import Throttle
from parvis.domains.analytics.web.requests import Identity, identify

_TYPES = frozenset({"text/plain", "application/json"})
# A person on a fast phone sends a batch every few seconds; an office of a hundred shares one address.
throttle = Throttle(burst=120, per_second=10)
writer = Together(lambda rows, at: actions.insert(rows, at=at))


class NotOurPage(ParvisError):
    """The request comes from another site, or does not say from where."""

    code = "other_origin"
    status = 403
    template = "Events are taken from this shop's own pages only."


class TooBig(ParvisError):
    """``limit`` in bytes."""

    code = "too_big"
    status = 413
    template = "A batch of events holds at most %(limit)d bytes."


class WrongType(ParvisError):
    """The body is neither JSON nor text."""

    code = "unsupported_type"
    status = 415
    template = "Send JSON as application/json or text/plain."


class TooManyBatches(ParvisError):
    """This address sends faster than people do."""

    code = "too_many_requests"
    status = 429
    template = "Too many batches of events from this address."


@csrf_exempt  # the origin is checked instead: a beacon cannot carry a token
def collect(request: HttpRequest) -> HttpResponse:
    """Take one batch; 204 when every new event of it is committed, a problem otherwise."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    try:
        who = identify(request)
        _admit(request, who)
        batch = beacon.parse(_body(request))
    except ParvisError as error:
        return _problem(error)
    take(batch, who, at=now())
    return _remember(HttpResponse(status=204, headers={"Cache-Control": "no-store"}), who)


def take(batch: beacon.Batch, who: Identity, *, at: datetime) -> None:
    """Keep a batch that its own door has admitted; returns when it is committed."""
    writer.put(_rows(batch, who, at), at=at)


def _admit(request: HttpRequest, who: Identity) -> None:
    if not privacy.same_origin(request.META, origins=_origins(request.META.get("HTTP_HOST", ""))):
        raise NotOurPage
    if request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() not in _TYPES:
        raise WrongType
    if not throttle.allows(who.address, seconds=time.monotonic()):
        raise TooManyBatches


@lru_cache(maxsize=64)
def _origins(host: str) -> frozenset[str]:
    scheme = urlsplit(settings.PUBLIC_URL).scheme
    return frozenset({settings.PUBLIC_URL, f"{scheme}://{host}"})


def _body(request: HttpRequest) -> bytes:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdigit() and int(declared) > beacon.MAX_BYTES:
        raise TooBig(limit=beacon.MAX_BYTES)
    body: bytes = request.read(beacon.MAX_BYTES + 1)
    if len(body) > beacon.MAX_BYTES:
        raise TooBig(limit=beacon.MAX_BYTES)
    return body


def _rows(batch: beacon.Batch, who: Identity, at: datetime) -> list[dict[str, Any]]:
    sign = who.bot_sign or bots.batch_sign(batch) or ""
    shared: dict[str, Any] = {"path": batch.path, "locale": batch.locale, "device": who.device}
    if who.visitor and not sign:
        shared["visitor"] = who.visitor
    if sign:
        shared |= {"bot": True, "bot_sign": str(sign)}
    if batch.referrer and not who.private:
        shared["referrer"] = batch.referrer
    rows: dict[str, dict[str, Any]] = {}
    ages = [beacon.age_ms(batch, item) for item in batch.events]
    visit = _visits(who, at, oldest_ms=max(ages))
    for item, age in zip(batch.events, ages, strict=True):
        happened = at - timedelta(milliseconds=age)
        row = shared | {
            "event_id": str(item.id),
            "kind": item.kind.value,
            "at": happened.isoformat(),
            "visit": visit(happened),
            "surface": item.surface,
        }
        if item.product is not None:
            row["product_id"] = item.product
        if item.voices:
            row["voice_ids"] = item.voices
        rows.setdefault(row["event_id"], row)
    return list(rows.values())


def _visits(who: Identity, at: datetime, *, oldest_ms: int) -> Callable[[datetime], str]:
    """The visit of each moment of a batch: nearly always one, two when the batch reaches back over midnight."""

    def visit(moment: datetime) -> str:
        return actions.visit_of(at=moment, address=who.address, agent=who.agent)

    first, last = visit(at - timedelta(milliseconds=oldest_ms)), visit(at)
    return visit if first != last else lambda moment: last


def _remember(response: HttpResponse, who: Identity) -> HttpResponse:
    if who.new_visitor and who.visitor and not who.bot_sign:
        response.set_cookie(
            VISITOR_COOKIE,
            who.visitor,
            max_age=privacy.VISITOR_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    elif who.unwanted_visitor:
        response.delete_cookie(VISITOR_COOKIE, samesite="Lax")
    return response


def _problem(error: ParvisError) -> HttpResponse:
    body = {"type": "about:blank", "title": str(error), "status": error.status, "code": error.code}
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "10"} if error.status == 429 else {})
    return JsonResponse(body, status=error.status, content_type="application/problem+json", headers=headers)
