"""What a page says, in the vocabulary of schema.org: only what people can also read on it.

Each function gives a node; :func:`graph` puts nodes together. Prices, stock and reviews are those of the page's own
moment; a withdrawn voice is gone with the page's next rendering. Source: schema.org 30.0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_precision

from parvis.core.days import day_of
from parvis.core.money import Money
from parvis.domains.catalog.contracts import Product, ProductDetail, Variant
from parvis.domains.checkout.contracts import ShippingKind, ShippingMethod
from parvis.domains.evidence.contracts import Proof, Summary
from parvis.domains.evidence.web import clips
from parvis.domains.evidence.web.vocabulary import CONTEXT, Node, term
from parvis.domains.voices.contracts import Media, Voice

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
    free_returns: bool = False

    def absolute(self, path: str) -> str:
        return path if path.startswith(("http://", "https://")) else f"{self.url}{path}"

    @property
    def id(self) -> str:
        return f"{self.url}/#organization"


def graph(*nodes: Node | None) -> Node:
    """One document of several nodes."""
    return {"@context": CONTEXT, "@graph": [node for node in nodes if node]}


def organization(site: Site) -> Node:
    """The brand, with what it promises on returns everywhere it delivers."""
    node: Node = {"@type": "Organization", "@id": site.id, "name": site.name, "url": f"{site.url}/"}
    if site.countries:
        node["hasMerchantReturnPolicy"] = return_policy(site)
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


def web_page(site: Site, *, name: str, kind: str = "WebPage") -> Node:
    """A page about the shop: ``kind`` is WebPage or one of its kinds."""
    own: Node = {"about": {"@id": site.id}} if kind == "AboutPage" else {}
    return {"@type": kind, "name": name, "inLanguage": site.locale, "publisher": {"@id": site.id}, **own}


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
    site: Site,
    detail: ProductDetail,
    *,
    path: str,
    summary: Summary | None,
    proofs: Sequence[Proof],
    anonymous: str,
    film_name: str = "",
    chapters: Mapping[int, Sequence[clips.Chapter]] | None = None,
) -> Node:
    """A product with its offers, rating and the reviews of the page; a group of variants where there are several.

    ``anonymous`` stands for an author who gave no name, ``film_name`` for the title of a video of a review without one.
    ``chapters`` are the parts of videos, by voice.
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
    said = _reviews(
        site, proofs, film_name=film_name or item.name, url=url, anonymous=anonymous, chapters=chapters or {}
    )
    return node | rating(summary) | said


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
        "availability": term("InStock" if variant.available > 0 else "PreOrder" if variant.ahead else "OutOfStock"),
        **({"availabilityStarts": variant.preorder_on.isoformat()} if variant.ahead and variant.preorder_on else {}),
        "itemCondition": term("NewCondition"),
        "seller": {"@id": site.id},
        "shippingDetails": [_shipping(method, variant.price) for method in site.shipping if _delivers(method)],
        "hasMerchantReturnPolicy": return_policy(site),
    }


def return_policy(site: Site) -> Node:
    """How long and how goods may be sent back. Who pays for it is said only where the shop says so."""
    node: Node = {
        "@type": "MerchantReturnPolicy",
        "applicableCountry": list(site.countries),
        "returnPolicyCategory": term("MerchantReturnFiniteReturnWindow"),
        "merchantReturnDays": site.withdrawal_days,
        "returnMethod": term("ReturnByMail"),
        "refundType": term("FullRefund"),
    }
    return node | ({"returnFees": term("FreeReturn")} if site.free_returns else {})


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


def _reviews(
    site: Site,
    proofs: Sequence[Proof],
    *,
    film_name: str,
    url: str,
    anonymous: str,
    chapters: Mapping[int, Sequence[clips.Chapter]],
) -> Node:
    reviews = []
    for proof in proofs:
        voice = proof.voice
        node = review(voice, url=url, anonymous=anonymous)
        if voice.media:
            node["image"] = [_photo(site, photo) for photo in voice.media]
        if voice.video is not None and voice.video.shown and voice.video.url:
            parts = chapters.get(voice.id, ())
            node["video"] = clips.of_review(site.absolute, voice, name=film_name, page=url, chapters=parts)
        reviews.append(node)
    return {"review": reviews} if reviews else {}


def _photo(site: Site, photo: Media) -> Node:
    node: Node = {"@type": "ImageObject", "contentUrl": site.absolute(photo.url), "url": site.absolute(photo.url)}
    return node | ({"caption": photo.alt} if photo.alt else {})


def review(voice: Voice, *, url: str, anonymous: str) -> Node:
    """A review as it is shown: personal data masked, the author's own strengths and weaknesses quoted."""
    node: Node = {
        "@type": "Review",
        "@id": f"{url}#voice-{voice.id}",
        "author": {"@type": "Person", "name": voice.author_name or anonymous},
        "datePublished": day_of(voice.published_at or voice.submitted_at).isoformat(),
    }
    if voice.text.strip():
        node["reviewBody"] = voice.text
        node["inLanguage"] = voice.language or "und"
    if voice.title:
        node["name"] = voice.title
    if voice.stars is not None:
        node["reviewRating"] = {"@type": "Rating", "ratingValue": voice.stars, "bestRating": 5, "worstRating": 1}
    strengths, weaknesses = notes(voice)
    # one alone is no list of strengths and weaknesses: search engines ask for two in all
    if len(strengths) + len(weaknesses) >= 2:
        if strengths:
            node["positiveNotes"] = {"@type": "ItemList", "itemListElement": _listed(strengths)}
        if weaknesses:
            node["negativeNotes"] = {"@type": "ItemList", "itemListElement": _listed(weaknesses)}
    return node


def notes(voice: Voice) -> tuple[list[str], list[str]]:
    """The passages of a review that speak for and against, each once, in its own words and order."""
    strengths: list[str] = []
    weaknesses: list[str] = []
    text = voice.text
    for span in voice.reading.aspects if voice.reading else ():
        polarity = span.polarity
        if -LEANS < polarity < LEANS:
            continue
        quote = text[span.start : span.end]
        if "\n" in quote or "  " in quote or quote != quote.strip():  # mostly not: half of the time of a page
            quote = " ".join(quote.split())
        if quote and quote not in strengths and quote not in weaknesses:
            (strengths if polarity > 0 else weaknesses).append(quote)
    return strengths, weaknesses


def _listed(quotes: Iterable[str]) -> list[Node]:
    return [{"@type": "ListItem", "position": place, "name": quote} for place, quote in enumerate(quotes, 1)]
