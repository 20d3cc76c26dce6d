"""Buying one thing at once, beside the cart; and going on with what an agent has prepared.

Both are checkouts with a cart of their own (checkout sessions): the shopper's own cart is never touched. The address
holds the session's token, which nobody can guess. What was typed at the agent is shown to who knows its e-mail.
"""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core import limits
from parvis.core.clock import now
from parvis.core.errors import NotFound, ParvisError
from parvis.core.limits import Allowance
from parvis.core.numbers import whole
from parvis.domains.analytics.web import visit_of
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import (
    MAX_LINES,
    MAX_QUANTITY,
    SESSION_LIFE,
    Door,
    OrderState,
    Session,
    SessionState,
    Wanted,
)
from parvis.domains.checkout.ports import PaymentUnavailable
from parvis.domains.checkout.web import explain
from parvis.domains.people import queries as people
from parvis.domains.voices import queries as voices
from parvis.interfaces.design.htmx import htmx
from parvis.interfaces.storefront import basket, cards
from parvis.interfaces.storefront.pages import limit, moved, page, toast
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.storefront.views.carts import credit
from parvis.interfaces.storefront.views.checkout import checkout

EXPRESS = Allowance(name="storefront.express", burst=20, per_minute=10)
CONFIRMING = Allowance(name="storefront.continue", burst=5, per_minute=0.2)
_KNOWN = "parvis_known"
_CLOSED = (SessionState.COMPLETED, SessionState.CANCELLED, SessionState.EXPIRED)
# Opened by a program, which may not have said who it is: the shopper sees what it prepared before she takes it over.
_OF_PROGRAMS = (Door.ACP, Door.UCP, Door.MCP, Door.API)


@require_POST
def express(request: HttpRequest) -> HttpResponse:
    """POST variant, quantity (one), turn (of the assistant, when it was proposed there): buy this now, beside the
    cart. Leads to the one-page checkout; who is signed in with a saved card finds one confirmation there."""
    at, customer = now(), basket.owner(request)
    variant = whole(request.POST.get("variant", ""))
    quantity = whole(request.POST.get("quantity", "1") or "1", most=MAX_QUANTITY)
    turn = request.POST.get("turn", "")
    if variant is None:
        return _refused(request, gettext("Choose a size first."))
    if not quantity:
        return _refused(request, explain(actions.CartFull(limit=MAX_QUANTITY, lines=MAX_LINES)))
    limit(request, EXPRESS, at=at)
    try:
        session = actions.open_session(
            door=Door.ASSISTANT if turn else Door.EXPRESS,
            lines=[Wanted(variant_id=variant, quantity=quantity)],
            locale=locale(),
            customer_id=customer.id if customer else None,
            visit=visit_of(request, at=at) or None,
            at=at,
        )
    except NotFound:
        return _refused(request, gettext("This article is no longer sold."))
    except ParvisError as error:
        return _refused(request, explain(error))
    if not session.cart.ready:
        actions.cancel_session(token=session.token, at=at)
        return _refused(request, gettext("It is sold out in this size at the moment."))
    credit(request, at)
    return moved(request, reverse("storefront:express_checkout", kwargs={"token": session.token}))


def _refused(request: HttpRequest, words: str) -> HttpResponse:
    if htmx(request):
        return toast(HttpResponse(status=204), words)
    messages.warning(request, words)
    return redirect("storefront:cart")


@never_cache
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest, token: str) -> HttpResponse:
    """The one-page checkout of a session."""
    try:
        found, taken = queries.session_of_shopper(token, locale=locale(), at=now())
    except NotFound:
        raise Http404 from None
    if found.door in _OF_PROGRAMS and not taken:
        return redirect("storefront:continue", token=token)
    if not _may_see(request, found):
        raise Http404
    mine = _knows(request, found)
    if found.order is not None and (mine or _buyers(request, found)):
        return redirect("storefront:pay" if _unpaid(found) else "storefront:order", token=found.order.token)
    if request.method == "GET" and _unpaid(found) and found.door in _OF_PROGRAMS:
        return redirect("storefront:continue", token=token)  # there it is asked whose the order is
    over = found.state in _CLOSED or found.order is not None
    if found.state is SessionState.CANCELLED or (over and request.method == "GET"):
        return _over(request, found)
    basket.at_counter(request, found, known=mine)
    answer: HttpResponse = checkout(request)
    return answer


def _unpaid(found: Session) -> bool:
    return found.order is not None and found.order.state is OrderState.AWAITING_PAYMENT


