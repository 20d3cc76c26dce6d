"""Permission is asked at the door."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext

from parvis.core.clock import now
from parvis.domains.people import actions, queries
from parvis.domains.people.contracts import Customer, Permission, Staff

_UNREAD = object()
View = Callable[..., HttpResponseBase]


def current_staff(request: HttpRequest) -> Staff | None:
    """The active member of staff who is signed in, or None. Read once a request."""
    known: Any = getattr(request, "_parvis_staff", _UNREAD)
    if known is _UNREAD:
        account_id = _account_id(request)
        known = queries.staff(account_id) if account_id is not None else None
        request._parvis_staff = known  # type: ignore[attr-defined]  # kept on the request, read by getattr
    found: Staff | None = known
    return found


def current_customer(request: HttpRequest) -> Customer | None:
    """The customer who is signed in, or None. Read once a request.

    An account whose address is confirmed gets its customer, with everything bought as a guest, the first time it is
    asked for; an account that has confirmed nothing has none, so that nobody takes another's orders.
    """
    known: Any = getattr(request, "_parvis_customer", _UNREAD)
    if known is _UNREAD:
        account_id = _account_id(request)
        known = None
        if account_id is not None:
            known = queries.customer_of_account(account_id) or _adopt(request, account_id)
        request._parvis_customer = known  # type: ignore[attr-defined]  # kept on the request, read by getattr
    found: Customer | None = known
    return found


def requires(permission: Permission, *, password_again: bool = False) -> Callable[[View], View]:
    """A page of the studio that asks for ``permission``.

    Nobody signed in: the sign-in page, and back. A second factor required and absent: the page that sets it up.
    Permission missing: a 403 page that says which. Otherwise the view runs, with ``request.staff`` set.
    ``password_again`` asks for the password (or the second factor) unless that was done in the last five minutes, then
    carries out what was asked: a screen left open gives nobody a key or a role.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            staff = current_staff(request)
            if staff is None or not staff.may(permission):
                return refuse(request, permission)
            if staff.two_factor_due:
                messages.warning(request, gettext("Your role asks for a second factor: set one up, then come back."))
                return _elsewhere(request, resolve_url("mfa_index"))
            if password_again and request.method == "POST" and not did_recently_reauthenticate(request):
                raise ReauthenticationRequired
            request.staff = staff  # type: ignore[attr-defined]  # kept on the request, read by getattr
            answer = view(request, *args, **kwargs)
            # After signing out on a shared machine nothing of it can be called back.
            answer.headers.setdefault("Cache-Control", "private, no-store")
            return answer

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the test of the doors
        return guarded

    return decorate


def refuse(request: HttpRequest, permission: Permission) -> HttpResponse:
    """The 403 page: what was asked for, and who can grant it."""
    context = {"permission": permission, "staff": current_staff(request)}
    return render(request, "accounts/forbidden.html", context, status=403)


def _to_login(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path()
    if getattr(request, "htmx", False):
        back = request.headers.get("HX-Current-URL-Path") or request.META.get("HTTP_REFERER") or "/studio/"
    answer = redirect_to_login(back, resolve_url(settings.LOGIN_URL))
    return _elsewhere(request, answer["Location"])


def _elsewhere(request: HttpRequest, address: str) -> HttpResponse:
    """Lead the whole page there, also when only a part of it was asked for."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _account_id(request: HttpRequest) -> int | None:
    user = getattr(request, "user", None)
    return int(user.pk) if user is not None and user.is_authenticated else None


def _adopt(request: HttpRequest, account_id: int) -> Customer | None:
    account: Any = request.user
    confirmed = EmailAddress.objects.filter(user_id=account_id, email=account.email, verified=True).exists()
    if not confirmed or current_staff(request) is not None:
        return None
    known = queries.customer_by_email(account.email)
    if known is not None and known.account_id is not None:
        return None
    return actions.ensure_customer(
        email=account.email, name=account.name, locale=account.locale, account_id=account_id, at=now()
    )
