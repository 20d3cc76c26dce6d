"""What the catalogue states of products, as passages in French and English."""

from collections.abc import Iterable

from django.utils import translation
from django.utils.translation import gettext as _

from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product, ProductState, Variant
from parvis.domains.evidence.contracts import Document, Source
from parvis.domains.evidence.queries.passages import Passage

LOCALES = ("fr", "en")


def of_products(product_ids: Iterable[int], *, locales: Iterable[str] = LOCALES) -> dict[str, Passage]:
    """The facts of active products by the id of their passage; two statements a language."""
    ids = list(product_ids)
    found: dict[str, Passage] = {}
    for locale in locales if ids else ():
        products = catalog.products(ids, locale=locale)
        variants = catalog.variants_of(ids, locale=locale)
        with translation.override(locale):
            for product in products.values():
                if product.state is ProductState.ACTIVE:
                    for part, heading, text in _stated(product, variants.get(product.id, ())):
                        passage = _passage(product, locale, part, heading, text)
                        found[passage.id] = passage
    return found


def ids_of(product_id: int) -> list[str]:
    """Every id that a fact of a product can have: to withdraw those that no longer stand."""
    return [f"f{product_id}:{locale}:{part}" for locale in LOCALES for part in _PARTS]


_PARTS = ("description", "sizes", "colours", "kind")


def _stated(product: Product, variants: Iterable[Variant]) -> list[tuple[str, str, str]]:
    """(part, heading, text) of what is known."""
    members = list(variants)
    sizes = list(dict.fromkeys(each.size for each in members if each.size))
    colours = list(dict.fromkeys(each.colour for each in members if each.colour))
    kind = " · ".join(dict.fromkeys(each for each in (product.category_name, product.department_name) if each))
    found = []
    if product.description.strip():
        found.append(("description", _("Description"), product.description.strip()))
    if sizes:
        found.append(("sizes", _("Sizes"), _("Available sizes: %(sizes)s.") % {"sizes": ", ".join(sizes)}))
    if colours:
        found.append(("colours", _("Colours"), _("Available colours: %(colours)s.") % {"colours": ", ".join(colours)}))
    if product.brand:
        found.append(("kind", _("Brand"), _("Brand: %(brand)s. %(kind)s") % {"brand": product.brand, "kind": kind}))
    return found


def _passage(product: Product, locale: str, part: str, heading: str, text: str) -> Passage:
    return Passage(
        id=f"f{product.id}:{locale}:{part}",
        kind=Source.FACT,
        head=product.name,
        body=text,
        group=str(product.id),
        language=locale,
        shown=locale,
        document=Document(key=f"product:{product.id}/{part}", heading=heading, page="product"),
    )
