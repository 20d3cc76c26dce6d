"""Small forms of the shop's own pages; those of carts, cards and voices belong to their domains."""

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.interfaces.design.forms import DressedForm


class DetailsForm(DressedForm):
    """Name and language of a customer."""

    name = forms.CharField(label=_("First and last name"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[("fr", "Français"), ("en", "English")])
