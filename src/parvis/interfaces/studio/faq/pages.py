"""The desk of frequent questions: what is proposed, what stands on the page, and what nobody has answered."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from procrastinate.exceptions import AlreadyEnqueued

from parvis.core.clock import now
from parvis.core.numbers import whole
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import actions, queries, tasks
from parvis.domains.evidence.contracts import FaqEntry, FaqReason, FaqState
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame

STATES = {
    FaqState.PROPOSED: (gettext_lazy("Proposed"), "caution"),
    FaqState.APPROVED: (gettext_lazy("On the page"), "positive"),
    FaqState.RETRACTED: (gettext_lazy("Taken back"), "negative"),
    FaqState.DECLINED: (gettext_lazy("Declined"), ""),
}
REASONS = {
    FaqReason.SUPPORT: gettext_lazy("Voices that it rests on were withdrawn."),
    FaqReason.QUOTED: gettext_lazy("It quoted somebody who took the words back."),
    FaqReason.OLD: gettext_lazy("Nobody has looked at it for a year."),
    FaqReason.PERSON: gettext_lazy("Somebody of the team decided so."),
}
_VERBS = ("approve", "decline", "retract", "again")


@require_GET
@requires(Permission.VOICES_VIEW)
def desk(request: HttpRequest) -> HttpResponse:
    """GET ?state= : entries in a state, those to look at again first."""
    wanted = request.GET.get("state", "")
    state = FaqState(wanted) if wanted in {each.value for each in FaqState} else FaqState.PROPOSED
    counts = queries.faq_counts()
    entries = queries.faq_desk(state=state, at=now())
    context: dict[str, Any] = {
        "heading": _("Frequent questions"),
        "state": state,
        "tabs": [
            {
                "url": f"?state={each.value}",
                "label": STATES[each][0],
                "current": each is state,
                "count": counts.get(each, 0),
            }
            for each in STATES
        ],
        "rows": _rows(entries),
        "unanswered": queries.faq_unanswered(locale=frame.locale(), limit=12),
        "public_url": reverse("storefront:faq"),
        **_gathering(),
    }
    return frame.page(request, "studio/faq/desk.html", context, room="faq")


@require_POST
@requires(Permission.VOICES_MODERATE)
def look(request: HttpRequest) -> HttpResponse:
    """POST: gather what people ask now, without waiting for the month's turn."""
    gathering = actions.start_faq(at=now(), actor_id=frame.staff_of(request).account_id)
    with suppress(AlreadyEnqueued), transaction.atomic():
        tasks.gather_faq.defer(gathering_id=gathering)
    return frame.done(request, _("What people ask is gathered in the background."), reverse("studio:faq"))


@require_GET
@requires(Permission.VOICES_VIEW)
def gathering(request: HttpRequest) -> HttpResponse:
    """GET: how the latest gathering went, as a part of the page; a whole new page once it has ended."""
    told = _gathering()
    answer = frame.part(request, "studio/faq/gathering.html", told)
    if not told["gathers"]:
        answer["HX-Refresh"] = "true"
    return answer


def _gathering() -> dict[str, Any]:
    run = queries.faq_run(at=now())
    return {"run": run, "gathers": run is not None and run.ended_at is None and not run.lost}


@requires(Permission.VOICES_VIEW)
def entry(request: HttpRequest, entry_id: int) -> HttpResponseBase:
    """GET: one entry with its voices and its history. POST: decide about it (``verb``)."""
    if request.method == "POST":
        return _decide(request, entry_id)
    return _page(request, entry_id)


