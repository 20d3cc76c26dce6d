"""What the team may tell of agents."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from parvis.connectors.agents import rendering
from parvis.domains.people.actions.agents import LONGEST_SECRET, MOST_BURST, MOST_PER_MINUTE, SHORTEST_SECRET
from parvis.interfaces.studio.fields import StudioForm, offer


class AgentForm(StudioForm):
    """A new agent."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Who runs it, such as “Shopping Pal”."))
    profile_url = forms.URLField(
        label=_("Address of its profile"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput,
        help_text=_("For agents that sign what they send (UCP). Others get a key."),
    )


class StopForm(StudioForm):
    """Why an agent, or all of them, are stopped."""

    reason = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("For the team; nobody outside is told."), strip=True
    )


class AllowanceForm(StudioForm):
    """How much an agent may ask."""

    burst = forms.IntegerField(label=_("Requests at once"), min_value=1, max_value=MOST_BURST)
    per_minute = forms.IntegerField(label=_("Requests a minute"), min_value=1, max_value=MOST_PER_MINUTE)


class KeyForm(StudioForm):
    """A key for an agent."""

    name = forms.CharField(label=_("What it is for"), max_length=80, required=False)
    days = forms.TypedChoiceField(
        label=_("Ends"),
        coerce=int,
        initial="365",
        choices=[("90", _("after 90 days")), ("365", _("after a year")), ("0", _("never"))],
    )


class SigningForm(StudioForm):
    """The secret with which an agent signs its requests."""

    secret = forms.CharField(
        label=_("Shared secret"),
        min_length=SHORTEST_SECRET,
        max_length=LONGEST_SECRET,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("The one the agent has given you; empty: one is made for you, shown once."),
    )


class FeedForm(StudioForm):
    """A feed of a platform, to which the products are pushed."""

    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput,
        help_text=_("The root of the platform’s product API, such as https://platform.example/v1."),
    )
    token = forms.CharField(
        label=_("Token"),
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("The one the platform has issued. It is kept sealed and shown to nobody."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    country = forms.RegexField(
        label=_("Country"),
        regex="^[A-Z]{2}$",
        required=False,
        help_text=_("Two capital letters, such as FR; empty: no particular one."),
    )


class EndpointForm(StudioForm):
    """Where an agent is told of its orders."""

    protocol = forms.ChoiceField(label=_("Protocol"))
    url = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https", widget=forms.URLInput)
    secret = forms.CharField(
        label=_("Shared secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("The one the agent has given you; empty: one is made for you, shown once."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "protocol", [(name, name.upper()) for name in rendering.protocols()])
