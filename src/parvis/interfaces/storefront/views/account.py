"""A customer's own place: orders, voices, consents, details; to take away or to forget."""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.translation import gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.clock import now
from parvis.domains.analytics.contracts import CONSENT_COOKIE
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import actions as checkout_actions
from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.web import drop_cart
from parvis.domains.messaging import actions as mail_actions
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import Ground, Message, MessageFilters
from parvis.domains.people import actions, queries
from parvis.domains.people.contracts import Customer, Purpose
from parvis.domains.voices import queries as voices
from parvis.interfaces.storefront import basket, cards, words
from parvis.interfaces.storefront.forms import DetailsForm
from parvis.interfaces.storefront.pages import page
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.storefront.views.legal import keep_consents

P = ParamSpec("P")
_View = Callable[Concatenate[HttpRequest, Customer, P], HttpResponse]


def own(view: _View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for a signed-in customer; others sign in first, and those who have confirmed nothing are told why."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url("account_login"))
        customer = basket.owner(request)
        if customer is None:
            return page(request, "storefront/account_none.html", status=403)
        return view(request, customer, *args, **kwargs)

    return never_cache(guarded)


@require_safe
@own
def account(request: HttpRequest, customer: Customer) -> HttpResponse:
    """The overview: latest orders and voices."""
    rows = checkout.orders_of(customer.id, limit=3)
    said = voices.by_customer(customer.id)[:3]
    context = {
        "customer": customer,
        "orders": [_row(row) for row in rows],
        "voices": _voices(said),
        "place": "home",
    }
    return page(request, "storefront/account.html", context)


@require_safe
@own
def orders(request: HttpRequest, customer: Customer) -> HttpResponse:
    """All orders."""
    rows = checkout.orders_of(customer.id)
    context = {"customer": customer, "orders": [_row(row) for row in rows], "place": "orders"}
    return page(request, "storefront/account_orders.html", context)


def _row(row: Any) -> dict[str, Any]:
    return {"order": row, "state": words.order_state(row.state)}


@require_safe
@own
def said(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Everything the customer said here."""
    context = {"customer": customer, "voices": _voices(voices.by_customer(customer.id)), "place": "voices"}
    return page(request, "storefront/account_voices.html", context)


def _voices(said: Any) -> list[dict[str, Any]]:
    items = catalog.products({voice.product_id for voice in said if voice.product_id}, locale=locale())
    return [
        {
            "voice": voice,
            "product": items.get(voice.product_id),
            "text": voice.original_text or voice.text,
            "token": voices.author_token(voice.id),
            "state": words.voice_state(voice.state),
        }
        for voice in said
    ]


@require_http_methods(["GET", "POST"])
@own
def details(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Name, language, addresses, cards; e-mail and password are changed where accounts are kept."""
    start = {"name": customer.name, "language": customer.locale}
    form = DetailsForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["language"]
        actions.update_profile(customer_id=customer.id, name=form.cleaned_data["name"], locale=chosen)
        with override(chosen):
            messages.success(request, gettext("Saved."))
            return redirect(reverse("storefront:account_details"))
    context = {
        "customer": customer,
        "form": form,
        "addresses": queries.addresses(customer.id),
        "cards": checkout.saved_cards(customer.id),
        "place": "details",
    }
    return page(request, "storefront/account_details.html", context, status=422 if form.errors else 200)


@require_POST
@own
def forget_card(request: HttpRequest, customer: Customer, card_id: int) -> HttpResponse:
    """Take a kept card back."""
    checkout_actions.forget_card(card_id=card_id, customer_id=customer.id, at=now())
    messages.success(request, gettext("The card is forgotten, here and at the payment provider."))
    return redirect("storefront:account_details")


@require_POST
@own
def forget_address(request: HttpRequest, customer: Customer, address_id: int) -> HttpResponse:
    """Forget an address."""
    actions.delete_address(customer_id=customer.id, address_id=address_id)
    return redirect("storefront:account_details")


@require_http_methods(["GET", "POST"])
@own
def consents(request: HttpRequest, customer: Customer) -> HttpResponse:
    """What the customer agreed to, each on its own, with its history."""
    purposes = (Purpose.ANALYTICS, Purpose.MARKETING)
    if request.method == "POST":
        granted = {purpose: purpose.value in request.POST.getlist("purpose") for purpose in purposes}
        response = redirect("storefront:account_consents")
        keep_consents(request, response, granted, source="account")
        if mails.asking_refused(customer.id, customer.email) is not Ground.BOUNCED_BEFORE:  # else it was not offered
            asked = "asking" in request.POST
            mail_actions.set_asking(customer_id=customer.id, wanted=asked, source="account", at=now())
        messages.success(request, gettext("Saved."))
        return response
    cookie = request.COOKIES.get(CONSENT_COOKIE, "")
    context = {
        "customer": customer,
        "asked": [
            {
                "purpose": purpose.value,
                "words": words.purpose(purpose),
                "granted": bool(queries.consent(purpose=purpose, customer_id=customer.id)),
            }
            for purpose in purposes
        ],
        "history": [
            {"record": record, "words": words.purpose(record.purpose)[0]} for record in queries.consents(customer.id)
        ],
        "cookie": cookie,
        "asking": (refused := mails.asking_refused(customer.id, customer.email)) is None,
        "unreachable": refused is Ground.BOUNCED_BEFORE,
        "place": "consents",
    }
    return page(request, "storefront/account_consents.html", context)


@require_safe
@own
def export(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Everything we hold of the customer, as JSON to take away."""
    held = {
        "customer": asdict(customer),
        "addresses": [asdict(each) for each in queries.addresses(customer.id)],
        "consents": [asdict(each) for each in queries.consents(customer.id)],
        "orders": [_exported(checkout.order(row.id)) for row in checkout.orders_of(customer.id)],
        "voices": [asdict(each) for each in voices.by_customer(customer.id)],
        "cards": [asdict(each) for each in checkout.saved_cards(customer.id)],
        "mails": [_mail(each) for each in mails.messages(MessageFilters(customer_id=customer.id), limit=1000).items],
        "asking_refused": mails.asking_refused(customer.id, customer.email) is not None,
    }
    body = json.dumps(held, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2, default=str)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def _mail(message: Message) -> dict[str, Any]:
    """What was written, without its HTML twin."""
    kept = ("subject", "text", "purpose", "state", "created_at", "sent_at")
    return {name: getattr(message, name) for name in kept}


def _exported(order: Any) -> dict[str, Any]:
    return {key: value for key, value in asdict(order).items() if key not in ("trail", "token")}


@require_http_methods(["GET", "POST"])
@own
def erase(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Forget this person: asked twice, then done."""
    if request.method == "POST" and request.POST.get("sure") == "yes":
        actions.erase_customer(customer_id=customer.id, at=now())
        logout(request)
        messages.success(
            request, gettext("Your data is erased. What the law makes us keep of orders has no name any more.")
        )
        response = redirect("storefront:home")
        drop_cart(response)
        return response
    context = {"customer": customer, "place": "details", "voices": len(cards_of(customer))}
    return page(request, "storefront/account_erase.html", context)


def cards_of(customer: Customer) -> list[Any]:
    """The customer's public voices, which erasing takes away."""
    return [cards.review_card(voice) for voice in voices.by_customer(customer.id) if voice.is_public]
