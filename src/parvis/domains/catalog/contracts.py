"""What others see of the catalogue: frozen values, kinds and events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from parvis.core.events import Event, declare
from parvis.core.money import Money

# From how many on the pages tell how many are left.
FEW_LEFT = 3


class ProductState(StrEnum):
    ACTIVE = "active"
    ARCHIVED = "archived"


class MovementKind(StrEnum):
    """Why stock changed. The signed quantities of a variant's movements sum to what is on hand."""

    RECEIVED = "received"
    SOLD = "sold"
    RETURNED = "returned"
    ADJUSTED = "adjusted"
    COUNTED = "counted"


class Sort(StrEnum):
    """Order of a product list; ``GIVEN`` keeps the order of the ``ids`` that restrict it."""

    RELEVANCE = "relevance"
    NAME = "name"
    PRICE = "price"
    PRICE_DOWN = "-price"
    NEW = "new"
    GIVEN = "given"


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """A class of products, named in the reader's language. ``product_count`` counts active products."""

    key: str
    name: str
    department: str
    department_name: str
    division: str
    product_count: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """A product as a list shows it. ``price_was`` is the lowest price of the 30 days before a reduction, or None.
    ``preorder``: nothing of it is in stock, but something can be ordered ahead."""

    id: int
    slug: str
    external_ref: str | None
    name: str
    description: str
    brand: str
    category_key: str
    category_name: str
    department: str
    department_name: str
    image_url: str
    state: ProductState
    price_from: Money
    price_was: Money | None
    in_stock: bool
    created_at: datetime
    updated_at: datetime
    provenance: Mapping[str, str]
    preorder: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """What is put in a cart. ``available`` is on hand minus reserved, never below zero; ``on_hand`` (below zero by what
    is owed to pre-orders) and ``reserved`` are for the team. ``preorder_left`` more can be ordered ahead, for
    ``preorder_on``, while that is set."""

    id: int
    product_id: int
    sku: str
    size: str
    colour_key: str
    colour: str
    price: Money
    price_was: Money | None
    available: int
    on_hand: int
    reserved: int
    position: int
    archived: bool
    gtin: str = ""
    preorder_on: date | None = None
    preorder_left: int = 0
    preorder_limit: int = 0

    @property
    def public_gtin(self) -> str:
        """The GTIN for the world outside: numbers that a shop gives itself (in-store goods and coupons begin with 2,
        02, 04, 05, 98 or 99; eight digits with 2) mean nothing elsewhere and are left out."""
        if len(self.gtin) <= len("12345678"):
            return "" if self.gtin.startswith("2") else self.gtin
        own = self.gtin.zfill(13)[-13:].startswith(("2", "02", "04", "05", "98", "99"))
        return "" if own else self.gtin

    @property
    def sellable(self) -> int:
        """What can be put in a cart: there now, or ordered ahead."""
        return self.available + self.preorder_left

    @property
    def ahead(self) -> bool:
        """Whether it can only be ordered ahead."""
        return self.available <= 0 and self.preorder_left > 0

    @property
    def label(self) -> str:
        """Size and colour as one line, for carts and orders."""
        return ", ".join(part for part in (self.size, self.colour) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductDetail:
    """A product with its variants in their order (archived ones left out)."""

    product: Product
    variants: tuple[Variant, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductRecord:
    """A product as the team edits it, in both languages. ``image`` is a path under the media folder."""

    id: int
    slug: str
    external_ref: str | None
    category_key: str
    name_en: str
    name_fr: str
    description_en: str
    description_fr: str
    brand: str
    image: str
    state: ProductState
    created_at: datetime
    updated_at: datetime
    provenance: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductList:
    """A page of products. Counts are of the whole result; ``category_counts`` and ``in_stock_count`` leave out their
    own filter, so that a facet says what choosing another value would give. ``price_range`` likewise, minor units.

    ``corrected`` are the words looked for instead of mistyped ones; ``loosened`` says that what was typed found nothing
    and ``items`` answer to a correction or to some of the words. ``ids`` are those of all pages, when asked for."""

    items: tuple[Product, ...]
    total: int
    category_counts: Mapping[str, int]
    in_stock_count: int
    price_range: tuple[int, int] | None
    loosened: bool = False
    corrected: str = ""
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PricePoint:
    """The price of a variant from ``from_at`` on."""

    amount: Money
    from_at: datetime
    reason: str
    actor_id: int | None
    provenance: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """A signed change of what is on hand; ``on_hand`` is the level just after it."""

    id: int
    variant_id: int
    kind: MovementKind
    quantity: int
    on_hand: int
    reason: str
    ref: str
    actor_id: int | None
    at: datetime
    provenance: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shortage:
    """A line that cannot be served: ``wanted`` against ``available``."""

    variant_id: int
    sku: str
    wanted: int
    available: int


# -- what comes in ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCategory:
    key: str
    name_en: str
    name_fr: str
    department: str = ""
    department_en: str = ""
    department_fr: str = ""
    division: str = ""
    position: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class NewVariant:
    """``price_minor`` in the shop's currency; ``on_hand`` is received as opening stock; ``gtin`` is the barcode's."""

    sku: str
    price_minor: int
    size: str = ""
    colour_key: str = ""
    colour_en: str = ""
    colour_fr: str = ""
    on_hand: int = 0
    gtin: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewProduct:
    """``slug`` empty: made from the English name. ``external_ref`` is the product's name in the system it came from."""

    category_key: str
    name_en: str
    name_fr: str
    variants: tuple[NewVariant, ...]
    slug: str = ""
    external_ref: str | None = None
    description_en: str = ""
    description_fr: str = ""
    brand: str = ""
    image: str = ""
    created_at: datetime | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMovement:
    """A past movement for the ledger; ``quantity`` is signed."""

    variant_id: int
    kind: MovementKind
    quantity: int
    at: datetime
    reason: str = ""
    ref: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPrice:
    """A past price change for the history."""

    variant_id: int
    amount_minor: int
    from_at: datetime
    reason: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """What a bulk load did: ids by external reference (or slug) and by SKU, and how many products were new."""

    product_ids: Mapping[str, int]
    variant_ids: Mapping[str, int]
    created: int
    updated: int


# -- what happened ----------------------------------------------------------------------------------------------


@declare
@dataclass(frozen=True, kw_only=True)
class ProductChanged(Event):
    """Created, edited or archived."""

    name: ClassVar[str] = "catalog.product_changed"
    product_id: int


@declare
@dataclass(frozen=True, kw_only=True)
class PriceChanged(Event):
    name: ClassVar[str] = "catalog.price_changed"
    variant_id: int
    product_id: int
    old_minor: int
    new_minor: int
    currency: str


@declare
@dataclass(frozen=True, kw_only=True)
class StockChanged(Event):
    """``available`` as it stood after the change."""

    name: ClassVar[str] = "catalog.stock_changed"
    variant_id: int
    available: int


@declare
@dataclass(frozen=True, kw_only=True)
class PreorderMoved(Event):
    """A variant that can be ordered ahead is expected on another day; ``old`` and ``new`` are ISO dates."""

    name: ClassVar[str] = "catalog.preorder_moved"
    variant_id: int
    old: str
    new: str
