"""Proof on pages: how its order does, widgets for other sites, newsletters, and the rights of photos and videos."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from parvis.interfaces.studio import frame

_TABS = (
    ("studio:proof", _("Order of quotes")),
    ("studio:widgets", _("Widgets")),
    ("studio:newsletter", _("Newsletter")),
    ("studio:rights", _("Photos and videos")),
)


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """A page about proof, under its tabs."""
    tabs = [{"label": words, "url": reverse(name), "current": name == tab} for name, words in _TABS]
    heading = {"heading": _("Proof on pages"), "tabs": tabs}
    return frame.page(request, template, {**heading, **context}, room="proof", status=status)
