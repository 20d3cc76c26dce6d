"""After the order: parcels, returns, papers, and what the brand sets about sending and selling."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from parvis.domains.people.contracts import Permission
from parvis.interfaces.studio import frame

_TABS = (
    ("studio:orders", _("Orders"), Permission.ORDERS_VIEW),
    ("studio:returns", _("Returns"), Permission.ORDERS_VIEW),
    ("studio:shipping", _("Ways to ship"), Permission.SETTINGS_EDIT),
    ("studio:selling", _("Seller and returns policy"), Permission.SETTINGS_EDIT),
)


def tabs(request: HttpRequest, tab: str) -> list[dict[str, Any]]:
    """The tabs of the room of orders for who is here."""
    staff = frame.staff_of(request)
    return [
        {"label": words, "url": reverse(name), "current": name == tab}
        for name, words, permission in _TABS
        if staff.may(permission)
    ]


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """A page of the room of orders, under its tabs."""
    return frame.page(request, template, {"rooms": tabs(request, tab), **context}, room="orders", status=status)
