"""Second opinions of the language model: on one voice, and what all of them cost and were worth."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.connectors.llm import queries as llm
from parvis.core.clock import now
from parvis.core.language_model import language_model
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import Finding, Opinion, OpinionState, Outcome, Reason, Voice
from parvis.interfaces.design import marks
from parvis.interfaces.studio import figures, frame, labels
from parvis.science import intervals

DAYS = 30
FINDINGS: dict[str, str | Promise] = {
    "insult": gettext_lazy("Insults somebody"),
    "advertising": gettext_lazy("Advertises something else"),
    "personal_data": gettext_lazy("Exposes somebody"),
    "unlawful": gettext_lazy("Violence, hatred, accusation"),
    "off_topic": gettext_lazy("About something else"),
    "speaks_to_machine": gettext_lazy("Speaks to a machine"),
}
ANSWERS: dict[Finding, tuple[str | Promise, str]] = {
    Finding.NO: (gettext_lazy("no"), ""),
    Finding.UNSURE: (gettext_lazy("not sure"), "caution"),
    Finding.YES: (gettext_lazy("yes"), "negative"),
}
SUGGESTS: dict[Outcome, tuple[str | Promise, str]] = {
    Outcome.PUBLISH: (gettext_lazy("nothing to object"), "positive"),
    Outcome.HOLD: (gettext_lazy("leaves it to people"), "caution"),
    Outcome.REFUSE: (gettext_lazy("would refuse"), "negative"),
}
FAILURES: dict[str, str | Promise] = {
    "model_unavailable": gettext_lazy("the model did not answer"),
    "model_refused": gettext_lazy("the model’s server refused the question"),
    "model_bad_answer": gettext_lazy("the answer could not be used"),
}
MODES: dict[str, str | Promise] = {
    "advise": gettext_lazy("Opinions advise; people decide."),
    "release": gettext_lazy("Opinions advise; what the machine leaned to publish is published when they agree."),
    "off": gettext_lazy("Second opinions are switched off."),
}


def cost(minor: Decimal) -> str:
    """An amount of minor units in the reader's language, with the digits that show a small one."""
    major = minor / (10 ** int(get_currency_precision(settings.CURRENCY)))
    digits = 2 if major >= 1 or not major else min(6, 1 - major.adjusted())
    exact = round(major, digits)
    return str(
        format_currency(
            exact, settings.CURRENCY, locale="fr_FR" if frame.locale() == "fr" else "en", decimal_quantization=False
        )
    )


def seconds(milliseconds: float) -> str:
    """ "0.8 s"."""
    return _("%(n)s s") % {"n": marks.number(milliseconds / 1000, 1)}


def shown(voice: Voice, opinion: Opinion | None) -> dict[str, Any] | None:
    """An opinion as the page of a voice shows it."""
    if opinion is None:
        return None
    words, kind = SUGGESTS[opinion.suggests] if opinion.suggests else ("", "")
    return {
        "state": opinion.state.value,
        "suggests": words,
        "kind": kind,
        "ground": labels.REASONS[Reason(opinion.ground)] if opinion.ground else "",
        "suspect": opinion.suspect,
        "acted": opinion.acted,
        "findings": [
            (FINDINGS.get(name, name), *ANSWERS[finding])
            for name, finding in opinion.findings
            if finding is not Finding.NO
        ],
        "passages": _quotes(voice, opinion),
        "why": dict(opinion.why).get(frame.locale(), ""),
        "confidence": marks.percent(opinion.confidence),
        "model": opinion.model,
        "cost": cost(opinion.cost_minor),
        "seconds": seconds(opinion.latency_ms),
        "failure": FAILURES.get(opinion.error, opinion.error),
        "at": opinion.given_at or opinion.asked_at,
    }


def _quotes(voice: Voice, opinion: Opinion) -> list[str]:
    said = {
        "title": voice.title if voice.original_title is None else voice.original_title,
        "text": voice.text if voice.original_text is None else voice.original_text,
    }
    return [said[passage.field][passage.start : passage.end] for passage in opinion.passages]


