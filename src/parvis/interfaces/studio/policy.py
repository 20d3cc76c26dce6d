"""The rules of moderation: read, changed, tried on last month's voices before they are saved; every version of them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from parvis.core.clock import now
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import Outcome, PolicyVersion, Reason, RedecidingState
from parvis.domains.voices.queries import OpinionMode, Policy, TwoPeople
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame, labels
from parvis.interfaces.studio.fields import StudioForm

DAYS = 30
_NUMBERS = ("hold_toxicity", "refuse_toxicity", "hold_spam", "refuse_spam")
_SWITCHES = (
    "machine_publishes",
    "machine_refuses",
    "hold_links",
    "hold_personal_data",
    "hold_duplicates",
    "hold_photos",
    "hold_bursts",
    "hold_interest",
)
_PLAIN = ("promise_hours", "appeal_days", "burst_authors", "burst_hours", "interest_from")
NAMES: Mapping[str, Any] = {
    "hold_toxicity": gettext_lazy("Offence: a person looks from"),
    "refuse_toxicity": gettext_lazy("Offence: refused from"),
    "hold_spam": gettext_lazy("Advertising: a person looks from"),
    "refuse_spam": gettext_lazy("Advertising: refused from"),
    "by_language": gettext_lazy("Limits of a language"),
    "machine_publishes": gettext_lazy("The machine publishes what is sound"),
    "machine_refuses": gettext_lazy("The machine refuses what is plain"),
    "hold_links": gettext_lazy("Links wait for a person"),
    "hold_personal_data": gettext_lazy("Personal data waits for a person"),
    "hold_duplicates": gettext_lazy("The same words as another wait for a person"),
    "hold_photos": gettext_lazy("Photos wait for a person"),
    "hold_bursts": gettext_lazy("Nearly the same words from several people wait for a person"),
    "burst_authors": gettext_lazy("Several people: at least"),
    "burst_hours": gettext_lazy("Within, in hours"),
    "hold_interest": gettext_lazy("A probable, undisclosed interest waits for a person"),
    "interest_from": gettext_lazy("Interest: a person looks from"),
    "second_opinions": gettext_lazy("Opinions of a language model"),
    "watched_words": gettext_lazy("Words that wait for a person"),
    "tolerated_error": gettext_lazy("Tolerated error"),
    "sampled_share": gettext_lazy("Share checked by chance"),
    "two_people": gettext_lazy("Two people"),
    "promise_hours": gettext_lazy("Promised time"),
    "appeal_days": gettext_lazy("Time to contest"),
    "grounds": gettext_lazy("Words of the grounds"),
}


class PolicyForm(StudioForm):
    """The rules that a brand changes; what it leaves alone stays as it was."""

    machine_publishes = forms.BooleanField(label=NAMES["machine_publishes"], required=False)
    machine_refuses = forms.BooleanField(label=NAMES["machine_refuses"], required=False)
    hold_toxicity = forms.FloatField(label=NAMES["hold_toxicity"], min_value=0, max_value=1)
    refuse_toxicity = forms.FloatField(label=NAMES["refuse_toxicity"], min_value=0, max_value=1)
    hold_spam = forms.FloatField(label=NAMES["hold_spam"], min_value=0, max_value=1)
    refuse_spam = forms.FloatField(label=NAMES["refuse_spam"], min_value=0, max_value=1)
    by_language = forms.CharField(
        label=NAMES["by_language"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "One a line, in place of the limits above: language, look from, refuse from (fr 0.2 0.9)."
        ),
    )
    tolerated_error = forms.FloatField(
        label=gettext_lazy("Tolerated error of what the machine decides alone, in %"), min_value=0.1, max_value=20
    )
    sampled_share = forms.FloatField(
        label=gettext_lazy("Voices drawn by chance for a person’s check, in %"), min_value=0, max_value=100
    )
    hold_links = forms.BooleanField(label=NAMES["hold_links"], required=False)
    hold_personal_data = forms.BooleanField(label=NAMES["hold_personal_data"], required=False)
    hold_duplicates = forms.BooleanField(label=NAMES["hold_duplicates"], required=False)
    hold_photos = forms.BooleanField(label=NAMES["hold_photos"], required=False)
    hold_bursts = forms.BooleanField(label=NAMES["hold_bursts"], required=False)
    burst_authors = forms.IntegerField(label=NAMES["burst_authors"], min_value=2, max_value=10)
    burst_hours = forms.IntegerField(label=NAMES["burst_hours"], min_value=1, max_value=168)
    hold_interest = forms.BooleanField(label=NAMES["hold_interest"], required=False)
    interest_from = forms.FloatField(label=NAMES["interest_from"], min_value=0.05, max_value=1)
    watched_words = forms.CharField(
        label=NAMES["watched_words"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Words or phrases, one a line; case and accents do not count."),
    )
    two_people = forms.ChoiceField(
        label=NAMES["two_people"],
        choices=[
            (TwoPeople.NOTHING.value, gettext_lazy("one person is enough")),
            (TwoPeople.REFUSALS.value, gettext_lazy("two people to refuse or withdraw")),
            (TwoPeople.EVERYTHING.value, gettext_lazy("two people for every decision of a person")),
        ],
    )
    second_opinions = forms.ChoiceField(
        label=NAMES["second_opinions"],
        choices=[
            (OpinionMode.OFF.value, gettext_lazy("nobody is asked")),
            (OpinionMode.ADVISE.value, gettext_lazy("advise people")),
            (OpinionMode.RELEASE.value, gettext_lazy("also publish what the machine leaned to publish")),
        ],
    )
    promise_hours = forms.IntegerField(
        label=gettext_lazy("A decision is promised within, in hours"), min_value=1, max_value=720
    )
    appeal_days = forms.IntegerField(
        label=gettext_lazy("Authors may contest for, in days"), min_value=183, max_value=3650
    )
    note = forms.CharField(label=gettext_lazy("Why this change"), max_length=500, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy
        for reason in policy.grounds:
            for locale, words in (("fr", _("in French")), ("en", _("in English"))):
                label = f"{str(labels.REASONS[reason]).capitalize()}, {words}"
                widget = forms.Textarea(attrs={"rows": 2, "lang": locale, "class": "input"})
                self.fields[f"ground_{reason.value}_{locale}"] = forms.CharField(
                    label=label, max_length=500, widget=widget
                )
        for name in (*_NUMBERS, "interest_from"):
            self.fields[name].widget.attrs.update({"step": "0.01"})
        for name in ("tolerated_error", "sampled_share"):
            self.fields[name].widget.attrs.update({"step": "0.1"})

    @property
    def grounds(self) -> list[Any]:
        """The fields of the grounds' words."""
        return [self[name] for name in self.fields if name.startswith("ground_")]

    @staticmethod
    def start(policy: Policy, version: int) -> dict[str, Any]:
        """What the form shows of a policy."""
        start: dict[str, Any] = {name: getattr(policy, name) for name in (*_NUMBERS, *_SWITCHES)}
        start |= {name: getattr(policy, name) for name in _PLAIN}
        start |= {name: round(getattr(policy, name) * 100, 3) for name in ("tolerated_error", "sampled_share")}
        start["two_people"] = policy.two_people.value
        start["second_opinions"] = policy.second_opinions.value
        start["watched_words"] = "\n".join(policy.watched_words)
        lines = (f"{language} {hold:.6g} {refuse:.6g}" for language, (hold, refuse) in policy.by_language.items())
        start["by_language"] = "\n".join(lines)
        for reason, words in policy.grounds.items():
            start |= {f"ground_{reason.value}_{locale}": words[locale] for locale in ("fr", "en")}
        return start | {"seen": version}

    def clean_by_language(self) -> dict[str, tuple[float, float]]:
        found = {}
        for line in self.cleaned_data["by_language"].splitlines():
            parts = line.replace(",", ".").split()
            try:
                language, hold, refuse = parts
                found[language] = (float(hold), float(refuse))
            except ValueError:
                if parts:
                    raise forms.ValidationError(
                        _("%(line)s: write a language and two numbers.") % {"line": line}
                    ) from None
        return found

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for low, high in (("hold_toxicity", "refuse_toxicity"), ("hold_spam", "refuse_spam")):
            if said.get(low) is not None and said.get(high) is not None and said[low] > said[high]:
                self.add_error(low, _("A person cannot look later than the machine refuses."))
        for hold, refuse in said.get("by_language", {}).values():
            if not 0 <= hold <= refuse <= 1:
                self.add_error("by_language", _("Limits go from 0 to 1, the second not below the first."))
        return said

    def data_of_policy(self) -> dict[str, Any]:
        """The policy as plain data, what the form does not show taken from the one it started from."""
        said = self.cleaned_data
        changes: dict[str, Any] = {name: said[name] for name in (*_NUMBERS, *_SWITCHES)}
        changes |= {name: said[name] for name in (*_PLAIN, "by_language", "two_people", "second_opinions")}
        changes |= {name: said[name] / 100 for name in ("tolerated_error", "sampled_share")}
        changes["watched_words"] = [word.strip() for word in said["watched_words"].splitlines() if word.strip()]
        changes["grounds"] = {
            reason.value: {locale: said[f"ground_{reason.value}_{locale}"].strip() for locale in ("fr", "en")}
            for reason in self.policy.grounds
        }
        return changes


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def policy(request: HttpRequest) -> HttpResponse:
    """GET ?language=&hold=&refuse=: the rules. POST do=try: what they would have changed last month; do=save: a new
    version."""
    at = now()
    _id, current = actions.policy_in_force(at=at)
    version = queries.policy_version()
    if request.method != "POST":
        start = PolicyForm.start(_suggested(request, current), version.version)
        return _show(request, PolicyForm(initial=start, policy=current), current, version)
    form = PolicyForm(request.POST, policy=current)
    if not form.is_valid():
        return _show(request, form, current, version, status=422)
    made: list[Policy] = []
    problem = frame.attempt(lambda: made.append(queries.policy_with(form.data_of_policy())))
    if problem:
        return _show(request, form, current, version, problem=problem, status=422)
    if request.POST.get("do") == "try":
        return _show(request, form, current, version, tried=_tried(made[0], at))
    staff = frame.staff_of(request)
    said = form.cleaned_data
    problem = frame.attempt(
        lambda: actions.save_policy(
            policy=made[0], note=said["note"], seen=said["seen"], actor_id=staff.account_id, at=at
        )
    )
    if problem:
        return _show(request, form, current, version, problem=problem, status=409)
    words = _("Saved: the rules hold from the next voice on. The public page tells of them already.")
    left = _left(queries.policy_version())
    return frame.done(request, words, reverse("studio:waiting" if left else "studio:policy"))


