"""API tokens: made with the scopes they need, shown once, revoked at once."""

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.domains.people import actions, queries
from parvis.domains.people.contracts import Permission, Scope
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame, labels
from parvis.interfaces.studio import settings as rooms
from parvis.interfaces.studio.fields import StudioForm


class TokenForm(StudioForm):
    """What a program may do, and until when."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Which program uses it, such as “Warehouse”.")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Allowed to"),
        choices=[(scope.value, words) for scope, words in labels.SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Ends"),
        coerce=int,
        initial="365",
        choices=[
            ("90", gettext_lazy("after 90 days")),
            ("365", gettext_lazy("after a year")),
            ("0", gettext_lazy("never")),
        ],
    )


@require_GET
@requires(Permission.TOKENS_EDIT)
def tokens(request: HttpRequest) -> HttpResponse:
    """GET: all tokens, none of their secrets."""
    return _show(request)


@require_POST
@requires(Permission.TOKENS_EDIT, password_again=True)
def issue(request: HttpRequest) -> HttpResponse:
    """POST: make a token; the answer is the only page that ever shows its secret."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _show(request, form=form, status=422)
    said, at = form.cleaned_data, now()
    token, secret = actions.issue_token(
        name=said["name"],
        scopes=[Scope(scope) for scope in said["scopes"]],
        account_id=frame.staff_of(request).account_id,
        expires_at=at + timedelta(days=said["days"]) if said["days"] else None,
        at=at,
    )
    answer = _show(request, secret=secret, made=token.name)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@requires(Permission.TOKENS_EDIT)
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """POST: the token stops working now."""
    staff = frame.staff_of(request)
    actions.revoke_token(token_id=token_id, actor_id=staff.account_id, at=now())
    return frame.done(request, _("Revoked: it works no more."), reverse("studio:tokens"))


def _show(
    request: HttpRequest, *, form: TokenForm | None = None, secret: str = "", made: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "heading": _("Settings"),
        "tokens": queries.tokens(),
        "now": now(),
        "form": form or TokenForm(),
        "secret": secret,
        "made": made,
    }
    return rooms.page(request, "studio/settings/tokens.html", context, tab="studio:tokens", status=status)
