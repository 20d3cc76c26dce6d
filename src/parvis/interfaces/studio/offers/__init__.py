"""What the brand takes off, gift cards, and taxes."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.interfaces.studio import frame

_TABS = (
    ("studio:offers", gettext_lazy("Promotions")),
    ("studio:gift_cards", gettext_lazy("Gift cards")),
    ("studio:taxes", gettext_lazy("Taxes")),
)


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """A page of the offers, under its tabs."""
    tabs = [{"label": words, "url": reverse(name), "current": name == tab} for name, words in _TABS]
    around = {"heading": _("Offers"), "tabs": tabs, "tabs_label": _("Offers")}
    return frame.page(request, template, {**around, **context}, room="offers", status=status)