def _left(version: PolicyVersion) -> int:
    """Voices left to people under earlier versions, as long as no pass under this one has been over them."""
    latest = next(iter(queries.redecidings(limit=1)), None)
    if latest is not None and latest.version == version.version and latest.state is RedecidingState.DONE:
        return 0
    return queries.waiting_count(decided_before=version.at)


def _suggested(request: HttpRequest, current: Policy) -> Policy:
    """The policy with the limits that the page on quality proposes, not saved yet."""
    pairs = {}
    for part in request.GET.getlist("limits"):
        language, _colon, numbers = part.partition(":")
        hold, _colon, refuse = numbers.partition(":")
        try:
            pairs[language] = [float(hold), float(refuse)]
        except ValueError:
            continue
    known = {language: list(pair) for language, pair in current.by_language.items()}
    found: list[Policy] = [current]
    frame.attempt(lambda: found.append(queries.policy_with({"by_language": known | pairs})))
    return found[-1]


def _tried(policy: Policy, at: Any) -> dict[str, Any]:
    """A replay in words."""
    found = queries.replay(policy, at=at, days=DAYS)
    voices = queries.voices([each.voice_id for each in found.moved])
    outcomes = (Outcome.PUBLISH, Outcome.HOLD, Outcome.REFUSE)
    alone = {after: 1 - found.share(Outcome.HOLD, after=after) for after in (False, True)}
    return {
        "found": found,
        "rows": [
            (
                labels.OUTCOMES[outcome][0],
                marks.percent(found.share(outcome, after=False), 1),
                marks.percent(found.share(outcome, after=True), 1),
            )
            for outcome in outcomes
        ],
        "alone": (marks.percent(alone[False], 1), marks.percent(alone[True], 1)),
        "changed": sum(count for (before, after), count in found.counts.items() if before is not after),
        "moved": [
            {
                "voice": voices.get(each.voice_id),
                "before": labels.OUTCOMES[each.before][0],
                "after": labels.OUTCOMES[each.after][0],
                "reason": labels.REASONS[each.reason],
                "person": labels.OUTCOMES[each.person][0] if each.person else "",
            }
            for each in found.moved
        ],
    }


def _show(
    request: HttpRequest,
    form: PolicyForm,
    current: Policy,
    version: Any,
    *,
    tried: dict[str, Any] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    versions = queries.policy_versions(limit=20)
    names = people.names({row.author_id for row in versions if row.author_id})
    context = {
        "heading": _("Rules of moderation"),
        "form": form,
        "version": version,
        "tried": tried,
        "problem": problem,
        "days": DAYS,
        "versions": [
            {
                "version": row.version,
                "at": row.at,
                "who": names.get(row.author_id or 0, ""),
                "note": row.note,
                "changed": ", ".join(str(NAMES.get(name, name)) for name in row.changed),
            }
            for row in versions
        ],
        "watched": Reason.WATCHED_WORDS,
        "left": _left(version),
    }
    return frame.page(request, "studio/policy.html", context, room="moderation", status=status)
