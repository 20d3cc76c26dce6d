"""The team: who is in it, in which role, and who must have a second factor."""

from typing import Any

from allauth.account.forms import ResetPasswordForm
from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.domains.people import actions, queries
from parvis.domains.people.contracts import Permission, Role, Staff
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame, labels
from parvis.interfaces.studio import settings as rooms
from parvis.interfaces.studio.fields import StudioForm

_ROLES = [(role.value, words) for role, (words, _more) in labels.ROLES.items()]


class InviteForm(StudioForm):
    """Somebody new on the team."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=_ROLES, initial=Role.VIEWER.value)
    locale = forms.ChoiceField(label=gettext_lazy("Language"), choices=[("fr", "Français"), ("en", "English")])


class PolicyForm(StudioForm):
    """The roles that must have a second factor."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), choices=_ROLES, required=False, widget=forms.CheckboxSelectMultiple
    )


@require_GET
@requires(Permission.STAFF_EDIT)
def team(request: HttpRequest) -> HttpResponse:
    """GET: everybody, the invitation, the policy."""
    return _show(request)


@require_POST
@requires(Permission.STAFF_EDIT, password_again=True)
def invite(request: HttpRequest) -> HttpResponse:
    """POST: add somebody; they choose their password by a link that is mailed to them."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _show(request, form=form, status=422)
    said = form.cleaned_data
    made: list[Staff] = []
    problem = frame.attempt(
        lambda: made.append(
            actions.create_staff(
                email=said["email"],
                name=said["name"],
                role=Role(said["role"]),
                locale=said["locale"],
                actor_id=frame.staff_of(request).account_id,
                at=now(),
            )
        )
    )
    if problem:
        form.add_error(None, problem)
        return _show(request, form=form, status=409)
    _send_link(request, made[0].email)
    words = _("%(email)s is on the team; a link to choose a password is on its way.") % {"email": made[0].email}
    return frame.done(request, words, reverse("studio:team"))


def _send_link(request: HttpRequest, email: str) -> None:
    form = ResetPasswordForm({"email": email})
    if form.is_valid():
        form.save(request)


@require_POST
@requires(Permission.STAFF_EDIT, password_again=True)
def change(request: HttpRequest, account_id: int) -> HttpResponse:
    """POST role=… or active=yes|no or link=1: change one member."""
    here, data = reverse("studio:team"), request.POST
    common: dict[str, Any] = {"account_id": account_id, "actor_id": frame.staff_of(request).account_id, "at": now()}
    if data.get("link"):
        person = next((one for one in queries.all_staff() if one.account_id == account_id), None)
        if person is not None:
            _send_link(request, person.email)
        return frame.done(request, _("A link to choose a new password is on its way."), here)
    if "active" in data:
        act = actions.reactivate_staff if data["active"] == "yes" else actions.deactivate_staff
        problem = frame.attempt(lambda: act(**common))
    elif data.get("role") in set(Role):
        problem = frame.attempt(lambda: actions.set_role(role=Role(data["role"]), **common))
    else:
        problem = _("nothing was chosen")
    if problem:
        return frame.failed(request, problem, here)
    return frame.done(request, _("Changed; it counts from the next page they open."), here)


@require_POST
@requires(Permission.STAFF_EDIT, password_again=True)
def policy(request: HttpRequest) -> HttpResponse:
    """POST roles: who must have a second factor."""
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return _show(request, status=422)
    roles = [Role(role) for role in form.cleaned_data["roles"]]
    actions.require_two_factor(roles=roles, actor_id=frame.staff_of(request).account_id, at=now())
    words = _("Saved. Who lacks a second factor is led to set it up at the next page.")
    return frame.done(request, words, reverse("studio:team"))


def _show(request: HttpRequest, *, form: InviteForm | None = None, status: int = 200) -> HttpResponse:
    due = queries.two_factor_roles()
    context = {
        "heading": _("Settings"),
        "people": queries.all_staff(),
        "roles": _ROLES,
        "explained": [
            (words, more, [labels.PERMISSIONS[held] for held in _held(role)])
            for role, (words, more) in labels.ROLES.items()
        ],
        "form": form or InviteForm(initial={"locale": frame.locale()}),
        "due": due,
        "policy": [(role.value, words, role in due) for role, (words, _more) in labels.ROLES.items()],
    }
    return rooms.page(request, "studio/settings/team.html", context, tab="studio:team", status=status)


def _held(role: Role) -> list[Permission]:
    from parvis.domains.people.rules import permissions_of

    held = permissions_of(role)
    return [permission for permission in Permission if permission in held]
