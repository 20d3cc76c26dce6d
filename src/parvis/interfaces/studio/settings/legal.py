"""The legal texts: read, written anew, every version kept and readable where customers read it."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import LegalKind
from parvis.domains.people import actions as people_actions
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame
from parvis.interfaces.studio import settings as rooms
from parvis.interfaces.studio.fields import StudioForm

NAMES = {
    LegalKind.TERMS: gettext_lazy("Terms of sale"),
    LegalKind.WITHDRAWAL: gettext_lazy("Right of withdrawal"),
    LegalKind.NOTICE: gettext_lazy("Legal notice"),
    LegalKind.PRIVACY: gettext_lazy("Privacy of orders"),
}


class TextForm(StudioForm):
    """A text in both languages."""

    text_fr = forms.CharField(
        label=gettext_lazy("In French"), max_length=60_000, widget=forms.Textarea(attrs={"rows": 14, "lang": "fr"})
    )
    text_en = forms.CharField(
        label=gettext_lazy("In English"), max_length=60_000, widget=forms.Textarea(attrs={"rows": 14, "lang": "en"})
    )


@require_GET
@requires(Permission.SETTINGS_EDIT)
def legal(request: HttpRequest) -> HttpResponse:
    """GET: each text with the version in force, its form and its earlier versions."""
    return _show(request)


@require_POST
@requires(Permission.SETTINGS_EDIT)
def publish(request: HttpRequest, kind: str) -> HttpResponse:
    """POST text_fr, text_en: a new version, in force at once."""
    try:
        wanted = LegalKind(kind)
    except ValueError:
        raise Http404 from None
    form = TextForm(request.POST, prefix=wanted.value)
    if not form.is_valid():
        return _show(request, wrong=(wanted, form), status=422)
    staff, at, said = frame.staff_of(request), now(), form.cleaned_data
    problem = frame.attempt(
        lambda: actions.publish_legal(
            kind=wanted, text_en=said["text_en"], text_fr=said["text_fr"], actor_id=staff.account_id, at=at
        )
    )
    if problem:
        form.add_error(None, problem)
        return _show(request, wrong=(wanted, form), status=422)
    version = actions.legal_in_force(wanted, at=at).version
    people_actions.note(
        actor_id=staff.account_id,
        verb="legal.published",
        subject_kind="legal",
        subject_id=wanted.value,
        detail={"version": version},
        at=at,
    )
    return frame.done(request, _("Version %(number)d is in force.") % {"number": version}, reverse("studio:legal"))


def _show(request: HttpRequest, *, wrong: tuple[LegalKind, TextForm] | None = None, status: int = 200) -> HttpResponse:
    at = now()
    texts: list[dict[str, Any]] = []
    for kind, name in NAMES.items():
        current = actions.legal_in_force(kind, at=at)
        start = {"text_fr": current.text_fr, "text_en": current.text_en}
        form = wrong[1] if wrong is not None and wrong[0] is kind else TextForm(initial=start, prefix=kind.value)
        texts.append(
            {
                "kind": kind.value,
                "name": name,
                "current": current,
                "form": form,
                "open": wrong is not None and wrong[0] is kind,
                "versions": queries.legal_versions(kind)[:20],
            }
        )
    context = {"heading": _("Settings"), "texts": texts, "shop": f"/{frame.locale()}"}
    return rooms.page(request, "studio/settings/legal.html", context, tab="studio:legal", status=status)