def _buyers(request: HttpRequest, found: Session) -> bool:
    """Whether who is here has ordered it: the link alone, which may have been passed on, does not show that."""
    customer = basket.owner(request)
    signed_in = customer is not None and customer.id == found.customer_id and found.agent_id is None
    return signed_in or basket.ordered_here(request, found)


def _may_see(request: HttpRequest, found: Session) -> bool:
    """A checkout that a customer opened is that customer's alone."""
    if found.customer_id is None or found.agent_id is not None:
        return True
    customer = basket.owner(request)
    return customer is not None and customer.id == found.customer_id


def _knows(request: HttpRequest, found: Session) -> bool:
    """Whether who is here has shown to know the e-mail typed at the agent, or is signed in under it."""
    customer = basket.owner(request)
    email = (found.details.email or "").strip().lower()
    if customer is not None and email and customer.email == email:
        return True
    try:
        said = request.get_signed_cookie(_KNOWN, default="", max_age=SESSION_LIFE)
    except signing.BadSignature:
        return False
    return bool(said) and said == found.token


def _over(request: HttpRequest, found: Session) -> HttpResponse:
    """Completed, cancelled or left too long: said, without a word of whose it was."""
    return page(request, "storefront/continue.html", {"over": found.state.value}, status=410)


@never_cache
@require_http_methods(["GET", "POST"])
def go_on(request: HttpRequest, token: str) -> HttpResponse:
    """The continue page of agents. GET shows what was prepared and changes nothing; POST takes it over: from then on
    the agent may look, and no more. ``email``, when it is the one typed at the agent, fills in the rest."""
    at = now()
    try:
        found, taken = queries.session_of_shopper(token, locale=locale(), at=at)
    except NotFound:
        return page(request, "storefront/continue.html", {"over": "unknown"}, status=404)
    if found.door not in _OF_PROGRAMS:
        return redirect("storefront:express_checkout", token=token)
    if found.order is not None and _unpaid(found):
        # Back from the bank, perhaps, which knows how the payment stands.
        with suppress(PaymentUnavailable):
            actions.settle(order_token=found.order.token, at=at)
            found, taken = queries.session_of_shopper(token, locale=locale(), at=at)
    if found.state in _CLOSED or found.state is SessionState.COMPLETING:
        return _over(request, found)
    if request.method == "POST":
        return _take_over(request, found)
    own = basket.current(request)
    context: dict[str, Any] = {
        "session": found,
        "cart": found.cart,
        "quote": found.quote,
        "totals": found.quote.totals,
        "agent": _agent(found),
        "proofs": _proofs(found),
        "products": catalog.products({line.product_id for line in found.cart.lines}, locale=locale()),
        "masked": masked(found.details.email or ""),
        "known": _knows(request, found),
        "taken": taken,
        "unpaid": _unpaid(found),
        "own": own.count,
    }
    return page(request, "storefront/continue.html", context)


def _agent(found: Session) -> str:
    """The name of the program that prepared it."""
    agent = people.agent(found.agent_id) if found.agent_id is not None else None
    return agent.name if agent is not None else ""


def _proofs(found: Session) -> list[Any]:
    """The voices that were shown on the way, without those withdrawn since."""
    known = voices.voices(found.proofs) if found.proofs else {}
    return [cards.review_card(known[key]) for key in found.proofs if key in known and known[key].is_public]


def _take_over(request: HttpRequest, found: Session) -> HttpResponse:
    at, customer = now(), basket.owner(request)
    typed = request.POST.get("email", "").strip().lower()[:254]
    known = bool(typed) and typed == (found.details.email or "").strip().lower()
    if typed:
        limits.spend(CONFIRMING, caller=found.token, at=at)
    if _unpaid(found) and not (known or _knows(request, found) or _buyers(request, found)):
        messages.warning(request, gettext("This is not the e-mail given there. It shows that the order is yours."))
        return redirect("storefront:continue", token=found.token)
    try:
        actions.hand_over(token=found.token, customer_id=customer.id if customer else None, at=at)
    except ParvisError:
        return _over(request, found)
    if typed and not known:
        messages.info(request, gettext("That is another e-mail than the one given there: fill in your details here."))
    answer = redirect("storefront:express_checkout", token=found.token)
    if known:
        answer.set_signed_cookie(
            _KNOWN, found.token, max_age=SESSION_LIFE, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return answer


def masked(email: str) -> str:
    """ "a•••@mail.example": enough for its owner to know it."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}" if at and name else ""