def brief(opinion: Opinion | None) -> tuple[str | Promise, str] | None:
    """What an opinion suggests, as a badge of the queue: words and kind."""
    if opinion is None or opinion.state is not OpinionState.GIVEN or opinion.suggests is None:
        return None
    return (_("set aside: it speaks to a machine"), "caution") if opinion.suspect else SUGGESTS[opinion.suggests]


@require_GET
@requires(Permission.VOICES_VIEW)
def opinion_page(request: HttpRequest) -> HttpResponse:
    """GET: the model, its budget, what it took and whether people agreed, of the last thirty days."""
    at = now()
    since = at - timedelta(days=DAYS)
    sums = queries.opinion_sums(since=since)
    today = llm.today(at=at)
    context = {
        "heading": _("Second opinions"),
        "days": DAYS,
        "model": language_model(),
        "mode": MODES[queries.opinion_mode().value],
        "today": today,
        "spent": cost(today.spent_minor) if today else "",
        "cap": cost(today.cap_minor) if today else "",
        "used": round(1000 * today.share) if today else 0,
        "sums": sums,
        "figures": _figures(sums.given, sums.cost_minor, sums.latencies_ms),
        "agreements": [_agreement(row.suggests, row.agreed, row.decided) for row in sums.agreements],
        "usage": [_usage(row) for row in llm.usage(since=since)],
        "any": bool(sums.given or sums.failed or sums.waiting),
    }
    return frame.page(request, "studio/opinions.html", context, room="opinions")


def _figures(given: int, spent: Decimal, latencies: Sequence[int]) -> list[dict[str, str]]:
    made = [
        {"name": _("Opinions given"), "value": marks.number(given), "definition": _("Usable answers of the model.")},
        {
            "name": _("Cost"),
            "value": cost(spent),
            "definition": _("Tokens in and out at the prices that the settings name."),
        },
    ]
    if given:
        made.append(
            {
                "name": _("Cost of one"),
                "value": cost(spent / given),
                "definition": _("All that second opinions cost, failures too, over the opinions given."),
            }
        )
    if latencies:
        for share, name in ((0.5, _("Time, median")), (0.95, _("Time, 95th percentile"))):
            found = intervals.quantile(latencies, share)
            made.append(
                {
                    "name": name,
                    "value": seconds(found.value),
                    "low": seconds(found.low) if found.low == found.low else "",
                    "high": seconds(found.high) if found.high == found.high else "",
                    "definition": _("From the first attempt to the last byte of the answer."),
                }
            )
    return made


def _agreement(suggests: Outcome, agreed: int, decided: int) -> dict[str, Any]:
    found = intervals.wilson(agreed, decided)
    words, kind = SUGGESTS[suggests]
    return {
        "words": words,
        "kind": kind,
        "agreed": marks.number(agreed),
        "decided": marks.number(decided),
        "share": figures.share(found.value),
        "low": figures.share(found.low),
        "high": figures.share(found.high),
    }


def _usage(row: llm.Usage) -> dict[str, str]:
    names = {"second_opinion": _("Second opinions")}
    return {
        "purpose": names.get(row.purpose, row.purpose or _("another use")),
        "calls": marks.number(row.calls),
        "failed": marks.number(row.failed),
        "tokens": f"{marks.number(row.tokens_in)} / {marks.number(row.tokens_out)}",
        "cost": cost(row.cost_minor),
    }


@require_POST
@requires(Permission.VOICES_MODERATE)
def ask(request: HttpRequest, voice_id: int) -> HttpResponse:
    """POST: ask for an opinion on a held voice, or again after a failure. It comes within moments."""
    queries.voice(voice_id)
    back = reverse("studio:voice", args=[voice_id])
    if language_model() is None or queries.opinion_mode() is queries.OpinionMode.OFF:
        return frame.failed(request, _("no language model is set up"), back)
    actions.ask_again(voice_id=voice_id)
    return frame.done(request, _("Asked: the answer appears here within moments."), back)
