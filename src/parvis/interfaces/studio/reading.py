"""What readings look for: aspects and their words, kinds of product, readings made anew, and how they drift."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.domains.catalog import queries as catalog
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries, tasks
from parvis.domains.voices.contracts import AspectCue, AspectDefinition, DriftMeasure, RereadingState
from parvis.domains.voices.web import cue_lines, cues_from
from parvis.interfaces.studio import frame, problems
from parvis.interfaces.studio import reading_labels as words
from parvis.interfaces.studio.fields import StudioForm, offer

WEEK, MONTH = timedelta(days=7), timedelta(days=28)
TRY_MOST = 2000


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of product with their names in the reader's language."""
    from parvis.science.text import kind_names

    names = kind_names()
    return list(zip(names["kind"].to_list(), names[f"name_{frame.locale()}"].to_list(), strict=True))


class AspectForm(StudioForm):
    """An aspect: names, what to say for and against, where it is read, and words of the brand's own."""

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60)
    name_fr = forms.CharField(label=gettext_lazy("Name in French"), max_length=60)
    pro_en = forms.CharField(label=gettext_lazy("Said for it, in English"), max_length=80, required=False)
    pro_fr = forms.CharField(label=gettext_lazy("Said for it, in French"), max_length=80, required=False)
    con_en = forms.CharField(label=gettext_lazy("Said against it, in English"), max_length=80, required=False)
    con_fr = forms.CharField(label=gettext_lazy("Said against it, in French"), max_length=80, required=False)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Read in voices about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: about everything."),
    )
    cues_en = forms.CharField(
        label=gettext_lazy("Words of your own, in English"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "A line each: “+ soft|silky” is praise, “- itchy” blame, “lining” only names it. a|b is either word, "
            "[very] may be left out, (two words|one) is either run of words."
        ),
    )
    cues_fr = forms.CharField(
        label=gettext_lazy("Words of your own, in French"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )
    active = forms.BooleanField(label=gettext_lazy("Read this aspect"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kinds", kind_choices())

    def cues(self) -> tuple[AspectCue, ...]:
        """The brand's own words of both languages; errors are put where they belong."""
        found: tuple[AspectCue, ...] = ()
        for language in ("en", "fr"):
            try:
                found += cues_from(self.cleaned_data.get(f"cues_{language}", ""), language)
            except ParvisError as error:
                self.add_error(f"cues_{language}", problems.words(error))
        return found


@require_GET
@requires(Permission.VOICES_VIEW)
def reading(request: HttpRequest) -> HttpResponse:
    """GET: aspects, the pass over the readings, and a place to try a sentence (text, kind)."""
    current = queries.model_in_force()
    by_model = queries.readings_by_model()
    passes = queries.rereadings(limit=1)
    named = dict(kind_choices())
    context = {
        "heading": _("Reading"),
        "aspects": [(each, [named.get(kind, kind) for kind in each.kinds]) for each in queries.aspects()],
        "french": frame.locale() == "fr",
        "model": current,
        "stale": sum(count for model, count in by_model.items() if model not in (current, "")),
        "total": sum(by_model.values()),
        **_pass(passes[0] if passes else None),
        **_tried(request),
    }
    return frame.page(request, "studio/reading/reading.html", context, room="reading")


@require_GET
@requires(Permission.VOICES_VIEW)
def progress(request: HttpRequest) -> HttpResponse:
    """GET: how far the latest pass is, as a part of the page."""
    passes = queries.rereadings(limit=1)
    return frame.part(request, "studio/reading/pass.html", _pass(passes[0] if passes else None))


def _pass(run: Any) -> dict[str, Any]:
    moving = run is not None and run.state is RereadingState.RUNNING
    return {"run": run, "moving": moving, "share": round(100 * run.share) if run else 0}


def _tried(request: HttpRequest) -> dict[str, Any]:
    """What would be read in a sentence that somebody typed."""
    said = request.GET.get("text", "").replace("\0", "").strip()[:TRY_MOST]
    kind = request.GET.get("kind", "")
    context = {"said": said, "kind": kind, "kinds": [("", _("as the words say")), *kind_choices()]}
    if not said:
        return context
    spoken = queries.try_reading(said, kind=kind or None)
    names = queries.aspect_labels(frame.locale())
    return {
        **context,
        "heard": [
            (names.get(span.aspect, span.aspect), said[span.start : span.end], span.polarity) for span in spoken.aspects
        ],
        "stated": [
            (words.ATTRIBUTES.get(each.attribute, each.attribute), words.value(each)) for each in spoken.attributes
        ],
        "wanted": [words.INTENTS.get(each.intent, each.intent) for each in spoken.intents],
        "grounds": [
            (words.GROUNDS.get(each.ground, each.ground), said[each.start : each.end]) for each in spoken.grounds
        ],
        "tried": True,
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def aspect(request: HttpRequest, key: str) -> HttpResponse:
    """GET: an aspect. POST: keep it (do=restore: as shipped, or gone when it is the brand's own)."""
    known = queries.aspect(key)
    if request.method == "POST" and request.POST.get("do") == "restore":
        here = reverse("studio:reading")
        problem = frame.attempt(
            lambda: actions.restore_aspect(key=key, actor_id=frame.staff_of(request).account_id, at=now())
        )
        return frame.failed(request, problem, here) if problem else frame.done(request, _("Restored."), here)
    return _edit(request, known)


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def aspect_new(request: HttpRequest) -> HttpResponse:
    """GET, POST: an aspect of the brand's own."""
    return _edit(request, AspectDefinition(key="", name_en="", name_fr=""))


def _edit(request: HttpRequest, known: AspectDefinition) -> HttpResponse:
    initial = {name: getattr(known, name) for name in (*_TEXTS, "active")} | {
        "kinds": list(known.kinds),
        "cues_en": cue_lines(known.cues, "en"),
        "cues_fr": cue_lines(known.cues, "fr"),
    }
    form = AspectForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        cues = form.cues()
        if not form.errors:
            values = {name: form.cleaned_data[name].strip() for name in _TEXTS}
            wanted = replace(known, **values, kinds=tuple(form.cleaned_data["kinds"]), cues=cues)
            wanted = replace(wanted, active=form.cleaned_data["active"])
            actor = frame.staff_of(request).account_id
            problem = frame.attempt(lambda: actions.save_aspect(wanted, actor_id=actor, at=now()))
            if not problem:
                told = _("Kept. New voices are read with it at once; have the others read again when you are done.")
                return frame.done(request, told, reverse("studio:reading"))
            form.add_error(None, problem)
    heading = (known.name_fr if frame.locale() == "fr" else known.name_en) or _("New aspect")
    context = {"heading": heading, "form": form, "known": known}
    status = 422 if form.errors else 200
    return frame.page(request, "studio/reading/aspect.html", context, room="reading", status=status)


_TEXTS = ("name_en", "name_fr", "pro_en", "pro_fr", "con_en", "con_fr")


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def categories(request: HttpRequest) -> HttpResponse:
    """GET: the kind of product of each category. POST category, kind: change one."""
    if request.method == "POST":
        actor, here = frame.staff_of(request).account_id, reverse("studio:reading_categories")
        key, kind = request.POST.get("category", ""), request.POST.get("kind", "")
        problem = frame.attempt(
            lambda: actions.set_category_kind(category_key=key, kind=kind, actor_id=actor, at=now())
        )
        return frame.failed(request, problem, here) if problem else frame.done(request, _("Changed."), here)
    kinds = queries.category_kinds()
    context = {
        "heading": _("Kinds of product"),
        "rows": [(each, kinds.get(each.key, "")) for each in catalog.categories(frame.locale())],
        "kinds": [("", _("as the words say")), *kind_choices()],
    }
    return frame.page(request, "studio/reading/categories.html", context, room="reading")


@require_POST
@requires(Permission.SETTINGS_EDIT)
def again(request: HttpRequest) -> HttpResponse:
    """POST do=start|everything|stop: make readings anew."""
    actor, here, what = frame.staff_of(request).account_id, reverse("studio:reading"), request.POST.get("do", "")
    if what == "stop":
        running = [each for each in queries.rereadings(limit=1) if each.state is RereadingState.RUNNING]
        for each in running:
            frame.attempt(partial(actions.stop_rereading, rereading_id=each.id, actor_id=actor, at=now()))
        return frame.done(request, _("Stopped; what was read stays."), here)
    with transaction.atomic():
        run = actions.start_rereading(actor_id=actor, at=now(), everything=what == "everything")
        tasks.reread.defer(rereading_id=run.id)
    return frame.done(request, _("The readings are made anew in the background."), here)


@require_GET
@requires(Permission.VOICES_VIEW)
def drift(request: HttpRequest) -> HttpResponse:
    """GET: readings of the last week beside those of the four weeks before."""
    at = now()
    found = queries.drift(before=at - WEEK - MONTH, since=at - WEEK, until=at)
    names = queries.aspect_labels(frame.locale())
    rows = [(_measure_name(measure, names), measure) for measure in found.measures]
    rows.sort(key=lambda row: (not row[1].moved, -abs(row[1].now - row[1].before)))
    context = {"heading": _("How readings drift"), "drift": found, "rows": rows}
    return frame.page(request, "studio/reading/drift.html", context, room="reading")


def _measure_name(measure: DriftMeasure, names: Any) -> str:
    if measure.key.startswith("aspect:"):
        key = measure.key.removeprefix("aspect:")
        return _("speaks of: %(aspect)s") % {"aspect": names.get(key, key)}
    return str(words.DRIFT.get(measure.key, measure.key))
