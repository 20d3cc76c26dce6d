"""Carts as they stand: always with the live price and stock, never with what was true when a line was added."""

from collections.abc import Sequence

from django.conf import settings

from parvis.core import prepared
from parvis.core.money import Money
from parvis.core.prepared import Given
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product, ProductState, Variant
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import (
    Cart,
    CartLine,
    LineState,
    PickupPoint,
    ShippingKind,
    ShippingMethod,
    ZoneRate,
)
from parvis.domains.checkout.models.carts import MERGED, OPEN
from parvis.domains.checkout.queries.unchanged import unchanged
from parvis.domains.checkout.rules import shipping

_OPEN = prepared.Select(lambda: models.Cart.objects.filter(token=Given("token"), state=OPEN))
_LINES = prepared.Select(lambda: models.CartLine.objects.filter(cart=Given("cart")))


_MERGED = prepared.Select(
    lambda: (
        models.Cart.objects.filter(token=Given("token"), state=MERGED).select_related("merged_into").order_by("-id")[:1]
    )
)
_PIECES = prepared.Rows(
    lambda: models.CartLine.objects.filter(cart__token=Given("token"), cart__state=OPEN).values_list("quantity")
)


def lines_of(cart_id: int) -> list[models.CartLine]:
    """The lines of a cart. For this domain's own use."""
    return _LINES.rows(cart=cart_id)


def open_cart(token: str | None) -> models.Cart | None:
    """The open cart of a token, or the open one that it was merged into. For this domain's own use."""
    if not token:
        return None
    row = _OPEN.first(token=token)
    if row is None:
        first = _MERGED.first(token=token)
        if first is not None and first.merged_into is not None and first.merged_into.state == OPEN:
            row = first.merged_into
    return row


def cart(token: str | None, *, locale: str) -> Cart:
    """The open cart of a token; an empty one when there is none. Four statements with lines in it."""
    row = open_cart(token)
    if row is None:
        return Cart(id=None, token=token or "", customer_id=None, currency=settings.CURRENCY, lines=())
    return to_cart(row, lines_of(row.id), locale=locale)


def cart_count(token: str | None) -> int:
    """How many pieces are in the cart: for the badge in the header. One statement when there are some."""
    if not token:
        return 0
    pieces: int = sum(quantity for (quantity,) in _PIECES.rows(token=token))
    if pieces:
        return pieces
    row = open_cart(token)
    return 0 if row is None else sum(line.quantity for line in lines_of(row.id))


def to_cart(row: models.Cart, lines: Sequence[models.CartLine], *, locale: str) -> Cart:
    variants = catalog.variants([line.variant_id for line in lines], locale=locale) if lines else {}
    products = catalog.products({variant.product_id for variant in variants.values()}, locale=locale) if lines else {}
    return Cart(
        id=row.id,
        token=row.token,
        customer_id=row.customer_id,
        currency=row.currency,
        codes=tuple(row.codes),
        lines=tuple(
            _line(line, variants[line.variant_id], products[variants[line.variant_id].product_id], row.currency)
            for line in lines
            if line.variant_id in variants
        ),
    )


def line_state(*, variant: Variant, product: Product, quantity: int) -> LineState:
    """Whether ``quantity`` of a variant can be bought now."""
    if variant.archived or product.state is not ProductState.ACTIVE:
        return LineState.ARCHIVED
    if variant.sellable <= 0:
        return LineState.SOLD_OUT
    return LineState.OK if variant.sellable >= quantity else LineState.REDUCED


def _line(line: models.CartLine, variant: Variant, product: Product, currency: str) -> CartLine:
    return CartLine(
        variant_id=variant.id,
        product_id=product.id,
        slug=product.slug,
        name=product.name,
        sku=variant.sku,
        size=variant.size,
        colour=variant.colour,
        image_url=product.image_url,
        quantity=line.quantity,
        unit=variant.price,
        was=variant.price_was,
        price_seen=Money(line.price_seen_minor, currency),
        available=variant.sellable,
        preorder_on=variant.preorder_on if variant.available < line.quantity <= variant.sellable else None,
        state=line_state(variant=variant, product=product, quantity=line.quantity),
        category=product.category_key,
        department=product.department,
    )


def shipping_methods(country: str | None = None) -> tuple[ShippingMethod, ...]:
    """The active shipping methods in their order, of one country or all."""
    methods = tuple(method for method in all_shipping_methods() if method.active)
    return methods if country is None else shipping.serving(methods, country)


def all_shipping_methods() -> tuple[ShippingMethod, ...]:
    """The shipping methods in their order, those that are switched off too: for the team."""

    def load() -> tuple[ShippingMethod, ...]:
        rows = models.ShippingMethod.objects.all()
        return tuple(_method(row) for row in rows) if rows else shipping.DEFAULT_METHODS

    return unchanged("shipping methods", load)


def _method(row: models.ShippingMethod) -> ShippingMethod:
    return ShippingMethod(
        key=row.key,
        kind=ShippingKind(row.kind),
        name_en=row.name_en,
        name_fr=row.name_fr,
        price_minor=row.price_minor,
        free_from_minor=row.free_from_minor,
        countries=tuple(row.countries),
        days=(row.days_low, row.days_high),
        points=tuple(PickupPoint(**point) for point in row.points),
        rates=tuple(
            ZoneRate(
                name=zone["name"],
                countries=tuple(zone["countries"]),
                price_minor=zone["price_minor"],
                free_from_minor=zone["free_from_minor"],
                bands=tuple((value, cost) for value, cost in zone["bands"]),
            )
            for zone in row.rates
        ),
        active=row.active,
    )
