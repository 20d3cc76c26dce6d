"""What sign-up asks beyond address and password."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SignupExtra(forms.Form):
    """The name, shown on the person's own pages and proposed as signature of what they write."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Nothing more to do: the adapter has kept the name."""
