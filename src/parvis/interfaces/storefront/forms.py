"""Small forms of the shop's own pages; those of carts, cards and voices belong to their domains."""

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.interfaces.design.forms import DressedForm


class ReportForm(DressedForm):
    """Why a voice should be looked at again."""

    why = forms.CharField(
        label=_("What is wrong with it?"), max_length=1000, min_length=4, widget=forms.Textarea(attrs={"rows": 4})
    )


class DetailsForm(DressedForm):
    """Name and language of a customer."""

    name = forms.CharField(label=_("First and last name"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[("fr", "Français"), ("en", "English")])
