"""A checkout as the protocol shows it."""

from collections.abc import Container, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext, override

from parvis.domains.checkout.contracts import (
    Adjustment,
    CartLine,
    Message,
    Order,
    PickupPoint,
    Quote,
    QuoteLine,
    Remedy,
    Session,
    SessionState,
    Severity,
    ShippingKind,
    ShippingOffer,
)
from parvis.domains.checkout.web import amount as in_words
from parvis.interfaces.agents.ucp import envelope, products, wording
from parvis.interfaces.agents.ucp.releases import Release
from parvis.interfaces.agents.ucp.versions import CONSENT, DISCOUNT, FULFILMENT

SHIPPING, PICKUP = "shipping", "pickup"
ADDRESS, PACKAGE = "address_1", "package_1"
_STATES = {
    SessionState.INCOMPLETE: "incomplete",
    SessionState.READY: "ready_for_complete",
    SessionState.NEEDS_SHOPPER: "requires_escalation",
    SessionState.COMPLETING: "complete_in_progress",
    SessionState.COMPLETED: "completed",
    SessionState.CANCELLED: "canceled",
    SessionState.EXPIRED: "canceled",
}
FINAL = (SessionState.COMPLETED, SessionState.CANCELLED, SessionState.EXPIRED)


def line_id(variant_id: int) -> str:
    return f"li_{variant_id}"


def named(product: str, label: str) -> str:
    return f"{product}, {label}" if label else product


def continue_url(session: Session) -> str:
    """Our own page where the shopper goes on with this checkout, everything kept."""
    return f"{settings.PUBLIC_URL}/{session.locale}/checkout/continue/{session.token}/"


def order_url(order: Order) -> str:
    """The order's page."""
    with override(order.locale):
        path = reverse("storefront:order", kwargs={"token": order.token})
    return f"{settings.PUBLIC_URL}{path}"


def checkout(
    session: Session,
    told: Iterable[dict[str, Any]] = (),
    *,
    typed: Sequence[str] | None = None,
    release: Release,
    common: Container[str],
) -> dict[str, Any]:
    """The checkout; ``told`` are messages about this very request, ``typed`` the codes as it wrote them. Extensions are
    shown where they are among the ``common`` capabilities."""
    messages = [*messages_of(session, typed or ()), *told]
    status = _STATES[session.state]
    shopper = any(str(message.get("severity", "")).startswith("requires_") for message in messages)
    if shopper and session.state in (SessionState.INCOMPLETE, SessionState.READY):
        status = "requires_escalation"
    shown: dict[str, Any] = {
        "id": session.token,
        "status": status,
        **cart_part(session),
        "links": products.links(),
        "expires_at": session.expires_at.isoformat(),
    }
    if messages:
        shown["messages"] = messages
    if session.state not in FINAL:
        shown["continue_url"] = continue_url(session)
    if told_buyer := buyer(session, release if CONSENT in common else None):
        shown["buyer"] = told_buyer
    if FULFILMENT in common:
        shown["fulfillment"] = {"methods": methods(session, release)}
    if DISCOUNT in common:
        shown["discounts"] = applied(session, typed)
    if session.order is not None and session.state in (SessionState.COMPLETED, SessionState.COMPLETING):
        order = session.order
        shown["order"] = {"id": order.number, "label": order.number, "permalink_url": order_url(order)}
        if session.state is SessionState.COMPLETING:
            del shown["order"]  # it is there for certain once it is paid
    return shown


def cart_part(session: Session) -> dict[str, Any]:
    """What carts and checkouts share: lines, currency and totals."""
    quote = session.quote
    whole = [each for each in quote.adjustments if not is_of_items(each, quote)]
    items = [each for each in quote.adjustments if is_of_items(each, quote)]
    return {
        "line_items": [_line(line, quote, items) for line in session.cart.lines],
        "currency": session.cart.currency,
        "totals": totals(session.cart.lines, quote, items, whole, session.locale),
    }


def is_of_items(adjustment: Adjustment, quote: Quote) -> bool:
    """Whether something taken off is about certain articles, rather than about the whole cart."""
    return bool(adjustment.lines) and set(adjustment.lines) != {line.variant_id for line in quote.lines}


def _line(line: CartLine, quote: Quote, items: Sequence[Adjustment]) -> dict[str, Any]:
    quoted = _quoted(line, quote)
    whole = quoted.subtotal.amount_minor if quoted is not None else line.total.amount_minor
    off = sum(each.lines.get(line.variant_id, 0) for each in items)
    sums = [{"type": "subtotal", "amount": whole}]
    if off:
        sums.append({"type": "items_discount", "amount": -off})
    item: dict[str, Any] = {
        "id": line.sku,
        "title": named(line.name, ", ".join(filter(None, (line.size, line.colour)))),
        "price": (quoted.unit if quoted is not None else line.unit).amount_minor,
    }
    if line.image_url:
        item["image_url"] = f"{settings.PUBLIC_URL}{line.image_url}"
    return {
        "id": line_id(line.variant_id),
        "item": item,
        "quantity": line.quantity,
        "totals": [*sums, {"type": "total", "amount": whole - off}],
    }


