"""Products in the shapes of UCP's catalogue, with what customers say of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from parvis.core.money import Money
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product, Variant
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import AspectCount, Summary
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import QuestionThread
from parvis.interfaces.agents.ucp.versions import PROOF

POINTS, QUESTIONS, ANSWERS = 4, 3, 2
TITLE, TEXT = 200, 5000


def price(money: Money) -> dict[str, Any]:
    return {"amount": money.amount_minor, "currency": money.currency}


def product_id(item: Product) -> str:
    """The product's name outside: the one that its feeds have."""
    return item.external_ref or item.slug


def page_of(item: Product) -> str:
    return f"{settings.PUBLIC_URL}{reverse('storefront:product', kwargs={'slug': item.slug})}"


class Shelf:
    """What is needed to show some products, gathered at once: six statements for any number of them."""

    def __init__(self, items: Sequence[Product], locale: str) -> None:
        ids = [item.id for item in items]
        self.locale = locale
        self.variants = catalog.variants_of(ids, locale=locale)
        self.summaries = evidence.summaries(ids)
        self.threads = voices.answered_questions(ids, locale=locale, each=QUESTIONS)
        self.labels = evidence.labels(locale)

    def product(
        self, item: Product, *, variants: Iterable[Variant] | None = None, proof: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """A product with its variants (or with ``variants`` of them) and its proof (or with ``proof``)."""
        known = self.variants.get(item.id, ())
        shown = list(known if variants is None else variants)
        prices = [variant.price for variant in known] or [item.price_from]
        told: dict[str, Any] = {
            "id": product_id(item),
            "handle": item.slug,
            "title": item.name[:TITLE],
            "description": {"plain": (item.description or item.name)[:TEXT]},
            "url": page_of(item),
            "categories": [{"value": category_path(item), "taxonomy": "merchant"}],
            "price_range": {"min": price(min(prices, key=_minor)), "max": price(max(prices, key=_minor))},
            "options": options_of(known),
            "variants": [self.variant(item, each) for each in shown],
        }
        if not told["options"]:
            del told["options"]
        if item.image_url:
            address = f"{settings.PUBLIC_URL}{item.image_url}"
            told["media"] = [{"type": "image", "url": address, "alt_text": item.name[:TITLE]}]
        summary = self.summaries.get(item.id)
        if summary is not None and summary.average is not None:
            counted = sum(summary.distribution)
            told["rating"] = {"value": round(summary.average, 2), "scale_min": 1, "scale_max": 5, "count": counted}
        told["metadata"] = {PROOF: dict(proof) if proof is not None else self.proof(item)}
        return told

    def variant(self, item: Product, variant: Variant) -> dict[str, Any]:
        """A variant; its id is its SKU, which is what a cart takes."""
        name = variant.label or item.name
        told: dict[str, Any] = {
            "id": variant.sku,
            "sku": variant.sku,
            "title": name[:TITLE],
            "description": {"plain": f"{item.name}, {variant.label}"[:TEXT] if variant.label else item.name[:TEXT]},
            "url": f"{page_of(item)}?variant={variant.id}",
            "price": price(variant.price),
            "availability": {
                "available": variant.available > 0,
                "status": "in_stock" if variant.available > 0 else "out_of_stock",
            },
            "options": selected(variant),
            "seller": {"name": settings.BRAND, "links": links()},
        }
        if variant.price_was is not None and variant.price_was.amount_minor > variant.price.amount_minor:
            told["list_price"] = price(variant.price_was)
        if variant.public_gtin:
            told["barcodes"] = [{"type": "GTIN", "value": variant.public_gtin}]
        return told

    def proof(self, item: Product) -> dict[str, Any]:
        """What customers say, shortly: figures with their denominators, quotes and answers with where they stand, and
        the address of the whole signed statement."""
        summary, page = self.summaries.get(item.id), page_of(item)
        own = {"language": self.locale, "slug": item.slug}
        if summary is None:
            return {"reviews": 0, "statement_url": f"{settings.PUBLIC_URL}{reverse('agents:statement', kwargs=own)}"}
        return {
            "reviews": summary.count,
            "verified": summary.verified,
            "with_text": summary.with_text,
            "distribution": {str(stars): count for stars, count in enumerate(summary.distribution, 1)},
            "simulated": sorted(summary.simulated),
            "for": [self._point(point, page, summary) for point in summary.pros[:POINTS]],
            "against": [self._point(point, page, summary) for point in summary.cons[:POINTS]],
            "questions": [_thread(thread, page) for thread in self.threads.get(item.id, ())],
            "statement_url": f"{settings.PUBLIC_URL}{reverse('agents:statement', kwargs=own)}",
            "reviews_url": f"{settings.PUBLIC_URL}{reverse('storefront:reviews', kwargs={'slug': item.slug})}",
        }

    def _point(self, point: AspectCount, page: str, summary: Summary) -> dict[str, Any]:
        told: dict[str, Any] = {
            "what": self.labels.get(point.trait, point.aspect),
            "said_by": point.count,
            "opposite_said_by": point.against,
            "of_reviews_with_text": summary.with_text,
        }
        if point.quote:
            told["quote"] = {"text": point.quote, "url": f"{page}#voice-{point.voice_id}"}
        return told


def _thread(thread: QuestionThread, page: str) -> dict[str, Any]:
    return {
        "question": thread.question.text,
        "url": f"{page}questions/{thread.question.id}/",
        "answers": [
            {"text": answer.text, "by": str(answer.author_role), "author": answer.author_name}
            for answer in thread.answers[:ANSWERS]
        ],
    }


def _minor(money: Money) -> int:
    return money.amount_minor


def category_path(item: Product) -> str:
    """The category as a path of names."""
    return " > ".join(dict.fromkeys(filter(None, (item.department_name, item.category_name))))


def selected(variant: Variant) -> list[dict[str, str]]:
    """A variant as choices of options."""
    named = ((gettext("Size"), variant.size), (gettext("Colour"), variant.colour))
    return [{"name": name, "label": label} for name, label in named if label]


def options_of(variants: Iterable[Variant]) -> list[dict[str, Any]]:
    """The options that the variants have, each with its values in their order."""
    found: dict[str, dict[str, None]] = {}
    for variant in variants:
        for choice in selected(variant):
            found.setdefault(choice["name"], {})[choice["label"]] = None
    return [{"name": name, "values": [{"label": label} for label in labels]} for name, labels in found.items()]


def links() -> list[dict[str, str]]:
    """Pages that the law wants near every offer."""
    pages = (
        ("privacy_policy", gettext("Privacy and cookies"), "storefront:privacy"),
        ("faq", gettext("Frequent questions"), "storefront:faq"),
    )
    return [
        {"type": kind, "title": title, "url": f"{settings.PUBLIC_URL}{reverse(name)}"} for kind, title, name in pages
    ]