@requires(Permission.VOICES_MODERATE)
def _decide(request: HttpRequest, entry_id: int) -> HttpResponse:
    verb = request.POST.get("verb", "")
    revision = whole(request.POST.get("revision", ""), most=2**31 - 1)
    if verb not in _VERBS or revision is None:
        return redirect("studio:faq_entry", entry_id=entry_id)
    question, answer = request.POST.get("question", ""), request.POST.get("answer", "")
    told: dict[str, Any] = {
        "entry_id": entry_id, "revision": revision, "actor_id": frame.staff_of(request).account_id, "at": now(),
    }  # fmt: skip
    acts = {
        "approve": lambda: actions.approve_faq(question=question, answer=answer, **told),
        "decline": lambda: actions.decline_faq(**told),
        "retract": lambda: actions.retract_faq(**told),
        "again": lambda: actions.recompose_faq(**told),
    }
    wrong = frame.attempt(acts[verb])
    if wrong:
        return _page(request, entry_id, wrong=wrong, typed={"question": question, "answer": answer}, status=422)
    words = {
        "approve": _("The answer stands on the page."),
        "decline": _("Declined: it will not be proposed again."),
        "retract": _("Taken off the page."),
        "again": _("Composed anew from what people say today. It waits for your approval."),
    }[verb]
    return frame.done(request, words, reverse("studio:faq_entry", kwargs={"entry_id": entry_id}))


@require_POST
@requires(Permission.VOICES_MODERATE)
def translate(request: HttpRequest, entry_id: int) -> HttpResponse:
    """POST question, locale: propose the need in the other language."""
    locale = "fr" if request.POST.get("locale") == "fr" else "en"
    made: list[int] = []

    def act() -> None:
        made.append(
            actions.translate_faq(
                entry_id=entry_id, locale=locale, question=request.POST.get("question", ""),
                actor_id=frame.staff_of(request).account_id, at=now(),
            )
        )  # fmt: skip

    wrong = frame.attempt(act)
    if wrong:
        return frame.failed(request, wrong, reverse("studio:faq_entry", kwargs={"entry_id": entry_id}))
    words = _("Proposed in the other language. Read the answer before you approve it.")
    return frame.done(request, words, reverse("studio:faq_entry", kwargs={"entry_id": made[0]}))


def _page(
    request: HttpRequest, entry_id: int, *, wrong: str = "", typed: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    at = now()
    found = queries.faq_entry(entry_id, at=at)
    siblings = queries.faq_siblings(found.need_id)
    versions = queries.faq_versions(entry_id)
    names = {member.account_id: member.name for member in people.all_staff()}
    other = "fr" if found.locale == "en" else "en"
    context: dict[str, Any] = {
        "heading": found.question,
        "entry": found,
        **_described(found),
        "about": _about([found])[found.id],
        "typed": typed or {"question": found.question, "answer": found.answer},
        "wrong": wrong,
        "asked": queries.faq_asked(found.need_id),
        "versions": [
            {"version": each, "state": STATES[each.state][0], "by": names.get(each.actor_id or 0, _("the machine"))}
            for each in versions
        ],
        "other": other,
        "sibling": siblings.get(other),
    }
    return frame.page(request, "studio/faq/entry.html", context, room="faq", status=status)


def _rows(entries: tuple[FaqEntry, ...]) -> list[dict[str, Any]]:
    about = _about(entries)
    return [{"entry": each, "about": about[each.id], **_described(each)} for each in entries]


def _described(found: FaqEntry) -> dict[str, Any]:
    words, kind = STATES[found.state]
    reason = found.look_again or (found.reason if found.state is FaqState.RETRACTED else None)
    return {"state_words": words, "state_kind": kind, "why": REASONS[reason] if reason else ""}


def _about(entries: tuple[FaqEntry, ...] | list[FaqEntry]) -> dict[int, str]:
    """What each entry is about, in words."""
    products = catalog.products([each.product_id for each in entries if each.product_id], locale=frame.locale())
    categories = {row.key: row.name for row in catalog.categories(frame.locale())}
    told = {}
    for each in entries:
        product = products.get(each.product_id or 0)
        told[each.id] = product.name if product else categories.get(each.category_key, _("The whole shop"))
    return told
