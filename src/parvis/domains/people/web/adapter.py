"""Where the accounts library meets our tables and manners."""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, override

from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.domains.people import actions, queries
from parvis.domains.people.contracts import EvidenceKind
from parvis.domains.people.web.access import current_staff
from parvis.domains.people.web.address import client_address


class Site(NamedTuple):
    """What the library's letters call a site."""

    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the accounts library is untyped
    """Names and language at sign-up, the customer once the address is confirmed, the right page after sign-in."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.name = str(form.cleaned_data.get("name", "")).strip()[:120]
        user.locale = "fr" if (get_language() or "").startswith("fr") else "en"
        return super().save_user(request, user, form, commit)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        confirmed = bool(super().confirm_email(request, email_address))
        if confirmed:
            _follow(email_address.user, email_address.email)
        return confirmed

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if current_staff(request) is not None:
            return _address("studio:overview", "/studio/")
        with override(getattr(request.user, "locale", None) or get_language()):
            return _address("storefront:account", "/")

    get_signup_redirect_url = get_login_redirect_url

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "unknown"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the one who reads it, under the brand's name."""
        locale = getattr(context.get("user"), "locale", None) or get_language()
        site = Site(name=settings.BRAND, domain=urlsplit(settings.PUBLIC_URL).netloc)
        context = {**context, "current_site": site}
        with override(locale):
            super().send_mail(template_prefix, email, context)

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.BRAND}: {subject}"


def _address(name: str, otherwise: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return otherwise


def _follow(account: Any, email: str) -> None:
    """A confirmed address makes its owner a customer, or moves the customer they are to it."""
    if queries.staff(account.pk) is not None:
        return
    mine = queries.customer_of_account(account.pk)
    try:
        if mine is None:
            actions.ensure_customer(
                email=email, name=account.name, locale=account.locale, account_id=account.pk, at=now()
            )
        elif mine.email != email.lower():
            actions.update_profile(customer_id=mine.id, email=email, at=now())
    except ParvisError:
        # Another customer holds the address: they stay two, and a person can sort it out.
        other = queries.customer_by_email(email)
        if mine is not None and other is not None:
            actions.note_likeness(
                first_id=mine.id, second_id=other.id, kind=EvidenceKind.CONFIRMED, detail=email, at=now()
            )
