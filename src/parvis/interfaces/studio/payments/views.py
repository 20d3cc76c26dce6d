"""Payments: both books beside each other, what differs, what is contested, and who tries cards out."""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from procrastinate.exceptions import AlreadyEnqueued

from parvis.core.clock import now
from parvis.core.money import Money
from parvis.domains.checkout import actions, queries, tasks
from parvis.domains.checkout.contracts import EVIDENCE, Difference, DifferenceKind, DifferenceState, Dispute, MoneyDay
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import charts, marks
from parvis.interfaces.studio import frame
from parvis.interfaces.studio.fields import StudioForm
from parvis.interfaces.studio.payments import words

_DAY = timedelta(days=1)


class NoteForm(StudioForm):
    """What a person writes to it."""

    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


@require_GET
@requires(Permission.ORDERS_VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """GET ?all=1 : also what is settled."""
    at, everything = now(), bool(request.GET.get("all"))
    rows = queries.differences(state=None if everything else DifferenceState.OPEN)
    names = people.names({row.actor_id for row in rows if row.actor_id})
    contested = queries.disputes(limit=50)
    days = queries.money_days()
    context = {
        "heading": _("Payments"),
        "run": queries.last_reconciliation(),
        "chart": _chart(days) if days else "",
        "differences": [_told(row, names) for row in rows],
        "everything": everything,
        "disputes": [_shown(row) for row in contested],
        "waiting": sum(row.answerable for row in contested),
        "attempts": queries.attempt_figures(since=at - _DAY, until=at + timedelta(seconds=1)),
        "sums": _sums(days),
    }
    return frame.page(request, "studio/payments/overview.html", context, room="payments")


def _told(row: Difference, names: dict[int, str]) -> dict[str, Any]:
    name, meaning = words.DIFFERENCES[row.kind]
    state, mark = words.DIFFERENCE_STATES[row.state]
    return {
        "row": row,
        "name": name,
        "meaning": meaning,
        "state": state,
        "mark": mark,
        "who": names.get(row.actor_id or 0, ""),
        "open": row.state is DifferenceState.OPEN,
        "theirs": row.theirs if row.kind is not DifferenceKind.CURRENCY else None,
    }


def _shown(row: Dispute) -> dict[str, Any]:
    state, mark = words.DISPUTE_STATES[row.state]
    return {"row": row, "reason": words.reason(row.reason), "state": state, "mark": mark}


def _chart(days: tuple[MoneyDay, ...]) -> str:
    run = queries.last_reconciliation()
    currency = run.currency if run else "EUR"

    def line(name: str, of: str, back: str) -> charts.Series:
        values = [charts.Day(day=day.day, value=(getattr(day, of) - getattr(day, back)) / 100) for day in days]
        return charts.Series(name=name, days=values)

    return charts.interval_line(
        [line(_("Our books"), "ours", "ours_refunded"), line(_("The provider's books"), "theirs", "theirs_refunded")],
        title=_("Money taken, refunds off, by day"),
        write=lambda value: marks.money(Money(round(value * 100), currency)),
        note=_("Where the two lines part, something differs: it is listed below."),
    )


def _sums(days: tuple[MoneyDay, ...]) -> dict[str, Money] | None:
    run = queries.last_reconciliation()
    if not days or run is None:
        return None
    parts = ("ours", "theirs", "ours_refunded", "theirs_refunded", "fees")
    return {part: Money(sum(getattr(day, part) for day in days), run.currency) for part in parts}


@require_POST
@requires(Permission.ORDERS_REFUND)
def compare(request: HttpRequest) -> HttpResponse:
    """POST: compare the last days now, in the background."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        tasks.compare.defer()
    return frame.done(
        request, _("The books are compared in the background: look again in a minute."), reverse("studio:payments")
    )


@require_POST
@requires(Permission.ORDERS_REFUND)
def settle(request: HttpRequest, difference_id: int) -> HttpResponse:
    """POST note: somebody has looked into a difference."""
    staff, here = frame.staff_of(request), reverse("studio:payments")
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"].strip() if form.is_valid() else ""
    if not note:
        return frame.failed(request, _("Say what it was or what was done."), here)
    act = partial(
        actions.settle_difference, difference_id=difference_id, note=note, actor_id=staff.account_id, at=now()
    )
    problem = frame.attempt(act)
    if problem:
        return frame.failed(request, problem, here)
    return frame.done(request, _("Settled, with your name and note."), here)


@require_http_methods(["GET", "POST"])
@requires(Permission.ORDERS_VIEW)
def dispute(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """GET: what is contested, why, until when, and what the order proves. POST do=answer|accept (needs refunding)."""
    row = queries.dispute(dispute_id)
    form, problem = NoteForm(request.POST or None), ""
    if request.method == "POST":
        staff = frame.staff_of(request)
        if not staff.may(Permission.ORDERS_REFUND):
            return HttpResponse(status=403)
        problem = _answer(request.POST.get("do", ""), row, form, staff.account_id)
        if not problem:
            return frame.done(request, _("Sent to the bank."), reverse("studio:dispute", args=[dispute_id]))
    sent = row.evidence or queries.evidence(row.order_id)
    context = {
        "heading": _("Dispute about order %(number)s") % {"number": row.order_number},
        **_shown(row),
        "evidence": [
            (words.EVIDENCE[name], sent.get(name, "")) for name in EVIDENCE if name != "note" or sent.get(name)
        ],
        "form": form,
        "problem": problem,
        "who": people.names({row.actor_id}).get(row.actor_id, "") if row.actor_id else "",
    }
    return frame.page(request, "studio/payments/dispute.html", context, room="payments", status=422 if problem else 200)


def _answer(what: str, row: Dispute, form: NoteForm, actor_id: int) -> str:
    if what == "accept":
        return frame.attempt(partial(actions.accept_dispute, dispute_id=row.id, actor_id=actor_id, at=now()))
    if what != "answer" or not form.is_valid():
        return _("Choose what to do.")
    note = form.cleaned_data["note"]
    return frame.attempt(partial(actions.answer_dispute, dispute_id=row.id, note=note, actor_id=actor_id, at=now()))
