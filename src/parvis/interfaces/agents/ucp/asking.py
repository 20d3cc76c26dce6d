"""What a platform wants of a checkout, in the words of checkout; and what could not be had of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext

from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import ProductState
from parvis.domains.checkout.contracts import (
    MAX_LINES,
    MAX_QUANTITY,
    Address,
    Details,
    Session,
    ShippingKind,
    Wanted,
)
from parvis.interfaces.agents.ucp import releases, showing
from parvis.interfaces.agents.ucp.envelope import RECOVERABLE, UNRECOVERABLE, Failed, error, warning
from parvis.interfaces.agents.ucp.problems import BadRequest
from parvis.interfaces.agents.ucp.reading import Body
from parvis.interfaces.agents.ucp.releases import Release

MOST_ID = 80  # characters of the name that a platform gives a place
MOST_TOLD = 1_000_000_000  # a quantity that is still understood, and answered with what there is
_ALPHA_3 = {
    "FRA": "FR", "BEL": "BE", "CHE": "CH", "LUX": "LU", "DEU": "DE", "AUT": "AT", "ESP": "ES", "ITA": "IT",
    "NLD": "NL", "PRT": "PT", "IRL": "IE", "GBR": "GB", "USA": "US", "CAN": "CA",
}  # fmt: skip
_PIECE = ("C62", 0)  # what everything here is sold by, in the words of UN/CEFACT, and its scale


@dataclass(frozen=True, slots=True)
class Asked:
    """Lines that can be had, and messages about those that cannot, or not as asked."""

    lines: tuple[Wanted, ...]
    messages: tuple[dict[str, Any], ...]


def lines(body: Body, *, locale: str, known: Session | None = None) -> Asked:
    """The lines of a body (item ids are SKUs). An article that is not sold, or sold out, is left out and told; of one
    that is short as many are taken as there are; one that is asked for in another unit than pieces stays as it is in
    ``known``. Raises BadRequest, and Failed when nothing can be had."""
    if not body.has("line_items"):
        raise BadRequest(path=f"{body.path}.line_items", reason="it is needed")
    asked = [(part, *_line(part)) for part in body.parts("line_items", most=MAX_LINES)]
    variants = catalog.variants_by_sku({sku for _, sku, _ in asked}, locale=locale)
    sold = catalog.products({variant.product_id for variant in variants.values()}, locale=locale)
    had: dict[int, int] = {}
    before = {line.variant_id: line.quantity for line in known.cart.lines} if known is not None else {}
    messages: list[dict[str, Any]] = []
    for part, sku, quantity in asked:
        variant = variants.get(sku)
        article = sold.get(variant.product_id) if variant is not None else None
        if variant is None or article is None or variant.archived or article.state is not ProductState.ACTIVE:
            messages.append(
                warning("item_unavailable", gettext("%(item)s is not sold.") % {"item": sku}, path=part.path)
            )
            continue
        name = showing.named(article.name, variant.label)
        if _unit(part) != _PIECE:
            words = gettext("%(item)s is sold by the piece (C62).") % {"item": name}
            place = f"{part.path}.item.quantity_unit"
            messages.append(error("quantity_unit_mismatch", words, severity=RECOVERABLE, path=place))
            had |= {key: before[key] for key in (variant.id,) if key in before}
            continue
        if variant.available <= 0:
            messages.append(warning("out_of_stock", gettext("%(item)s is sold out.") % {"item": name}, path=part.path))
            continue
        wanted = had.get(variant.id, 0) + quantity
        had[variant.id] = min(wanted, variant.available, MAX_QUANTITY)
        if had[variant.id] < wanted:
            told = gettext("%(item)s: %(had)d can be had, not %(asked)d.")
            values = {"item": name, "had": had[variant.id], "asked": wanted}
            messages.append(warning("quantity_adjusted", told % values, path=f"{part.path}.quantity"))
    if asked and not had:
        words = " ".join(dict.fromkeys(message["content"] for message in messages))
        raise Failed(messages[0]["code"], words, severity=messages[0].get("severity", UNRECOVERABLE))
    if not had:
        raise BadRequest(path=f"{body.path}.line_items", reason="at least one item is needed")
    return Asked(tuple(Wanted(variant_id=key, quantity=count) for key, count in had.items()), tuple(messages))


def _line(part: Body) -> tuple[str, int]:
    item = part.part("item")
    if item is None:
        raise BadRequest(path=f"{part.path}.item", reason="it is needed")
    quantity = part.whole("quantity", low=1, high=MOST_TOLD)
    return item.required("id"), 1 if quantity is None else quantity


def _unit(part: Body) -> tuple[str, int]:
    """The unit and scale that a line says it is counted in; pieces where it says nothing."""
    item = part.part("item")
    unit = item.part("quantity_unit") if item is not None else None
    return _PIECE if unit is None else (unit.text("unit"), unit.whole("scale", low=0) or 0)


def codes(body: Body) -> list[str] | None:
    """The codes that replace those before; None: the body says nothing of them."""
    discounts = body.part("discounts")
    if discounts is None or not discounts.has("codes"):
        return None
    return discounts.texts("codes", most=20)


def consents(body: Body, release: Release) -> dict[str, bool] | None:
    """What the buyer answered, by our names of the purposes; None: nothing was told."""
    buyer = body.part("buyer")
    consent = buyer.part("consent") if buyer is not None else None
    return None if consent is None else release.consents(consent)


def details(body: Body, known: Session | None) -> Details:
    """Who buys and where it goes. ``known`` is the checkout as it stands: a destination that is only named by its id,
    and a way to ship that is only named by its option, are those of it."""
    buyer = body.part("buyer")
    found = Details()
    if buyer is not None:
        name = buyer.text("full_name", most=120) or _name(buyer)
        found = replace(
            found,
            email=buyer.text("email", most=254) or None,
            name=name or None,
            phone=buyer.text("phone_number", most=40) or None,
        )
    fulfilment = body.part("fulfillment")
    if fulfilment is None:
        return found
    methods = fulfilment.parts("methods", most=10)
    chosen = next((each for each in methods if _has_choice(each)), methods[0] if methods else None)
    return found if chosen is None else _shipped(found, chosen, known)


def _has_choice(method: Body) -> bool:
    return method.has("selected_destination_id") or any(
        group.has("selected_option_id") for group in method.parts("groups", most=50)
    )


def _shipped(found: Details, method: Body, known: Session | None) -> Details:
    kind = method.text("type")
    if kind not in ("", showing.SHIPPING, showing.PICKUP):
        raise BadRequest(path=f"{method.path}.type", reason="shipping or pickup was expected")
    wanted = method.text("selected_destination_id", most=MOST_ID)
    given = _destination(method, wanted)
    option = next((group.text("selected_option_id") for group in method.parts("groups", most=50)), "")
    ways = {offer.method.key: offer.method for offer in known.quote.offers} if known is not None else {}
    if kind == showing.PICKUP or (option in ways and ways[option].kind is ShippingKind.PICKUP):
        return _collected(found, option, wanted, known)
    address = known.details.address if known is not None else None
    name = known.details.destination if known is not None else None
    if given is not None and _is_address(given):
        address, name = _address(given), given.text("id", most=MOST_ID) or None
        found = replace(found, name=_name(given) or found.name, phone=given.text("phone_number") or found.phone)
    return replace(found, address=address, destination=name, shipping_method=option or None)


def _destination(method: Body, wanted: str) -> Body | None:
    """The place that a method selects, of those it gives; the only one where it selects none."""
    places = method.parts("destinations", most=50)
    found = next((each for each in places if wanted and each.text("id", most=MOST_ID) == wanted), None)
    return places[0] if found is None and len(places) == 1 and not wanted else found


def unknown_destination(body: Body, known: Session) -> str:
    """Where the body selects a place that it does not give and ``known`` does not have; empty: nowhere."""
    fulfilment = body.part("fulfillment")
    for method in fulfilment.parts("methods", most=10) if fulfilment is not None else ():
        wanted = method.text("selected_destination_id", most=MOST_ID)
        if not wanted or _destination(method, wanted) is not None:
            continue
        kind = showing.PICKUP if method.text("type") == showing.PICKUP else showing.SHIPPING
        shown = [each for each in showing.methods(known, releases.ROOT) if each["type"] == kind]
        if wanted not in [place["id"] for each in shown for place in each["destinations"]]:
            return f"{method.path}.selected_destination_id"
    return ""


def _collected(found: Details, option: str, point: str, known: Session | None) -> Details:
    """Goods that are collected: at the point that was chosen, in its country."""
    offers = known.quote.offers if known is not None else ()
    methods = [offer.method for offer in offers if offer.method.kind is ShippingKind.PICKUP]
    named = [each for each in methods if each.key == option]
    there = [each for each in methods if point in [place.key for place in each.points]]
    method = next(iter([*named, *there, *methods]), None)
    places = {place.key: place for place in method.points} if method is not None else {}
    before = known.details.address if known is not None else None
    country = places[point].country if point in places else before.country if before is not None else "FR"
    return replace(
        found,
        address=replace(before or Address(), country=country, point=point if point in places else ""),
        shipping_method=method.key if method is not None else option or None,
    )


def _is_address(given: Body) -> bool:
    return any(given.has(name) for name in ("street_address", "address_locality", "postal_code", "address_country"))


def _address(given: Body) -> Address:
    country = given.text("address_country", most=60).upper()
    return Address(
        line1=given.text("street_address", most=200),
        line2=given.text("extended_address", most=200),
        postcode=given.text("postal_code", most=20),
        city=given.text("address_locality", most=120),
        region=given.text("address_region", most=60),
        country=_ALPHA_3.get(country, country) or "FR",
        phone=given.text("phone_number", most=40),
    )


def _name(given: Body) -> str:
    parts = (given.text("first_name", most=60), given.text("last_name", most=60))
    return " ".join(part for part in parts if part)


def claims(body: Body) -> list[dict[str, Any]]:
    """Claims of benefits: this shop accepts none, tells so, and goes on."""
    context = body.part("context")
    told: Sequence[str] = context.texts("eligibility", most=50) if context is not None else ()
    words = gettext("This shop has no benefit of that name: %(claim)s.")
    return [
        warning("eligibility_not_accepted", words % {"claim": claim}, path=f"$.context.eligibility[{place}]")
        for place, claim in enumerate(told)
    ]


def of_session(session: Session) -> Asked:
    """The lines of a cart, for a checkout of its own."""
    wanted = tuple(Wanted(variant_id=line.variant_id, quantity=line.quantity) for line in session.cart.lines)
    return Asked(wanted, ())
