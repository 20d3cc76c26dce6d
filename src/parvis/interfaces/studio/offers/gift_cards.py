"""Gift cards: issued here, found by the last four characters of their code, each with its ledger."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.domains.checkout import actions, queries
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame, offers, problems
from parvis.interfaces.studio.fields import AmountField, StudioForm
from parvis.interfaces.studio.offers.words import ENTRIES


class IssueForm(StudioForm):
    """A new card; ``key`` makes a form that is sent twice one card."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = AmountField(label=gettext_lazy("Amount"))
    recipient = forms.EmailField(label=gettext_lazy("For whom (e-mail)"), required=False)
    note = forms.CharField(label=gettext_lazy("Note for the team"), required=False, max_length=200)
    years = forms.TypedChoiceField(
        label=gettext_lazy("Can be used"),
        coerce=int,
        initial="2",
        choices=[
            ("1", gettext_lazy("for a year")),
            ("2", gettext_lazy("for two years")),
            ("0", gettext_lazy("without end")),
        ],
    )


class TopUpForm(StudioForm):
    """More on a card; ``key`` makes a form that is sent twice count once."""

    amount = AmountField(label=gettext_lazy("Amount"))
    note = forms.CharField(label=gettext_lazy("Note for the team"), required=False, max_length=200)
    key = forms.UUIDField(widget=forms.HiddenInput)


@require_GET
@requires(Permission.OFFERS_EDIT)
def gift_cards(request: HttpRequest) -> HttpResponse:
    """GET ?q= : cards, the newest first, or those whose code ends so."""
    return _show(request)


@require_POST
@requires(Permission.OFFERS_EDIT, password_again=True)
def issue(request: HttpRequest) -> HttpResponse:
    """POST: a new card; the answer is the only page that ever shows its code."""
    form = IssueForm(request.POST)
    if not form.is_valid():
        return _show(request, form=form, status=422)
    at, staff, said = now(), frame.staff_of(request), form.cleaned_data
    try:
        made = actions.issue_gift_card(
            amount_minor=said["amount"],
            recipient=said["recipient"],
            note=said["note"],
            expires_at=at + timedelta(days=365 * said["years"]) if said["years"] else None,
            key=f"studio-{said['key']}",
            actor_id=staff.account_id,
            at=at,
        )
    except ParvisError as error:
        form.add_error("amount", problems.words(error))
        return _show(request, form=form, status=422)
    _note(staff.account_id, "gift_card.issued", made.card.id, {"amount_minor": said["amount"]}, at)
    answer = _show(request, secret=made.code, last4=made.card.last4)
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
@requires(Permission.OFFERS_EDIT)
def gift_card(request: HttpRequest, card_id: int) -> HttpResponse:
    """GET: one card with its ledger."""
    return _one(request, card_id)


@require_POST
@requires(Permission.OFFERS_EDIT)
def act(request: HttpRequest, card_id: int) -> HttpResponse:
    """POST ``verb``: block, unblock or top_up."""
    at, staff = now(), frame.staff_of(request)
    here = reverse("studio:gift_card", args=[card_id])
    verb = request.POST.get("verb", "")
    if verb == "block":
        actions.block_gift_card(card_id=card_id)
    elif verb == "unblock":
        actions.unblock_gift_card(card_id=card_id)
    elif verb == "top_up":
        form = TopUpForm(request.POST)
        if not form.is_valid():
            return _one(request, card_id, form=form, status=422)
        said = form.cleaned_data
        try:
            actions.top_up_gift_card(
                card_id=card_id,
                amount_minor=said["amount"],
                note=said["note"],
                key=f"studio-{said['key']}",
                actor_id=staff.account_id,
                at=at,
            )
        except ParvisError as error:
            form.add_error("amount", problems.words(error))
            return _one(request, card_id, form=form, status=422)
    else:
        return frame.failed(request, _("choose what to do"), here)
    _note(staff.account_id, f"gift_card.{verb}", card_id, {}, at)
    return frame.done(request, _("Done."), here)


def _note(actor_id: int, verb: str, card_id: int, detail: dict[str, Any], at: Any) -> None:
    people.note(actor_id=actor_id, verb=verb, subject_kind="gift_card", subject_id=card_id, detail=detail, at=at)


def _show(
    request: HttpRequest, *, form: IssueForm | None = None, secret: str = "", last4: str = "", status: int = 200
) -> HttpResponse:
    asked = request.GET.get("q", "")[:20]
    context = {
        "cards": queries.gift_cards(asked),
        "asked": asked,
        "owed": queries.gift_liability(),
        "form": form or IssueForm(initial={"key": uuid.uuid4()}),
        "secret": secret,
        "last4": last4,
        "now": now(),
    }
    return offers.page(request, "studio/offers/gift_cards.html", context, tab="studio:gift_cards", status=status)


def _one(request: HttpRequest, card_id: int, *, form: TopUpForm | None = None, status: int = 200) -> HttpResponse:
    card = queries.gift_card(card_id)
    context = {
        "heading": f"•••• {card.last4}",
        "card": card,
        "ledger": [(entry, ENTRIES[entry.kind]) for entry in reversed(queries.gift_ledger(card_id))],
        "form": form or TopUpForm(initial={"key": uuid.uuid4()}),
        "now": now(),
    }
    return offers.page(request, "studio/offers/gift_card.html", context, tab="studio:gift_cards", status=status)
