"""A sample cart, to see what a promotion does before anybody buys with it."""

from django.conf import settings

from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product, Sort
from parvis.domains.checkout.contracts import Benefit, Cart, CartLine, LineState, Terms

MOST = 3


def cart(terms: Terms, *, locale: str) -> Cart:
    """Some articles that the promotion is for (else the first ones of the shop), in as many pieces as its set has."""
    found = _products(terms, locale)
    pieces = _pieces(terms, len(found))
    return Cart(
        id=None,
        token="",
        customer_id=None,
        currency=settings.CURRENCY,
        lines=tuple(
            line for product, count in zip(found, pieces, strict=True) if (line := _line(product, count, locale))
        ),
    )


def _products(terms: Terms, locale: str) -> list[Product]:
    if terms.products:
        known = catalog.products(terms.products, locale=locale)
        return [known[key] for key in terms.products if key in known][: 20 if terms.take == 0 else MOST]
    every = [each.key for each in catalog.categories(locale)]
    wanted = [key for key in terms.categories if key in every]
    departments = [key for key in terms.categories if key not in every]
    found = catalog.search(
        categories=wanted,
        departments=() if wanted else departments,
        in_stock=True,
        sort=Sort.NEW,
        locale=locale,
        limit=MOST,
    )
    return list(found.items)


def _pieces(terms: Terms, count: int) -> list[int]:
    """Together one set, spread over the articles."""
    if terms.benefit not in (Benefit.N_FOR_M, Benefit.SET_PRICE) or not terms.take or not count:
        return [1] * count
    each, more = divmod(max(terms.take, count), count)
    return [each + (index < more) for index in range(count)]


def _line(product: Product, quantity: int, locale: str) -> CartLine | None:
    variants = catalog.product(product.id, locale=locale).variants
    if not variants:
        return None
    variant = variants[0]
    return CartLine(
        variant_id=variant.id,
        product_id=product.id,
        slug=product.slug,
        name=product.name,
        sku=variant.sku,
        size=variant.size,
        colour=variant.colour,
        image_url=product.image_url,
        quantity=quantity,
        unit=variant.price,
        price_seen=variant.price,
        available=variant.available,
        state=LineState.OK,
        was=variant.price_was,
        category=product.category_key,
        department=product.department,
    )
