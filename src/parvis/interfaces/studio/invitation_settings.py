"""When, how often and in which words customers are asked, with the mail as it will look in both languages."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from parvis.core.clock import now
from parvis.core.errors import Invalid
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Sort
from parvis.domains.messaging import actions as messaging
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import Purpose, Rendered
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import InvitationSettings
from parvis.interfaces.studio import frame, letters
from parvis.interfaces.studio.fields import StudioForm

_DELAY = "delay_of_"
_PLAIN = (
    "active",
    "delay_days",
    "reminder_days",
    "subject_en",
    "subject_fr",
    "opening_en",
    "opening_fr",
    "owners_active",
    "owners_after_hours",
    "owners_each",
)
_WORDS = gettext_lazy("{name} is the person’s first name, {product} the first product. Empty: our own words.")
_NAMES = {"en": "Emma", "fr": "Claire"}


def _number(label: Any, low: int, high: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        **more,
    )


class InvitationForm(StudioForm):
    """All settings of invitations; a field for each category that has products."""

    active = forms.BooleanField(label=gettext_lazy("Invite customers after delivery"), required=False)
    delay_days = _number(gettext_lazy("Days from delivery to the invitation"), 0, 120)
    reminder_days = _number(
        gettext_lazy("Days from the invitation to the one reminder"),
        0,
        60,
        help_text=gettext_lazy(
            "0: none. It comes at the hour at which the person ordered, on a weekend when the invitation came on a "
            "working day, and the other way round."
        ),
    )
    cap_messages = _number(gettext_lazy("At most so many such mails"), 1, 20)
    cap_days = _number(gettext_lazy("to one person in so many days"), 1, 90)
    owners_active = forms.BooleanField(
        label=gettext_lazy("Put questions without answer to owners of the product"), required=False
    )
    owners_after_hours = _number(gettext_lazy("Hours to wait for an answer first"), 1, 336)
    owners_each = _number(gettext_lazy("Owners asked, for each question"), 1, 10)
    subject_fr = forms.CharField(label=gettext_lazy("Subject in French"), max_length=150, required=False)
    opening_fr = forms.CharField(
        label=gettext_lazy("Opening in French"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_WORDS,
    )
    subject_en = forms.CharField(label=gettext_lazy("Subject in English"), max_length=150, required=False)
    opening_en = forms.CharField(
        label=gettext_lazy("Opening in English"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_WORDS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in catalog.categories(frame.locale()):
            if kind.product_count:
                field = _number(kind.name, 0, 120, required=False)
                field.widget.attrs["class"] = "input"
                self.fields[f"{_DELAY}{kind.key}"] = field

    def delays(self) -> Iterator[forms.BoundField]:
        """The fields of categories."""
        return (self[name] for name in self.fields if name.startswith(_DELAY))

    def wanted(self) -> InvitationSettings:
        """The settings that were typed."""
        given = self.cleaned_data
        delays = {
            name.removeprefix(_DELAY): days
            for name, days in given.items()
            if name.startswith(_DELAY) and days is not None
        }
        return InvitationSettings(**{name: given[name] for name in _PLAIN}, delays=delays)


def _start() -> dict[str, Any]:
    settings, limits = queries.invitation_settings(), mails.limits()
    return {
        **{name: getattr(settings, name) for name in _PLAIN},
        **{f"{_DELAY}{key}": days for key, days in settings.delays.items()},
        "cap_messages": limits.messages,
        "cap_days": limits.days,
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.INVITATIONS_EDIT)
def edit(request: HttpRequest) -> HttpResponse:
    """GET: the settings with the mail in both languages; POST: save them, or only look (``do=preview``)."""
    form = InvitationForm(request.POST or None, initial=_start())
    wanted = request.method == "POST" and request.POST.get("do") != "preview"
    if wanted and form.is_valid() and _save(request, form):
        return frame.done(request, _("Saved. Invitations planned already keep their day."), request.path)
    words = form.cleaned_data if form.is_bound and form.is_valid() else _start()
    context = {
        "heading": _("When and how to ask"),
        "form": form,
        "previews": [_preview_of(locale, words) for locale in ("fr", "en")],
        "unsaved": form.is_bound,
    }
    status = 422 if form.is_bound and form.errors else 200
    return frame.page(request, "studio/invitations/settings.html", context, room="invitations", status=status)


def _save(request: HttpRequest, form: InvitationForm) -> bool:
    at, actor = now(), frame.staff_of(request).account_id
    given = form.cleaned_data
    try:
        actions.set_invitations(wanted=form.wanted(), actor_id=actor, at=at)
        messaging.set_limits(messages=given["cap_messages"], days=given["cap_days"], actor_id=actor, at=at)
    except Invalid as error:
        form.add_error(None, str(error))
        return False
    return True


def _preview_of(locale: str, words: Mapping[str, Any]) -> dict[str, str]:
    """The mail in one language: subject and text here, HTML by an address of its own."""
    given = {name: str(words.get(name) or "") for name in (f"subject_{locale}", f"opening_{locale}")}
    made = _rendered(locale, given)
    query = urlencode({"locale": locale, **given})
    return {
        "locale": locale,
        "language": _("French") if locale == "fr" else _("English"),
        "subject": made.subject,
        "text": made.text,
        "url": f"{reverse('studio:invitation_preview')}?{query}",
    }


@require_GET
@letters.framed
@letters.harmless
@requires(Permission.INVITATIONS_EDIT)
def preview(request: HttpRequest) -> HttpResponse:
    """GET: the HTML of an invitation for a frame, with the words of the query."""
    locale = "fr" if request.GET.get("locale") == "fr" else "en"
    return letters.document(_rendered(locale, request.GET.dict()).html)


def _rendered(locale: str, words: Mapping[str, str]) -> Rendered:
    """An invitation as somebody would get it now, about two products of the shop."""
    found = catalog.search(sort=Sort.NEW, locale=locale, limit=2)
    products = list(found.items)
    names = (f"subject_{locale}", f"opening_{locale}")
    typed: dict[str, Any] = {name: words.get(name, "")[:1000] for name in names}
    settings = replace(InvitationSettings(), **typed)
    campaign = next((each for each in queries.campaigns() if each.active), None)
    context = actions.invitation_context(
        settings=settings,
        locale=locale,
        name=_NAMES[locale],
        products=products,
        questions=queries.open_questions([item.id for item in products], locale=locale),
        incentive=campaign.incentive if campaign else "",
        url="#",
        reminder=False,
    )
    return messaging.render(
        actions.INVITATION_MAIL, context, locale=locale, purpose=Purpose.OPINION, unsubscribe_url="#"
    )
