"""The tone of a language: what was measured, drawn, and what the brand decided."""

from dataclasses import fields
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.domains.copywriting import actions, queries
from parvis.domains.copywriting.contracts import Profile, Rules
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import charts, marks
from parvis.interfaces.studio import frame
from parvis.interfaces.studio.copywriting import words
from parvis.interfaces.studio.fields import StudioForm, offer

_SHARES = (
    ("exclamation", gettext_lazy("End with “!”")),
    ("question", gettext_lazy("Ask a question")),
    ("ellipsis", gettext_lazy("Trail off (…)")),
    ("we", gettext_lazy("Say “we”")),
    ("you", gettext_lazy("Address the reader")),
    ("tu", gettext_lazy("Say “tu”")),
    ("vous", gettext_lazy("Say “vous”")),
)
_OF_TEXTS = (("emoji", gettext_lazy("Hold an emoji")), ("capitals", gettext_lazy("Hold a word in capitals")))
LONGEST_FILE = 400_000  # bytes


class RulesForm(StudioForm):
    """What the brand decides."""

    address = forms.ChoiceField(label=gettext_lazy("Address people as"), required=False)
    exclamation = forms.BooleanField(label=gettext_lazy("Exclamation marks"), required=False)
    emoji = forms.BooleanField(label=gettext_lazy("Emoji"), required=False)
    sentence_words = forms.IntegerField(label=gettext_lazy("Words of a sentence"), min_value=4, max_value=40)
    title_chars = forms.IntegerField(label=gettext_lazy("Characters of a title"), min_value=15, max_value=120)
    short_words = forms.IntegerField(label=gettext_lazy("Words of a short description"), min_value=8, max_value=120)
    long_words = forms.IntegerField(label=gettext_lazy("Words of a description"), min_value=20, max_value=600)
    meta_chars = forms.IntegerField(
        label=gettext_lazy("Characters of the description for search engines"), min_value=60, max_value=320
    )
    pace = forms.IntegerField(
        label=gettext_lazy("Words spoken in a minute"),
        min_value=80,
        max_value=240,
        help_text=gettext_lazy(
            "For scripts. 150 in English and 160 in French are our assumption; time your own voice."
        ),
    )
    prefer = forms.CharField(
        label=gettext_lazy("Words we like, one a line"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    banned_words = forms.CharField(
        label=gettext_lazy("Words we never say, one a line"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    banned_claims = forms.CharField(
        label=gettext_lazy("Claims we never make, one a line"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [("tu", "tu"), ("vous", "vous")] if language == "fr" else [("you", "you")]
        offer(self, "address", [("", _("as measured")), *own, ("none", _("nobody is addressed"))])

    def rules(self) -> Rules:
        """The rules as they were typed."""
        said = self.cleaned_data
        lists = {
            name: tuple(
                dict.fromkeys(filter(None, (" ".join(line.split())[:120] for line in said[name].splitlines())))
            )[:200]
            for name in ("prefer", "banned_words", "banned_claims")
        }
        return Rules(**{each.name: lists.get(each.name, said[each.name]) for each in fields(Rules)})


@require_GET
@requires(Permission.COPY_VIEW)
def tone(request: HttpRequest, language: str) -> HttpResponse:
    """GET ?version= : the tone of a language."""
    profile = queries.profile(_known(language))
    said = request.GET.get("version", "")
    older = (
        queries.profile_version(language, int(said)) if said.isascii() and said.isdigit() and len(said) < 6 else None
    )
    return _show(request, older or profile, _form(profile), current=profile.version)


def _known(language: str) -> str:
    if language not in words.LANGUAGES:
        raise Http404
    return language


def _form(profile: Profile) -> RulesForm:
    rules = profile.rules
    initial = {each.name: getattr(rules, each.name) for each in fields(Rules)}
    for name in ("prefer", "banned_words", "banned_claims"):
        initial[name] = "\n".join(initial[name])
    return RulesForm(initial=initial, language=profile.language)


def _show(request: HttpRequest, profile: Profile, form: RulesForm, *, current: int, status: int = 200) -> HttpResponse:
    language = profile.language
    context = {
        "heading": _("Tone: %(language)s") % {"language": words.LANGUAGES[language]},
        "profile": profile,
        "current": current,
        "language": language,
        "others": [(code, label) for code, label in words.LANGUAGES.items() if code != language],
        "form": form,
        "drawn": _drawn(profile) if profile.measured else None,
        "versions": queries.profile_versions(language),
        "texts": queries.brand_texts(language),
    }
    return frame.page(request, "studio/copywriting/tone.html", context, room="copy", status=status)


def _drawn(profile: Profile) -> dict[str, Any]:
    figures = profile.measured["figures"]

    def rows(named: Any) -> list[charts.Row]:
        return [
            charts.Row(
                label=str(label), value=figures[key]["value"], low=figures[key]["low"], high=figures[key]["high"],
                note=_("%(count)s of %(of)s") % {"count": figures[key]["count"], "of": figures[key]["of"]},
            )
            for key, label in named
            if key in figures and figures[key]["value"] is not None
        ]  # fmt: skip

    def percent(value: float) -> str:
        return marks.percent(value, 0)

    lexicon = profile.measured.get("lexicon", [])[:12]
    lengths = profile.measured.get("lengths", [])
    return {
        "sentences": charts.interval_bars(
            rows(_SHARES), title=_("Of sentences, the share that …"), write=percent, top=1.0,
            note=_("Interval: Wilson, 95 %."),
        ),
        "texts": charts.interval_bars(
            rows(_OF_TEXTS), title=_("Of texts, the share that …"), write=percent, top=1.0,
            note=_("Interval: Wilson, 95 %."),
        ),
        "lengths": charts.histogram(_bins(lengths), title=_("Words of a sentence")) if lengths else "",
        "median": _median(figures["sentence_words"]),
        "text_median": _median(figures["text_words"]),
        "lexicon": charts.interval_bars(
            [
                charts.Row(label=each["word"], value=each["z"], note=_("said %(n)s times") % {"n": each["count"]})
                for each in lexicon
            ],
            title=_("Words the brand says more than reviews and than the language"),
            note=_("Bars: how sure it is (z of the log odds; from 1.96 on it is shown)."),
        )
        if lexicon
        else "",
        "examples": profile.measured.get("examples", []),
    }  # fmt: skip


def _bins(lengths: list[int]) -> list[charts.Bin]:
    top = max(20, *lengths)
    return [
        charts.Bin(low=low, high=low + 4, count=sum(low <= each < low + 4 for each in lengths))
        for low in range(0, min(top, 48) + 1, 4)
    ]


def _median(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return ""
    if figure["low"] is None or figure["high"] is None:
        return marks.number(figure["value"], 0)
    return _("%(value)s (between %(low)s and %(high)s)") % {
        name: marks.number(figure[name], 0) for name in ("value", "low", "high")
    }


@require_POST
@requires(Permission.COPY_EDIT)
def rules(request: HttpRequest, language: str) -> HttpResponse:
    """POST: decide the manner, on top of the version that was read."""
    profile = queries.profile(_known(language))
    form = RulesForm(request.POST, language=language)
    if not form.is_valid():
        return _show(request, profile, form, current=profile.version, status=422)
    staff = frame.staff_of(request)
    said = request.POST.get("base", "")
    base = int(said) if said.isascii() and said.isdigit() and len(said) < 8 else 0
    problem = frame.attempt(
        lambda: actions.set_rules(
            language=language, base=base, rules=form.rules(), actor_id=staff.account_id,
            actor_name=staff.name or staff.email, at=now(),
        )
    )  # fmt: skip
    if problem:
        form.add_error(None, problem)
        return _show(request, profile, form, current=profile.version, status=409)
    return frame.done(request, _("Saved. New drafts follow it."), _address(language))


@require_POST
@requires(Permission.COPY_EDIT)
def learn(request: HttpRequest, language: str) -> HttpResponse:
    """POST: measure the brand's texts anew."""
    staff = frame.staff_of(request)
    problem = frame.attempt(
        lambda: actions.learn(
            language=_known(language), actor_id=staff.account_id, actor_name=staff.name or staff.email, at=now()
        )
    )
    if problem:
        return frame.failed(request, problem, _address(language))
    return frame.done(request, _("The brand’s texts were measured."), _address(language))


@require_POST
@requires(Permission.COPY_EDIT)
def texts(request: HttpRequest, language: str) -> HttpResponse:
    """POST title, text or file (.txt, .md), or remove: texts of the brand to learn from."""
    _known(language)
    staff, here = frame.staff_of(request), f"{_address(language)}#texts"
    removed = request.POST.get("remove", "")
    if removed.isascii() and removed.isdigit() and len(removed) < 18:
        problem = frame.attempt(lambda: actions.remove_text(text_id=int(removed)))
        return frame.failed(request, problem, here) if problem else frame.done(request, _("Forgotten."), here)
    text, title = request.POST.get("text", ""), request.POST.get("title", "")
    given = request.FILES.get("file")
    if given is not None and not text.strip():
        if given.size is None or given.size > LONGEST_FILE or not str(given.name).lower().endswith((".txt", ".md")):
            return frame.failed(request, _("Give a text file (.txt or .md) of at most 400 KB."), here)
        try:
            text = given.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            return frame.failed(request, _("The file is not text in UTF-8."), here)
        title = title or str(given.name)
    problem = frame.attempt(
        lambda: actions.add_text(
            language=language, title=title, text=text, actor_id=staff.account_id,
            actor_name=staff.name or staff.email, at=now(),
        )
    )  # fmt: skip
    if problem:
        return frame.failed(request, problem, here)
    return frame.done(request, _("Kept. Measure again to learn from it."), here)


def _address(language: str) -> str:
    return reverse("studio:copy_tone", kwargs={"language": language})
