"""How often one address may try the doors of accounts; shared by all processes, unlike the library's own counters."""

import hashlib
import math
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from parvis.core import limits
from parvis.core.clock import now
from parvis.core.limits import Allowance, TooMany
from parvis.domains.people.web.address import client_address

_PREFIX = "/accounts/"
SIGN_IN = Allowance(name="accounts.sign_in", burst=20, per_minute=10)
MAIL = Allowance(name="accounts.mail", burst=8, per_minute=2)  # what sends a message to somebody
OTHER = Allowance(name="accounts.other", burst=40, per_minute=20)
# From however many addresses: a password of one account, and the six digits of its second factor, which are few.
PASSWORD = Allowance(name="accounts.password", burst=60, per_minute=4)
CODE = Allowance(name="accounts.code", burst=10, per_minute=0.5)
_BY_PATH = {
    "login/": SIGN_IN,
    "2fa/authenticate/": SIGN_IN,
    "2fa/reauthenticate/": SIGN_IN,
    "reauthenticate/": SIGN_IN,
    "signup/": MAIL,
    "password/reset/": MAIL,
    "email/": MAIL,
}


class AccountsMiddleware:
    """Limits what is posted to the accounts pages, and speaks the account's language where no address says which."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith((_PREFIX, "/studio/")):
            _speak(request)
        if request.method == "POST" and request.path.startswith(_PREFIX):
            try:
                _spend(request)
            except TooMany as error:
                return too_many(request, error.params["retry_after"])
        return self.get_response(request)


def _spend(request: HttpRequest) -> None:
    place, at = request.path.removeprefix(_PREFIX), now()
    limits.spend(_BY_PATH.get(place, OTHER), caller=client_address(request), at=at)
    if place == "login/" and (email := attempted_email(request)):
        limits.spend(PASSWORD, caller=hashlib.sha256(email.encode()).hexdigest()[:32], at=at)
    if place in {"2fa/authenticate/", "2fa/reauthenticate/"} and (account := _account_at_code(request)):
        limits.spend(CODE, caller=account, at=at)


def _account_at_code(request: HttpRequest) -> str:
    """Whose second factor is asked: who is signed in, or who has given the password and not yet the code."""
    if request.user.is_authenticated:
        return str(request.user.pk)
    return str((request.session.get("account_login") or {}).get("user_pk") or "")


def _speak(request: HttpRequest) -> None:
    """The account's language; for who is not signed in, the one they chose, or that of the page they came from."""
    locale = None
    if request.user.is_authenticated:
        locale = getattr(request.user, "locale", None)
    elif settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        locale = translation.get_language_from_path(request.GET.get("next", "") or request.POST.get("next", ""))
    if locale:
        translation.activate(locale)
        request.LANGUAGE_CODE = translation.get_language()


def too_many(request: HttpRequest, retry_after: int) -> HttpResponse:
    """The 429 page."""
    answer = render(request, "accounts/too_many.html", {"minutes": max(1, math.ceil(retry_after / 60))}, status=429)
    answer["Retry-After"] = str(retry_after)
    return answer


# -- the lockout after wrong passwords (django-axes) ----------------------------------------------------------


def locked_out(request: HttpRequest, credentials: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """The page shown while an address is locked out of an account."""
    return too_many(request, 15 * 60)


def attempted_email(request: HttpRequest | None, credentials: Any = None) -> str:
    """Which account a sign-in tries, whatever its capitals."""
    named = (credentials or {}).get("email") or (credentials or {}).get("username")
    if not named and request is not None:
        named = request.POST.get("login")
    return str(named or "").strip().lower()[:254]
