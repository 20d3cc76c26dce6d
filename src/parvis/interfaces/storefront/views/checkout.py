"""Buying: one page for a guest, two clicks for somebody known; every trouble leads to one clear page."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.domains.analytics.web import visit_of
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import (
    Cart,
    Order,
    OrderState,
    PaymentState,
    PaymentStep,
    Quote,
    ShippingKind,
    StepState,
)
from parvis.domains.checkout.ports import PaymentUnavailable
from parvis.domains.checkout.web import (
    Bought,
    CardForm,
    CheckoutForm,
    CodeSaid,
    buy,
    code_rows,
    decline_words,
    explain,
    has_regions,
    known_details,
    pay_with,
    private_card,
)
from parvis.domains.people.contracts import Customer
from parvis.interfaces.storefront import basket
from parvis.interfaces.storefront.holding import hold_of
from parvis.interfaces.storefront.pages import page
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.storefront.views import paying, reminders

_ADDRESS = ("line1", "line2", "postcode", "city", "region", "country", "phone", "point")
_SENT = ("email", "name", "shipping_method")


def _back_from_bank(request: HttpRequest, token: str) -> str:
    address = reverse("storefront:pay", kwargs={"token": token})
    return str(request.build_absolute_uri(f"{address}?back=1"))


def _card_form(request: HttpRequest, customer: Customer | None, *, mine: bool = True) -> CardForm:
    today = now().date()
    kept = queries.saved_cards(customer.id) if customer is not None and mine else ()
    kept = tuple(each for each in kept if (each.exp_year, each.exp_month) >= (today.year, today.month))
    posted = request.POST if request.method == "POST" and "update" not in request.POST else None
    return CardForm(posted, today=today, kept=kept, may_save=customer is not None and mine)


@never_cache
@private_card
@require_http_methods(["GET", "POST"])
@queries.steady()
def checkout(request: HttpRequest) -> HttpResponse:
    """Contact, delivery and payment on one page. POST places the order and tries to pay it at once."""
    cart = basket.current(request)
    updating = "update" in request.POST or "drop" in request.POST
    said = None
    if updating and (request.POST.get("drop") or request.POST.get("code", "").strip()):
        said = basket.code_posted(request, cart)
        cart = basket.current(request)
    ordering = request.method == "POST" and not updating
    # A form sent twice finds its cart empty: it goes on, and is led to the order that it made.
    if not cart.ready and not (ordering and not cart.lines):
        unfinished = queries.unfinished(cart.token) if cart.token and not cart.lines else None
        return redirect("storefront:pay", token=unfinished.token) if unfinished else _away(request)
    customer = basket.owner(request)
    known, customer_id = _known(request, customer), customer.id if customer else None
    if updating:
        # Only the ways of delivery change with the country: what was typed stays, and nothing is complained of.
        form = CheckoutForm(cart=cart, initial={**known, **request.POST.dict()}, customer_id=customer_id)
    else:
        form = CheckoutForm(request.POST or None, cart=cart, initial=known, customer_id=customer_id)
    reminders.note(request, cart, customer)
    card = _card_form(request, customer)
    if ordering and all([form.is_valid(), form.nothing_due or card.is_valid()]):
        led = _order(request, cart, form, card)
        if led is not None:
            return led
    return _desk(request, cart, form, card, failed=ordering, said=said)


def _order(request: HttpRequest, cart: Cart, form: CheckoutForm, card: CardForm) -> HttpResponse | None:
    """Order and pay; where to go then, or None when the form says what is wrong."""
    at = now()
    customer = basket.owner(request)
    bought = buy(
        form,
        card,
        cart_token=cart.token,
        locale=locale(),
        customer_id=customer.id if customer else None,
        return_url=lambda token: _back_from_bank(request, token),
        at=at,
        visit=visit_of(request, at=at) or None,
        seen_from=paying.seen_from(request, at=at),
    )
    beside = basket.counter(request)
    if bought is not None and bought.before and beside is not None:
        # Who else holds the link has ordered it: whose the order is, is asked where the link leads.
        return redirect("storefront:express_checkout", token=beside[0].token)
    if bought is not None:
        return basket.note_order(request, _lead_on(request, bought))
    if basket.current(request).ready:
        return None
    for told in form.non_field_errors():
        messages.warning(request, str(told))
    return _away(request)


def _away(request: HttpRequest) -> HttpResponse:
    """Where trouble with the articles is settled: in the cart; for what is bought beside it, on the product's page."""
    beside = basket.counter(request)
    if beside is None:
        return redirect("storefront:cart")
    session, _seen = beside
    blocked = next(iter((*session.cart.blocked, *session.cart.lines)), None)
    if blocked is None:
        return redirect("storefront:products")
    messages.warning(request, gettext("It cannot be bought as it stood: look at what is left."))
    return redirect("storefront:product", slug=blocked.slug)


