"""Told when it is back: the wish on a product's page, and the page behind the links of its mails."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
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
from parvis.core.numbers import whole
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import AlertState
from parvis.interfaces.storefront import basket
from parvis.interfaces.storefront.pages import limit, page
from parvis.interfaces.storefront.reader import locale

WISHING = Allowance(name="storefront.alert", burst=6, per_minute=0.2)


@require_POST
def wish(request: HttpRequest, slug: str) -> HttpResponse:
    """POST variant, email: tell this address when the variant is back. The answer never says whether an address is
    known here."""
    at, customer = now(), basket.owner(request)
    back = redirect(f"{reverse('storefront:product', kwargs={'slug': slug})}#back-in-stock")
    variant = whole(request.POST.get("variant", ""))
    email = request.POST.get("email", "").strip()[:254]
    try:
        validate_email(email)
    except ValidationError:
        messages.warning(request, gettext("This does not look like an e-mail address."))
        return back
    if variant is None:
        messages.warning(request, gettext("Choose a size first."))
        return back
    limit(request, WISHING, at=at)
    try:
        state = actions.ask_for_alert(
            variant_id=variant,
            email=email,
            customer_id=customer.id if customer else None,
            locale=locale(),
            at=at,
        )
    except actions.InStock:
        messages.success(request, gettext("It is back already: you can buy it now."))
    except NotFound:
        messages.warning(request, gettext("This article is no longer sold."))
    except ParvisError:
        messages.warning(request, gettext("This does not look like an e-mail address."))
    else:
        if state is AlertState.WAITING:
            messages.success(request, gettext("We write to you once, when it is back."))
        else:
            messages.success(request, gettext("We have sent a mail to this address: say yes there, and you are told."))
    return back


@never_cache
@require_http_methods(["GET", "POST"])
def alert(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, since programs look at every link of a mail; a button does."""
    try:
        found = queries.alert(token)
    except NotFound:
        return page(request, "storefront/alert.html", {"gone": True}, status=410)
    if request.method == "POST":
        if request.POST.get("do") == "stop":
            actions.stop_alert(token=token, at=now())
        else:
            actions.confirm_alert(token=token, at=now())
        return redirect("storefront:alert", token=token)
    item = catalog.products([found.product_id], locale=locale()).get(found.product_id)
    wished = catalog.variants([found.variant_id]).get(found.variant_id)
    words = ", ".join(filter(None, (wished.size, wished.colour))) if wished is not None else ""
    context = {"alert": found, "state": found.state.value, "product": item, "wished": words}
    return page(request, "storefront/alert.html", context)


@csrf_exempt  # mail programs post without a cookie; the link's own secret is the authority (RFC 8058)
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The mail program's own button: one POST ends the mails, and again is harmless. A browser is led to the page."""
    if request.method == "GET":
        return redirect("storefront:alert", token=token)
    try:
        actions.stop_alert(token=token, at=now())
    except NotFound:
        return HttpResponse("", content_type="text/plain", status=410)
    return HttpResponse("", content_type="text/plain")
