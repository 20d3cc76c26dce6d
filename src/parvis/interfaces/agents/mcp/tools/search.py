"""search_products: the catalogue by words and filters, with ratings."""

from typing import Annotated, Literal

from pydantic import Field

from parvis.core.errors import Invalid
from parvis.core.pagination import decode_cursor, encode_cursor
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import ProductList, Sort
from parvis.domains.evidence import queries as evidence
from parvis.interfaces.agents.mcp.gate import Caller
from parvis.interfaces.agents.mcp.tools.common import READS, Arguments, tool
from parvis.interfaces.agents.mcp.words import Language, ProductOut, Shape, products_out

_DEEPEST = 5000
_SORTS = {"relevance": Sort.RELEVANCE, "price": Sort.PRICE, "price_down": Sort.PRICE_DOWN, "new": Sort.NEW}
Price = Annotated[int | None, Field(ge=0, le=100_000_000, description="Smallest unit of the shop's currency (cents).")]


class Search(Arguments):
    query: Annotated[
        str, Field(max_length=200, description="Words of what is looked for, in French or English; empty: everything.")
    ] = ""
    categories: Annotated[
        list[Annotated[str, Field(max_length=80)]],
        Field(max_length=20, description="category_key of products found before; any of them."),
    ] = []  # noqa: RUF012 - a field's default, copied by the library
    price_min: Price = None
    price_max: Price = None
    in_stock: Annotated[bool, Field(description="Only what can be bought now.")] = False
    min_rating: Annotated[float | None, Field(ge=1, le=5, description="Average stars at least.")] = None
    sort: Literal["relevance", "rating", "price", "price_down", "new"] = "relevance"
    language: Language = "en"
    limit: Annotated[int, Field(ge=1, le=20)] = 8
    cursor: Annotated[str | None, Field(max_length=200, description="next_cursor of the page before.")] = None


class CategoryCount(Shape):
    key: str
    products: int


class Found(Shape):
    """``corrected_to`` are the words that were searched for, where the given ones were mistyped. ``by_reviews``: no
    product is named so; these are spoken of so in reviews."""

    total: int
    products: list[ProductOut]
    next_cursor: str | None
    corrected_to: str
    by_reviews: bool
    categories: list[CategoryCount]


def search(caller: Caller, asked: Search) -> Found:
    offset = _offset(asked.cursor)
    rated = evidence.ranked(by="rating", at_least=asked.min_rating or 0.0) if _rated(asked) else None
    found = _search(asked, offset, ids=rated, text=asked.query)
    by_reviews = False
    if not found.total and asked.query.strip():
        # Nothing is called so: products of which people speak so.
        spoken = evidence.search_products(asked.query, locale=asked.language)
        if spoken:
            ids = [each for each in spoken if rated is None or each in set(rated)]
            found = _search(asked, offset, ids=ids, text="")
            by_reviews = found.total > 0
    end = offset + len(found.items)
    most = sorted(found.category_counts.items(), key=lambda each: (-each[1], each[0]))[:20]
    return Found(
        total=found.total,
        products=products_out(found.items, asked.language),
        next_cursor=encode_cursor(end) if found.items and end < found.total else None,
        corrected_to=found.corrected,
        by_reviews=by_reviews,
        categories=[CategoryCount(key=key, products=count) for key, count in most],
    )


def _rated(asked: Search) -> bool:
    return asked.min_rating is not None or asked.sort == "rating"


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    offset = decode_cursor(cursor, length=1)[0]
    if not isinstance(offset, int) or not 0 <= offset <= _DEEPEST:
        raise Invalid(field="cursor", problem="a cursor that an earlier page gave")
    return offset


def _search(asked: Search, offset: int, *, ids: list[int] | None, text: str) -> ProductList:
    given = ids is not None and (asked.sort == "rating" or (not text and asked.sort == "relevance"))
    return catalog.search(
        text=text,
        categories=asked.categories,
        price=(asked.price_min, asked.price_max),
        in_stock=asked.in_stock,
        ids=ids,
        sort=Sort.GIVEN if given else _SORTS.get(asked.sort, Sort.RELEVANCE),
        locale=asked.language,
        offset=offset,
        limit=asked.limit,
    )


SEARCH = tool(
    name="search_products",
    title="Search products",
    description=(
        "Search this shop's products by words (French or English), category, price, stock and rating. Each product"
        " comes with its price, availability, rating and variants; the SKU of a variant is what create_checkout takes."
        " Prices and stock are those of this moment."
    ),
    takes=Search,
    gives=Found,
    run=search,
    annotations=READS,
)
