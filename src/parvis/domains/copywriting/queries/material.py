"""What may be said of a product: facts of the catalogue, counts and passages of what people said."""

from collections.abc import Mapping
from typing import Final

from parvis.domains.catalog import queries as catalog
from parvis.domains.copywriting.contracts import Count, Material, Ref, RefKind
from parvis.domains.copywriting.queries.facts import facts_text
from parvis.domains.evidence import queries as evidence
from parvis.domains.voices import queries as voices
from parvis.science import support

MOST_VOICES: Final = 150
_PLEASED, _DISPLEASED = 4, 2


def material(product_id: int, language: str) -> Material:
    """The material of a product for a language. About a dozen statements. Raises NotFound."""
    detail = catalog.product(product_id, locale=language, archived=True)
    name, described, _edited = facts_text(product_id, language)
    kinds = voices.category_kinds()
    sizes = tuple(dict.fromkeys(each.size for each in detail.variants if each.size))
    colours = tuple(dict.fromkeys(each.colour for each in detail.variants if each.colour))
    facts = {f"s{n}": each for n, each in enumerate(support.sentences(described), start=1)}
    stated = {
        "name": name or detail.product.name,
        "category": detail.product.category_name,
        "brand": detail.product.brand,
        "sizes": ", ".join(sizes),
        "colours": ", ".join(colours),
    }
    facts |= {key: value for key, value in stated.items() if value}
    said, languages, authors = _said(product_id)
    summary = evidence.summary(product_id)
    reviews = summary.with_text if summary else 0
    return Material(
        product_id=product_id,
        language=language,
        name=stated["name"],
        brand=detail.product.brand,
        category=detail.product.category_name,
        kind=kinds.get(detail.product.category_key),
        facts=facts,
        counts=_counts(product_id, reviews),
        said=said,
        languages=languages,
        authors=authors,
        labels=evidence.labels(language),
        reviews=reviews,
        sizes=sizes,
        colours=colours,
    )


def _counts(product_id: int, reviews: int) -> tuple[Count, ...]:
    wanted = {product_id: [each.key for each in voices.aspects()]}
    return tuple(
        Count(aspect=each.aspect, sign=each.sign.value, count=each.count, against=each.against, reviews=reviews)
        for each in evidence.points(wanted).get(product_id, ())
    )


def _said(product_id: int) -> tuple[tuple[Ref, ...], Mapping[int, str], Mapping[int, str]]:
    """Passages of public reviews: each as a whole, and what of it leans with its stars."""
    found = voices.published_for(product_id, limit=MOST_VOICES)
    read = voices.readings([each.id for each in found])
    whole, parts = [], []
    for voice in found:
        whole.append(
            Ref(kind=RefKind.VOICE, key=f"voice/{voice.id}", quote=voice.text, voice_id=voice.id, end=len(voice.text))
        )
        reading = read.get(voice.id)
        for span in reading.aspects if reading else ():
            sign = "pro" if span.polarity >= support.LEANS else "con" if span.polarity <= -support.LEANS else ""
            agrees = voice.stars is not None and (
                (sign == "pro" and voice.stars >= _PLEASED) or (sign == "con" and voice.stars <= _DISPLEASED)
            )
            if sign and agrees:
                key = f"voice/{voice.id}/{span.aspect}:{sign}"
                quote = voice.text[span.start : span.end]
                parts.append(
                    Ref(kind=RefKind.VOICE, key=key, quote=quote, voice_id=voice.id, start=span.start, end=span.end)
                )
    languages = {each.id: (each.language or "")[:2] for each in found}
    return (*parts, *whole), languages, {each.id: each.author_name for each in found}
