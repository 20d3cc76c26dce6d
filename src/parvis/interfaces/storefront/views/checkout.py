"""Buying: one page for a guest, two clicks for somebody known; every trouble leads to one clear page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.clock import now
from parvis.core.errors import Invalid, ParvisError
from parvis.core.money import Money
from parvis.domains.analytics.web import visit_of
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import (
    Cart,
    Order,
    OrderState,
    PaymentStep,
    ShippingKind,
    ShippingMethod,
    StepState,
)
from parvis.domains.checkout.ports import BadCard, CardDetails, PaymentUnavailable
from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
from parvis.domains.people.contracts import Customer
from parvis.interfaces.design import marks
from parvis.interfaces.storefront import basket, words
from parvis.interfaces.storefront.forms import CardForm, ContactForm
from parvis.interfaces.storefront.pages import BUYING, fresh_key, limit, locale, page

_CARD_FIELDS = ("number", "expiry", "cvc")


@never_cache
@sensitive_post_parameters(*_CARD_FIELDS)
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Contact, delivery and payment on one page. POST places the order and tries to pay it at once."""
    customer = basket.join(request)
    token = basket.token_of(request)
    cart = queries.cart(token, locale=locale())
    if not cart.ready:
        unfinished = queries.unfinished(token) if token else None
        if not cart.lines and unfinished is not None:
            return redirect("storefront:pay", token=unfinished.token)
        return redirect("storefront:cart")
    desk = Desk(request, cart, customer)
    if request.method == "POST" and not request.POST.get("update"):
        return desk.submit()
    return desk.show()


class Desk:
    """The checkout page of one cart: its forms, and what happens when they are sent."""

    def __init__(self, request: HttpRequest, cart: Cart, customer: Customer | None) -> None:
        self.request, self.cart, self.customer = request, cart, customer
        self.methods = queries.shipping_methods()
        self.cards = queries.saved_cards(customer.id) if customer else ()
        posted = request.POST if request.method == "POST" else None
        self.contact = ContactForm(posted, initial=self._initial(), methods=self.methods)
        self.saved = self._saved_card()
        self.card = CardForm(posted if posted is not None and self.saved is None else None)
        self.key = (posted.get("key", "") if posted else "")[:64] or fresh_key()

    def _initial(self) -> dict[str, Any]:
        start: dict[str, Any] = {"country": "FR"}
        if self.customer is not None:
            start |= {"email": self.customer.email, "name": self.customer.name}
            known = people_queries.addresses(self.customer.id)
            if known:
                first = next((address for address in known if address.default), known[0])
                names = ("line1", "line2", "postcode", "city", "region", "country", "phone")
                start |= {name: getattr(first, name) for name in names}
        serving = self._serving(start["country"])
        start["shipping_method"] = serving[0].key if serving else ""
        return start

    def _saved_card(self) -> int | None:
        chosen = self.request.POST.get("saved_card", "") if self.request.method == "POST" else ""
        ids = {str(card.id): card.id for card in self.cards}
        if self.request.method == "POST":
            return ids.get(chosen)
        return self.cards[0].id if self.cards else None

    def _serving(self, country: str) -> list[ShippingMethod]:
        return [method for method in self.methods if not method.countries or country in method.countries]

    def show(self, *, status: int = 200, notice: str = "") -> HttpResponse:
        """The page, with what was typed and what is wrong with it."""
        country = str(self.contact["country"].value() or "FR")
        chosen = str(self.contact["shipping_method"].value() or "")
        serving = self._serving(country)
        if chosen not in {method.key for method in serving}:
            chosen = serving[0].key if serving else ""
        ways = [
            {
                "method": method,
                "name": method.name(locale()),
                "totals": queries.totals(self.cart, method.key),
                "pickup": method.kind is ShippingKind.PICKUP,
                "chosen": method.key == chosen,
            }
            for method in serving
        ]
        return page(
            self.request,
            "storefront/checkout.html",
            {
                "cart": self.cart,
                "contact": self.contact,
                "card": self.card,
                "cards": self.cards,
                "saved": self.saved,
                "ways": ways,
                "totals": queries.totals(self.cart, chosen or None),
                "pickup": any(way["pickup"] and way["chosen"] for way in ways),
                "key": self.key,
                "notice": notice,
                "customer": self.customer,
            },
            status=status,
        )

    def submit(self) -> HttpResponse:
        """Place the order; then pay it, or lead to where that can be done."""
        good = self.contact.is_valid()
        if self.saved is None:
            good = self.card.is_valid() and good
        if not good:
            return self.show(status=422)
        limit(self.request, BUYING, at=now())
        try:
            order = self._place()
        except ParvisError as error:
            return self._refused(error)
        self._keep_address()
        card = None if self.saved is not None else self.card.details(order.name)
        return _pay(self.request, order, card=card, saved=self.saved, customer=self.customer)

    def _place(self) -> Order:
        data = self.contact.cleaned_data
        shown = self.request.POST.get(f"total_{data['shipping_method']}", "")
        at = now()
        return actions.place(
            cart_token=self.cart.token,
            email=data["email"],
            name=data["name"],
            address=self.contact.address(),
            shipping_method=data["shipping_method"],
            locale=locale(),
            customer_id=self.customer.id if self.customer else None,
            key=self.key,
            at=at,
            visit=visit_of(self.request, at=at) or None,
            expected_total_minor=int(shown) if shown.isascii() and shown.isdigit() else None,
        ).order

    def _refused(self, error: ParvisError) -> HttpResponse:
        """Each trouble has one page that says it and leads out of it."""
        if isinstance(error, actions.AlreadyPlaced):
            return redirect("storefront:pay", token=str(error.params["order_token"]))
        if isinstance(error, actions.PriceMoved | actions.LinesBlocked | actions.OutOfStock | actions.EmptyCart):
            messages.warning(self.request, words.trouble(error))
            return redirect("storefront:cart")
        if isinstance(error, actions.TotalMoved):
            total = marks.money(Money(int(error.params["total"]), self.cart.currency))
            return self.show(status=409, notice=gettext("The total is now %(total)s.") % {"total": total})
        if isinstance(error, actions.BadAddress):
            words.put_faults(self.contact, error.faults)
        elif isinstance(error, Invalid):
            self.contact.add_error("shipping_method", words.told(error))
        else:
            self.contact.add_error(None, words.told(error))
        return self.show(status=422)

    def _keep_address(self) -> None:
        """A signed-in customer who asks for it finds the address again next time."""
        where = self.contact.address()
        if self.customer is None or where.point or not self.request.POST.get("keep_address"):
            return
        people.save_address(
            customer_id=self.customer.id,
            name=self.contact.cleaned_data["name"],
            line1=where.line1,
            line2=where.line2,
            postcode=where.postcode,
            city=where.city,
            region=where.region,
            country=where.country,
            phone=where.phone,
        )


