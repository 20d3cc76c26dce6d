"""Reporting a voice: a plain report, a seller's doubt, or a notice of unlawful content; and its receipt."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.clock import now
from parvis.core.errors import NotFound, ParvisError
from parvis.domains.catalog import queries as catalog
from parvis.domains.people.web import current_customer
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import AppealState, NewReport, ReporterRole, ReportState, Voice
from parvis.domains.voices.web import ReportForm, explain
from parvis.interfaces.storefront import cards
from parvis.interfaces.storefront.pages import REPORTING, limit, page
from parvis.interfaces.storefront.reader import locale


@never_cache
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, voice_id: int) -> HttpResponse:
    """Anyone may ask that a person looks at a voice. It stays public until that person has decided."""
    voice = queries.voice(voice_id)
    if not voice.is_public:
        raise NotFound(kind="voice", key=voice_id)
    form = ReportForm(request.POST or None, locale=locale())
    if request.method == "POST" and form.is_valid():
        at = now()
        limit(request, REPORTING, at=at)
        said = form.cleaned_data
        role = ReporterRole.SELLER if said["role"] == "seller" else ReporterRole.VISITOR
        customer = current_customer(request)
        new = NewReport(
            voice_id=voice_id,
            role=role,
            ground=said["ground"],
            why=said["why"],
            notice=said["role"] == "notice",
            url=request.build_absolute_uri(home_of(voice)),
            name=said["name"],
            email=said["email"],
            customer_id=customer.id if customer else None,
            good_faith=said["good_faith"],
            locale=locale(),
        )
        try:
            made = actions.report(new, at=at)
        except ParvisError as error:
            form.add_error(None, explain(error))
        else:
            return redirect("storefront:receipt", token=queries.report_token(made.id))
    status = 422 if form.errors else 200
    context = {"form": form, "review": cards.review_card(voice, public=False), "here": home_of(voice)}
    return page(request, "storefront/report.html", context, status=status)


@require_safe
def old_report(request: HttpRequest, voice_id: int) -> HttpResponse:
    """The former address."""
    return redirect("storefront:report", voice_id=voice_id, permanent=True)


@never_cache
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a report; its link is the key."""
    found = queries.report_by_token(token)
    states = {
        ReportState.OPEN: (gettext("A person of our team will look at it."), "note"),
        ReportState.KEPT: (gettext("A person has looked at it: it stays."), "caution"),
        ReportState.REMOVED: (gettext("A person has looked at it: it is no longer shown."), "positive"),
    }
    context = {
        "report": found,
        "state": states[found.state],
        "days": queries.policy().promise_hours // 24 or 1,
        "ground": actions.ground_words(queries.policy(), found.ground, locale()),
    }
    return page(request, "storefront/receipt.html", context)


@never_cache
@require_POST
def contest(request: HttpRequest, token: str) -> HttpResponse:
    """The author contests a refusal or a withdrawal; the link of the own page is the key."""
    voice = queries.by_author_token(token)
    at = now()
    limit(request, REPORTING, at=at)
    try:
        actions.appeal(voice_id=voice.id, text=request.POST.get("text", ""), at=at)
    except ParvisError as error:
        messages.error(request, explain(error))
    else:
        messages.success(request, gettext("We have received it. A person will look at it again and answer you here."))
    return redirect("storefront:my_review", token=token)


def contesting(voice: Voice) -> dict[str, Any]:
    """What the author's page says about reasons and appeals."""
    told = queries.statements(voice.id)
    line = queries.appealable(voice.id)
    appeals = queries.appeals_about([voice.id]).get(voice.id, ())
    latest = appeals[-1] if appeals else None
    states = {
        AppealState.OPEN: (gettext("You have contested this: a person will look at it again."), "note"),
        AppealState.UPHELD: (gettext("Another person has looked again: the decision stands."), "caution"),
        AppealState.REVERSED: (gettext("You were right to contest: it is public."), "positive"),
    }
    contested = line is not None and any(each.decision_id == line.id for each in appeals)
    words = actions.ground_words(queries.policy(), line.reason, locale(), line.note) if line else ""
    return {
        "words": told[0].words if told and line and told[0].locale == locale() else words,
        "automated": line is not None and line.by == "machine",
        "can_contest": line is not None and not contested,
        "appeal": latest,
        "appeal_state": states.get(latest.state) if latest else None,
        "days": queries.policy().appeal_days,
    }


def home_of(voice: Voice) -> str:
    """The page where a voice is shown, at its place."""
    item = catalog.products([voice.product_id or 0], locale=locale()).get(voice.product_id or 0)
    if item is None and queries.is_shop_review(voice):
        return f"{reverse('storefront:shop_reviews')}#voice-{voice.id}"
    if item is None:
        return reverse("storefront:home")
    return f"{reverse('storefront:product', kwargs={'slug': item.slug})}#voice-{voice.id}"
