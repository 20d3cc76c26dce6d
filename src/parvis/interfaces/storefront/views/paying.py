"""The provider's own element or page: a wallet, or all of the payment where no card number may be typed here."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from parvis.core import limits
from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.core.limits import Allowance
from parvis.domains.analytics.web import visit_of
from parvis.domains.checkout import actions, ports
from parvis.domains.checkout.contracts import Order, SeenFrom
from parvis.domains.checkout.web import CardForm, explain
from parvis.domains.people.web.address import client_address
from parvis.interfaces.storefront import basket
from parvis.interfaces.storefront.reader import locale

# Each opening is a call to the provider.
OPENINGS = Allowance(name="checkout.element", burst=20, per_minute=6)


def seen_from(request: HttpRequest, *, at: datetime) -> SeenFrom:
    """Where an attempt to pay comes from, for the guard against tried-out cards."""
    return SeenFrom(address=client_address(request), visit=visit_of(request, at=at) or "")


def in_browser(request: HttpRequest, order: Order, card: CardForm, *, return_url: str) -> dict[str, Any]:
    """The context of the payment page: ``wallet`` when the provider has a page to go to, ``element`` (its settings)
    when its element takes the payment in ours."""
    browser = ports.in_browser()
    if browser is None:
        return {}
    if browser.takes_cards:
        return {"wallet": True}
    customer = basket.owner(request)
    mine = customer is not None and customer.id == order.customer_id
    keep = mine and request.GET.get("keep") == "1"
    try:
        limits.spend(OPENINGS, caller=order.token, at=now())
        opened = actions.open_payment(
            order_token=order.token,
            customer_id=customer.id if customer else None,
            save=keep,
            return_url=return_url,
            at=now(),
        )
    except ParvisError as error:
        return {"element_problem": explain(error)}
    if opened is None:
        return {}
    kit = browser.browser_kit(opened, return_url=return_url, locale=locale())
    return {"element": dict(kit.config), "element_script": kit.script, "may_keep": mine, "keep": keep}


def allow(response: HttpResponse) -> HttpResponse:
    """Let the page reach what the provider's element needs, and no other page."""
    browser = ports.in_browser()
    if browser is not None and browser.page_sources:
        response._csp_update = {  # type: ignore[attr-defined]  # django-csp reads it
            name: list(sources) for name, sources in browser.page_sources.items()
        }
    return response


@never_cache
@require_POST
def wallet(request: HttpRequest, token: str) -> HttpResponse:
    """POST: go to the provider's own page and pay there; the shopper comes back to the payment page."""
    browser, at = ports.in_browser(), now()
    here = reverse("storefront:pay", kwargs={"token": token})
    back = str(request.build_absolute_uri(f"{here}?back=1"))
    if browser is None:
        return redirect(here)
    try:
        limits.spend(OPENINGS, caller=token, at=at)
        opened = actions.open_payment(order_token=token, return_url=back, at=at)
    except ParvisError as error:
        if error.status == 404:
            raise
        messages.error(request, explain(error))
        return redirect(here)
    kit = browser.browser_kit(opened, return_url=back, locale=locale()) if opened is not None else None
    return redirect(kit.page if kit is not None and kit.page else here)
