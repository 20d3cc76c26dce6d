"""What the owners arrange: the team, keys for programs, who is told what, and the trail of it all."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from parvis.domains.people.contracts import Permission
from parvis.interfaces.studio import frame

_TABS = (
    ("studio:settings", _("Brand"), Permission.SETTINGS_EDIT),
    ("studio:legal", _("Legal texts"), Permission.SETTINGS_EDIT),
    ("studio:team", _("Team"), Permission.STAFF_EDIT),
    ("studio:tokens", _("API tokens"), Permission.TOKENS_EDIT),
    ("studio:webhooks", _("Webhooks"), Permission.WEBHOOKS_EDIT),
    ("studio:audit", _("Trail"), Permission.SETTINGS_EDIT),
)


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """A page of the settings, under its tabs."""
    staff = frame.staff_of(request)
    tabs = [
        {"label": words, "url": reverse(name), "current": name == tab}
        for name, words, permission in _TABS
        if staff.may(permission)
    ]
    return frame.page(request, template, {"tabs": tabs, **context}, room="settings", status=status)
