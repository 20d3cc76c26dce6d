"""What a page says, in the vocabulary of schema.org: only what people can also read on it.

Each function gives a node; :func:`graph` puts nodes together. Prices, stock and reviews are those of the page's own
moment; a withdrawn voice is gone with the page's next rendering. Source: schema.org 30.0.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from parvis.core.money import Money
from parvis.domains.catalog.contracts import Product, ProductDetail, Variant
from parvis.domains.checkout.contracts import ShippingKind, ShippingMethod
from parvis.domains.evidence.contracts import Proof, Summary
from parvis.domains.voices.contracts import QuestionThread, Voice

Node = dict[str, Any]
CONTEXT = "https://schema.org"
LEANS = 0.2  # a passage that leans less is neither a strength nor a weakness


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """Whose shop it is. ``url`` without a final slash; ``withdrawal_days`` is the time to send goods back."""

    url: str
    name: str
    locale: str
    logo: str = ""
    shipping: tuple[ShippingMethod, ...] = ()
    countries: tuple[str, ...] = ()
    withdrawal_days: int = 14

    def absolute(self, path: str) -> str:
        return path if path.startswith(("http://", "https://")) else f"{self.url}{path}"

    @property
    def id(self) -> str:
        return f"{self.url}/#organization"


def graph(*nodes: Node | None) -> Node:
    """One document of several nodes."""
    return {"@context": CONTEXT, "@graph": [node for node in nodes if node]}


def organization(site: Site) -> Node:
    """The brand."""
    node: Node = {"@type": "Organization", "@id": site.id, "name": site.name, "url": f"{site.url}/"}
    return node | ({"logo": site.absolute(site.logo)} if site.logo else {})


def website(site: Site, *, search: str) -> Node:
    """The shop and its search; ``search`` is the address with ``{search_term_string}`` in it."""
    return {
        "@type": "WebSite",
        "@id": f"{site.url}/#website",
        "url": f"{site.url}/",
        "name": site.name,
        "inLanguage": site.locale,
        "publisher": {"@id": site.id},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": site.absolute(search)},
            "query-input": "required name=search_term_string",
        },
    }


def breadcrumbs(site: Site, crumbs: Sequence[tuple[str, str]]) -> Node | None:
    """The way to the page; (name, path), the last one being the page itself. Nothing for fewer than two."""
    if len(crumbs) < 2:
        return None
    items = []
    for position, (name, path) in enumerate(crumbs, 1):
        item: Node = {"@type": "ListItem", "position": position, "name": name}
        items.append(item | ({"item": {"@id": site.absolute(path)}} if path else {}))
    return {"@type": "BreadcrumbList", "itemListElement": items}


def item_list(site: Site, products: Sequence[tuple[Product, str]], *, name: str, first: int = 1) -> Node | None:
    """A list of products in the page's order; (product, path)."""
    if not products:
        return None
    return {
        "@type": "ItemList",
        "name": name,
        "numberOfItems": len(products),
        "itemListElement": [
            {"@type": "ListItem", "position": place, "url": site.absolute(path), "name": product.name}
            for place, (product, path) in enumerate(products, first)
        ],
    }


# -- a product --------------------------------------------------------------------------------------------------


def product(
    site: Site, detail: ProductDetail, *, path: str, summary: Summary | None, proofs: Sequence[Proof], anonymous: str
) -> Node:
    """A product with its offers, rating and the reviews of the page; a group of variants where there are several.

    ``anonymous`` stands for an author who gave no name.
    """
    item = detail.product
    url = site.absolute(path)
    node: Node = {
        "@id": f"{url}#product",
        "name": item.name,
        "description": item.description or item.name,
        "url": url,
        "image": [site.absolute(item.image_url)],
        "brand": {"@type": "Brand", "name": item.brand or site.name},
        "category": item.category_name,
    }
    if len(detail.variants) == 1:
        (only,) = detail.variants
        node |= {"@type": "Product", "sku": only.sku, **_gtin(only), "offers": offer(site, only, url=url)}
    else:
        node |= {
            "@type": "ProductGroup",
            "productGroupID": item.external_ref or item.slug,
            "variesBy": _varies(detail.variants),
            "hasVariant": [_variant(site, item, variant, url=url) for variant in detail.variants],
        }
    return node | rating(summary) | _reviews(proofs, anonymous=anonymous)


def _gtin(variant: Variant) -> Node:
    """The barcode's number, unless the shop gave it itself."""
    return {"gtin": variant.public_gtin} if variant.public_gtin else {}


def _varies(variants: Sequence[Variant]) -> list[str]:
    told = {"size": {v.size for v in variants if v.size}, "color": {v.colour for v in variants if v.colour}}
    return [f"{CONTEXT}/{name}" for name, values in told.items() if len(values) > 1] or [f"{CONTEXT}/size"]


def _variant(site: Site, item: Product, variant: Variant, *, url: str) -> Node:
    there = f"{url}?variant={variant.id}"
    node: Node = {
        "@type": "Product",
        "sku": variant.sku,
        **_gtin(variant),
        "name": f"{item.name}, {variant.label}" if variant.label else item.name,
        "image": site.absolute(item.image_url),
        "offers": offer(site, variant, url=there),
    }
    if variant.size:
        node["size"] = variant.size
    if variant.colour:
        node["color"] = variant.colour
    return node


