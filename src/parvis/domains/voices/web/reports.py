"""The form of a report: the same page for a plain report, a seller's doubt and a notice of unlawful content."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parvis.domains.voices import queries
from parvis.domains.voices.contracts import Reason
from parvis.domains.voices.web.words import reason_label


class ReportForm(forms.Form):
    """Why a voice should be looked at again, by whom. ``locale``: the language of the grounds' words."""

    role = forms.ChoiceField(
        label=_("You are"),
        initial="visitor",
        widget=forms.RadioSelect,
        choices=[
            ("visitor", _("a visitor: something breaks the rules")),
            ("seller", _("the maker or a seller of the product: I doubt that this is genuine")),
            ("notice", _("giving notice that this is against the law (Digital Services Act)")),
        ],
    )
    ground = forms.ChoiceField(label=_("On which ground?"))
    why = forms.CharField(
        label=_("What is wrong with it?"),
        help_text=_("Say what a person who does not know the case needs to know: 10 characters at least."),
        min_length=10,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    name = forms.CharField(label=_("Your name"), max_length=120, required=False)
    email = forms.EmailField(label=_("Your e-mail"), max_length=254, required=False)
    good_faith = forms.BooleanField(
        label=_("I believe in good faith that what I say here is accurate and complete."), required=False
    )

    def __init__(self, *args: Any, locale: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = queries.policy().grounds
        first = (Reason.NOT_GENUINE, Reason.TOXIC)
        order = [*first, *(reason for reason in grounds if reason not in first)]
        choices = [(reason.value, reason_label(reason)) for reason in order if reason in grounds]
        self.fields["ground"] = forms.ChoiceField(label=_("On which ground?"), choices=choices)
        for field in self.fields.values():
            if getattr(field.widget, "input_type", "") not in ("checkbox", "radio"):
                field.widget.attrs.setdefault("class", "input")

    def clean_ground(self) -> Reason:
        return Reason(self.cleaned_data["ground"])

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        needed = {"notice": ("name", "email", "good_faith"), "seller": ("name", "email")}
        for name in needed.get(said.get("role", ""), ()):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, gettext("This is needed here."))
        return said