def _known(request: HttpRequest, customer: Customer | None) -> dict[str, Any]:
    """What need not be typed again: of the customer, or of who typed it at the agent and has shown to be that."""
    known, beside = known_details(customer), basket.counter(request)
    if beside is None or not beside[1]:
        return known
    told = beside[0].details
    said = {"email": told.email, "name": told.name, "phone": told.phone, "shipping_method": told.shipping_method}
    if told.address is not None:
        said |= {name: getattr(told.address, name) for name in _ADDRESS}
    return {**known, **{name: value for name, value in said.items() if value}}


def _confirmation(
    request: HttpRequest, cart: Cart, customer: Customer | None, form: CheckoutForm, card: CardForm
) -> bool:
    """Whether one confirmation is enough: a signed-in customer, a saved card, and details that need no word more."""
    if request.method != "GET" or customer is None or "all" in request.GET or not card.kept:
        return False
    filled = {name: form[name].value() or "" for name in form.fields}
    return CheckoutForm(filled, cart=cart, customer_id=customer.id).is_valid()


def _desk(
    request: HttpRequest,
    cart: Cart,
    form: CheckoutForm,
    card: CardForm,
    *,
    failed: bool,
    said: CodeSaid | None = None,
) -> HttpResponse:
    """The page, with the ways of delivery that serve the chosen country, each with what the order then costs."""
    country = str(form["country"].value() or "FR")
    totals = form.totals()
    serving = [each for each in form.methods if not each.countries or country in each.countries]
    chosen = form.chosen if form.chosen in serving or not serving else serving[0]
    quote = form.quote(country, chosen.key)
    context: dict[str, Any] = {
        "cart": cart,
        "quote": quote,
        "adjustments": quote.adjustments,
        "taxes": quote.taxes,
        "gift_cards": quote.gift_cards,
        "codes": code_rows(quote, locale()),
        "code_said": said,
        "form": form,
        "card": card,
        "ways": [
            {"method": each, "name": each.name(locale()), "totals": totals[each.key], "chosen": each is chosen}
            for each in serving
        ],
        "totals": totals[chosen.key],
        "has_pickup": any(each.kind is ShippingKind.PICKUP for each in serving),
        "has_regions": has_regions(country) or bool(form["region"].errors),
        "customer": basket.owner(request),
    }
    context["reminded"] = cart.token != "" and queries.reminded(cart.token)
    context["passkey_next"] = format_html('<input type="hidden" name="next" value="{}">', request.path)
    points = [point for each in serving for point in each.points if point.hours(locale())]
    context["hours"] = [(point.name, point.hours(locale())) for point in points]
    context["told"] = _told(quote, cart)
    context["beside"] = basket.counter(request) is not None
    if _confirmation(request, cart, context["customer"], form, card):
        return page(request, "storefront/confirm.html", {**context, **_summary(form, context)})
    return page(request, "storefront/checkout.html", context, status=422 if failed else 200)


def _told(quote: Quote, cart: Cart) -> dict[str, Any]:
    """What has to be told before the order beside its articles and sums: who sells, when it arrives, how long one may
    change one's mind. What is ordered ahead arrives later, as its line says."""
    offer = quote.offer
    ahead = any(line.preorder_on is not None for line in cart.lines)
    return {
        "seller": queries.seller().name or settings.BRAND,
        "earliest": offer.earliest if offer is not None and not ahead else None,
        "latest": offer.latest if offer is not None and not ahead else None,
        "days": queries.return_policy().days,
    }


def _summary(form: CheckoutForm, context: dict[str, Any]) -> dict[str, Any]:
    """What the one confirmation shows of the details, and sends along unseen."""
    way = next(each for each in context["ways"] if each["chosen"])
    key = str(form["point"].value() or "")
    point = next((one for one in way["method"].points if one.key == key), None)
    return {
        "way": way,
        "where": {name: form[name].value() or "" for name in _ADDRESS},
        "point": point,
        "point_hours": point.hours(locale()) if point is not None else "",
        "hidden": [(name, form[name].value() or "") for name in (*_SENT, *_ADDRESS)],
        "kept": context["card"].kept[0],
    }