def offer(site: Site, variant: Variant, *, url: str) -> Node:
    """What it costs, whether it can be had now, how it comes and how long it may be sent back."""
    return {
        "@type": "Offer",
        "url": url,
        "price": amount(variant.price),
        "priceCurrency": variant.price.currency,
        "availability": term("InStock" if variant.available > 0 else "OutOfStock"),
        "itemCondition": term("NewCondition"),
        "seller": {"@id": site.id},
        "shippingDetails": [_shipping(method, variant.price) for method in site.shipping if _delivers(method)],
        "hasMerchantReturnPolicy": {
            "@type": "MerchantReturnPolicy",
            "applicableCountry": list(site.countries),
            "returnPolicyCategory": term("MerchantReturnFiniteReturnWindow"),
            "merchantReturnDays": site.withdrawal_days,
        },
    }


def term(name: str) -> Node:
    """A member of an enumeration of the vocabulary."""
    return {"@id": f"{CONTEXT}/{name}"}


def amount(money: Money) -> str:
    """A price as structured data has it: a point, no currency, as many digits as the currency's minor unit."""
    digits = get_currency_precision(money.currency)
    return f"{Decimal(money.amount_minor).scaleb(-digits):.{digits}f}"


def _delivers(method: ShippingMethod) -> bool:
    return method.kind is ShippingKind.HOME and bool(method.countries)


def _shipping(method: ShippingMethod, price: Money) -> Node:
    free = method.free_from_minor is not None and price.amount_minor >= method.free_from_minor
    cost = Money(0 if free else method.price_minor, price.currency)
    low, high = method.days
    return {
        "@type": "OfferShippingDetails",
        "shippingRate": {"@type": "MonetaryAmount", "value": amount(cost), "currency": price.currency},
        "shippingDestination": [{"@type": "DefinedRegion", "addressCountry": country} for country in method.countries],
        "deliveryTime": {
            "@type": "ShippingDeliveryTime",
            "transitTime": {"@type": "QuantitativeValue", "minValue": low, "maxValue": high, "unitCode": "DAY"},
        },
    }


# -- what people say --------------------------------------------------------------------------------------------


def rating(summary: Summary | None) -> Node:
    """``aggregateRating`` of public reviews, or nothing when nobody gave stars."""
    stars = sum(summary.distribution) if summary else 0
    if summary is None or summary.average is None or not stars:
        return {}
    return {
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": f"{summary.average:.2f}",
            "ratingCount": stars,
            "reviewCount": summary.count,
            "bestRating": 5,
            "worstRating": 1,
        }
    }


def _reviews(proofs: Sequence[Proof], *, anonymous: str) -> Node:
    reviews = [review(proof.voice, anonymous=anonymous) for proof in proofs]
    return {"review": reviews} if reviews else {}


def review(voice: Voice, *, anonymous: str) -> Node:
    """A review as it is shown: personal data masked, the author's own strengths and weaknesses quoted."""
    node: Node = {
        "@type": "Review",
        "author": {"@type": "Person", "name": voice.author_name or anonymous},
        "datePublished": (voice.published_at or voice.submitted_at).date().isoformat(),
    }
    if voice.text.strip():
        node |= {"reviewBody": voice.text, "inLanguage": voice.language or "und"}
    if voice.title:
        node["name"] = voice.title
    if voice.stars is not None:
        node["reviewRating"] = {"@type": "Rating", "ratingValue": voice.stars, "bestRating": 5, "worstRating": 1}
    strengths, weaknesses = notes(voice)
    # one alone is no list of strengths and weaknesses: search engines ask for two in all
    if len(strengths) + len(weaknesses) >= 2:
        node |= {
            name: {"@type": "ItemList", "itemListElement": _listed(said)}
            for name, said in (("positiveNotes", strengths), ("negativeNotes", weaknesses))
            if said
        }
    return node


def notes(voice: Voice) -> tuple[list[str], list[str]]:
    """The passages of a review that speak for and against, each once, in its own words and order."""
    found: tuple[list[str], list[str]] = ([], [])
    for span in voice.reading.aspects if voice.reading else ():
        quote = " ".join(voice.text[span.start : span.end].split())
        side = found[0] if span.polarity >= LEANS else found[1] if span.polarity <= -LEANS else None
        if side is not None and quote and quote not in found[0] and quote not in found[1]:
            side.append(quote)
    return found


def _listed(quotes: Iterable[str]) -> list[Node]:
    return [{"@type": "ListItem", "position": place, "name": quote} for place, quote in enumerate(quotes, 1)]


def question(thread: QuestionThread, *, url: str, anonymous: str) -> Node:
    """One question with its answers, as a page of its own says it."""
    asked, answers = thread.question, thread.answers
    node: Node = {
        "@type": "Question",
        "name": asked.text,
        "text": asked.text,
        "answerCount": len(answers),
        "author": {"@type": "Person", "name": asked.author_name or anonymous},
        "datePublished": (asked.published_at or asked.submitted_at).isoformat(),
    }
    said = [_answer(answer, url=url, anonymous=anonymous) for answer in answers]
    if said:
        node |= {"acceptedAnswer": said[0]} | ({"suggestedAnswer": said[1:]} if said[1:] else {})
    return {"@type": "QAPage", "url": url, "mainEntity": node}


def _answer(answer: Voice, *, url: str, anonymous: str) -> Node:
    return {
        "@type": "Answer",
        "text": answer.text,
        "url": f"{url}#voice-{answer.id}",
        "upvoteCount": answer.votes_up,
        "author": {"@type": "Person", "name": answer.author_name or anonymous},
        "datePublished": (answer.published_at or answer.submitted_at).isoformat(),
    }
