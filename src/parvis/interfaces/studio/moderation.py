"""The moderation queue: what waits for a person, why, and deciding about many at once, with a way back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.core.pagination import BadCursor
from parvis.domains.catalog import queries as catalog
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import (
    Decided,
    Outcome,
    QueueFilters,
    QueueItem,
    Reason,
    VoiceKind,
    VoiceState,
)
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame, labels, opinions, readings

PAGE = 20
UNDO_FOR = timedelta(minutes=15)
_UNDO = "studio_undo"
_DEFAULT_REASON = {Outcome.PUBLISH: Reason.APPROVED, Outcome.HOLD: Reason.SECOND_LOOK}
_DECIDABLE = (Outcome.PUBLISH, Outcome.HOLD, Outcome.REFUSE)


@require_GET
@requires(Permission.VOICES_VIEW)
def queue(request: HttpRequest) -> HttpResponse:
    """GET ?state=&reason=&kind=&stars=&language=&photo=&product=&q=&order=&cursor= : the queue."""
    context = {"heading": _("Moderation"), **_bench(request, request.GET)}
    if request.htmx and request.htmx.target == "bench":  # type: ignore[attr-defined]
        return frame.part(request, "studio/moderation_bench.html", context)
    return frame.page(request, "studio/moderation.html", context, room="moderation")


# -- what to show ---------------------------------------------------------------------------------------------


def _filters(data: QueryDict) -> QueueFilters:
    """The filters of an address; what cannot be read narrows nothing. An empty state means any."""
    said = {name: data.get(name, "").strip() for name in ("state", "kind", "reason", "stars", "product", "language")}
    state = data.get("state", VoiceState.HELD)
    return QueueFilters(
        state=VoiceState(state) if state in set(VoiceState) else None,
        kind=VoiceKind(said["kind"]) if said["kind"] in set(VoiceKind) else None,
        reason=Reason(said["reason"]) if said["reason"] in set(Reason) else None,
        product_id=int(said["product"]) if said["product"].isdigit() else None,
        stars=int(said["stars"]) if said["stars"] in {"1", "2", "3", "4", "5"} else None,
        language=said["language"] if said["language"] in {"fr", "en"} else None,
        with_photo=True if data.get("photo") == "yes" else None,
        text=data.get("q", "").strip()[:100],
        oldest_first=data.get("order", "old") != "new",
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
    counts = queries.queue_counts()
    address = reverse("studio:moderation")
    here = address + (f"?{data.urlencode()}" if data else "")
    return {
        "cards": _cards(found.items, products, moderator=moderator),
        "total": found.total,
        "next": _changed(data, cursor=found.next) if found.next else "",
        "first": _changed(data, cursor=None) if cursor else "",
        "counts": counts,
        "tabs": _state_tabs(data, wanted, counts.held),
        "reasons": _reason_chips(data, wanted, counts.by_reason) if wanted.state is VoiceState.HELD else [],
        "filters": _filter_values(data, wanted),
        "product": products.get(wanted.product_id) if wanted.product_id else None,
        "here": here,
        "undo": last_decision(request),
        "refusals": [(reason.value, labels.REASONS[reason]) for reason in labels.TO_REFUSE],
    }


def _cards(items: Sequence[QueueItem], products: Mapping[int, Any], *, moderator: bool) -> list[dict[str, Any]]:
    """The voices of the page, each with the second opinion that was given on it."""
    given = queries.opinions(item.voice.id for item in items)
    return [
        {**_card(item, products, moderator=moderator), "opinion": opinions.brief(given.get(item.voice.id))}
        for item in items
    ]


def _card(item: QueueItem, products: Mapping[int, Any], *, moderator: bool) -> dict[str, Any]:
    """One voice as it lies on the bench. Original words are for those who decide; others see them masked."""
    voice, decision = item.voice, item.decision
    text = voice.original_text if moderator and voice.original_text is not None else voice.text
    title = voice.original_title if moderator and voice.original_title is not None else voice.title
    return {
        "voice": voice,
        "title": title,
        "text": text,
        "spans": readings.spans(voice),
        "reading": readings.lines(voice),
        "product": products.get(voice.product_id or 0),
        "reason": labels.REASONS.get(voice.reason, "") if voice.reason else _("the machine has not read it yet"),
        "by": labels.DECIDED_BY.get(voice.decided_by, "") if voice.decided_by else "",
        "seen": f"{voice.id}:{decision.id if decision else ''}",
        "note": labels.note(decision.note) if decision else "",
    }


def _changed(data: QueryDict, **changes: str | None) -> str:
    params = data.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = value
    return f"{reverse('studio:moderation')}?{params.urlencode()}"


def _state_tabs(data: QueryDict, wanted: QueueFilters, held: int) -> list[dict[str, Any]]:
    tabs = []
    for state, (words, _kind) in labels.VOICE_STATES.items():
        count = marks.number(held) if state is VoiceState.HELD else None
        url = _changed(data, state=state.value, cursor=None, reason=None)
        tabs.append({"label": words, "url": url, "current": wanted.state is state, "count": count})
    url = _changed(data, state="", cursor=None, reason=None)
    tabs.append({"label": pgettext("voices", "All"), "url": url, "current": wanted.state is None, "count": None})
    return tabs


def _reason_chips(data: QueryDict, wanted: QueueFilters, by_reason: Mapping[str, int]) -> list[dict[str, Any]]:
    known = sorted(by_reason.items(), key=lambda pair: -pair[1])
    return [
        {
            "label": labels.REASONS.get(Reason(key), key) if key in set(Reason) else key,
            "count": marks.number(count),
            "url": _changed(data, reason=None if wanted.reason == key else key, cursor=None),
            "current": wanted.reason == key,
        }
        for key, count in known
    ]


def _filter_values(data: QueryDict, wanted: QueueFilters) -> dict[str, Any]:
    any_ = [("", pgettext("filter", "Any"))]
    return {
        "q": wanted.text,
        "kind": wanted.kind or "",
        "stars": wanted.stars or "",
        "language": wanted.language or "",
        "photo": "yes" if wanted.with_photo else "",
        "order": "old" if wanted.oldest_first else "new",
        "kinds": [*any_, *((kind.value, words) for kind, words in labels.VOICE_KINDS.items())],
        "all_stars": [*any_, *((str(n), "★" * n) for n in range(1, 6))],
        "languages": [*any_, ("fr", "Français"), ("en", "English")],
        "photos": [*any_, ("yes", _("With a photo"))],
        "orders": [("old", _("Oldest first")), ("new", _("Newest first"))],
        "narrowed": any(data.get(name) for name in ("kind", "stars", "language", "photo", "order")),
        "active": any(data.get(name) for name in ("q", "kind", "stars", "language", "photo", "reason", "product")),
    }


# -- deciding -------------------------------------------------------------------------------------------------


@require_POST
@requires(Permission.VOICES_MODERATE)
def decide(request: HttpRequest) -> HttpResponse:
    """POST one=outcome:id[:reason], or bulk=outcome with voice=… and reason: decide, and say how to take it back."""
    outcome, ids, reason = _order(request.POST)
    if outcome is None or not ids:
        return _answer(request, problem=_("Choose at least one voice, and what to do with it."))
    if reason is None:
        return _answer(request, problem=_("Choose the reason for refusing: the author is told."))
    return _answer(request, problem=carry_out(request, outcome, ids, reason))


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
    ids = [int(part) for part in request.POST.get("decisions", "").split() if part.isdigit()]
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
    return outcome, [int(key) for key in ids if key.isdigit()], reason


def _seen(data: QueryDict) -> dict[int, int | None]:
    """The latest decision of each voice that was on the screen: who decides on an old sight is told."""
    seen: dict[int, int | None] = {}
    for pair in data.getlist("seen"):
        voice, _colon, decision = pair.partition(":")
        if voice.isdigit():
            seen[int(voice)] = int(decision) if decision.isdigit() else None
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
    if not request.htmx:  # type: ignore[attr-defined]
        if problem:
            return frame.failed(request, problem, here)
        return frame.done(request, words, here) if words else redirect(here)
    data = QueryDict(urlsplit(here).query)
    context = {**_bench(request, data), "problem": problem, "words": words}
    return frame.part(request, "studio/moderation_bench.html", context)
