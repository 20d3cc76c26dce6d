"""Whether structured data is fit for search and answer engines: the vocabulary, and what engines ask beyond it.

:func:`check` takes a JSON-LD document and tells its faults: an error makes a page lose what the markup is for, a
warning costs a little. Nothing is fetched. The rules are in :mod:`asked` (published by search engines) and
:mod:`vocabulary` (schema.org 30.0).

    >>> [fault.code for fault in check({"@context": "https://schema.org", "@type": "Clip", "name": "Fit"})]
    ['missing', 'missing', 'could']
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from parvis.science.visibility import asked, vocabulary
from parvis.science.visibility.asked import Asked, Field


class Severity(StrEnum):
    """How bad a fault is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """``code``: missing, could (a wanted field is not there), wrong (of another kind than asked), unknown_type,
    unknown_property, range, few, unreadable, untyped. ``at``: the way to the node ("Product/offers"); ``field`` as the
    rule names it ("ratingCount|reviewCount")."""

    severity: Severity
    code: str
    kind: str
    at: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands: ``way`` its path, ``above`` the types of the nodes that hold it, ``alone`` at the top."""

    way: str
    above: tuple[str, ...]

    @property
    def alone(self) -> bool:
        return not self.above

    @property
    def parent(self) -> str:
        return self.above[-1] if self.above else ""


def check_text(text: str) -> tuple[Fault, ...]:
    """Faults of a document as it stands in a page; one that is no JSON is itself the fault."""
    try:
        return check(json.loads(text))
    except (ValueError, RecursionError):
        return (Fault(Severity.ERROR, "unreadable", "", ""),)


def check(document: Any) -> tuple[Fault, ...]:
    """Every fault of a JSON-LD document (an object, a list of them, or a ``@graph``), in its order."""
    found: list[Fault] = []
    for root in roots(document):
        if not isinstance(root, Mapping) or not kinds(root):
            found.append(Fault(Severity.ERROR, "untyped", "", ""))
            continue
        found += _node(root, _Place("", ()))
    return tuple(found)


def roots(document: Any) -> list[Any]:
    """The nodes at the top of a document."""
    if isinstance(document, list):
        return [root for each in document for root in roots(each)]
    if isinstance(document, Mapping) and isinstance(document.get("@graph"), list):
        return list(document["@graph"])
    return [document]


def kinds(node: Mapping[str, Any]) -> list[str]:
    """The types of a node, without the address of the vocabulary."""
    told = node.get("@type")
    return [vocabulary.bare(each) for each in (told if isinstance(told, list) else [told]) if isinstance(each, str)]


def _node(node: Mapping[str, Any], place: _Place) -> Iterator[Fault]:
    mine = kinds(node)
    for kind in mine:
        at = f"{place.way}{kind}"
        if not vocabulary.known(kind):
            yield Fault(Severity.ERROR, "unknown_type", kind, at, "@type")
            continue
        for name in vocabulary.stray(kind, [key for key in node if not key.startswith("@")]):
            yield Fault(Severity.WARNING, "unknown_property", kind, at, name)
        yield from _by_rules(kind, node, place, at)
    for key, value in node.items():
        if not key.startswith("@"):
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, Mapping) and kinds(each):
                    inner = _Place(f"{place.way}{'/'.join(mine)}.{key}/", (*place.above, *mine[:1]))
                    yield from _node(each, inner)


def _by_rules(kind: str, node: Mapping[str, Any], place: _Place, at: str) -> Iterator[Fault]:
    for rule in _rules(kind, node, place):
        for severity, fields in ((Severity.ERROR, rule.required), (Severity.WARNING, rule.wanted)):
            for each in fields:
                code = _lacks(node, each)
                if code == "missing" and severity is Severity.WARNING:
                    code = "could"
                if code:
                    yield Fault(severity, code, kind, at, "|".join(each.names))
    own = _OWN.get(kind)
    if own is not None:
        for severity, code, field in own(node, place):
            yield Fault(severity, code, kind, at, field)


def _rules(kind: str, node: Mapping[str, Any], place: _Place) -> list[Asked]:
    found = [asked.BY_TYPE[kind]] if kind in asked.BY_TYPE else []
    if kind == "Product" and place.parent == "ProductGroup":
        found = [_without(found[0], asked.FROM_GROUP)]
    if kind == "Offer" and "Product" in place.above:
        found.append(asked.OFFER_OF_PRODUCT)
    if place.alone and kind in ("Review", "AggregateRating"):
        found.append(asked.RATED_ALONE)
    if place.alone and kind == "ImageObject":
        found.append(asked.PICTURE_ALONE)
    if kind == "QuantitativeValue":
        if place.parent == "ShippingDeliveryTime":
            found.append(asked.IN_DELIVERY)
        elif place.parent == "UnitPriceSpecification":
            found.append(asked.IN_UNIT_PRICE)
    return found


def _without(rule: Asked, names: frozenset[str]) -> Asked:
    def kept(fields: Sequence[Field]) -> tuple[Field, ...]:
        return tuple(field for field in fields if not names.issuperset(field.names))

    return Asked(kept(rule.required), kept(rule.wanted))


def _lacks(node: Mapping[str, Any], field: Field) -> str:
    """ "" when one of the names holds a value of the right kind, else what is the matter."""
    values = [value for value in (_value(node, name) for name in field.names) if value not in (None, "", [])]
    if not values:
        return "missing"
    return "" if any(_fits(value, field.kind) for value in values) else "wrong"


def _value(node: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(node, list):
            node = node[0] if node else None
        if not isinstance(node, Mapping):
            return None
        node = node.get(part)
    return node


_DURATION = re.compile(r"^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$")


def _fits(value: Any, kind: str) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    if isinstance(first, Mapping):
        return kind in ("", "url") and (not kind or "@id" in first or "url" in first)
    return _TESTS[kind](first) if kind else True


def number(value: Any) -> float | None:
    """A number, or a text that is one."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _is_date(value: Any) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return re.fullmatch(r"\d{4}(-\d{2})?", str(value)) is not None
    return True


