"""POST /w/collect/: looks and clicks on widgets of other sites, told with the ticket of what was shown there."""

import time
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from parvis.core.clock import now
from parvis.core.errors import NotFound, ParvisError
from parvis.domains.analytics.contracts import Kind
from parvis.domains.analytics.rules import beacon
from parvis.domains.analytics.rules.throttle import Throttle
from parvis.domains.analytics.web import collector, identify
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Placement, Widget, WidgetKind
from parvis.interfaces.widgets import tickets
from parvis.interfaces.widgets.views.fragment import admitted

MAX_BYTES = 16 * 1024
MAX_EVENTS = 30
throttle = Throttle(burst=60, per_second=5)
_Moment = Annotated[int, Field(ge=0, le=10**14)]


class Item(BaseModel):
    """A look or a click; ``place`` is the proof's in what the ticket says was shown, from 1."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    id: UUID
    kind: Literal[Kind.PROOF_VIEW, Kind.PROOF_CLICK]
    at: _Moment
    place: Annotated[int, Field(ge=1, le=20)]


class Batch(BaseModel):
    """What one widget says at once."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    ticket: Annotated[str, Field(max_length=2000)]
    sent: _Moment
    auto: bool = False
    events: Annotated[list[Item], Field(min_length=1, max_length=MAX_EVENTS)]


class NotAdmitted(ParvisError):
    """The site is not among those the widget was made for, or the widget is gone."""

    code = "other_origin"
    status = 403
    template = "This widget does not count on this site."


@csrf_exempt  # the ticket is signed, and nothing of the sender's account is read
def collect(request: HttpRequest) -> HttpResponse:
    """Take one batch; 204 when it is committed, a problem otherwise. Any site may send: the ticket says what counts."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    at = now()
    try:
        who = identify(request)
        if not throttle.allows(who.address, seconds=time.monotonic()):
            raise collector.TooManyBatches
        batch = _parse(request)
        ticket = tickets.read(batch.ticket, on=at.date())
        origin = request.headers.get("Origin", "")
        widget = _admitted(ticket, origin)
        told = _told(batch, ticket, widget, origin)
    except ParvisError as error:
        return _problem(error)
    if told is not None:
        collector.take(told, who, at=at)
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


def _parse(request: HttpRequest) -> Batch:
    body: bytes = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise collector.TooBig(limit=MAX_BYTES)
    try:
        return Batch.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)[:5]
        raise beacon.BadBeacon(problems="; ".join(each["msg"] for each in found)[:600]) from None


def _admitted(ticket: tickets.Ticket, origin: str) -> Widget:
    try:
        widget = evidence.widget(ticket.widget_id)
    except NotFound as error:
        raise NotAdmitted from error
    if not widget.active or not admitted(widget, origin):
        raise NotAdmitted
    return widget


def _told(batch: Batch, ticket: tickets.Ticket, widget: Widget, origin: str) -> beacon.Batch | None:
    """The events as our own pages would tell them, or None when no place is one that was shown."""
    drawn = f"{Placement.WIDGET}.{ticket.plan}.{ticket.bucket}:" if widget.kind is WidgetKind.QUOTES else ""
    items = [
        beacon.Item(
            id=event.id, kind=event.kind, at=event.at, product=ticket.product_id,
            voices=[ticket.voices[event.place - 1]],
            surface=drawn + str(event.place) if drawn else f"gallery.w{widget.id}",
        )
        for event in batch.events
        if event.place <= len(ticket.voices)
    ]  # fmt: skip
    if not items:
        return None
    locale: Literal["fr", "en"] = "fr" if ticket.locale == "fr" else "en"
    host = origin.partition("://")[2].partition(":")[0].lower()[:120]
    known = all(character.isalnum() or character in ".-" for character in host) and host.isascii()
    return beacon.Batch(
        sent=batch.sent, path=f"/w/{ticket.widget_id}/", locale=locale, referrer=host if known else "",
        auto=batch.auto, events=items,
    )  # fmt: skip


def _problem(error: ParvisError) -> HttpResponse:
    body = {"type": "about:blank", "title": str(error), "status": error.status, "code": error.code}
    return JsonResponse(body, status=error.status, content_type="application/problem+json")
