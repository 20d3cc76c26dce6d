"""The language of pages whose address does not carry it (kept with the account, and in a cookie for who has none), and
leaving."""

from allauth.account.views import LogoutView
from django.http import HttpRequest, HttpResponseBase
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
