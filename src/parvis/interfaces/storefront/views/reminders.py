"""Reminded of a cart that was left: the box on the checkout page, and the page behind the mail's link."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.clock import now
from parvis.core.errors import NotFound, ParvisError
from parvis.core.limits import Allowance
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Cart, ReminderConsent
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Customer, Purpose
from parvis.interfaces.storefront import basket
from parvis.interfaces.storefront.pages import limit, page, toast
from parvis.interfaces.storefront.reader import locale

REMINDING = Allowance(name="storefront.remind", burst=10, per_minute=1)


def note(request: HttpRequest, cart: Cart, customer: Customer | None) -> None:
    """What the checkout page is told of reminders: by its box, or by the consent of a customer to news and offers.
    Nothing of it stands in the way of the order."""
    if not cart.token or cart.id is None:
        return
    with suppress(ParvisError):
        if request.method == "POST" and not request.POST.get("remind"):
            actions.drop_reminder(cart_token=cart.token)
        elif request.method == "POST":
            limit(request, REMINDING, at=now())
            email = request.POST.get("email", "")
            customer_id = customer.id if customer else None
            actions.note_reminder(
                cart_token=cart.token, email=email, customer_id=customer_id, locale=locale(), at=now()
            )
        elif request.method == "GET" and customer is not None and _agrees(customer):
            actions.note_reminder(
                cart_token=cart.token,
                email=customer.email,
                customer_id=customer.id,
                consent=ReminderConsent.MARKETING,
                locale=locale(),
                at=now(),
            )


def _agrees(customer: Customer) -> bool:
    return bool(people.consent(purpose=Purpose.MARKETING, customer_id=customer.id))


@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """POST remind (or not), email, cart: the box was ticked or unticked before anything else was sent."""
    at, customer = now(), basket.owner(request)
    token = request.POST.get("cart", "")[:64] or basket.token(request) or ""
    if not request.POST.get("remind"):
        actions.drop_reminder(cart_token=token)
        return toast(HttpResponse(status=204), gettext("You are not reminded."))
    limit(request, REMINDING, at=at)
    try:
        actions.note_reminder(
            cart_token=token,
            email=request.POST.get("email", "")[:254],
            customer_id=customer.id if customer else None,
            locale=locale(),
            at=at,
        )
    except ParvisError:
        return toast(HttpResponse(status=204), gettext("Type your e-mail, and we remind you when you go on."))
    return toast(HttpResponse(status=204), gettext("Noted: we remind you if you do not finish."))


@never_cache
@require_http_methods(["GET", "POST"])
def back(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, since programs look at every link of a mail. POST: go on with the cart; do=stop: no more
    mails."""
    try:
        found = queries.reminder(token, locale=locale())
        if request.method == "POST" and request.POST.get("do") == "stop":
            actions.stop_reminders(token=token)
            return redirect(f"{request.path}?stop=1")
        if request.method == "POST":
            basket.current(request)
            cart = actions.come_back(token=token, cart_token=basket.token(request), at=now(), locale=locale())
            basket.use(request, cart)
            messages.success(request, gettext("Here is what you had left. Today’s prices count."))
            return basket.keep(request, redirect("storefront:cart"))
    except NotFound:
        return page(request, "storefront/cart_back.html", {"gone": True}, status=410)
    context = {"cart": found.cart, "state": found.state.value, "stopping": "stop" in request.GET}
    return page(request, "storefront/cart_back.html", context)


@csrf_exempt  # mail programs post without a cookie; the link's own secret is the authority (RFC 8058)
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The mail program's own button: one POST ends the mails, and again is harmless. A browser is led to the page."""
    if request.method == "GET":
        return redirect(f"{reverse('storefront:cart_back', args=[token])}?stop=1")
    try:
        actions.stop_reminders(token=token)
    except NotFound:
        return HttpResponse("", content_type="text/plain", status=410)
    return HttpResponse("", content_type="text/plain")