def _pay(
    request: HttpRequest, order: Order, *, card: CardDetails | None, saved: int | None, customer: Customer | None
) -> HttpResponse:
    """Try to pay and lead on. The order stands whatever happens: its own page tries again."""
    address = reverse("storefront:pay", kwargs={"token": order.token})
    try:
        step = actions.pay(
            order_token=order.token,
            card=card,
            saved_card_id=saved,
            customer_id=customer.id if customer else None,
            return_url=request.build_absolute_uri(f"{address}?back=1"),
            at=now(),
        )
    except BadCard as error:
        messages.error(request, words.bad_card(error))
        return redirect(address)
    except PaymentUnavailable:
        messages.error(request, gettext("The payment service does not answer. Nothing was charged: please try again."))
        return redirect(address)
    return _lead_on(request, order.token, step)


def _lead_on(request: HttpRequest, token: str, step: PaymentStep) -> HttpResponse:
    if step.state is StepState.ACTION_REQUIRED and step.next_url:
        return redirect(step.next_url)
    if step.state is StepState.DECLINED:
        messages.error(request, words.declined(step.decline_code))
        return redirect("storefront:pay", token=token)
    return redirect("storefront:order", token=token)


@never_cache
@sensitive_post_parameters(*_CARD_FIELDS)
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """An order that waits for its payment: try a card, or another one. Coming back from the bank ends here too."""
    order = queries.order_by_token(token)
    customer = basket.join(request)
    if request.method == "GET" and (request.GET.get("back") or order.payment is not None):
        step = _settled(token)
        if step is not None and step.state in (StepState.PAID, StepState.PROCESSING, StepState.REFUNDED):
            return redirect("storefront:order", token=token)
        if step is not None and step.state is StepState.DECLINED and request.GET.get("back"):
            messages.error(request, words.declined(step.decline_code))
            return redirect("storefront:pay", token=token)
        order = queries.order_by_token(token)
    if order.state is not OrderState.AWAITING_PAYMENT:
        return redirect("storefront:order", token=token)
    mine = customer is not None and order.customer_id == customer.id
    cards = queries.saved_cards(customer.id) if mine and customer else ()
    known = {str(card.id): card.id for card in cards}
    saved = known.get(request.POST.get("saved_card", ""))
    form = CardForm(request.POST if request.method == "POST" and saved is None else None)
    if request.method == "POST" and (saved is not None or form.is_valid()):
        limit(request, BUYING, at=now())
        card = None if saved is not None else form.details(order.name)
        return _pay(request, order, card=card, saved=saved, customer=customer)
    context = {"order": order, "card": form, "cards": cards, "saved": cards[0].id if cards else None, "mine": mine}
    return page(request, "storefront/pay.html", context, status=422 if request.method == "POST" else 200)


def _settled(token: str) -> PaymentStep | None:
    try:
        return actions.settle(order_token=token, at=now())
    except PaymentUnavailable:
        return None


@require_POST
def reopen(request: HttpRequest, token: str) -> HttpResponse:
    """The shopper wants to change the order: it is cancelled and its lines are in the cart again."""
    try:
        cart = actions.reopen_cart(order_token=token, at=now(), locale=locale())
    except ParvisError as error:
        if error.status == 404:
            raise
        messages.warning(request, words.told(error))
        return redirect("storefront:order", token=token)
    return basket.remember(request, redirect("storefront:cart"), cart.token)