def _quoted(line: CartLine, quote: Quote) -> QuoteLine | None:
    return next((each for each in quote.lines if each.variant_id == line.variant_id), None)


def totals(
    lines: Sequence[CartLine], quote: Quote, items: Sequence[Adjustment], whole: Sequence[Adjustment], locale: str
) -> list[dict[str, Any]]:
    """The sums, in the order in which they are shown; all but the last add up to the last. Prices hold the tax, so
    that it is told in words beside the total, which every platform shows."""
    sums = quote.totals
    shipping_off = sum(each.shipping_minor for each in quote.adjustments)
    shown: list[dict[str, Any]] = [
        {
            "type": "subtotal",
            "display_text": gettext("Articles"),
            "amount": sums.subtotal.amount_minor,
            "lines": [_subline(line, quote) for line in lines],
        }
    ]
    off_items = sum(sum(each.lines.values()) + each.shipping_minor for each in items)
    if off_items:
        shown.append({"type": "items_discount", "display_text": gettext("Taken off"), "amount": -off_items})
    shown += [
        {"type": "discount", "display_text": each.name(locale), "amount": -each.amount.amount_minor}
        for each in whole
        if each.amount.amount_minor
    ]
    if quote.offer is not None:
        amount = sums.shipping.amount_minor + shipping_off
        shown.append({"type": "fulfillment", "display_text": quote.offer.method.name(locale), "amount": amount})
    if sums.gift_cards.amount_minor:
        text = gettext("Gift card")
        shown.append({"type": "gift_card", "display_text": text, "amount": -sums.gift_cards.amount_minor})
    text = gettext("Total, %(tax)s of VAT included") % {"tax": in_words(sums.tax)}
    return [*shown, {"type": "total", "display_text": text, "amount": sums.due.amount_minor}]


def _subline(line: CartLine, quote: Quote) -> dict[str, Any]:
    quoted = _quoted(line, quote)
    amount = quoted.subtotal.amount_minor if quoted is not None else line.total.amount_minor
    label = ", ".join(filter(None, (line.size, line.colour)))
    return {"display_text": f"{line.quantity} × {named(line.name, label)}", "amount": amount}


def applied(session: Session, typed: Sequence[str] | None) -> dict[str, Any]:
    """Codes as they were ``typed`` (in the shop's spelling where this request named none), and what is taken off."""
    quote, spelt = session.quote, wording.spellings(typed or ())
    places = {line.variant_id: place for place, line in enumerate(quote.lines)}
    shown = []
    for each in quote.adjustments:
        if not each.amount.amount_minor:
            continue
        told: dict[str, Any] = {"title": each.name(session.locale), "amount": each.amount.amount_minor}
        told |= {"code": spelt.get(each.code, each.code)} if each.code else {"automatic": True}
        if is_of_items(each, quote):
            told["allocations"] = [
                {"path": f"$.line_items[{places[key]}]", "amount": amount} for key, amount in each.lines.items()
            ]
            if each.shipping_minor:
                told["allocations"].append({"path": "$.totals.fulfillment", "amount": each.shipping_minor})
        shown.append(told)
    return {"codes": list(session.cart.codes if typed is None else typed), "applied": shown}


def methods(session: Session, release: Release) -> list[dict[str, Any]]:
    """The ways to get the goods; everything goes the same way, as one package."""
    quote = session.quote
    ids = [line_id(line.variant_id) for line in session.cart.lines]
    chosen = quote.offer
    collected = chosen is not None and chosen.method.kind is ShippingKind.PICKUP
    shipping = [offer for offer in quote.offers if offer.method.kind is not ShippingKind.PICKUP]
    pickup = [offer for offer in quote.offers if offer.method.kind is ShippingKind.PICKUP]
    shown = [_method(SHIPPING, session, shipping, [] if collected else ids, release)]
    if pickup:
        shown.append(_method(PICKUP, session, pickup, ids if collected else [], release))
    return shown


