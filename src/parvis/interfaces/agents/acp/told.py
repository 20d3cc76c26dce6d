"""A checkout session as the protocol's documents: the session itself, and the cart (a session without its end)."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, ngettext, override

from parvis.domains.checkout import ports
from parvis.domains.checkout.contracts import (
    MAX_QUANTITY,
    Address,
    Adjustment,
    AdjustmentKind,
    CartLine,
    LineState,
    PickupPoint,
    Session,
    SessionState,
    Severity,
    ShippingKind,
    ShippingOffer,
)
from parvis.interfaces.agents import said
from parvis.interfaces.agents.acp import VERSION, messages, orders, places, totals
from parvis.interfaces.agents.acp.asked import option_id
from parvis.interfaces.agents.acp.moments import day, moment

Document = dict[str, Any]
HANDLER = "card_tokenized"
CHANNELS = ("email",)  # by which the shop may send news, once the buyer agrees
LOW_STOCK = 5
_SPECS = "https://acp.dev"
_DISCOUNTS = ("CheckoutSessionCreateRequest", "CheckoutSessionUpdateRequest", "CheckoutSession")
_STATUS = {
    SessionState.READY: "ready_for_payment",
    SessionState.NEEDS_SHOPPER: "requires_escalation",
    SessionState.COMPLETING: "complete_in_progress",
    SessionState.COMPLETED: "completed",
    SessionState.CANCELLED: "canceled",
    SessionState.EXPIRED: "expired",
}
OPEN = (SessionState.INCOMPLETE, SessionState.READY, SessionState.NEEDS_SHOPPER)


def status(session: Session) -> str:
    """How far it has come. "incomplete" lacks something; "not_ready_for_payment" holds what cannot be bought so."""
    if session.state in _STATUS:
        return _STATUS[session.state]
    errors = [message for message in session.messages if message.severity is Severity.ERROR]
    return "incomplete" if all(each.code in ("missing", "empty") for each in errors) else "not_ready_for_payment"


def session_document(session: Session) -> Document:
    """The whole session: authoritative, in its own language, and the same each time it is read at this moment."""
    with override(session.locale):
        return _session(session, session.locale)


def _session(session: Session, locale: str) -> Document:
    told: Document = {
        "id": session.token,
        "protocol": {"version": VERSION},
        "capabilities": capabilities(),
        "status": status(session),
        "currency": session.cart.currency.lower(),
        "locale": locale,
        "line_items": line_items(session, locale),
        "fulfillment_options": [each for offer in session.quote.offers for each in _options(offer, session, locale)],
        "totals": _sums(session),
        "messages": messages.of_session(session),
        "links": places.links(locale),
        "discounts": _discounts(session, locale),
        "created_at": moment(session.created_at),
        "updated_at": moment(session.updated_at),
        "expires_at": moment(session.expires_at),
    }
    told |= _people(session)
    if session.state in OPEN:
        told["marketing_consent_options"] = _consents(locale)
        told |= _handed_over(session, locale)
    selected = _selected(session)
    if selected:
        told["selected_fulfillment_options"] = selected
    if session.order is not None and session.state in (SessionState.COMPLETED, SessionState.COMPLETING):
        note = session.details.note or ""
        told["order"] = orders.order_document(session.order, session=session.token, note=note)
    return told


def cart_document(session: Session) -> Document:
    """The session as a cart: what is wanted, and what it would cost."""
    with override(session.locale):
        return _cart(session, session.locale)


def _cart(session: Session, locale: str) -> Document:
    told: Document = {
        "id": session.token,
        "line_items": line_items(session, locale),
        "currency": session.cart.currency.lower(),
        "totals": totals.of_whole(session.quote.totals, session.quote.taxes, country=session.quote.country),
        "messages": [each for each in messages.of_session(session) if _of_the_goods(each)],
        "expires_at": moment(session.expires_at),
    }
    told |= {key: value for key, value in _people(session).items() if key == "buyer"}
    return told | _handed_over(session, locale)


def _of_the_goods(message: Document) -> bool:
    return str(message.get("param", "")).startswith(("$.line_items", "$.totals"))


# -- what is offered to the agent ---------------------------------------------------------------------------------


def capabilities() -> Document:
    """How a session can be paid. Confirmations by the bank are made on the shop's own pages (``continue_url``): no
    intervention is left to the agent, hence none is supported in common."""
    return {
        "payment": {"handlers": [handler()] if ports.bound() is not None else []},
        "interventions": {"supported": [], "required": [], "enforcement": "conditional"},
        "extensions": [{"name": "discount", "extends": [f"$.{name}.discounts" for name in _DISCOUNTS]}],
    }


def handler() -> Document:
    """The one handler: a card as a token with an allowance, from the vault of the payment provider."""
    provider = ports.payments().name
    place = f"{_SPECS}/schemas/handlers/tokenized.card"
    return {
        "id": HANDLER,
        "name": "dev.acp.tokenized.card",
        "display_name": gettext("Card"),
        "version": "2026-01-22",
        "spec": f"{_SPECS}/handlers/tokenized.card",
        "requires_delegate_payment": True,
        "requires_pci_compliance": False,
        "psp": provider,
        "config_schema": f"{place}/config.json",
        "instrument_schemas": [f"{place}/instrument.json"],
        "config": {
            "merchant_id": merchant_id(),
            "psp": provider,
            "accepted_brands": ["visa", "mastercard", "amex"],
            "supports_3ds": True,
            "environment": "sandbox" if ports.delegates() is not None else "production",
        },
    }


def merchant_id() -> str:
    """The shop's name in allowances: its host."""
    return str(settings.PUBLIC_URL).partition("://")[2].rstrip("/")