_TESTS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: number(value) is not None,
    "date": _is_date,
    "currency": lambda value: re.fullmatch(r"[A-Z]{3}", str(value)) is not None,
    "duration": lambda value: _DURATION.match(str(value)) is not None,
    "url": lambda value: not str(value).startswith("data:") and " " not in str(value).strip(),
}


# -- rules that a table cannot hold ------------------------------------------------------------------------------

_Told = Iterator[tuple[Severity, str, str]]


def _rating(node: Mapping[str, Any], place: _Place) -> _Told:
    value = node.get("ratingValue")
    if isinstance(value, str):  # "80%" and "4/5" bring their own scale
        return
    low, high, given = number(node.get("worstRating")), number(node.get("bestRating")), number(value)
    if given is not None and not (low or 0.0) <= given <= (5.0 if high is None else high):
        yield Severity.ERROR, "range", "ratingValue"


def _crumbs(node: Mapping[str, Any], place: _Place) -> _Told:
    items = node.get("itemListElement")
    entries = [each for each in (items if isinstance(items, list) else [items]) if isinstance(each, Mapping)]
    if items and len(entries) < 2:
        yield Severity.WARNING, "few", "itemListElement"
    places = [number(each.get("position")) for each in entries]
    last = max((each for each in places if each is not None), default=None) if None not in places else None
    for entry, at in zip(entries, places, strict=True):
        target = entry.get("item")
        address = target.get("@id") if isinstance(target, Mapping) else target
        if address is None and last is not None and at == last:
            continue
        if not isinstance(address, str) or not urlsplit(address).scheme:
            yield Severity.WARNING, "missing" if address is None else "wrong", "item"


def _return_policy(node: Mapping[str, Any], place: _Place) -> _Told:
    linked = place.parent == "Organization" and node.get("merchantReturnLink")
    if not linked and not (node.get("applicableCountry") and node.get("returnPolicyCategory")):
        yield Severity.ERROR, "missing", "applicableCountry+returnPolicyCategory"
    if "Finite" in _name(node.get("returnPolicyCategory")) and number(node.get("merchantReturnDays")) is None:
        yield Severity.WARNING, "could", "merchantReturnDays"


def _name(term: Any) -> str:
    return str(term.get("@id", "")) if isinstance(term, Mapping) else str(term or "")


def _price(node: Mapping[str, Any], place: _Place) -> _Told:
    if node.get("price") in (None, "") and node.get("minPrice") not in (None, "") and node.get("maxPrice"):
        fields: tuple[str, ...] = ("minPrice", "maxPrice")
    else:
        fields = ("price",)
    for field in fields:
        code = _lacks(node, Field((field,), "number"))
        if code:
            yield Severity.ERROR, code, field


def _region(node: Mapping[str, Any], place: _Place) -> _Told:
    if node.get("addressRegion") and node.get("postalCode"):
        yield Severity.WARNING, "wrong", "addressRegion+postalCode"


def _product(node: Mapping[str, Any], place: _Place) -> _Told:
    if place.parent != "ProductGroup" and not any(node.get(name) for name in ("aggregateRating", "offers", "review")):
        yield Severity.ERROR, "missing", "aggregateRating|offers|review"
    offers = node.get("offers")
    holders = [
        node,
        *(each for each in (offers if isinstance(offers, list) else [offers]) if isinstance(each, Mapping)),
    ]
    if not any(holder.get(name) for holder in holders for name in asked.GTINS):
        yield Severity.WARNING, "could", "gtin"
    yield from _notes(node, place)


def _notes(node: Mapping[str, Any], place: _Place) -> _Told:
    reviews = node.get("review")
    count = 0
    for review in reviews if isinstance(reviews, list) else [reviews]:
        for side in ("positiveNotes", "negativeNotes"):
            listed = _value(review, f"{side}.itemListElement") if isinstance(review, Mapping) else None
            count += len(listed) if isinstance(listed, list) else bool(listed)
    if count == 1:
        yield Severity.WARNING, "few", "review.positiveNotes+review.negativeNotes"


def _job(node: Mapping[str, Any], place: _Place) -> _Told:
    remote = node.get("jobLocationType") == "TELECOMMUTE"
    if not node.get("applicantLocationRequirements") and not (not remote and node.get("jobLocation")):
        yield Severity.ERROR, "missing", "applicantLocationRequirements" if remote else "jobLocation"
    if node.get("jobLocation") and not _value(node, "jobLocation.address.addressCountry"):
        yield Severity.ERROR, "missing", "jobLocation.address.addressCountry"


def _recipe(node: Mapping[str, Any], place: _Place) -> _Told:
    if _value(node, "nutrition.calories") and not node.get("recipeYield"):
        yield Severity.ERROR, "missing", "recipeYield"


_OWN = {
    "AggregateRating": _rating, "BreadcrumbList": _crumbs, "DefinedRegion": _region, "JobPosting": _job,
    "MerchantReturnPolicy": _return_policy, "PriceSpecification": _price, "Product": _product, "ProductGroup": _notes,
    "Rating": _rating, "Recipe": _recipe, "UnitPriceSpecification": _price,
}  # fmt: skip
