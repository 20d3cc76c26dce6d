"""Invitations to review: what they brought, whom they wait for, and what is promised with them."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.core.days import day_of
from parvis.domains.analytics import queries as analytics
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import Campaign, Invitation, InvitationState, StopReason
from parvis.domains.voices.web import incentive_label
from parvis.domains.voices.web.words import INCENTIVES
from parvis.interfaces.design import marks
from parvis.interfaces.studio import figures, frame
from parvis.interfaces.studio.fields import StudioForm, offer

DAYS = 90
STATES: dict[InvitationState, tuple[str | Promise, str]] = {
    InvitationState.SCHEDULED: (gettext_lazy("planned"), "note"),
    InvitationState.INVITED: (gettext_lazy("invited"), "accent"),
    InvitationState.REMINDED: (gettext_lazy("reminded"), "accent"),
    InvitationState.DONE: (gettext_lazy("all reviewed"), "positive"),
    InvitationState.STOPPED: (gettext_lazy("stopped"), ""),
}
REASONS: dict[StopReason, str | Promise] = {
    StopReason.REVIEWED: gettext_lazy("reviewed before the mail went"),
    StopReason.REFUNDED: gettext_lazy("given back"),
    StopReason.ERASED: gettext_lazy("the person’s data was erased"),
    StopReason.UNSUBSCRIBED: gettext_lazy("the person wants no such mail"),
    StopReason.UNREACHABLE: gettext_lazy("the address does not answer"),
    StopReason.EXPIRED: gettext_lazy("too late to be asked"),
}


class CampaignForm(StudioForm):
    """What is promised, for what, and when."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    incentive = forms.ChoiceField(
        label=gettext_lazy("Promised for a review, good or bad"),
        choices=list(INCENTIVES.items()),
        help_text=gettext_lazy("Shown with every review that comes of it, as the law asks."),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.key, kind.name) for kind in catalog.categories(frame.locale()) if kind.product_count]
        offer(self, "categories", kinds)


@require_GET
@requires(Permission.VOICES_VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """GET: figures of the last 90 days, campaigns, and the latest invitations."""
    return _show(request)


def _show(request: HttpRequest, *, form: CampaignForm | None = None, status: int = 200) -> HttpResponse:
    at = now()
    wanted = request.GET.get("state", "")
    states = (InvitationState(wanted),) if wanted in set(InvitationState) else ()
    cursor = request.GET.get("cursor")
    page = queries.invitations(states=states, cursor=cursor, limit=30)
    ids = {each.product_id for invitation in page.items for each in invitation.products}
    products = catalog.products(ids, locale=frame.locale())
    counts = queries.invitation_states()
    today = day_of(at)
    context = {
        "heading": _("Invitations"),
        "figures": _figures(at),
        "days": DAYS,
        "active": queries.invitation_settings().active,
        "campaigns": [_campaign(each, today) for each in queries.campaigns()],
        "form": form or CampaignForm(initial={"starts_on": today}),
        "tabs": [_tab(None, counts, wanted), *(_tab(state, counts, wanted) for state in InvitationState)],
        "rows": [_row(invitation, products) for invitation in page.items],
        **frame.pages(request, page.next, paged=bool(cursor)),
    }
    return frame.page(request, "studio/invitations/overview.html", context, room="invitations", status=status)


def _figures(at: datetime) -> list[figures.Shown]:
    """The metrics of the last weeks, each with its interval, since a few dozen invitations say little; deliveries only
    when the mail provider tells of them."""
    until = day_of(at) + timedelta(days=1)
    found = analytics.invitation_figures(since=until - timedelta(days=DAYS), until=until)
    known = [each for key, each in found.items() if key != "invitation_delivery_rate" or each.value is not None]
    return [figures.show(analytics.metric(each.metric), each) for each in known]


def _campaign(campaign: Campaign, today: date) -> dict[str, object]:
    begun, ended = campaign.starts_on <= today, campaign.ends_on is not None and campaign.ends_on < today
    if not campaign.active or ended:
        state, kind = _("ended"), ""
    elif begun:
        state, kind = _("running"), "positive"
    else:
        state, kind = _("to come"), "note"
    return {
        "campaign": campaign,
        "incentive": incentive_label(campaign.incentive),
        "state": state,
        "kind": kind,
        "can_end": campaign.active and not ended,
    }


def _tab(state: InvitationState | None, counts: dict[InvitationState, int], current: str) -> dict[str, object]:
    if state is None:
        total = sum(counts.values())
        return {"label": _("All"), "url": "?", "current": not current, "count": marks.number(total)}
    return {
        "label": STATES[state][0],
        "url": f"?state={state.value}",
        "current": current == state.value,
        "count": marks.number(counts.get(state, 0)),
    }


def _row(invitation: Invitation, products: dict[int, Product]) -> dict[str, object]:
    state, kind = STATES[invitation.state]
    return {
        "invitation": invitation,
        "state": state,
        "kind": kind,
        "reason": REASONS[invitation.stop_reason] if invitation.stop_reason else "",
        "products": [(products[each.product_id], each) for each in invitation.products if each.product_id in products],
        "incentive": incentive_label(invitation.incentive),
    }


@require_POST
@requires(Permission.INVITATIONS_EDIT)
def start(request: HttpRequest) -> HttpResponse:
    """POST: promise something with the invitations of some days."""
    form = CampaignForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        problem = frame.attempt(
            lambda: actions.start_campaign(
                name=given["name"],
                incentive=given["incentive"],
                categories=given["categories"],
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
                actor_id=frame.staff_of(request).account_id,
                at=now(),
            )
        )
        if not problem:
            return frame.done(request, _("The campaign is set."), reverse("studio:invitations"))
        form.add_error(None, problem)
    return _show(request, form=form, status=422)


@require_POST
@requires(Permission.INVITATIONS_EDIT)
def end(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """POST: promise it no more; what was promised is kept."""
    back = reverse("studio:invitations")
    actor = frame.staff_of(request).account_id
    problem = frame.attempt(lambda: actions.end_campaign(campaign_id=campaign_id, actor_id=actor, at=now()))
    if problem:
        return frame.failed(request, problem, back)
    return frame.done(request, _("It is promised no more. What was promised is kept."), back)
