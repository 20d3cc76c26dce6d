"""Webhooks out: which addresses are told of what, and how the telling goes."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.connectors.webhooks import actions, queries
from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.people import actions as people_actions
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame
from parvis.interfaces.studio import settings as rooms
from parvis.interfaces.studio.fields import StudioForm, offer


class EndpointForm(StudioForm):
    """An address that wants to know."""

    url = forms.URLField(label=gettext_lazy("Address"), max_length=500, assume_scheme="https", widget=forms.URLInput)
    description = forms.CharField(label=gettext_lazy("What it is for"), max_length=200, required=False)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Tell it of"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: of everything."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kinds", [(kind, kind) for kind in queries.kinds()])


@require_GET
@requires(Permission.WEBHOOKS_EDIT)
def webhooks(request: HttpRequest) -> HttpResponse:
    """GET: all endpoints."""
    return _show(request)


@require_POST
@requires(Permission.WEBHOOKS_EDIT, password_again=True)
def create(request: HttpRequest) -> HttpResponse:
    """POST: a new endpoint; the answer is the only page that ever shows its signing secret."""
    form = EndpointForm(request.POST)
    if not form.is_valid():
        return _show(request, form=form, status=422)
    said = form.cleaned_data
    made: list[tuple[int, str]] = []
    problem = frame.attempt(
        lambda: made.append(
            actions.create_endpoint(
                url=said["url"],
                kinds=said["kinds"],
                description=said["description"],
                known_kinds=queries.kinds(),
                actor_id=frame.staff_of(request).account_id,
                at=now(),
            )
        )
    )
    if problem:
        form.add_error("url", problem)
        return _show(request, form=form, status=422)
    _note(request, "webhook.created", made[0][0], url=said["url"])
    answer = _show(request, secret=made[0][1], made=said["url"])
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@requires(Permission.WEBHOOKS_EDIT)
def change(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """POST do=on|off|delete."""
    what, here = request.POST.get("do", ""), reverse("studio:webhooks")
    acts = {
        "on": ("webhook.switched_on", lambda: actions.set_active(endpoint_id=endpoint_id, active=True)),
        "off": ("webhook.switched_off", lambda: actions.set_active(endpoint_id=endpoint_id, active=False)),
        "delete": ("webhook.deleted", lambda: actions.delete_endpoint(endpoint_id=endpoint_id)),
    }
    if what not in acts:
        return frame.failed(request, _("nothing was chosen"), here)
    verb, act = acts[what]
    problem = frame.attempt(act)
    if problem:
        return frame.failed(request, problem, here)
    _note(request, verb, endpoint_id)
    return frame.done(request, _("Changed."), here)


@require_GET
@requires(Permission.WEBHOOKS_EDIT)
def messages(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """GET: the latest messages of an endpoint."""
    endpoint = next((one for one in queries.endpoints() if one.id == endpoint_id), None)
    if endpoint is None:
        raise NotFound(kind="endpoint", key=endpoint_id)
    context = {
        "heading": _("Settings"),
        "endpoint": endpoint,
        "sent": queries.messages(endpoint_id=endpoint_id, limit=50),
    }
    return rooms.page(request, "studio/settings/webhook_messages.html", context, tab="studio:webhooks")


@require_POST
@requires(Permission.WEBHOOKS_EDIT)
def resend(request: HttpRequest, endpoint_id: int, message_id: int) -> HttpResponse:
    """POST: try a message again."""
    here = reverse("studio:webhook_messages", args=[endpoint_id])
    problem = frame.attempt(lambda: actions.resend(message_id=message_id, at=now()))
    return frame.failed(request, problem, here) if problem else frame.done(request, _("It will be sent again."), here)


def _note(request: HttpRequest, verb: str, endpoint_id: int, **detail: str) -> None:
    people_actions.note(
        actor_id=frame.staff_of(request).account_id,
        verb=verb,
        subject_kind="webhook",
        subject_id=endpoint_id,
        detail=detail,
        at=now(),
    )


def _show(
    request: HttpRequest, *, form: EndpointForm | None = None, secret: str = "", made: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "heading": _("Settings"),
        "endpoints": queries.endpoints(),
        "form": form or EndpointForm(),
        "secret": secret,
        "made": made,
    }
    return rooms.page(request, "studio/settings/webhooks.html", context, tab="studio:webhooks", status=status)
