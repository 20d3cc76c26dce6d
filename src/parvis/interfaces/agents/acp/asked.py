"""What a request asks for, in the words of checkout."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings

from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout.contracts import MAX_QUANTITY, Address, Details, Quote, ShippingKind, Wanted
from parvis.interfaces.agents.acp import schemas
from parvis.interfaces.agents.acp.schemas import Refused

Body = Mapping[str, Any]


def quantities(body: Body) -> tuple[dict[str, Any], tuple[int, ...]]:
    """The body without the quantities of its items, and these.

    The schema of an item in a request is closed and has no quantity, but many of the published examples give one. So
    it is taken, and without it one is wanted; the same item twice is wanted twice. Raises :class:`Refused`.
    """
    items = body.get("line_items")
    if not isinstance(items, list):
        return dict(body), ()
    counts = tuple(_count(item, place) for place, item in enumerate(items))
    bare = [
        {key: value for key, value in item.items() if key != "quantity"} if isinstance(item, dict) else item
        for item in items
    ]
    return {**body, "line_items": bare}, counts


def _count(item: Any, place: int) -> int:
    count = item.get("quantity", 1) if isinstance(item, dict) else 1
    param = schemas.json_path(["line_items", place, "quantity"])
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise Refused(problem="quantity must be a whole number, 1 or more", param=param)
    if count > MAX_QUANTITY:
        problem = f"quantity must be at most {MAX_QUANTITY}"
        raise Refused(problem=problem, param=param, word="quantity_exceeded")
    return count


def wanted(items: Sequence[Mapping[str, Any]], counts: Sequence[int]) -> list[Wanted]:
    """The variants behind item ids (they are SKUs, as in the feeds). Raises :class:`Refused` for an unknown one."""
    known = catalog.variants_by_sku({str(item["id"]) for item in items})
    lines = []
    for place, (item, count) in enumerate(zip(items, counts, strict=True)):
        variant = known.get(str(item["id"]))
        if variant is None:
            param = schemas.json_path(["line_items", place, "id"])
            raise Refused(problem="this item id is not known", param=param, word="invalid_item_id")
        lines.append(Wanted(variant_id=variant.id, quantity=count))
    return lines


def currency(given: str) -> None:
    """Raise :class:`Refused` for a currency that the shop does not sell in."""
    if given.upper() != settings.CURRENCY:
        problem = f"this shop sells in {settings.CURRENCY}"
        raise Refused(problem=problem, param="$.currency", word="unsupported_currency")


def codes(body: Body) -> list[str] | None:
    """The codes that replace those before; None: they stay. ``coupons`` is the older name."""
    if "discounts" in body:
        given: list[str] | None = body["discounts"].get("codes")
        return given
    return body.get("coupons")


def details(known: Details, body: Body) -> Details:
    """``known`` with what ``buyer``, ``fulfillment_details`` and ``order_notes`` say; a part that is not there leaves
    it alone.

    A parcel has one name on it: that of the address, else of the delivery, else the buyer's.
    """
    buyer, delivery = body.get("buyer") or {}, body.get("fulfillment_details") or {}
    where = delivery.get("address")
    name = (where or {}).get("name") or delivery.get("name") or _name(buyer)
    phone = delivery.get("phone_number") or buyer.get("phone_number")
    return replace(
        known,
        email=buyer.get("email") or delivery.get("email") or known.email,
        name=name or known.name,
        phone=phone or known.phone,
        address=_address(where, known.address) if where else known.address,
        note=body["order_notes"].strip() if "order_notes" in body else known.note,
    )


def _name(buyer: Mapping[str, Any]) -> str:
    whole = " ".join(part for part in (buyer.get("first_name"), buyer.get("last_name")) if part)
    return str(buyer.get("full_name") or whole)


def _address(given: Mapping[str, Any], known: Address | None) -> Address:
    return Address(
        line1=given["line_one"],
        line2=given.get("line_two", ""),
        postcode=given["postal_code"],
        city=given["city"],
        region=given["state"],
        country=given["country"].strip().upper(),
        point=known.point if known is not None else "",
    )


# -- ways to ship -----------------------------------------------------------------------------------------------


def option_id(method: str, point: str = "") -> str:
    """The name of a way to ship: that of the method, with the place where goods are collected."""
    return f"{method}:{point}" if point else method


def chosen(known: Details, options: Sequence[Mapping[str, Any]], quote: Quote) -> Details:
    """``known`` with the way to ship that was selected. Everything in a checkout goes the same way.

    Raises :class:`Refused` for an option that is not offered, and for several.
    """
    if not options:
        return known
    place = "$.selected_fulfillment_options"
    if len({option["option_id"] for option in options}) > 1:
        raise Refused(problem="all items go the same way: select one option", param=place, word="unsupported")
    wanted_id, kind = options[0]["option_id"], options[0]["type"]
    for offer in quote.offers:
        method = offer.method
        points = [point.key for point in method.points] if method.kind is ShippingKind.PICKUP else [""]
        for point in points:
            if wanted_id == option_id(method.key, point):
                if kind != ("pickup" if point else "shipping"):
                    raise Refused(problem="this option is of another type", param=f"{place}[0].type")
                where = known.address or Address(country=quote.country)
                keep = point or known.address is not None
                address = replace(where, point=point) if keep else None
                return replace(known, shipping_method=method.key, address=address)
    raise Refused(problem="this option is not offered", param=f"{place}[0].option_id")


# -- what comes along ---------------------------------------------------------------------------------------------

# Fields that are the person's and never belong into the credit for a sale.
_PERSONAL = ("email", "phone", "ssn", "address")


def attribution(body: Body, touch: str) -> dict[str, str] | None:
    """Whom the sale is credited to, by touch ("acp.first.provider" …). It must never stand in the way of a sale:
    what does not fit the schema, or holds personal data, is left out without a word."""
    given = body.get("affiliate_attribution")
    if given is None or not schemas.fits(schemas.CHECKOUT, "AffiliateAttribution", given):
        return None
    plain = {key: value for key, value in given.items() if isinstance(value, str) and key != "touchpoint"}
    nested = {**given.get("source", {}), **given.get("metadata", {})}
    if any(_personal(key, value) for key, value in (*plain.items(), *nested.items())):
        return None
    told = {f"acp.{touch}.{key}": value for key, value in plain.items()}
    return told | {f"acp.{touch}.{key}": str(value) for key, value in nested.items()}


def _personal(key: str, value: object) -> bool:
    return any(word in key.lower() for word in _PERSONAL) or (isinstance(value, str) and "@" in value)


def consents(body: Body, offered: Sequence[str]) -> dict[str, bool] | None:
    """What the buyer answered, of what was asked: other channels are ignored."""
    given = body.get("marketing_consents")
    if given is None:
        return None
    return {each["channel"]: each["opted_in"] for each in given if each["channel"] in offered}


def reason(body: Any) -> dict[str, Any]:
    """Why a checkout is given up, as far as it can be read: a cancellation never fails for it."""
    trace = body.get("intent_trace") if isinstance(body, Mapping) else None
    if not isinstance(trace, Mapping) or not isinstance(trace.get("reason_code"), str):
        return {}
    known = schemas.validator(schemas.CHECKOUT, "IntentTrace").is_valid({"reason_code": trace["reason_code"]})
    told: dict[str, Any] = {"code": trace["reason_code"][:60] if known else "other"}
    if isinstance(trace.get("trace_summary"), str):
        told["summary"] = trace["trace_summary"][:500]
    return told
