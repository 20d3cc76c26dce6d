"""Second looks: what is open about a voice, answers to appeals, and the team's own reports."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from parvis.core.clock import now
from parvis.core.numbers import whole
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import (
    NewReport,
    Proposal,
    QueueItem,
    Reason,
    Report,
    ReporterRole,
)
from parvis.interfaces.studio import frame, labels

_VERBS = {"reverse": True, "uphold": False}


def matters(item: QueueItem, names: Mapping[int, str]) -> list[dict[str, str]]:
    """What is open about a voice: (icon, words, said)."""
    found = []
    if item.proposal is not None:
        words = wanted(item.proposal, names)
        found.append({"icon": "user", "words": words, "said": item.proposal.note})
    if item.appeal is not None:
        found.append({"icon": "flag", "words": _("The author contests:"), "said": item.appeal.text})
    found += [{"icon": "flag", "words": _reported(report), "said": report.why} for report in item.reports]
    if item.burst is not None:
        burst_id, count = item.burst
        words = ngettext(
            "One of %(n)s voice with nearly the same words.",
            "One of %(n)s voices with nearly the same words.",
            count,
        )
        url = reverse("studio:group", args=[burst_id])
        found.append({"icon": "user", "words": words % {"n": count}, "said": "", "url": url})
    if item.drawn and item.voice.state != "held":
        found.append({"icon": "question", "words": _("Drawn by chance for a check."), "said": ""})
    return found


def _reported(report: Report) -> str:
    who = {
        ReporterRole.VISITOR: _("A visitor reports"),
        ReporterRole.SELLER: _("A maker or seller doubts"),
        ReporterRole.TEAM: _("The team reports"),
    }[report.role]
    kind = _("Notice of unlawful content") if report.notice else who
    return _("%(who)s: %(ground)s.") % {"who": kind, "ground": labels.REASONS[report.ground]}


def answer(request: HttpRequest) -> str | None:
    """Answer an appeal when the form says so (one=reverse:id or one=uphold:id, with answer-id); gives what went
    wrong, "" when it worked, None when the form says something else."""
    verb, _colon, key = request.POST.get("one", "").partition(":")
    appeal_id = whole(key)
    if verb not in _VERBS or appeal_id is None:
        return None
    words = request.POST.get(f"answer-{key}", "").strip()
    if not words:
        return _("Write the answer: the author reads it.")
    return frame.attempt(
        lambda: actions.answer_appeal(
            appeal_id=appeal_id,
            reverse=_VERBS[verb],
            answer=words,
            actor_id=frame.staff_of(request).account_id,
            at=now(),
        )
    )


@require_POST
@requires(Permission.VOICES_VIEW)
def report(request: HttpRequest, voice_id: int) -> HttpResponse:
    """POST ground, why: somebody of the team doubts a voice and asks who moderates to look at it."""
    home = reverse("studio:voice", args=[voice_id])
    ground = request.POST.get("ground", "")
    if ground not in {reason.value for reason in labels.TO_REFUSE}:
        return frame.failed(request, _("Choose the ground."), home)
    new = NewReport(
        voice_id=voice_id,
        role=ReporterRole.TEAM,
        ground=Reason(ground),
        why=request.POST.get("why", ""),
        staff_id=frame.staff_of(request).account_id,
        locale=frame.locale(),
    )
    problem = frame.attempt(lambda: actions.report(new, at=now()))
    if problem:
        return frame.failed(request, problem, home)
    return frame.done(request, _("Reported: it is on the desk of reports."), home)


@require_POST
@requires(Permission.VOICES_MODERATE)
def take_back(request: HttpRequest, voice_id: int) -> HttpResponse:
    """POST: the first of two people changes their mind."""
    staff = frame.staff_of(request)
    actions.take_proposal_back(voice_id=voice_id, actor_id=staff.account_id, at=now())
    return frame.done(request, _("Taken back."), reverse("studio:voice", args=[voice_id]))


def of_voice(request: HttpRequest, voice_id: int) -> dict[str, Any]:
    """What the page of a voice tells of reports, appeals, proposals and the reasons told."""
    staff = frame.staff_of(request)
    proposal = queries.proposals_open([voice_id]).get(voice_id)
    appeals = queries.appeals_about([voice_id]).get(voice_id, ())
    reports = queries.reports_about([voice_id]).get(voice_id, ())
    team = {report.staff_id for report in reports} | {appeal.actor_id for appeal in appeals}
    ids = team | ({proposal.actor_id} if proposal else set())
    names = people.names({key for key in ids if key})
    return {
        "proposal": proposal,
        "proposal_words": wanted(proposal, names) if proposal else "",
        "mine": proposal is not None and proposal.actor_id == staff.account_id,
        "appeals": [(appeal, labels.APPEALS[appeal.state], names.get(appeal.actor_id or 0, "")) for appeal in appeals],
        "reports": [(report, _reported(report), labels.REPORTS[report.state]) for report in reports],
        "statements": queries.statements(voice_id),
        "report_grounds": [("", _("Choose a ground")), *((key.value, labels.REASONS[key]) for key in labels.TO_REFUSE)],
    }


def wanted(proposal: Proposal, names: Mapping[int, str]) -> str:
    """What a first person wants, in words."""
    return _("%(name)s wants: %(outcome)s (%(reason)s). It needs a second person.") % {
        "name": names.get(proposal.actor_id, _("a former colleague")),
        "outcome": str(labels.OUTCOMES[proposal.outcome][0]).lower(),
        "reason": labels.REASONS[proposal.reason],
    }
