"""Promotions: all of them with what came of them; one of them, with what a buyer would see."""

from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parvis.core.clock import now
from parvis.core.numbers import page_number, whole
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Promotion, PromotionState, Terms
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design.shapes import Pages
from parvis.interfaces.studio import frame, offers, problems
from parvis.interfaces.studio.offers import sample
from parvis.interfaces.studio.offers.forms import PromotionForm, initial
from parvis.interfaces.studio.offers.words import KINDS, STATES

PAGE = 50


@require_GET
@requires(Permission.OFFERS_EDIT)
def promotions(request: HttpRequest) -> HttpResponse:
    """GET: all promotions, those that run first."""
    at = now()
    order = list(PromotionState)
    found = sorted(queries.promotion_rows(), key=lambda row: (_rank(order, row.promotion, at), -row.promotion.id))
    last = max(1, ceil(len(found) / PAGE))
    pages = Pages(page_number(request.GET.get("page", ""), most=last), len(found), PAGE)
    rows = found[(pages.number - 1) * PAGE : pages.number * PAGE]
    told = [
        {
            "row": row,
            "name": row.promotion.terms.name(frame.locale()),
            "kind": KINDS[row.promotion.terms.kind],
            "state": STATES[row.promotion.state(at)],
        }
        for row in rows
    ]
    return offers.page(request, "studio/offers/promotions.html", {"rows": told, "pages": pages}, tab="studio:offers")


def _rank(order: list[PromotionState], promotion: Promotion, at: Any) -> int:
    state = promotion.state(at)
    return -1 if state is PromotionState.RUNNING else order.index(state)


@require_http_methods(["GET", "POST"])
@requires(Permission.OFFERS_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """GET: an empty promotion. POST: make it, or (``preview``) see what it would do."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@requires(Permission.OFFERS_EDIT)
def promotion(request: HttpRequest, promotion_id: int) -> HttpResponse:
    """GET: one promotion. POST: change it, or (``preview``) see what the change would do."""
    return _edit(request, queries.promotion(promotion_id))


@require_POST
@requires(Permission.OFFERS_EDIT)
def preview(request: HttpRequest) -> HttpResponse:
    """POST: what a buyer would see of the promotion as it stands in the form, as a part of the page."""
    form = PromotionForm(request.POST)
    changed = whole(request.GET.get("of", ""))
    context = _quoted(form.terms(), changed) if form.is_valid() else {"unready": True}
    return frame.part(request, "studio/offers/preview.html", context)


@require_POST
@requires(Permission.OFFERS_EDIT)
def stop(request: HttpRequest, promotion_id: int) -> HttpResponse:
    """POST: it counts no longer."""
    at, staff = now(), frame.staff_of(request)
    actions.stop_promotion(promotion_id=promotion_id, at=at)
    _note(staff.account_id, "promotion.stopped", promotion_id, at)
    return frame.done(request, _("Stopped: it counts no longer."), reverse("studio:offers"))


def _edit(request: HttpRequest, known: Promotion | None) -> HttpResponse:
    if request.method == "GET":
        form = PromotionForm(initial=initial(known) if known else None)
        seen = _quoted(known.terms, known.id) if known else {"unready": True}
        return _show(request, form, known, seen)
    form = PromotionForm(request.POST)
    if not form.is_valid():
        return _show(request, form, known, {"unready": True}, status=422)
    if "preview" in request.POST:
        return _show(request, form, known, _quoted(form.terms(), known.id if known else None))
    made = _keep(request, form, known)
    if made is None:
        return _show(request, form, known, {"unready": True}, status=422)
    words = _("Saved: it counts from its date on.") if known is None else _("Saved.")
    return frame.done(request, words, reverse("studio:offer", args=[made.id]))


def _keep(request: HttpRequest, form: PromotionForm, known: Promotion | None) -> Promotion | None:
    """Keep the promotion, or say in the form why not."""
    at, staff, terms = now(), frame.staff_of(request), form.terms()
    try:
        if known is None:
            made = actions.create_promotion(terms=terms, at=at)
        else:
            revision = form.cleaned_data["revision"] or 0
            made = actions.edit_promotion(promotion_id=known.id, terms=terms, revision=revision, at=at)
    except actions.BadTerms as bad:
        form.refuse(bad)
        return None
    except (actions.CodeTaken, actions.EditedMeanwhile) as error:
        form.add_error("code" if isinstance(error, actions.CodeTaken) else None, problems.words(error))
        return None
    _note(staff.account_id, "promotion.changed" if known else "promotion.created", made.id, at)
    return made


def _note(actor_id: int, verb: str, promotion_id: int, at: Any) -> None:
    people.note(actor_id=actor_id, verb=verb, subject_kind="promotion", subject_id=promotion_id, at=at)


def _quoted(terms: Terms, instead_of: int | None) -> dict[str, Any]:
    basket = sample.cart(terms, locale=frame.locale())
    if not basket.lines:
        return {"unready": True}
    quote = queries.preview(terms, basket, instead_of=instead_of, at=now())
    return {
        "basket": basket,
        "totals": quote.totals,
        "adjustments": quote.adjustments,
        "taxes": quote.taxes,
        "counts": any(each.key == "preview" for each in quote.adjustments),
        "answers": [answer for answer in quote.answers if answer.problem is not None],
    }


def _show(
    request: HttpRequest, form: PromotionForm, known: Promotion | None, seen: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {
        "heading": known.terms.name(frame.locale()) if known else _("New promotion"),
        "form": form,
        "known": known,
        "state": STATES[known.state(now())] if known else None,
        "preview_url": reverse("studio:offer_preview") + (f"?of={known.id}" if known else ""),
        **seen,
    }
    return offers.page(request, "studio/offers/promotion.html", context, tab="studio:offers", status=status)
