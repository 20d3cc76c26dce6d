"""The demo's catalogue: pieces of the data as products with drawn pictures."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from parvis.connectors.demo import drawings
from parvis.connectors.demo.assortment import Piece, pieces
from parvis.connectors.demo.classes import categories
from parvis.connectors.demo.models import Milestone
from parvis.connectors.demo.moments import SIMULATED
from parvis.domains.catalog import actions, queries
from parvis.domains.catalog.contracts import NewProduct, NewVariant

OPEN_FOR = timedelta(days=3 * 365)
"""How long the demo shop is supposed to have been open; its products came over the first two of these years."""
_ARRIVALS = timedelta(days=2 * 365)
_PRODUCT = {
    "name": "made from class and number",
    "description": "written for the demo",
    "image": "drawn",
    "price": SIMULATED,
    "stock": SIMULATED,
    "variants": SIMULATED,
    "created_at": SIMULATED,
}


@dataclass(frozen=True, slots=True)
class Ids:
    """Catalogue ids in the order of the pieces, and of their variants."""

    products: tuple[int, ...]
    variants: tuple[int, ...]
    skus: tuple[str, ...]


def catalogue(*, at: datetime) -> Ids:
    """The catalogue, loaded when it is not there yet. Repeatable."""
    if not Milestone.objects.filter(name="catalogue").exists():
        actions.load_categories(categories())
        actions.load((_product(piece, opened=at - OPEN_FOR) for piece in pieces()), at=at)
        _draw()
        Milestone.objects.create(name="catalogue", at=at)
    products = queries.products_by_ref(piece.ref for piece in pieces())
    skus = [sku for piece in pieces() for sku in _skus(piece)]
    variants = queries.variants_by_sku(skus)
    return Ids(
        products=tuple(products[piece.ref] for piece in pieces()),
        variants=tuple(variants[sku].id for sku in skus),
        skus=tuple(skus),
    )


def arrived(piece: Piece, *, opened: datetime) -> datetime:
    """When a piece is supposed to have come into the shop."""
    return opened + _ARRIVALS * piece.age


def _skus(piece: Piece) -> list[str]:
    return [piece.sku(colour, size) for colour in piece.colours for size in piece.kind.sizes]


def _product(piece: Piece, *, opened: datetime) -> NewProduct:
    kind = piece.kind
    listed = ", ".join(piece.divisions)
    return NewProduct(
        external_ref=piece.ref,
        slug=piece.slug,
        category_key=kind.key,
        name_en=piece.name_en,
        name_fr=piece.name_fr,
        description_en=(
            f"Class {kind.shelf_en} of the real data, product {piece.number}"
            + (f", listed under {listed}. " if listed else ". ")
            + "Its reviews are real; name, picture, price, sizes, colours and stock were made for this demonstration."
        ),
        description_fr=(
            f"Classe {kind.shelf_fr} des données réelles, produit {piece.number}"
            + (f", rangé sous {listed}. " if listed else ". ")
            + "Ses avis sont réels ; nom, image, prix, tailles, couleurs et stock ont été faits pour la démonstration."
        ),
        brand=settings.BRAND,
        image=_picture(piece),
        created_at=arrived(piece, opened=opened),
        provenance=_PRODUCT,
        variants=tuple(
            NewVariant(
                sku=piece.sku(colour, size),
                size=size,
                colour_key=colour.key,
                colour_en=colour.en,
                colour_fr=colour.fr,
                price_minor=piece.price_minor,
                provenance={"price": SIMULATED, "stock": SIMULATED, "size": SIMULATED, "colour": SIMULATED},
            )
            for colour in piece.colours
            for size in piece.kind.sizes
        ),
    )


def _picture(piece: Piece) -> str:
    return f"demo/{piece.slug}.svg"


def _draw() -> None:
    """Save each piece's picture under the media folder; a picture that is there stays."""
    folder = Path(settings.MEDIA_ROOT)
    (folder / "demo").mkdir(parents=True, exist_ok=True)
    for piece in pieces():
        path = folder / _picture(piece)
        if not path.exists():
            drawn = str(drawings.garment(piece.kind.key, piece.colours[0].key, piece.number))
            path.write_text(drawn, encoding="utf-8")