def _consents(locale: str) -> list[Document]:
    text = gettext("News and offers of %(brand)s by e-mail, with a link to stop them in each") % {
        "brand": settings.BRAND
    }
    policy = places.page("storefront:privacy", locale)
    return [{"channel": channel, "display_text": text, "privacy_policy_url": policy} for channel in CHANNELS]


def _handed_over(session: Session, locale: str) -> Document:
    """Where the shopper goes on themselves: with the bank's question, at the bank."""
    url = places.whole(session.next_url or "") or places.continue_url(session.token, locale)
    return {"continue_url": url} if url else {}


# -- what is bought -----------------------------------------------------------------------------------------------


def line_items(session: Session, locale: str) -> list[Document]:
    """The lines. The id of a line is its SKU, as that of its item: each SKU has one line."""
    return [_line(line, session, locale) for line in session.cart.lines]


def _line(line: CartLine, session: Session, locale: str) -> Document:
    sums = session.quote.line(line.variant_id)
    options = ((gettext("Size"), line.size), (gettext("Colour"), line.colour))
    told: Document = {
        "id": line.sku,
        "item": {"id": line.sku, "name": line.name, "unit_amount": line.unit.amount_minor},
        "quantity": line.quantity,
        "name": line.name,
        "unit_amount": line.unit.amount_minor,
        "product_id": line.slug,
        "sku": line.sku,
        "variant_id": str(line.variant_id),
        "variant_options": [{"name": name, "value": value} for name, value in options if value],
        "availability_status": _availability(line),
        "available_quantity": max(line.available, 0),
        "max_quantity_per_order": MAX_QUANTITY,
        "totals": totals.of_line(sums),
    }
    if line.preorder_on is not None:
        told["fulfillable_on"] = day(line.preorder_on)
    if line.image_url:
        told["images"] = [places.whole(line.image_url)]
    taken = [each for each in session.quote.adjustments if each.lines.get(line.variant_id)]
    if taken:
        told["discount_details"] = [_detail(each, line.variant_id, locale) for each in taken]
    return told


def _availability(line: CartLine) -> str:
    if line.preorder_on is not None and line.state is LineState.OK:
        return "pre_order"
    if line.state in (LineState.SOLD_OUT, LineState.ARCHIVED) or line.available <= 0:
        return "out_of_stock"
    return "low_stock" if line.available <= LOW_STOCK else "in_stock"


def _detail(taken: Adjustment, variant_id: int, locale: str) -> Document:
    source = "loyalty" if taken.kind is AdjustmentKind.MEMBER else "coupon" if taken.code else "automatic"
    told: Document = {
        "type": "volume" if taken.kind is AdjustmentKind.BUNDLE else "fixed",
        "amount": taken.lines[variant_id],
        "description": taken.name(locale),
        "source": source,
    }
    return told | ({"code": taken.code} if taken.code else {})


