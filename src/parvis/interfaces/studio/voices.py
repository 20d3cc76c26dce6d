"""One voice: its words with what the machine saw in them, its photos, every decision, and what its author said else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.core.language_model import language_model
from parvis.domains.catalog import queries as catalog
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import (
    AuthorRole,
    DecidedBy,
    Decision,
    NewVoice,
    Opinion,
    OpinionState,
    Origin,
    Outcome,
    Reason,
    Voice,
    VoiceKind,
    VoiceState,
)
from parvis.domains.voices.web import incentive_label
from parvis.interfaces.design import marks
from parvis.interfaces.design.shapes import Happening
from parvis.interfaces.studio import films, frame, labels, looks, moderation, opinions, readings

ANSWER_MOST = 2000


@require_GET
@requires(Permission.VOICES_VIEW)
def voice_page(request: HttpRequest, voice_id: int) -> HttpResponse:
    """GET: one voice."""
    return _show(request, voice_id)


@require_POST
@requires(Permission.VOICES_MODERATE)
def decide(request: HttpRequest, voice_id: int) -> HttpResponse:
    """POST outcome, reason, note: decide about this voice."""
    data = request.POST
    outcome = Outcome(data["outcome"]) if data.get("outcome") in set(Outcome) else None
    if outcome is None:
        return _show(request, voice_id, problem=_("Choose what to do."), status=422)
    default = {Outcome.PUBLISH: Reason.APPROVED, Outcome.HOLD: Reason.SECOND_LOOK}.get(outcome)
    offered = labels.TO_WITHDRAW if outcome is Outcome.WITHDRAW else labels.TO_REFUSE
    said = data.get("reason", "")
    reason = default or (Reason(said) if said in {ground.value for ground in offered} else None)
    if reason is None:
        return _show(request, voice_id, problem=_("Choose the reason: the author is told."), status=422)
    note = data.get("note", "").strip()[:2000]
    problem = moderation.carry_out(request, outcome, [voice_id], reason, note, overturn=True)
    if problem:
        return _show(request, voice_id, problem=problem, status=409)
    return redirect(reverse("studio:voice", args=[voice_id]))


@require_POST
@requires(Permission.VOICES_MODERATE)
def answer(request: HttpRequest, voice_id: int) -> HttpResponse:
    """POST text: the brand answers a question or a review, in public."""
    voice = queries.voice(voice_id)
    text = request.POST.get("text", "").strip()
    if not text or len(text) > ANSWER_MOST:
        problem = _("Write an answer of at most %(most)d characters.") % {"most": ANSWER_MOST}
        return _show(request, voice_id, problem=problem, text=text, status=422)
    problem = frame.attempt(lambda: _answer(request, voice, text))
    if problem:
        return _show(request, voice_id, problem=problem, text=text, status=409)
    words = _("Sent; it is read like every voice and appears within moments.")
    return frame.done(request, words, reverse("studio:voice", args=[voice_id]))


def _answer(request: HttpRequest, voice: Voice, text: str) -> None:
    staff, at = frame.staff_of(request), now()
    kind = VoiceKind.ANSWER if voice.kind is VoiceKind.QUESTION else VoiceKind.COMMENT
    actions.receive(
        NewVoice(
            kind=kind,
            parent_id=voice.id,
            product_id=voice.product_id,
            text=text,
            author_name=staff.name,
            author_role=AuthorRole.BRAND,
            language=voice.language,
            origin=Origin.STOREFRONT,
        ),
        at=at,
    )


def _show(request: HttpRequest, voice_id: int, *, problem: str = "", text: str = "", status: int = 200) -> HttpResponse:
    staff = frame.staff_of(request)
    moderator = staff.may(Permission.VOICES_MODERATE)
    voice = queries.voice(voice_id, original=moderator)
    decisions = queries.decisions(voice_id)
    names = people.names({row.actor_id for row in decisions if row.actor_id})
    product = catalog.products([voice.product_id], locale=frame.locale()) if voice.product_id else {}
    opinion = queries.opinion(voice_id)
    others = queries.by_customer(voice.customer_id) if voice.customer_id else ()
    context = {
        "heading": _heading(voice),
        "voice": voice,
        "title": voice.original_title if voice.original_title is not None else voice.title,
        "text": voice.original_text if voice.original_text is not None else voice.text,
        "spans": readings.spans(voice),
        "reading": readings.lines(voice),
        "opinions": readings.opinions(voice),
        "product": product.get(voice.product_id or 0),
        "opinion": opinions.shown(voice, opinion),
        "ask_opinion": _may_ask(voice, opinion),
        **films.shown(voice),
        "facts": _facts(voice),
        "trail": [_happening(row, names) for row in decisions],
        "seen": f"{voice.id}:{decisions[0].id if decisions else ''}",
        "others": [other for other in others if other.id != voice.id][:10],
        "audit": people.audit("voice", voice_id)[:10],
        "undo": moderation.last_decision(request) if moderator else None,
        "problem": problem,
        "reply": text,
        "can": _possible(voice),
        **looks.of_voice(request, voice_id),
        "refusals": [
            ("", _("Choose a reason")),
            *((reason.value, labels.REASONS[reason]) for reason in labels.TO_REFUSE),
        ],
        "withdrawals": [
            ("", _("Choose a reason")),
            *((reason.value, labels.REASONS[reason]) for reason in labels.TO_WITHDRAW),
        ],
    }
    return frame.page(request, "studio/voice.html", context, room="moderation", status=status)


def _may_ask(voice: Voice, opinion: Opinion | None) -> bool:
    """Whether an opinion may be asked for: there is a model, and the machine has left the voice to people."""
    allowed = language_model() is not None and queries.opinion_mode() is not queries.OpinionMode.OFF
    held = voice.state is VoiceState.HELD and voice.decided_by is DecidedBy.MACHINE
    return allowed and held and (opinion is None or opinion.state is OpinionState.FAILED)


def _heading(voice: Voice) -> str:
    kind = str(labels.VOICE_KINDS[voice.kind])
    return _("%(kind)s by %(author)s") % {"kind": kind, "author": voice.author_name or _("somebody")}


def _possible(voice: Voice) -> dict[str, bool]:
    """What a person may still decide. What the author took back stays back."""
    theirs = voice.state is VoiceState.WITHDRAWN and voice.decided_by is DecidedBy.AUTHOR
    return {
        outcome.value: voice.state is not outcome.state and not theirs
        for outcome in (Outcome.PUBLISH, Outcome.HOLD, Outcome.REFUSE, Outcome.WITHDRAW)
    } | {"answer": voice.kind in {VoiceKind.QUESTION, VoiceKind.REVIEW} and voice.is_public}


def _facts(voice: Voice) -> list[tuple[str, Any, str]]:
    """What else is known: name, value, the attribute whose provenance counts."""
    fit = {-1: _("too small"), 0: _("true to size"), 1: _("too large")}.get(
        voice.fit_felt if voice.fit_felt is not None else 9, ""
    )
    rows = [
        (_("Verified purchase"), (voice.order_ref or _("yes")) if voice.verified else "", "verified"),
        (_("Received in exchange"), incentive_label(voice.incentive), "incentive"),
        (_("First published on"), " ".join((voice.syndicated_from, voice.syndicated_url)).strip(), "syndicated_from"),
        (_("Size worn"), voice.size_worn, "size_worn"),
        (_("Fit felt"), fit, "fit_felt"),
        (_("Age"), voice.age, "age"),
        (_("Height"), f"{voice.height_cm} cm" if voice.height_cm else "", "height_cm"),
        (_("Experienced on"), voice.experienced_on, "experienced_on"),
        (_("Came in by"), labels.ORIGINS[voice.origin], "origin"),
        (_("Found helpful"), f"{voice.votes_up} / {voice.votes_up + voice.votes_down}", "votes"),
    ]
    return [row for row in rows if row[1] not in (None, "", "0 / 0")]


def _happening(row: Decision, names: dict[int, str]) -> Happening:
    words, icon = labels.OUTCOMES[row.outcome]
    if row.undoes:
        words, icon = pgettext("decision", "Taken back"), "undo"
    parts = [str(labels.REASONS[row.reason]), labels.note(row.note)]
    if row.undone:
        parts.append(_("(taken back since)"))
    if row.scores:
        scores = (f"{labels.SCORES.get(name, name)} {marks.number(value, 2)}" for name, value in row.scores.items())
        parts.append(", ".join(scores))
    who = names.get(row.actor_id, _("a former colleague")) if row.actor_id else str(labels.DECIDED_BY[row.by])
    return Happening(title=str(words), at=row.at, icon=icon, body=" · ".join(part for part in parts if part), who=who)
