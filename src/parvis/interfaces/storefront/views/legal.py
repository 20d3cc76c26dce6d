"""Consent, privacy, and what is real in the demonstration."""

import secrets
from collections.abc import Mapping

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from parvis.connectors.demo.here import here
from parvis.core.clock import now
from parvis.domains.analytics import actions as analytics
from parvis.domains.analytics.contracts import CONSENT_COOKIE, VISITOR_COOKIE
from parvis.domains.people import actions
from parvis.domains.people.contracts import Purpose
from parvis.domains.people.web import current_customer
from parvis.domains.voices import queries as voices
from parvis.interfaces.storefront import structured
from parvis.interfaces.storefront.pages import page

KEPT = 180 * 24 * 3600  # asked again after six months, as the French regulator advises


@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Yes or no to being recognised from one day to the next; both are one click, and both are remembered."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(target) if ours else redirect("storefront:home")
    keep_consents(request, response, {Purpose.ANALYTICS: request.POST.get("answer") == "yes"}, source="banner")
    return response


def keep_consents(
    request: HttpRequest, response: HttpResponse, granted: Mapping[Purpose, bool], *, source: str
) -> None:
    """Write the answers down, and tell the browser. A refusal leaves nothing in the browser but the refusal."""
    customer = current_customer(request)
    visitor = request.COOKIES.get(VISITOR_COOKIE, "")
    if granted.get(Purpose.ANALYTICS) and not visitor:
        visitor = secrets.token_urlsafe(16)
        response.set_cookie(
            VISITOR_COOKIE, visitor, max_age=395 * 24 * 3600, httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    if granted.get(Purpose.ANALYTICS) is False:
        response.delete_cookie(VISITOR_COOKIE, samesite="Lax")
        if visitor:
            analytics.forget_visitors([visitor], at=now())
    words = ".".join(purpose.value for purpose, yes in granted.items() if yes) or "none"
    response.set_cookie(CONSENT_COOKIE, words, max_age=KEPT, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    for purpose, yes in granted.items():
        if customer is not None or visitor:
            actions.record_consent(
                purpose=purpose,
                granted=yes,
                source=source,
                at=now(),
                customer_id=customer.id if customer else None,
                visitor=None if customer else visitor,
            )


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of visitors, why, and for how long."""
    advised = settings.LANGUAGE_MODEL is not None and voices.opinion_mode() is not voices.OpinionMode.OFF
    context = {
        "cookie": request.COOKIES.get(CONSENT_COOKIE, ""),
        "advised": advised,
        "structured": structured.told(gettext("Privacy and cookies")),
    }
    return page(request, "storefront/privacy.html", context)


@require_safe
def about_the_demo(request: HttpRequest) -> HttpResponse:
    """What is real in this demonstration and what is simulated; a shop that is none has no such page."""
    if not here():
        raise Http404
    told = structured.told(gettext("What is real, what is simulated"), kind="AboutPage")
    return page(request, "storefront/about_the_demo.html", {"structured": told})
