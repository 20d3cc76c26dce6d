"""Feeds in XML: products as RSS with the g: names of merchant centres, and reviews as the product reviews format."""

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings

from parvis.domains.evidence.web.structured import notes
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice, VoiceKind
from parvis.interfaces.agents.feeds.entries import Entry, Named, entries, named
from parvis.interfaces.agents.feeds.plain import cut, rows

QUESTION, ANSWER, ALL_ANSWERS, MOST_QUESTIONS = 1000, 1000, 10_000, 30
HIGHLIGHT = 150
# XML 1.0 knows no control characters, however they are written.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMES = {
    "item_id": "id", "title": "title", "description": "description", "url": "link", "image_url": "image_link",
    "availability": "availability", "price": "price", "sale_price": "sale_price", "brand": "brand",
    "item_group_id": "item_group_id", "condition": "condition", "size": "size", "color": "color",
    "product_category": "product_type", "gtin": "gtin", "availability_date": "availability_date",
}  # fmt: skip


def element(name: str, text: object) -> str:
    """An element with words in it."""
    return f"<{name}>{escape(_ILLEGAL.sub('', str(text)))}</{name}>"


def products(language: str) -> Iterator[str]:
    """An RSS 2.0 document, one item a variant."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
    yield element("title", settings.BRAND) + element("link", f"{settings.PUBLIC_URL}/")
    yield element("description", "Products with what customers say of them") + "\n"
    for entry in entries(language):
        asked, liked = (
            _questions(entry),
            "".join(element("g:product_highlight", cut(each, HIGHLIGHT)) for each in entry.highlights),
        )
        for row in rows(entry):
            own = "".join(element(f"g:{name}", row[key]) for key, name in _NAMES.items() if row.get(key))
            yield f"<item>{own}{liked}{asked}{'' if row.get('gtin') else element('g:identifier_exists', 'no')}</item>\n"
    yield "</channel></rss>\n"


def _questions(entry: Entry) -> str:
    parts, left = [], ALL_ANSWERS
    for thread in entry.threads[:MOST_QUESTIONS]:
        asked, told = cut(thread.question.text, QUESTION), cut(thread.answers[0].text, ANSWER)
        left -= len(asked) + len(told)
        if left < 0:
            break
        inside = element("g:question", asked) + element("g:answer", told)
        parts.append(f"<g:question_and_answer>{inside}</g:question_and_answer>")
    return "".join(parts)


# -- reviews ----------------------------------------------------------------------------------------------------


def reviews(language: str) -> Iterator[str]:
    """Every public review with words and stars, in the strict order of the format (version 2.4)."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<feed>' + element("version", "2.4")
    yield f"<publisher>{element('name', settings.BRAND)}</publisher>\n"
    opened = False
    for said in voices.stream_published():
        told = [voice for voice in said if _fits(voice)]
        goods = named(language, {voice.product_id for voice in told if voice.product_id is not None})
        parts = [review(voice, goods[voice.product_id]) for voice in told if voice.product_id in goods]
        if parts:
            yield ("" if opened else "<reviews>\n") + "\n".join(parts) + "\n"
            opened = True
    yield ("</reviews>" if opened else "") + "</feed>\n"


def _fits(voice: Voice) -> bool:
    own = voice.kind is VoiceKind.REVIEW and not voice.syndicated_from
    return own and bool(voice.text.strip()) and voice.stars is not None and voice.product_id is not None


def review(voice: Voice, entry: Named) -> str:
    """One review. What came in return for something, and what is no verified purchase, is said so."""
    anonymous = not voice.author_name
    name = quoteattr("true" if anonymous else "false")
    writer = f"<name is_anonymous={name}>{escape(_ILLEGAL.sub('', voice.author_name or 'Anonymous'))}</name>"
    strengths, weaknesses = notes(voice)
    parts = [
        element("review_id", voice.id),
        f"<reviewer>{writer}</reviewer>",
        element("review_timestamp", voice.submitted_at.isoformat()),
        element("title", voice.title) if voice.title.strip() else "",
        element("content", voice.text),
        _listed("pros", "pro", strengths),
        _listed("cons", "con", weaknesses),
        f'<review_url type="group">{escape(entry.page)}#voice-{voice.id}</review_url>',
        f'<ratings><overall min="1" max="5">{voice.stars}</overall></ratings>',
        f"<products>{_product(entry)}</products>",
        element("is_spam", "false"),
        element("is_verified_purchase", "true" if voice.verified else "false"),
        element("is_incentivized_review", "true" if voice.incentive else "false"),
        element("collection_method", "post_fulfillment" if voice.verified else "unsolicited"),
    ]
    return f"<review>{''.join(parts)}</review>"


def _listed(outer: str, inner: str, quotes: Sequence[str]) -> str:
    return f"<{outer}>{''.join(element(inner, quote) for quote in quotes)}</{outer}>" if quotes else ""


def _product(entry: Named) -> str:
    ids = (
        _listed("gtins", "gtin", [variant.public_gtin for variant in entry.variants if variant.public_gtin])
        + _listed("skus", "sku", [variant.sku for variant in entry.variants])
        + _listed("brands", "brand", [entry.product.brand or settings.BRAND])
    )
    named = element("product_name", entry.product.name) + element("product_url", entry.page)
    return f"<product><product_ids>{ids}</product_ids>{named}</product>"
