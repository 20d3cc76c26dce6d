"""The models that read voices, and teaching them how the brand's own customers give stars."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries, tasks
from parvis.domains.voices.contracts import StarModel, StarModelState
from parvis.interfaces.studio import frame
from parvis.interfaces.studio.learning import words

ROOM = "reading"


@require_GET
@requires(Permission.VOICES_VIEW)
def models(request: HttpRequest) -> HttpResponse:
    """GET: what the shipped models are measured at, and the lessons of the brand's own reviews."""
    past = queries.star_models(limit=10)
    names = people.names({each.asked_by for each in past if each.asked_by})
    context = {
        "heading": _("Models that read"),
        "in_force": queries.model_in_force(),
        "shipped": words.shipped(),
        "lessons": queries.lessons(),
        "counted": [(words.languages([code]), count) for code, count in queries.lessons().labels.items()],
        "adopted": _adopted(),
        "past": [(each, words.STATES[each.state], names.get(each.asked_by or 0, "")) for each in past],
        **_lesson(past[0] if past else None),
    }
    return frame.page(request, "studio/learning/models.html", context, room=ROOM)


@require_GET
@requires(Permission.VOICES_VIEW)
def progress(request: HttpRequest) -> HttpResponse:
    """GET: the latest lesson, as a part of the page."""
    past = queries.star_models(limit=1)
    return frame.part(request, "studio/learning/lesson.html", _lesson(past[0] if past else None))


@require_GET
@requires(Permission.VOICES_VIEW)
def card(request: HttpRequest, star_model_id: int) -> HttpResponse:
    """GET: the card of one lesson: what it learnt from, what the examination found, what it cannot do."""
    found = queries.star_model(star_model_id)
    context = {
        "heading": _("Stars taught by your reviews, no. %(number)s") % {"number": found.id},
        "model": found,
        "state": words.STATES[found.state],
        "trials": [words.trial(each) for each in found.trials],
        "counted": [(words.languages([code]), count) for code, count in found.labels.items()],
        "languages": words.languages(found.languages),
        "outdated": found.base != queries.shipped_model(),
        "can_adopt": _can_adopt(found),
    }
    return frame.page(request, "studio/learning/card.html", context, room=ROOM)


@require_POST
@requires(Permission.SETTINGS_EDIT)
def act(request: HttpRequest) -> HttpResponse:
    """POST do=learn, do=adopt with model, or do=shipped."""
    actor, at, what = frame.staff_of(request).account_id, now(), request.POST.get("do", "")
    here = reverse("studio:models")
    if what == "learn":
        problem = frame.attempt(lambda: _learn(actor, at))
        told = _("Learning in the background; it takes a minute or two.")
    elif what == "adopt" and request.POST.get("model", "").isdecimal():
        chosen = int(request.POST["model"][:18])
        problem = frame.attempt(lambda: actions.adopt_star_model(star_model_id=chosen, actor_id=actor, at=at))
        told = _("New voices are read with it at once. Have the earlier ones read again on the page Reading.")
    elif what == "shipped":
        problem = frame.attempt(lambda: actions.retire_star_model(actor_id=actor, at=at))
        told = _("New voices are read with the shipped models. Have the earlier ones read again on the page Reading.")
    else:
        return frame.failed(request, _("Choose what to do."), here)
    return frame.failed(request, problem, here) if problem else frame.done(request, told, here)


def _learn(actor_id: int, at: Any) -> None:
    with transaction.atomic():
        lesson = actions.ask_for_star_model(actor_id=actor_id, at=at)
        tasks.learn_stars.defer(star_model_id=lesson.id)


def _adopted() -> dict[str, Any] | None:
    found = queries.star_model_adopted()
    if found is None:
        return None
    outdated = found.base != queries.shipped_model()
    return {"model": found, "languages": words.languages(found.languages), "outdated": outdated}


def _lesson(latest: StarModel | None) -> dict[str, Any]:
    learning = latest is not None and latest.state is StarModelState.LEARNING
    examined = latest is not None and latest.state in {StarModelState.LEARNT, StarModelState.NO_BETTER}
    return {
        "latest": latest,
        "learning": learning,
        "examined": examined,
        "trials": [words.trial(each) for each in latest.trials] if latest is not None and examined else [],
        "can_adopt": latest is not None and _can_adopt(latest),
        "languages": words.languages(latest.languages) if latest is not None else "",
    }


def _can_adopt(found: StarModel) -> bool:
    ready = found.state in {StarModelState.LEARNT, StarModelState.RETIRED}
    return ready and bool(found.languages) and found.base == queries.shipped_model()