def _discounts(session: Session, locale: str) -> Document:
    """Codes as they were given, what counts (with what it takes off where), and why others do not. Gift cards are
    codes here too: they are accepted, and pay (see the totals) instead of taking anything off."""
    ids = {line.variant_id: place for place, line in enumerate(session.cart.lines)}
    applied = [_applied(each, place, ids, session, locale) for place, each in enumerate(session.quote.adjustments, 1)]
    rejected = []
    for answer in session.quote.answers:
        if answer.problem is not None:
            told = said.code_refused(answer.problem, answer.code)
            rejected.append({"code": answer.code, "reason": messages.code_problem(answer.problem), "message": told})
    return {"codes": list(session.cart.codes), "applied": applied, "rejected": rejected}


def _applied(taken: Adjustment, priority: int, ids: dict[int, int], session: Session, locale: str) -> Document:
    parts = [
        {"path": f"$.line_items[{ids[variant]}]", "amount": amount}
        for variant, amount in taken.lines.items()
        if amount and variant in ids
    ]
    if taken.shipping_minor:
        parts.append({"path": "$.totals.fulfillment", "amount": taken.shipping_minor})
    coupon = {"id": taken.key, "name": taken.name(locale), "amount_off": taken.amount.amount_minor}
    told: Document = {
        "id": f"{taken.kind.value}:{taken.key}",
        "coupon": {**coupon, "currency": session.cart.currency.lower()},
        "amount": taken.amount.amount_minor,
        "automatic": not taken.code,
        "method": "each",
        "priority": priority,
        "allocations": parts,
    }
    return told | ({"code": taken.code} if taken.code else {})


def _sums(session: Session) -> list[Document]:
    """Those of the order, once there is one: what was charged does not move with today's prices."""
    bought = session.order is not None and session.state in (SessionState.COMPLETED, SessionState.COMPLETING)
    if bought and session.order is not None:
        return totals.of_whole(session.order.totals)
    quote = session.quote
    return totals.of_whole(quote.totals, quote.taxes, country=quote.country, shipped=quote.offer is not None)


# -- to whom, and how ---------------------------------------------------------------------------------------------


def _people(session: Session) -> Document:
    details = session.details
    told: Document = {}
    if details.email:
        buyer = {"email": details.email, "full_name": details.name, "phone_number": details.phone}
        told["buyer"] = {key: value for key, value in buyer.items() if value}
    delivery = {"name": details.name, "phone_number": details.phone, "email": details.email}
    shown: Document = {key: value for key, value in delivery.items() if value}
    if details.address is not None and details.address.line1:
        shown["address"] = address(details.address, details.name or "")
    return told | ({"fulfillment_details": shown} if shown else {})


def address(where: Address, name: str) -> Document:
    """The address as it was given."""
    told = {
        "name": name,
        "line_one": where.line1,
        "line_two": where.line2,
        "city": where.city,
        "state": where.region,
        "country": where.country,
        "postal_code": where.postcode,
    }
    return told if where.line2 else {key: value for key, value in told.items() if key != "line_two"}


def _options(offer: ShippingOffer, session: Session, locale: str) -> Sequence[Document]:
    """One for a way to ship to the door; one a place for goods that are collected."""
    method = offer.method
    title, low, high = method.name(locale), *method.days
    delay = ngettext("%(low)d working day", "%(low)d to %(high)d working days", high) % {"low": low, "high": high}
    common = {"title": title, "description": delay, "totals": totals.of_offer(offer, title)}
    if method.kind is ShippingKind.PICKUP:
        return [
            {
                "type": "pickup",
                "id": option_id(method.key, point.key),
                **common,
                "title": f"{title}: {point.name}",
                "location": {"name": point.name, "address": _place(point)},
                "pickup_type": "in_store",
                "ready_by": day(offer.latest),
            }
            for point in method.points
        ]
    return [
        {
            "type": "shipping",
            "id": option_id(method.key),
            **common,
            "earliest_delivery_time": day(offer.earliest),
            "latest_delivery_time": day(offer.latest, end=True),
        }
    ]


def _place(point: PickupPoint) -> Document:
    return {
        "name": point.name,
        "line_one": point.line1,
        "city": point.city,
        "state": "",
        "country": point.country,
        "postal_code": point.postcode,
    }


def _selected(session: Session) -> list[Document]:
    offer, details = session.quote.offer, session.details
    if offer is None:
        return []
    pickup = offer.method.kind is ShippingKind.PICKUP
    point = details.address.point if pickup and details.address is not None else ""
    if pickup and not point:
        return []
    return [
        {
            "type": "pickup" if pickup else "shipping",
            "option_id": option_id(offer.method.key, point),
            "item_ids": [line.sku for line in session.cart.lines],
        }
    ]
