"""The language of pages whose address does not carry it (kept with the account, and in a cookie for who has none),
making a passkey on the way to somewhere, and leaving."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LogoutView
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from parvis.domains.checkout.web import drop_cart
from parvis.domains.people import actions


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """POST language, next: keep the choice and go back."""
    locale = request.POST.get("language", "")
    if locale in ("fr", "en") and request.user.is_authenticated:
        actions.choose_language(account_id=int(request.user.pk), locale=locale)
    answer: HttpResponseBase = set_language(request)
    return answer


class SignOut(LogoutView):  # type: ignore[misc]  # the accounts library is untyped
    """Signing out also lets go of the cart: the next person at this machine must not find it."""

    def post(self, *args: object, **kwargs: object) -> HttpResponseBase:
        answer: HttpResponseBase = super().post(*args, **kwargs)
        drop_cart(answer)  # type: ignore[arg-type]  # the library says no more than a response
        return answer


class AddKey(AddWebAuthnView):  # type: ignore[misc]  # the accounts library is untyped
    """Making a key leads on to ``next``; past the codes that let its owner in without it, when it is the first one."""

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "next": get_next_redirect_url(self.request) or ""}

    def get_success_url(self) -> str:
        onward = get_next_redirect_url(self.request)
        if self.did_generate_recovery_codes and onward:
            return f"{reverse('mfa_view_recovery_codes')}?{urlencode({'next': onward})}"
        return onward or str(super().get_success_url())


class RecoveryCodes(ViewRecoveryCodesView):  # type: ignore[misc]  # the accounts library is untyped
    """The codes, and the way on for who came by making a passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "onward": get_next_redirect_url(self.request)}
