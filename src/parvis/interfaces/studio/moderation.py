"""The moderation queue: what waits for a person, why, and deciding about many at once, with a way back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.core.numbers import whole
from parvis.core.pagination import BadCursor
from parvis.domains.catalog import queries as catalog
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import (
    Decided,
    Desk,
    Outcome,
    QueueFilters,
    QueueItem,
    Reason,
    VoiceKind,
    VoiceState,
)
from parvis.interfaces.design.films import film
from parvis.interfaces.design.htmx import htmx
from parvis.interfaces.studio import bench, frame, labels, looks, opinions, readings

PAGE = 20
UNDO_FOR = timedelta(minutes=15)
_UNDO = "studio_undo"
_WAITING = "studio_waiting"
_DEFAULT_REASON = {Outcome.PUBLISH: Reason.APPROVED, Outcome.HOLD: Reason.SECOND_LOOK}
_DECIDABLE = (Outcome.PUBLISH, Outcome.HOLD, Outcome.REFUSE)


@require_GET
@requires(Permission.VOICES_VIEW)
def queue(request: HttpRequest) -> HttpResponse:
    """GET ?state=&reason=&kind=&stars=&language=&photo=&product=&q=&order=&cursor= : the queue."""
    context = {"heading": _("Moderation"), **_bench(request, request.GET)}
    if htmx(request) and htmx(request).target == "bench":
        return frame.part(request, "studio/moderation_bench.html", context)
    return frame.page(request, "studio/moderation.html", context, room="moderation")


# -- what to show ---------------------------------------------------------------------------------------------


def _filters(data: QueryDict) -> QueueFilters:
    """The filters of an address; what cannot be read narrows nothing. An empty state means any."""
    said = {name: data.get(name, "").strip() for name in ("state", "kind", "reason", "stars", "product", "language")}
    state = data.get("state", VoiceState.HELD)
    wanted = data.get("desk", "")
    desk = Desk(wanted) if wanted in set(Desk) else None
    order = data.get("order", "value")
    return QueueFilters(
        desk=desk,
        by_value=order == "value" and desk is None and state == VoiceState.HELD,
        state=VoiceState(state) if state in set(VoiceState) else None,
        kind=VoiceKind(said["kind"]) if said["kind"] in set(VoiceKind) else None,
        reason=Reason(said["reason"]) if said["reason"] in set(Reason) else None,
        product_id=whole(said["product"]),
        stars=int(said["stars"]) if said["stars"] in {"1", "2", "3", "4", "5"} else None,
        language=said["language"] if said["language"] in {"fr", "en"} else None,
        with_photo=True if data.get("photo") == "yes" else None,
        text=data.get("q", "").strip()[:100],
        oldest_first=order == "old" or desk is not None or (order == "value" and state == VoiceState.HELD),
    )


def _bench(request: HttpRequest, data: QueryDict) -> dict[str, Any]:
    wanted, cursor = _filters(data), data.get("cursor") or None
    try:
        found = queries.queue(wanted, cursor=cursor, limit=PAGE)
    except BadCursor:
        found, cursor = queries.queue(wanted, limit=PAGE), None
    products = catalog.products(
        {item.voice.product_id for item in found.items if item.voice.product_id}, locale=frame.locale()
    )
    moderator = frame.staff_of(request).may(Permission.VOICES_MODERATE)
    counts, waits = queries.queue_counts(), queries.desks(at=now())
    address = reverse("studio:moderation")
    here = address + (f"?{data.urlencode()}" if data else "")
    return {
        "cards": _cards(found.items, products, moderator=moderator, blind=wanted.desk is Desk.CHECKS),
        "total": found.total,
        "next": bench.changed(data, cursor=found.next) if found.next else "",
        "first": bench.changed(data, cursor=None) if cursor else "",
        "counts": counts,
        "late": waits.late,
        "tabs": bench.tabs(data, wanted, waits),
        "desk": wanted.desk,
        "about": bench.ABOUT.get(wanted.desk, "") if wanted.desk else "",
        "reasons": bench.reason_chips(data, wanted, counts.by_reason) if bench.is_queue(wanted) else [],
        "filters": bench.filter_values(data, wanted),
        "product": products.get(wanted.product_id) if wanted.product_id else None,
        "here": here,
        "undo": last_decision(request),
        "refusals": [(reason.value, labels.REASONS[reason]) for reason in labels.TO_REFUSE],
    }


def _cards(
    items: Sequence[QueueItem], products: Mapping[int, Any], *, moderator: bool, blind: bool
) -> list[dict[str, Any]]:
    """The voices of the page, each with the second opinion that was given on it: not where checks by sample are made,
    which have to be made as if nobody had said anything."""
    given = {} if blind else queries.opinions(item.voice.id for item in items)
    names = people.names({item.proposal.actor_id for item in items if item.proposal})
    return [
        {**_card(item, products, names, moderator=moderator), "opinion": opinions.brief(given.get(item.voice.id))}
        for item in items
    ]


def _card(item: QueueItem, products: Mapping[int, Any], names: Mapping[int, str], *, moderator: bool) -> dict[str, Any]:
    """One voice as it lies on the bench. Original words are for those who decide; others see them masked."""
    voice, decision = item.voice, item.decision
    text = voice.original_text if moderator and voice.original_text is not None else voice.text
    title = voice.original_title if moderator and voice.original_title is not None else voice.title
    return {
        "voice": voice,
        "film": film(voice.video, author=voice.author_name or _("somebody")),
        "title": title,
        "text": text,
        "spans": readings.spans(voice),
        "reading": readings.lines(voice),
        "product": products.get(voice.product_id or 0),
        "reason": labels.REASONS.get(voice.reason, "") if voice.reason else _("the machine has not read it yet"),
        "by": labels.DECIDED_BY.get(voice.decided_by, "") if voice.decided_by else "",
        "seen": f"{voice.id}:{decision.id if decision else ''}",
        "note": labels.note(decision.note) if decision else "",
        "matters": looks.matters(item, names),
        "appeal": item.appeal,
    }


# -- deciding -------------------------------------------------------------------------------------------------


@require_POST
@requires(Permission.VOICES_MODERATE)
def decide(request: HttpRequest) -> HttpResponse:
    """POST one=outcome:id[:reason], or bulk=outcome with voice=… and reason: decide, and say how to take it back."""
    answered = looks.answer(request)
    if answered is not None:
        return _answer(request, problem=answered, words="" if answered else _("Answered; the author is told."))
    outcome, ids, reason = _order(request.POST)
    if outcome is None or not ids:
        return _answer(request, problem=_("Choose at least one voice, and what to do with it."))
    if reason is None:
        return _answer(request, problem=_("Choose the reason for refusing: the author is told."))
    note = request.POST.get("note", "").strip()[:2000]
    problem = carry_out(request, outcome, ids, reason, note)
    return _answer(request, problem=problem, words=request.session.pop(_WAITING, ""))


def carry_out(
    request: HttpRequest,
    outcome: Outcome,
    ids: Sequence[int],
    reason: Reason,
    note: str = "",
    *,
    overturn: bool = False,
) -> str:
    """Decide and keep what is needed to undo it; gives what went wrong, in words."""
    done: list[Decided] = []
    problem = frame.attempt(
        lambda: done.append(
            actions.decide(
                voice_ids=ids,
                outcome=outcome,
                reason=reason,
                note=note,
                actor_id=frame.staff_of(request).account_id,
                at=now(),
                seen=_seen(request.POST),
                overturn=overturn,
            )
        )
    )
    if problem:
        return problem
    _remember(request, outcome, done[0])
    if done[0].proposed:
        count = len(done[0].proposed)
        request.session[_WAITING] = ngettext(
            "%(count)d voice now waits for a second person.", "%(count)d voices now wait for a second person.", count
        ) % {"count": count}
    if done[0].conflicts:
        names = ", ".join(sorted({conflict.actor_name for conflict in done[0].conflicts}))
        return ngettext(
            "%(count)d voice was left as it is: %(names)s had decided meanwhile.",
            "%(count)d voices were left as they are: %(names)s had decided meanwhile.",
            len(done[0].conflicts),
        ) % {"count": len(done[0].conflicts), "names": names}
    return ""


@require_POST
@requires(Permission.VOICES_MODERATE)
def undo(request: HttpRequest) -> HttpResponse:
    """POST decisions (ids): take them back."""
    ids = [key for part in request.POST.get("decisions", "").split() if (key := whole(part)) is not None]
    staff = frame.staff_of(request)
    problem = frame.attempt(lambda: actions.undo(decision_ids=ids, actor_id=staff.account_id, at=now())) if ids else ""
    request.session.pop(_UNDO, None)
    words = "" if problem else _("Taken back.")
    return _answer(request, problem=problem, words=words)


def _order(data: QueryDict) -> tuple[Outcome | None, list[int], Reason | None]:
    """What the form asks: outcome, voices, and the reason (None: a reason is missing)."""
    one = data.get("one", "").split(":")
    if len(one) >= 2:
        verb, ids, said = one[0], [one[1]], one[2] if len(one) > 2 else ""
    else:
        verb, ids, said = data.get("bulk", ""), data.getlist("voice"), data.get("reason", "")
    if verb not in set(_DECIDABLE):
        return None, [], None
    outcome = Outcome(verb)
    reason = Reason(said) if said in set(Reason) and outcome is Outcome.REFUSE else _DEFAULT_REASON.get(outcome)
    return outcome, [number for key in ids if (number := whole(key)) is not None], reason


def _seen(data: QueryDict) -> dict[int, int | None]:
    """The latest decision of each voice that was on the screen: who decides on an old sight is told."""
    seen: dict[int, int | None] = {}
    for pair in data.getlist("seen"):
        voice, _colon, decision = pair.partition(":")
        if (number := whole(voice)) is not None:
            seen[number] = whole(decision)
    return seen


def _remember(request: HttpRequest, outcome: Outcome, decided: Decided) -> None:
    count = len(decided.voice_ids)
    if not count:
        return
    words = {
        Outcome.PUBLISH: ngettext("%(count)d voice published.", "%(count)d voices published.", count),
        Outcome.HOLD: ngettext("%(count)d voice held.", "%(count)d voices held.", count),
        Outcome.REFUSE: ngettext("%(count)d voice refused.", "%(count)d voices refused.", count),
        Outcome.WITHDRAW: ngettext("%(count)d voice withdrawn.", "%(count)d voices withdrawn.", count),
    }[outcome] % {"count": count}
    request.session[_UNDO] = {
        "words": words,
        "decisions": " ".join(str(key) for key in decided.decision_ids),
        "at": now().isoformat(),
    }


def last_decision(request: HttpRequest) -> dict[str, str] | None:
    """What was last decided here, as long as it may be undone from the page."""
    kept: dict[str, str] | None = request.session.get(_UNDO)
    if kept is None or datetime.fromisoformat(kept["at"]) < now() - UNDO_FOR:
        return None
    return kept


def _answer(request: HttpRequest, *, problem: str = "", words: str = "") -> HttpResponse:
    """With htmx the bench as it now stands, otherwise back to where the form was."""
    here = frame.back_to(request, reverse("studio:moderation"))
    bulk = bool(problem) and "bulk" in request.POST and urlsplit(here).path == reverse("studio:moderation")
    if not htmx(request) and not bulk:
        if problem:
            return frame.failed(request, problem, here)
        return frame.done(request, words, here) if words else redirect(here)
    data = QueryDict(urlsplit(here).query)
    context = {**_bench(request, data), "problem": problem, "words": words}
    if bulk:
        # What was selected stays selected, and what is missing is said where the button was pressed.
        kept = {number for key in request.POST.getlist("voice") if (number := whole(key)) is not None}
        context |= {"problem": "", "bulk_problem": problem, "kept": kept, "bulk_reason": request.POST.get("reason", "")}
    if not htmx(request):
        request.GET = data
        context["heading"] = _("Moderation")
        return frame.page(request, "studio/moderation.html", context, room="moderation", status=422)
    return frame.part(request, "studio/moderation_bench.html", context)
