"""Rights of photos and videos: what is recorded, where each may be shown today, and recording more."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.domains.evidence import actions, queries
from parvis.domains.evidence.contracts import Basis, Channel
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame, proof
from parvis.interfaces.studio.fields import StudioForm

CHANNELS = {
    Channel.SITE: gettext_lazy("our own pages"),
    Channel.WIDGET: gettext_lazy("widgets on other sites"),
    Channel.MAIL: gettext_lazy("newsletters"),
    Channel.SOCIAL: gettext_lazy("social networks"),
    Channel.ADS: gettext_lazy("advertising"),
}
BASES = {
    Basis.CONSENT: gettext_lazy("the author agreed"),
    Basis.LICENCE: gettext_lazy("licence"),
    Basis.CONTRACT: gettext_lazy("contract"),
}


class RightForm(StudioForm):
    """Leave, or its refusal, for the photos and the video of a review."""

    voice = forms.IntegerField(label=gettext_lazy("Number of the review"), min_value=1)
    refused = forms.BooleanField(label=gettext_lazy("The author does not want it shown"), required=False)
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Where"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(key.value, words) for key, words in CHANNELS.items()],
    )
    basis = forms.ChoiceField(
        label=gettext_lazy("It rests on"), choices=[(key.value, words) for key, words in BASES.items()]
    )
    holder = forms.CharField(label=gettext_lazy("Given by"), max_length=120, required=False)
    territories = forms.CharField(
        label=gettext_lazy("Countries"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Two letters each, such as FR BE. Empty: everywhere."),
    )
    until = forms.DateField(
        label=gettext_lazy("Until and including"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(label=gettext_lazy("Where the proof of it is kept"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("refused") and not said.get("channels"):
            self.add_error("channels", _("Say where it may be shown."))
        if said.get("basis") != Basis.CONSENT and not said.get("holder") and not said.get("refused"):
            self.add_error("holder", _("A licence or contract names who gave it."))
        codes = said.get("territories", "").replace(",", " ").split()
        if any(len(code) != 2 or not code.isascii() or not code.isalpha() for code in codes):
            self.add_error("territories", _("Write countries as two letters."))
        said["territories"] = codes
        return said


@require_GET
@requires(Permission.VOICES_VIEW)
def rights(request: HttpRequest) -> HttpResponse:
    """GET: reviews with photos or a video, and what may be done with them."""
    return _show(request, RightForm(initial={"voice": request.GET.get("voice", "")}))


@require_POST
@requires(Permission.PROOF_EDIT)
def grant(request: HttpRequest) -> HttpResponse:
    """POST: record a right or a refusal."""
    form = RightForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    said = form.cleaned_data
    problem = frame.attempt(
        lambda: actions.grant_right(
            voice_id=said["voice"],
            channels=[Channel(each) for each in said["channels"]],
            basis=Basis(said["basis"]),
            holder=said["holder"],
            territories=said["territories"],
            until=said["until"],
            note=said["note"],
            refused=said["refused"],
            actor_id=frame.staff_of(request).account_id,
            at=now(),
        )
    )
    if problem:
        form.add_error("voice", problem)
        return _show(request, form, status=422)
    return frame.done(request, _("Recorded."), reverse("studio:rights"))


@require_POST
@requires(Permission.PROOF_EDIT)
def end(request: HttpRequest, right_id: int) -> HttpResponse:
    """POST: a right or refusal ends now."""
    here, who = reverse("studio:rights"), frame.staff_of(request).account_id
    problem = frame.attempt(lambda: actions.end_right(right_id=right_id, actor_id=who, at=now()))
    return frame.failed(request, problem, here) if problem else frame.done(request, _("Ended."), here)


def _show(request: HttpRequest, form: RightForm, *, status: int = 200) -> HttpResponse:
    rows = [
        {
            "voice": each.voice,
            "thumbs": [shot.thumb_url for shot in each.voice.media[:3]],
            "poster": each.voice.video.thumb_url if each.voice.video and each.voice.video.thumb_url else "",
            "cleared": [CHANNELS[channel] for channel in each.cleared],
            "rights": [
                {
                    "right": right,
                    "where": [CHANNELS[channel] for channel in right.channels],
                    "basis": BASES[right.basis],
                }
                for right in each.rights
            ],
        }
        for each in queries.media_rights(at=now())
    ]
    context = {"rows": rows, "form": form}
    return proof.page(request, "studio/proof/rights.html", context, tab="studio:rights", status=status)
