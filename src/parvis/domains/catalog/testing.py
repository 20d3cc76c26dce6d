"""A fixed small catalogue for tests: three products, nine variants, known prices and stock."""

from dataclasses import dataclass
from datetime import UTC, datetime

from parvis.domains.catalog import actions
from parvis.domains.catalog.contracts import NewCategory, NewProduct, NewVariant

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

CATEGORIES = (
    NewCategory(
        key="dresses",
        name_en="Dresses",
        name_fr="Robes",
        department="dresses",
        department_en="Dresses",
        department_fr="Robes",
        division="general",
        position=1,
    ),
    NewCategory(
        key="knits",
        name_en="Knits",
        name_fr="Mailles",
        department="tops",
        department_en="Tops",
        department_fr="Hauts",
        division="general",
        position=2,
    ),
    NewCategory(
        key="jeans",
        name_en="Jeans",
        name_fr="Jeans",
        department="bottoms",
        department_en="Bottoms",
        department_fr="Bas",
        division="general",
        position=3,
    ),
)


def _sizes(prefix: str, price_minor: int, on_hand: tuple[int, int, int]) -> tuple[NewVariant, ...]:
    return tuple(
        NewVariant(
            sku=f"{prefix}-{size}",
            size=size,
            colour_key="navy",
            colour_en="Navy",
            colour_fr="Bleu marine",
            price_minor=price_minor,
            on_hand=count,
        )
        for size, count in zip(("S", "M", "L"), on_hand, strict=True)
    )


PRODUCTS = (
    NewProduct(
        external_ref="test-dress",
        slug="linen-dress",
        category_key="dresses",
        name_en="Linen dress",
        name_fr="Robe en lin",
        description_en="A light summer dress with pockets.",
        description_fr="Une robe légère pour l'été, avec des poches.",
        brand="Atelier",
        variants=_sizes("DR", 8900, (10, 4, 0)),
    ),
    NewProduct(
        external_ref="test-sweater",
        slug="wool-sweater",
        category_key="knits",
        name_en="Wool sweater",
        name_fr="Pull en laine",
        description_en="Warm merino.",
        description_fr="Mérinos chaud.",
        brand="Atelier",
        variants=_sizes("SW", 6500, (5, 5, 5)),
    ),
    NewProduct(
        external_ref="test-jeans",
        slug="straight-jeans",
        category_key="jeans",
        name_en="Straight jeans",
        name_fr="Jean droit",
        description_en="Rigid denim.",
        description_fr="Denim brut.",
        brand="Atelier",
        variants=_sizes("JE", 7900, (0, 0, 0)),
    ),
)


@dataclass(frozen=True)
class SmallCatalogue:
    """Ids by slug and by SKU. The dress has 10 S, 4 M, no L at 89.00; five sweaters of each size at 65.00;
    jeans at 79.00 are out of stock."""

    products: dict[str, int]
    variants: dict[str, int]


def small_catalogue(*, at: datetime = AT) -> SmallCatalogue:
    """Load the fixed catalogue (repeatable) and give its ids."""
    actions.load_categories(CATEGORIES)
    loaded = actions.load(PRODUCTS, at=at)
    slugs = {str(row.external_ref): row.slug for row in PRODUCTS}
    return SmallCatalogue(
        products={slugs[ref]: product_id for ref, product_id in loaded.product_ids.items()},
        variants=dict(loaded.variant_ids),
    )
