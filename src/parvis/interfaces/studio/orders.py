"""Orders: the list, one order with its trail, and sending, delivering, cancelling it."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.core.money import Money
from parvis.core.pagination import BadCursor
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import LegalKind, Order, OrderFilter, OrderState, TrailEntry
from parvis.domains.checkout.rules.orders import Verb, can
from parvis.domains.checkout.web.after import RETURNS
from parvis.domains.people import actions as people_actions
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission, Staff
from parvis.domains.people.web import requires
from parvis.interfaces.design import marks
from parvis.interfaces.design.shapes import Happening
from parvis.interfaces.studio import frame, labels, sending
from parvis.interfaces.studio.fields import StudioForm
from parvis.interfaces.studio.sending import parcel_page as parcels
from parvis.interfaces.studio.settings.legal import NAMES as LEGAL_NAMES

PAGE = 40


class FilterForm(StudioForm):
    """What narrows the list; what cannot be read is left out rather than refused."""

    q = forms.CharField(label=gettext_lazy("Number, e-mail or name"), required=False, max_length=100)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    made = forms.ChoiceField(
        label=gettext_lazy("Origin"),
        required=False,
        choices=(
            ("", pgettext_lazy("orders", "All")),
            ("real", gettext_lazy("Placed on the site")),
            ("simulated", pgettext_lazy("orders", "Simulated")),
        ),
    )


def _filters(data: Mapping[str, str], staff: Staff) -> tuple[FilterForm, OrderFilter]:
    """The form as filled in, and the filter it means, without the states."""
    form = FilterForm(data)
    form.is_valid()
    said = form.cleaned_data
    text = str(said.get("q") or "")
    if not staff.may(Permission.CUSTOMERS_VIEW) and not text.upper().startswith("P-"):
        text = ""  # who may not see names may not search by them
    since, until, made = said.get("since"), said.get("until"), said.get("made")
    return form, OrderFilter(
        text=text,
        placed_from=_midnight(since) if since else None,
        placed_to=_midnight(until + timedelta(days=1)) if until else None,
        simulated={"real": False, "simulated": True}.get(str(made)),
    )


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@require_GET
@requires(Permission.ORDERS_VIEW)
def order_list(request: HttpRequest) -> HttpResponse:
    """GET ?state=&q=&since=&until=&made=&cursor= : orders, newest first."""
    staff = frame.staff_of(request)
    form, wanted = _filters(request.GET, staff)
    state = _state(request.GET.get("state", ""))
    counts = queries.state_counts(wanted)
    narrowed = wanted if state is None else _with_state(wanted, state)
    try:
        found = queries.orders(narrowed, request.GET.get("cursor") or None, limit=PAGE)
    except BadCursor:
        found = queries.orders(narrowed, limit=PAGE)
    context = {
        "heading": _("Orders"),
        "form": form,
        "tabs": _tabs(request, counts, state),
        "orders": found.items,
        **frame.pages(request, found.next, paged=bool(request.GET.get("cursor"))),
        "rooms": sending.tabs(request, "studio:orders"),
        "filtered": any(request.GET.get(name) for name in ("q", "since", "until", "made", "state")),
    }
    return frame.page(request, "studio/orders.html", context, room="orders")


def _state(text: str) -> OrderState | None:
    return OrderState(text) if text in set(OrderState) else None


def _with_state(wanted: OrderFilter, state: OrderState) -> OrderFilter:
    return OrderFilter(
        states=(state,),
        text=wanted.text,
        placed_from=wanted.placed_from,
        placed_to=wanted.placed_to,
        simulated=wanted.simulated,
    )


def _tabs(request: HttpRequest, counts: Mapping[OrderState, int], chosen: OrderState | None) -> list[dict[str, Any]]:
    def url(state: str) -> str:
        params = request.GET.copy()
        params.pop("cursor", None)
        params.pop("state", None)
        if state:
            params["state"] = state
        return "?" + params.urlencode()

    total = sum(counts.values())
    tabs = [
        {"label": pgettext("orders", "All"), "url": url(""), "current": chosen is None, "count": marks.number(total)}
    ]
    for state, (words, _kind) in labels.ORDER_STATES.items():
        if counts.get(state) or state is chosen:
            count = marks.number(counts.get(state, 0))
            tabs.append({"label": words, "url": url(state), "current": state is chosen, "count": count})
    return tabs


@require_GET
@requires(Permission.ORDERS_VIEW)
def order_page(request: HttpRequest, order_id: int) -> HttpResponse:
    """GET: one order in full."""
    return show(request, queries.order(order_id))


def show(request: HttpRequest, order: Order, *, status: int = 200, problem: str = "") -> HttpResponse:
    """The page of an order; ``problem`` says what could not be done."""
    actors = [entry.actor_id for entry in order.trail if entry.actor_id]
    actors += [refund.actor_id for refund in order.refunds if refund.actor_id]
    names = people.names(actors) if actors else {}
    with queries.steady():
        context = {"problem": problem, "rooms": sending.tabs(request, ""), **_told(order, names)}
        return frame.page(request, "studio/order.html", context, room="orders", status=status)


def _told(order: Order, names: Mapping[int, str]) -> dict[str, Any]:
    facts = {"shipped": order.shipped_at is not None, "delivered": order.delivered_at is not None}
    left = order.refundable.amount_minor
    return {
        "heading": order.number,
        "order": order,
        "names": names,
        "agreed": _agreed(order),
        "trail": [_happening(entry, names, order.totals.total.currency) for entry in reversed(order.trail)],
        "refunds": [(refund, names.get(refund.actor_id or 0, "")) for refund in order.refunds],
        "left": Money(left, order.totals.total.currency),
        "can_ship": can(order.state, Verb.SHIP, **facts),
        "can_deliver": can(order.state, Verb.DELIVER, **facts),
        "can_cancel": can(order.state, Verb.CANCEL),
        "can_refund": left > 0 and can(order.state, Verb.REFUND_WHOLE),
        "method": _method(order),
        "returns": [(row, RETURNS[row.state]) for row in order.returns],
        "papers": queries.papers(order.id),
        "invoiceable": order.paid_at is not None,
        **parcels.around(order),
    }


def _method(order: Order) -> str:
    known = {method.key: method for method in queries.shipping_methods()}
    method = known.get(order.shipping_method)
    return method.name(frame.locale()) if method else order.shipping_method


def _agreed(order: Order) -> dict[str, Any] | None:
    """The texts under which it was ordered, each in the version that counted."""
    entry = next((each for each in order.trail if each.kind == "agreed"), None)
    if entry is None:
        return None
    versions = [(LEGAL_NAMES[LegalKind(kind)], kind, number) for kind, number in entry.detail["versions"].items()]
    return {**entry.detail, "texts": versions, "at": entry.at, "shop": f"/{order.locale}"}


def _happening(entry: TrailEntry, names: Mapping[int, str], currency: str) -> Happening:
    words, icon = labels.TRAIL.get(entry.kind, (entry.kind, "info"))
    detail = entry.detail
    parts = []
    amount = detail.get("amount_minor", detail.get("total_minor"))
    if amount is not None:
        parts.append(marks.money(Money(int(amount), str(detail.get("currency") or currency))))
    if detail.get("tracking"):
        parts.append(_("tracking: %(number)s") % {"number": detail["tracking"]})
    parts += [str(detail[name]) for name in ("return", "number", "note") if detail.get(name)]
    if detail.get("reason"):
        parts.append(labels.refund_reason(str(detail["reason"])))
    if detail.get("code"):
        parts.append(labels.decline(str(detail["code"])))
    who = names.get(entry.actor_id, _("a former colleague")) if entry.actor_id else ""
    return Happening(title=str(words), at=entry.at, icon=icon, body=" · ".join(parts), who=who)


# -- what can be done -----------------------------------------------------------------------------------------


@require_POST
@requires(Permission.ORDERS_SHIP)
def ship(request: HttpRequest, order_id: int) -> HttpResponse:
    """POST tracking: the goods have left."""
    tracking = request.POST.get("tracking", "").strip()[:120]
    return _move(
        request,
        order_id,
        "order.shipped",
        lambda actor, at: actions.ship(order_id=order_id, tracking=tracking, actor_id=actor, at=at),
        _("Marked as shipped."),
    )


@require_POST
@requires(Permission.ORDERS_SHIP)
def deliver(request: HttpRequest, order_id: int) -> HttpResponse:
    """POST: the goods have arrived."""
    return _move(
        request,
        order_id,
        "order.delivered",
        lambda actor, at: actions.deliver(order_id=order_id, actor_id=actor, at=at),
        _("Marked as delivered."),
    )


@require_POST
@requires(Permission.ORDERS_SHIP)
def cancel(request: HttpRequest, order_id: int) -> HttpResponse:
    """POST: an unpaid order ends, its stock is free again."""
    return _move(
        request,
        order_id,
        "order.cancelled",
        lambda actor, at: actions.cancel(order_id=order_id, reason="team", actor_id=actor, at=at),
        _("Cancelled; the stock is free again."),
    )


def _move(request: HttpRequest, order_id: int, verb: str, act: Any, words: str) -> HttpResponse:
    staff, at = frame.staff_of(request), now()
    problem = frame.attempt(lambda: act(staff.account_id, at))
    if problem:
        return show(request, queries.order(order_id), status=409, problem=problem)
    people_actions.note(actor_id=staff.account_id, verb=verb, subject_kind="order", subject_id=order_id, at=at)
    return frame.done(request, words, reverse("studio:order", args=[order_id]))