def _method(
    kind: str, session: Session, offers: Sequence[ShippingOffer], ids: list[str], release: Release
) -> dict[str, Any]:
    options = [_option(offer, session.locale, release) for offer in offers]
    group: dict[str, Any] = {"id": PACKAGE if kind == SHIPPING else "package_2", "line_item_ids": ids}
    group["options"] = options
    chosen = session.quote.chosen if ids and session.quote.chosen in [option["id"] for option in options] else None
    group["selected_option_id"] = chosen
    destinations, selected = _destinations(kind, session, offers)
    return {
        "id": kind,
        "type": kind,
        "line_item_ids": ids,
        "destinations": [release.destination(kind, each) for each in destinations],
        "selected_destination_id": selected,
        "groups": [group],
    }


def _destinations(
    kind: str, session: Session, offers: Sequence[ShippingOffer]
) -> tuple[list[dict[str, Any]], str | None]:
    where = session.details.address
    if kind == PICKUP:
        points = {point.key: point for offer in offers for point in offer.method.points}
        selected = where.point if where is not None and where.point in points else None
        return [_place(point, session.locale) for point in points.values()], selected
    if where is None or where.point:
        return [], None
    told = {
        "street_address": where.line1,
        "extended_address": where.line2,
        "address_locality": where.city,
        "address_region": where.region,
        "postal_code": where.postcode,
        "address_country": where.country,
        "phone_number": where.phone,
    }
    name = session.details.destination or ADDRESS
    return [{"id": name} | {key: value for key, value in told.items() if value}], name


def _place(point: PickupPoint, locale: str) -> dict[str, Any]:
    return {
        "id": point.key,
        "name": point.name,
        "address": {
            "street_address": point.line1,
            "postal_code": point.postcode,
            "address_locality": point.city,
            "address_country": point.country,
        },
    }


def _option(offer: ShippingOffer, locale: str, release: Release) -> dict[str, Any]:
    cost = offer.totals.shipping.amount_minor
    with override(locale):
        words = gettext("Arrives between %(first)s and %(last)s") % {
            "first": date_format(offer.earliest, "DATE_FORMAT"), "last": date_format(offer.latest, "DATE_FORMAT")
        }  # fmt: skip
    return {
        "id": offer.method.key,
        "title": offer.method.name(locale),
        "description": release.words(words),
        "earliest_fulfillment_time": moment(offer.earliest),
        "latest_fulfillment_time": moment(offer.latest),
        "totals": [{"type": "subtotal", "amount": cost}, {"type": "total", "amount": cost}],
    }


def moment(day: date) -> str:
    """A day as a moment: noon of it, at the shop."""
    return datetime.combine(day, time(12), tzinfo=get_current_timezone()).isoformat()


def buyer(session: Session, consenting: Release | None) -> dict[str, Any]:
    """Who buys, as far as it was told, with what they agreed to where the release ``consenting`` has a form for it. The
    whole name is not cut into first and last again: it could be cut wrongly."""
    details = session.details
    told: dict[str, Any] = {"email": details.email, "full_name": details.name, "phone_number": details.phone}
    told["consent"] = consenting.consents_told(session.consents) if consenting is not None else {}
    return {key: value for key, value in told.items() if value}


_SEVERITY = {
    Remedy.CALLER: envelope.RECOVERABLE,
    Remedy.SHOPPER: envelope.BUYER_INPUT,
    Remedy.NOBODY: envelope.UNRECOVERABLE,
}


def messages_of(session: Session, typed: Sequence[str] = ()) -> list[dict[str, Any]]:
    """What stands in the way, and what the buyer should know."""
    if session.state in (SessionState.COMPLETED, SessionState.CANCELLED):
        return []
    places = {line.variant_id: place for place, line in enumerate(session.cart.lines)}
    spelt = wording.spellings(typed)
    shown = [_message(each, session, places, spelt) for each in session.messages]
    if session.state is SessionState.EXPIRED:
        shown.append(envelope.info("expired", gettext("This checkout has expired: start a new one.")))
    if session.state is SessionState.NEEDS_SHOPPER and not any(
        str(each.get("severity", "")).startswith("requires_") for each in shown
    ):
        words = gettext("The buyer has to go on with this checkout on the shop's own page.")
        shown.append(envelope.error("buyer_needed", words, severity=envelope.BUYER_INPUT))
    return shown


def _message(message: Message, session: Session, places: dict[int, int], spelt: dict[str, str]) -> dict[str, Any]:
    code, content = wording.told(message, session, spelt)
    path = wording.path(message.at, places)
    if message.code == "payment_action":  # the bank asks: only the buyer can answer it
        return envelope.error(code, content, severity=envelope.BUYER_INPUT, path=path)
    if message.severity is Severity.ERROR:
        return envelope.error(code, content, severity=_SEVERITY[message.remedy], path=path)
    make = envelope.warning if message.severity is Severity.WARNING else envelope.info
    return make(code, content, path=path)
