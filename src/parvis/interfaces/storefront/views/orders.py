"""The page of one order: its token is the key, so keep the link to yourself. Made to be printed."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Order, OrderLine, OrderState
from parvis.domains.checkout.ports import PaymentUnavailable
from parvis.domains.checkout.rules.orders import BOUGHT, REVIVABLE
from parvis.domains.checkout.web import explain, trail_words
from parvis.interfaces.design.shapes import Happening
from parvis.interfaces.storefront import words
from parvis.interfaces.storefront.holding import hold_of
from parvis.interfaces.storefront.pages import page
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.storefront.views.after import after_of


@never_cache
@require_safe
@queries.steady()
def order(request: HttpRequest, token: str) -> HttpResponse:
    """What was bought, what happened to it, and what can be done now."""
    found = queries.order_by_token(token)
    if found.state is OrderState.AWAITING_PAYMENT and found.payment is not None:
        # The bank may have answered since: ask it rather than leave the shopper in doubt.
        try:
            actions.settle(order_token=token, at=now())
        except PaymentUnavailable:
            pass
        else:
            found = queries.order_by_token(token)
    items = catalog.products({line.product_id for line in found.lines}, locale=locale())
    methods = {method.key: method for method in queries.shipping_methods()}
    method = methods.get(found.shipping_method)
    bought = found.state in BOUGHT
    lines = [
        {
            "line": line,
            "product": items.get(line.product_id),
            "review_url": _review_url(items[line.product_id].slug, token)
            if bought and line.product_id in items and _had(found, line)
            else "",
        }
        for line in found.lines
    ]
    context: dict[str, Any] = {
        "order": found,
        "lines": lines,
        "state": words.order_state(found.state),
        "happenings": happenings(found),
        "method": method.name(locale()) if method else found.shipping_method,
        "bought": bought,
        "void": found.state is OrderState.CANCELLED and found.paid_at is None,
        "paying": found.state is OrderState.AWAITING_PAYMENT and _under_way(found),
        "ahead": actions.open_ahead(found),
        "passkey": _passkey_offered(request) if bought else "",
        "hold": hold_of(found, at=now()),
        "again": found.state is OrderState.CANCELLED and found.cancel_reason in REVIVABLE,
        "fresh": request.GET.get("new") == "1",
        "simulated": bool(found.provenance),
        **after_of(found),
    }
    return page(request, "storefront/order.html", context)


def _passkey_offered(request: HttpRequest) -> str:
    """How a passkey is offered for the next purchase: to a "guest" with an account, to an "account" that has none."""
    if not request.user.is_authenticated:
        return "guest"
    kept = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN)
    return "" if kept.exists() else "account"


def _under_way(found: Order) -> bool:
    return found.payment is not None and found.payment.authorised_minor > 0


def _had(found: Order, line: OrderLine) -> bool:
    """Whether there is something to say of a line: not of what was given back whole or is only promised yet."""
    promised = line.preorder_on is not None and found.shipped_at is None
    return line.refunded_quantity < line.quantity and not promised


def _review_url(slug: str, token: str) -> str:
    return f"{reverse('storefront:review', kwargs={'slug': slug})}?order={token}"


_SHOWN = {
    "placed": "cart",
    "preorder_moved": "clock",
    "payment_declined": "alert",
    "payment_cancelled": "close",
    "paid": "check",
    "paid_late": "check",
    "late_payment": "return",
    "shipped": "truck",
    "delivered": "home",
    "cancelled": "close",
    "expired": "clock",
    "refunded": "return",
    "refund_failed": "alert",
    "refund_bounced": "alert",
}
"""The steps that concern the shopper, with their icons; the rest of the trail is for the team."""


def happenings(found: Order) -> list[Happening]:
    """The trail of an order in words."""
    steps = []
    for entry in found.trail:
        if entry.kind in _SHOWN:
            tracked = entry.kind == "shipped" and found.tracking
            body = gettext("Tracking: %(number)s") % {"number": found.tracking} if tracked else ""
            steps.append(Happening(title=trail_words(entry.kind), at=entry.at, icon=_SHOWN[entry.kind], body=body))
    return steps


@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """The shopper gives the order up before it is paid."""
    found = queries.order_by_token(token)
    try:
        actions.cancel(order_id=found.id, reason="shopper", at=now())
    except ParvisError as error:
        messages.warning(request, explain(error))
    else:
        messages.success(request, gettext("The order is cancelled. Nothing was charged."))
    return redirect("storefront:order", token=token)


@require_POST
def take_back_preorder(request: HttpRequest, token: str) -> HttpResponse:
    """The shopper takes back what was ordered ahead, before it is sent."""
    found = queries.order_by_token(token)
    try:
        actions.take_back_preorder(order_id=found.id, at=now())
    except ParvisError as error:
        messages.warning(request, explain(error))
    else:
        messages.success(request, gettext("Taken back. The money goes back to the card you paid with."))
    return redirect("storefront:order", token=token)
