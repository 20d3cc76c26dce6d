"""What every page of the studio shares: its rooms, who is here, and how an action answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from parvis.core.errors import ParvisError
from parvis.domains.people.contracts import Permission, Staff
from parvis.domains.people.web import current_staff
from parvis.interfaces.studio import problems


class Group(StrEnum):
    """What rooms are for. The order is that of the navigation."""

    INSIGHT = "insight"
    VOICES = "voices"
    PROOF = "proof"
    SELLING = "selling"
    SETTINGS = "settings"


GROUPS: Mapping[Group, str | Promise] = {
    Group.INSIGHT: _("Insight"),
    Group.VOICES: _("Voices"),
    Group.PROOF: _("Proof"),
    Group.SELLING: _("Selling"),
    Group.SETTINGS: _("Set-up"),
}


@dataclass(frozen=True)
class Room:
    """An entry of the side navigation, shown in its group to those who hold its permission."""

    group: Group
    key: str
    name: str | Promise
    url: str
    icon: str
    permission: Permission


ROOMS = (
    Room(Group.INSIGHT, "overview", _("Overview"), "studio:overview", "chart", Permission.METRICS_VIEW),
    Room(Group.INSIGHT, "visibility", _("Visibility"), "studio:visibility", "globe", Permission.METRICS_VIEW),
    Room(Group.INSIGHT, "metrics", _("Definitions"), "studio:metrics", "question", Permission.METRICS_VIEW),
    Room(Group.VOICES, "moderation", _("Moderation"), "studio:moderation", "shield-check", Permission.VOICES_VIEW),
    Room(Group.VOICES, "opinions", _("Second opinions"), "studio:opinions", "question", Permission.VOICES_VIEW),
    Room(Group.VOICES, "reading", _("Reading"), "studio:reading", "eye", Permission.VOICES_VIEW),
    Room(Group.VOICES, "next_reviews", _("Next best reviews"), "studio:next_reviews", "quote", Permission.VOICES_VIEW),
    Room(Group.VOICES, "invitations", _("Invitations"), "studio:invitations", "star", Permission.VOICES_VIEW),
    Room(
        Group.VOICES, "conversations", _("Conversations"), "studio:conversations", "question", Permission.CUSTOMERS_VIEW
    ),
    Room(Group.PROOF, "proof", _("Proof on pages"), "studio:proof", "heart", Permission.VOICES_VIEW),
    Room(Group.PROOF, "faq", _("Frequent questions"), "studio:faq", "question", Permission.VOICES_VIEW),
    Room(Group.PROOF, "copy", pgettext_lazy("texts", "Copy"), "studio:copy", "edit", Permission.COPY_VIEW),
    Room(Group.SELLING, "products", _("Products"), "studio:products", "tag", Permission.CATALOG_VIEW),
    Room(Group.SELLING, "orders", _("Orders"), "studio:orders", "box", Permission.ORDERS_VIEW),
    Room(Group.SELLING, "agents", _("Agents"), "studio:agents", "globe", Permission.AGENTS_VIEW),
    Room(Group.SELLING, "offers", _("Offers"), "studio:offers", "gift", Permission.OFFERS_EDIT),
    Room(Group.SELLING, "payments", _("Payments"), "studio:payments", "lock", Permission.ORDERS_VIEW),
    Room(Group.SELLING, "customers", _("Customers"), "studio:customers", "user", Permission.CUSTOMERS_VIEW),
    Room(Group.SELLING, "mail", _("Mail"), "studio:mail", "mail", Permission.CUSTOMERS_VIEW),
    Room(Group.SETTINGS, "imports", _("Imports"), "studio:imports", "upload", Permission.IMPORTS_RUN),
    Room(Group.SETTINGS, "settings", _("Settings"), "studio:settings", "settings", Permission.SETTINGS_EDIT),
)


@dataclass(frozen=True)
class Shelf:
    """A group with the rooms of it that somebody may open; ``current`` when the page is in one of them."""

    name: str | Promise
    rooms: tuple[Room, ...]
    current: bool


def shelves(staff: Staff, room: str) -> list[Shelf]:
    """The navigation of somebody who is in ``room``; groups without a room for them are absent."""
    mine = [entry for entry in ROOMS if staff.may(entry.permission)]
    found = []
    for group, name in GROUPS.items():
        rooms = tuple(entry for entry in mine if entry.group is group)
        if rooms:
            found.append(Shelf(name=name, rooms=rooms, current=any(entry.key == room for entry in rooms)))
    return found


def staff_of(request: HttpRequest) -> Staff:
    """Who is here. Pages are behind ``requires``: there is always somebody."""
    staff = current_staff(request)
    if staff is None:
        raise RuntimeError("a page of the studio was opened without its guard")
    return staff


def locale() -> str:
    """The language of the page: "fr" or "en"."""
    return "fr" if (get_language() or "").startswith("fr") else "en"


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, room: str, status: int = 200
) -> HttpResponse:
    """Render a page in its frame; ``room`` is the key of the room it belongs to."""
    staff = staff_of(request)
    may = {permission.name.lower(): True for permission in staff.permissions}
    frame = {"shelves": shelves(staff, room), "room": room, "staff": staff, "may": may}
    return render(request, template, {**frame, **context}, status=status)


def part(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a part of a page, for htmx."""
    staff = staff_of(request)
    may = {permission.name.lower(): True for permission in staff.permissions}
    return render(request, template, {"staff": staff, "may": may, **context}, status=status)


def attempt(act: Callable[[], Any]) -> str:
    """Run an action; the empty string when it worked, else what went wrong in the reader's language."""
    try:
        act()
    except ParvisError as error:
        if error.status >= 500:
            raise
        return problems.words(error)
    return ""


def done(request: HttpRequest, words: str, to: str) -> HttpResponse:
    """Say that it worked and lead on (a reload repeats nothing)."""
    messages.success(request, words)
    return redirect(to)


def failed(request: HttpRequest, words: str, to: str) -> HttpResponse:
    """Say why it did not and lead back, for buttons that carry nothing to keep."""
    messages.error(request, gettext("Not done: %(why)s") % {"why": words})
    return redirect(to)


def pages(request: HttpRequest, following: str | None, *, paged: bool) -> dict[str, str]:
    """Addresses of the first and of the next page of a list that is walked by cursor, for `studio/older.html`."""
    params = request.GET.copy()
    params.pop("cursor", None)
    first = f"?{params.urlencode()}" if paged else ""
    if following is None:
        return {"to_first": first, "to_next": ""}
    params["cursor"] = following
    return {"to_first": first, "to_next": f"?{params.urlencode()}"}


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Where the form said it came from, when that is a page of ours."""
    wanted = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/studio/") else otherwise
