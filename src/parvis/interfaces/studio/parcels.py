"""Parcels of an order, as the team packs and follows them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.core.clock import now
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Order, ParcelState
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame, orders
from parvis.interfaces.studio.sending.parcel_page import ParcelForm


@require_POST
@requires(Permission.ORDERS_SHIP)
def pack(request: HttpRequest, order_id: int) -> HttpResponse:
    """POST pieces of each line, carrier, number: a parcel."""
    order = queries.order(order_id)
    form = ParcelForm(order, request.POST)
    if not form.is_valid() and "key" not in form.errors and _made(order, request.POST.get("key", "")):
        return frame.done(request, _("This parcel was made already."), _address(order_id))
    if not form.is_valid():
        return orders.show(request, order, status=422, problem=_("Choose pieces that are still to be sent."))
    said = form.cleaned_data
    if not form.pieces:
        return orders.show(request, order, status=422, problem=_("Choose at least one piece."))
    return _act(
        request,
        order_id,
        "parcel.packed",
        lambda actor, at: actions.pack(
            order_id=order_id,
            lines=form.pieces,
            carrier=said["carrier"],
            tracking=said["tracking"],
            handed_over=said["handed_over"],
            key=f"studio-{said['key']}",
            actor_id=actor,
            at=at,
        ),
        _("The parcel is made."),
    )


def _made(order: Order, key: str) -> bool:
    return queries.parcel_made(f"studio-{key}") is not None


@require_POST
@requires(Permission.ORDERS_SHIP)
def news(request: HttpRequest, parcel_id: int) -> HttpResponse:
    """POST state, place, key: what became of a parcel."""
    parcel = queries.parcel(parcel_id)
    state = request.POST.get("state", "")
    if state not in set(ParcelState):
        return orders.show(request, queries.order(parcel.order_id), status=422, problem=_("Choose what happened."))
    return _act(
        request,
        parcel.order_id,
        "parcel.news",
        lambda actor, at: actions.parcel_news(
            parcel_id=parcel_id,
            state=ParcelState(state),
            key=f"studio-{request.POST.get('key', '')}"[:120],
            place=request.POST.get("place", ""),
            actor_id=actor,
            at=at,
        ),
        _("Noted."),
    )


@require_POST
@requires(Permission.ORDERS_SHIP)
def label(request: HttpRequest, parcel_id: int) -> HttpResponse:
    """POST carrier, tracking: under which number a parcel goes."""
    parcel = queries.parcel(parcel_id)
    return _act(
        request,
        parcel.order_id,
        "parcel.labelled",
        lambda actor, at: actions.label(
            parcel_id=parcel_id,
            carrier=request.POST.get("carrier", ""),
            tracking=request.POST.get("tracking", ""),
            actor_id=actor,
            at=at,
        ),
        _("Noted."),
    )


@require_POST
@requires(Permission.ORDERS_SHIP)
def unpack(request: HttpRequest, parcel_id: int) -> HttpResponse:
    """POST: take a parcel apart that has not left."""
    parcel = queries.parcel(parcel_id)
    return _act(
        request,
        parcel.order_id,
        "parcel.unpacked",
        lambda actor, at: actions.unpack(parcel_id=parcel_id, actor_id=actor, at=at),
        _("Taken apart; the pieces can be packed again."),
    )


def _address(order_id: int) -> str:
    return reverse("studio:order", args=[order_id])


def _act(request: HttpRequest, order_id: int, verb: str, act: Callable[[int, Any], Any], words: str) -> HttpResponse:
    staff, at = frame.staff_of(request), now()
    problem = frame.attempt(lambda: act(staff.account_id, at))
    if problem:
        return orders.show(request, queries.order(order_id), status=409, problem=problem)
    people.note(actor_id=staff.account_id, verb=verb, subject_kind="order", subject_id=order_id, at=at)
    return frame.done(request, words, _address(order_id))
