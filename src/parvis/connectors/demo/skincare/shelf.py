"""The range in the catalogue: its categories, products, drawn pictures, prices and stock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from parvis.connectors.demo.drawings import care
from parvis.connectors.demo.moments import SIMULATED
from parvis.connectors.demo.skincare import written
from parvis.domains.catalog import actions, queries
from parvis.domains.catalog.contracts import NewCategory, NewProduct, NewVariant, Variant
from parvis.domains.voices import actions as voices

WRITTEN = "written for the demo"
KIND = "beauty"
_AFTER_THE_CLOTHES = 100
_PRODUCT = {
    "name": WRITTEN,
    "description": WRITTEN,
    "image": "drawn",
    "price": SIMULATED,
    "stock": SIMULATED,
    "variants": SIMULATED,
    "created_at": SIMULATED,
}
_VARIANT = {"price": SIMULATED, "stock": SIMULATED, "size": SIMULATED}
_CATEGORIES = (
    ("cleansers", "Cleansers and mists", "Nettoyants et brumes"),
    ("face-serums", "Face serums", "Sérums visage"),
    ("face-creams", "Face creams", "Crèmes visage"),
)
_INVENTED_EN = "The product, its picture, price, stock and reviews were made up for this demonstration."
_INVENTED_FR = "Le produit, son image, son prix, son stock et ses avis ont été inventés pour cette démonstration."


def fill(*, at: datetime) -> Mapping[str, tuple[Variant, ...]]:
    """Put the range on the shelves; its variants by the key of the product, in the order of their sizes."""
    actions.load_categories(_categories())
    actions.load((_product(each, at) for each in written.products()), at=at)
    for key, _, _ in _CATEGORIES:
        # its reviews are read with the aspects of skincare, whatever words the category has in its name
        voices.set_category_kind(category_key=key, kind=KIND, actor_id=None, at=at)
    _draw()
    ids = queries.products_by_ref(each.ref for each in written.products())
    variants = queries.variants_of(ids.values(), locale=written.LANGUAGE)
    return {each.key: tuple(variants[ids[each.ref]]) for each in written.products()}


def _categories() -> list[NewCategory]:
    return [
        NewCategory(
            key=key,
            name_en=name_en,
            name_fr=name_fr,
            department="skincare",
            department_en="Skincare",
            department_fr="Soins de la peau",
            division="Beauty",
            position=_AFTER_THE_CLOTHES + place,
        )
        for place, (key, name_en, name_fr) in enumerate(_CATEGORIES)
    ]


def _product(each: written.Care, at: datetime) -> NewProduct:
    return NewProduct(
        external_ref=each.ref,
        slug=each.slug,
        category_key=each.category,
        name_en=each.name_en,
        name_fr=each.name_fr,
        description_en=f"{each.description_en}\n\n{_INVENTED_EN}",
        description_fr=f"{each.description_fr}\n\n{_INVENTED_FR}",
        brand=settings.BRAND,
        image=f"demo/{each.slug}.svg",
        created_at=at - timedelta(days=each.days),
        provenance=_PRODUCT,
        variants=tuple(
            NewVariant(sku=each.sku(size), size=size, price_minor=minor, on_hand=on_hand, provenance=_VARIANT)
            for (size, minor), on_hand in zip(each.sizes, each.stock, strict=True)
        ),
    )


def _draw() -> None:
    """Save the pictures under the media folder; a picture that is there stays."""
    folder = Path(settings.MEDIA_ROOT) / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    for each in written.products():
        path = folder / f"{each.slug}.svg"
        if not path.exists():
            drawn = str(care.picture(each.shape, each.colour, each.accent, each.plant))
            path.write_text(drawn, encoding="utf-8")
