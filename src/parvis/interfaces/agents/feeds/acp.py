"""Products in the shape of the agentic commerce protocol's feed (release 2026-04-17): a product a line, for files that
replace the whole catalogue.

The protocol has no field for what customers say. It stands where an assistant reads what a product is: in the
structured description, as Markdown in which every word of a customer is a quotation, with its count and its source;
and the seller's links lead to the signed evidence, the questions and the policies.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override

from parvis.core.money import Money
from parvis.domains.catalog.contracts import Variant
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Summary
from parvis.domains.evidence.web.markdown import plain, quote
from parvis.interfaces.agents.feeds.entries import Entry, entries
from parvis.interfaces.agents.feeds.plain import cut

VERSION = "2026-04-17"
POINTS, QUESTIONS = 4, 10
TITLE = 150


def json_lines(language: str) -> Iterator[str]:
    """One product a line."""
    names = evidence.labels(language)
    for entry in entries(language):
        with override(language):
            yield orjson.dumps(product(entry, language, names)).decode() + "\n"


def metadata(language: str, *, updated_at: str) -> dict[str, Any]:
    """What goes beside the file."""
    told = {"id": f"parvis-{language}"}
    return told | ({"updated_at": updated_at} if updated_at else {})


def product(entry: Entry, language: str, names: Mapping[str, str]) -> dict[str, Any]:
    """A product with its variants; ``names`` are the names of what people speak of."""
    item = entry.product
    common = {
        "categories": [
            {"value": " > ".join(dict.fromkeys(filter(None, (item.department_name, item.category_name)))),
             "taxonomy": "merchant"}
        ],
        "condition": ["new"],
        "seller": {"name": settings.BRAND, "links": _links(entry, language)},
    }  # fmt: skip
    return {
        "id": item.external_ref or item.slug,
        "title": cut(item.name, TITLE),
        "description": {"plain": cut(item.description or item.name, 5000), "markdown": said(entry, names)},
        "url": entry.page,
        "media": [{"type": "image", "url": entry.image, "alt_text": item.name}] if entry.image else [],
        "variants": [_variant(entry, variant) | common for variant in entry.variants],
    }


def _variant(entry: Entry, variant: Variant) -> dict[str, Any]:
    options = [(gettext("Size"), variant.size), (gettext("Colour"), variant.colour)]
    reduced = variant.price_was is not None and variant.price_was.amount_minor > variant.price.amount_minor
    node: dict[str, Any] = {
        "id": variant.sku,
        "title": cut(f"{entry.product.name}, {variant.label}" if variant.label else entry.product.name, TITLE),
        "url": f"{entry.page}?variant={variant.id}",
        "price": _price(variant.price),
        "availability": {
            "available": variant.sellable > 0,
            "status": "in_stock" if variant.available > 0 else "preorder" if variant.ahead else "out_of_stock",
        },
        "variant_options": [{"name": name, "value": value} for name, value in options if value],
    }
    if reduced and variant.price_was is not None:
        node["list_price"] = _price(variant.price_was)
    if variant.public_gtin:
        node["barcodes"] = [{"type": "GTIN", "value": variant.public_gtin}]
    if entry.image:
        node["media"] = [{"type": "image", "url": entry.image, "alt_text": entry.product.name}]
    return node


def _price(money: Money) -> dict[str, Any]:
    return {"amount": money.amount_minor, "currency": money.currency}


def _links(entry: Entry, language: str) -> list[dict[str, str]]:
    here, slug = settings.PUBLIC_URL, entry.product.slug
    own = {"language": language, "slug": slug}
    found = [
        ("privacy_policy", gettext("Privacy and cookies"), reverse("storefront:privacy")),
        ("reviews_policy", gettext("How reviews are handled"), reverse("storefront:reviews_policy")),
        ("faq", gettext("Frequent questions"), reverse("storefront:faq")),
    ]
    if entry.summary is not None:
        found.append(("reviews", gettext("Reviews"), reverse("storefront:reviews", kwargs={"slug": slug})))
        found.append(("reviews_evidence", gettext("Signed evidence"), reverse("agents:statement", kwargs=own)))
    return [{"type": kind, "title": title, "url": f"{here}{path}"} for kind, title, path in found]


def said(entry: Entry, names: Mapping[str, str]) -> str:
    """The description and what customers say, as Markdown."""
    item, told = entry.product, entry.summary
    lines = [plain(item.description or item.name, limit=5000), ""]
    if told is not None:
        lines += [f"## {gettext('What customers say')}", "", _counted(told), ""]
        for heading, points in ((gettext("What people like"), told.pros), (gettext("What people regret"), told.cons)):
            for point in points[:POINTS]:
                count = ngettext("%(count)d customer", "%(count)d customers", point.count) % {"count": point.count}
                lines += [f"- {heading}: {plain(names.get(point.trait, point.aspect))} ({count})"]
                lines += [quote(point.quote, source=gettext("a customer's review")), ""] if point.quote else []
    if entry.threads:
        lines += [f"## {gettext('Questions and answers')}", ""]
        for thread in entry.threads[:QUESTIONS]:
            answer = thread.answers[0]
            role = gettext("the brand") if str(answer.author_role) == "brand" else gettext("a customer")
            lines += [f"### {plain(thread.question.text, limit=300)}", "", quote(answer.text, source=role), ""]
    return "\n".join(lines).strip()


def _counted(told: Summary) -> str:
    words = ngettext("%(count)d review", "%(count)d reviews", told.count) % {"count": told.count}
    verified = ngettext("%(count)d verified purchase", "%(count)d verified purchases", told.verified) % {
        "count": told.verified
    }
    average = f"{told.average:.2f} / 5, " if told.average is not None else ""
    note = f" ({gettext('partly simulated for this demonstration')})" if told.simulated else ""
    return f"{average}{words}, {verified}{note}"
