"""/products, /variants: the catalogue, its prices and its one stock truth."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.core.pagination import decode_cursor, encode_cursor
from parvis.domains.catalog import actions, queries
from parvis.domains.catalog.contracts import ProductDetail, Sort, Variant
from parvis.domains.people.contracts import Scope
from parvis.interfaces.api import conditional
from parvis.interfaces.api.auth import Needs, caller
from parvis.interfaces.api.problems import only
from parvis.interfaces.api.repeat import once
from parvis.interfaces.api.shapes import Amount, Cursor, Limit, Listed, Locale

router = Router(tags=["catalog"])
READ, WRITE = Needs(Scope.CATALOG_READ), Needs(Scope.CATALOG_WRITE)
Reason = Annotated[str, Field(min_length=1, max_length=200)]


class VariantOut(Schema):
    """What is put in a cart. ``available`` is what can be bought now; ``gtin`` the barcode's number, or empty."""

    id: int
    sku: str
    gtin: str
    size: str
    colour: str
    price: Amount
    price_was: Amount | None
    available: int


class ProductOut(Schema):
    """A product as shoppers see it. ``price_was``: lowest price of the 30 days before a reduction.
    ``provenance`` names attributes that are simulated."""

    id: int
    slug: str
    external_ref: str | None
    name: str
    description: str
    brand: str
    category_key: str
    category_name: str
    image_url: str
    price_from: Amount
    price_was: Amount | None
    in_stock: bool
    updated_at: datetime
    provenance: dict[str, str]


class ProductFull(ProductOut):
    variants: list[VariantOut]


class ProductQuery(Schema):
    text: Annotated[str, Field(max_length=200)] = ""
    category: list[str] = Field(default_factory=list)
    in_stock: bool = False
    locale: Locale = "en"
    limit: Limit = 50
    cursor: Cursor = None


@router.get("/products", response=Listed[ProductOut], auth=READ, summary="List or search products")
def list_products(request: HttpRequest, query: Query[ProductQuery]) -> Any:
    only(request, *ProductQuery.model_fields)
    offset = int(decode_cursor(query.cursor, length=1)[0]) if query.cursor else 0
    found = queries.search(
        text=query.text,
        categories=query.category,
        in_stock=query.in_stock,
        sort=Sort.RELEVANCE if query.text else Sort.NAME,
        locale=query.locale,
        offset=offset,
        limit=query.limit,
    )
    end = offset + len(found.items)
    return {"items": list(found.items), "next": encode_cursor(end) if end < found.total else None}


@router.get("/products/{int:product_id}", response=ProductFull, auth=READ, summary="Read a product")
def read_product(request: HttpRequest, product_id: int, locale: Locale = "en") -> Any:
    return _full(queries.product(product_id, locale=locale))


def _full(detail: ProductDetail) -> ProductFull:
    product = ProductOut.from_orm(detail.product).model_dump()
    return ProductFull(**product, variants=[VariantOut.from_orm(variant) for variant in detail.variants])


class StockOut(Schema):
    """``on_hand`` in the warehouse, ``reserved`` for orders not yet paid, ``available`` = the difference."""

    sku: str
    on_hand: int
    reserved: int
    available: int


class StockChange(Schema):
    """``kind`` received adds new goods; adjusted adds or takes away; counted sets what was counted."""

    kind: Annotated[str, Field(pattern="^(received|adjusted|counted)$")]
    quantity: Annotated[int, Field(ge=-100_000, le=100_000)]
    reason: Reason
    ref: Annotated[str, Field(max_length=100)] = ""


class PriceChange(Schema):
    amount_minor: Annotated[int, Field(ge=1, le=100_000_000)]
    reason: Annotated[str, Field(max_length=200)] = ""


def _variant(sku: str) -> Variant:
    found = queries.variants_by_sku([sku])
    if sku not in found:
        raise NotFound(kind="SKU", key=sku)
    return found[sku]


@router.get("/variants/{sku}/stock", response=StockOut, auth=READ, summary="Read stock")
def read_stock(request: HttpRequest, sku: str) -> Any:
    return _variant(sku)


@router.post(
    "/variants/{sku}/stock-movements", response={201: StockOut}, auth=WRITE, summary="Receive, adjust or count stock"
)
def move_stock(request: HttpRequest, sku: str, change: StockChange) -> HttpResponse:
    def act() -> tuple[int, Any]:
        variant, actor, at = _variant(sku), caller(request).account_id, now()
        if change.kind == "received":
            actions.receive_stock(
                variant_id=variant.id, quantity=change.quantity, reason=change.reason, ref=change.ref,
                actor_id=actor, at=at,
            )  # fmt: skip
        elif change.kind == "adjusted":
            actions.adjust_stock(
                variant_id=variant.id, quantity=change.quantity, reason=change.reason, ref=change.ref,
                actor_id=actor, at=at,
            )  # fmt: skip
        else:
            actions.count_stock(
                variant_id=variant.id, counted=change.quantity, reason=change.reason, actor_id=actor, at=at
            )
        return 201, StockOut.from_orm(_variant(sku))

    return once(request, act)


@router.get("/variants/{sku}", response=VariantOut, auth=READ, summary="Read a variant")
def read_variant(request: HttpRequest, sku: str) -> Any:
    return _variant(sku)


class GtinChange(Schema):
    gtin: Annotated[str, Field(max_length=20)]


@router.put("/variants/{sku}/gtin", response=VariantOut, auth=WRITE, summary="Set the barcode's number")
def set_gtin(request: HttpRequest, sku: str, change: GtinChange) -> Any:
    """GTIN (EAN, UPC) of 8, 12, 13 or 14 digits; empty takes it away. Setting the same number again changes nothing."""
    variant = _variant(sku)
    actions.set_gtin(variant_id=variant.id, gtin=change.gtin, actor_id=caller(request).account_id, at=now())
    return _variant(sku)


@router.put("/variants/{sku}/price", response=VariantOut, auth=WRITE, summary="Set the price")
def set_price(request: HttpRequest, sku: str, change: PriceChange) -> Any:
    """Setting the same price again changes nothing. With If-Match (the ETag of the variant), a price changed by
    somebody else meanwhile is not overwritten: 412."""
    variant = _variant(sku)
    conditional.expect(request, conditional.etag_of_value(VariantOut.from_orm(variant).model_dump()))
    actions.set_price(
        variant_id=variant.id,
        amount_minor=change.amount_minor,
        reason=change.reason,
        actor_id=caller(request).account_id,
        at=now(),
    )
    return _variant(sku)