def _lead_on(request: HttpRequest, bought: Bought) -> HttpResponse:
    """Where the shopper goes after an attempt to pay. The order stands whatever happens: its page tries again."""
    if bought.problem:
        messages.error(request, bought.problem)
    step = bought.step
    if step is not None and step.state is StepState.ACTION_REQUIRED and step.next_url:
        return redirect(step.next_url)
    if step is None or step.state in (StepState.DECLINED, StepState.ACTION_REQUIRED):
        # Why a card was declined is said by the payment page above its card, for as long as no other was tried.
        return redirect("storefront:pay", token=bought.order_token)
    return redirect("storefront:order", token=bought.order_token)


@never_cache
@private_card
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """An order that waits for its payment: try a card, or another one. Coming back from the bank ends here too."""
    order = queries.order_by_token(token)
    if request.method == "GET" and order.payment is not None:
        settled = _settled(request, token)
        if settled is not None:
            return settled
        order = queries.order_by_token(token)
    if order.state is not OrderState.AWAITING_PAYMENT:
        return redirect("storefront:order", token=token)
    customer = basket.owner(request)
    mine = customer is not None and order.customer_id == customer.id
    card = _card_form(request, customer, mine=mine)
    if request.method == "POST" and card.is_valid():
        bought = pay_with(
            card,
            order_token=token,
            customer_id=customer.id if customer else None,
            return_url=_back_from_bank(request, token),
            seen_from=paying.seen_from(request, at=now()),
            at=now(),
        )
        if not card.errors:
            return _lead_on(request, bought)
    return _till(request, order, card)


def _till(request: HttpRequest, order: Order, card: CardForm) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    context = {
        "order": order,
        "card": card,
        "hold": hold_of(order, at=now()),
        "problem": "" if card.errors else _declined(order),
        **paying.in_browser(request, order, card, return_url=_back_from_bank(request, order.token)),
    }
    return paying.allow(page(request, "storefront/pay.html", context, status=status))


def _declined(order: Order) -> str:
    """Why the last attempt failed, in words; empty when there was none or it did not fail."""
    payment = order.payment
    failed = payment is not None and payment.state is PaymentState.DECLINED
    return decline_words(payment.decline_code) if payment is not None and failed else ""


def _settled(request: HttpRequest, token: str) -> HttpResponse | None:
    """Ask the bank how the payment stands; where to go, or None to stay and try again."""
    try:
        step: PaymentStep = actions.settle(order_token=token, at=now())
    except PaymentUnavailable:
        return None
    if step.state in (StepState.PAID, StepState.PROCESSING, StepState.REFUNDED):
        return redirect("storefront:order", token=token)
    if step.state is StepState.DECLINED and request.GET.get("back"):
        return redirect("storefront:pay", token=token)
    return None


@require_POST
def reopen(request: HttpRequest, token: str) -> HttpResponse:
    """The shopper wants to change the order: it is cancelled and its lines are in the cart again, or in the checkout
    beside the cart that it came from."""
    beside = queries.session_of_order(token, at=now())
    try:
        cart = actions.reopen_cart(order_token=token, at=now(), locale=locale())
    except ParvisError as error:
        if error.status == 404:
            raise
        messages.warning(request, explain(error))
        return redirect("storefront:order", token=token)
    if beside is not None:
        return redirect("storefront:express_checkout", token=beside)
    basket.use(request, cart)
    return basket.keep(request, redirect("storefront:cart"))


@require_POST
def again(request: HttpRequest, token: str) -> HttpResponse:
    """An order that was not paid in time is tried once more: its articles are in the cart again, as far as they are
    still there, and the checkout follows."""
    basket.current(request)
    customer = basket.owner(request)
    try:
        cart = actions.try_again(
            order_token=token,
            cart_token=basket.token(request),
            customer_id=customer.id if customer else None,
            at=now(),
            locale=locale(),
        )
    except ParvisError as error:
        if error.status == 404:
            raise
        messages.warning(request, explain(error))
        return redirect("storefront:order", token=token)
    basket.use(request, cart)
    return basket.keep(request, redirect("storefront:checkout" if cart.ready else "storefront:cart"))
