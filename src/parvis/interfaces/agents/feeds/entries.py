"""What every product feed is made from, gathered for many products at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import ngettext, override

from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product, ProductState, Variant
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Summary
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import QuestionThread

BATCH = 200
HIGHLIGHTS = 4
QUESTIONS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A product with what people say of it. ``highlights``: one sentence each, with its count; ``page`` is absolute."""

    product: Product
    variants: tuple[Variant, ...]
    summary: Summary | None
    threads: tuple[QuestionThread, ...]
    highlights: tuple[str, ...]
    page: str
    image: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A product that is sold as a review names it."""

    product: Product
    variants: tuple[Variant, ...]
    page: str


def named(language: str, product_ids: Iterable[int]) -> dict[int, Named]:
    """Those of the products that are sold, by id. Two statements."""
    found = catalog.products(product_ids, locale=language)
    variants = catalog.variants_of(found, locale=language)
    with override(language):
        return {
            key: Named(product=item, variants=tuple(variants.get(key, ())), page=_page(item))
            for key, item in found.items()
            if item.state is ProductState.ACTIVE
        }


def _page(item: Product) -> str:
    return f"{settings.PUBLIC_URL}{reverse('storefront:product', kwargs={'slug': item.slug})}"


def entries(language: str) -> Iterator[Entry]:
    """Every product that is sold, in order of id; memory stays that of one batch. Eight statements a batch."""
    after = 0
    while items := catalog.products_after(after, locale=language, limit=BATCH):
        after = items[-1].id
        with override(language):
            made = _batch(items, language)
        yield from made


def _batch(items: Sequence[Product], language: str) -> list[Entry]:
    ids = [item.id for item in items]
    variants = catalog.variants_of(ids, locale=language)
    summaries = evidence.summaries(ids)
    threads = voices.answered_questions(ids, locale=language, each=QUESTIONS)
    names = evidence.labels(language)
    return [
        Entry(
            product=item,
            variants=tuple(variants.get(item.id, ())),
            summary=summaries.get(item.id),
            threads=threads.get(item.id, ()),
            highlights=_highlights(summaries.get(item.id), names),
            page=_page(item),
            image=f"{settings.PUBLIC_URL}{item.image_url}" if item.image_url else "",
        )
        for item in items
    ]


def _highlights(summary: Summary | None, names: Mapping[str, str]) -> tuple[str, ...]:
    """What several people said in its favour; a figure nobody else can copy."""
    return tuple(
        ngettext("%(what)s (said by %(count)d customer)", "%(what)s (said by %(count)d customers)", point.count)
        % {"what": names.get(point.trait, point.aspect), "count": point.count}
        for point in (summary.pros[:HIGHLIGHTS] if summary else ())
    )
