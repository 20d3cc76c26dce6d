"""The product list: full-text search, filters, facets with their counts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Count, F, Func, IntegerField, Max, Min, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from parvis.core.errors import Invalid
from parvis.domains.catalog import models, rules
from parvis.domains.catalog.contracts import ProductList, ProductState, Sort
from parvis.domains.catalog.queries.products import listed, to_product

MAX_LIMIT = 200


def search(  # noqa: PLR0913 - the filters of a list
    *,
    text: str = "",
    categories: Sequence[str] = (),
    departments: Sequence[str] = (),
    in_stock: bool = False,
    price: tuple[int | None, int | None] | None = None,
    ids: Iterable[int] | None = None,
    exclude_ids: Iterable[int] = (),
    state: ProductState | None = ProductState.ACTIVE,
    sort: Sort | str = Sort.RELEVANCE,
    first: Sequence[int] = (),
    locale: str,
    offset: int = 0,
    limit: int = 24,
    exact: bool = False,
    with_ids: bool = False,
) -> ProductList:
    """A page of products with the counts of its facets. Two statements; a few more when the text found nothing as
    typed: then, unless ``exact``, mistyped words are corrected by the words of the shop, then any of the words will do
    (``loosened`` is True, ``corrected`` the words looked for).

    ``price`` is (lowest, highest) in minor units, either open; ``ids`` restricts to these products and gives their
    order under ``Sort.GIVEN``; ``with_ids`` also gives the ids of
    every page (one statement more); ``first`` stand before all others, in their order, and restrict nothing. Raises
    Invalid for an unknown sort or a page out of bounds.
    """
    order = _sort(sort, ids)
    if offset < 0 or not 0 < limit <= MAX_LIMIT:
        raise Invalid(field="limit", problem=f"offset must be 0 or more and limit from 1 to {MAX_LIMIT}")
    kept = None if ids is None else list(ids)
    base = models.Product.objects.all()
    if state is not None:
        base = base.filter(state=state)
    if kept is not None:
        base = base.filter(id__in=kept)
    if excluded := list(exclude_ids):
        base = base.exclude(id__in=excluded)
    chosen = _Chosen(categories, departments, in_stock, price)
    found = rules.search_words(text, locale)
    if text.strip() and not found:
        return ProductList(items=(), total=0, category_counts={}, in_stock_count=0, price_range=None, ids=())
    column = "search_fr" if locale == "fr" else "search_en"
    facets, query, corrected, loosened = None, None, "", False
    for attempt, other_words in _queries(found, locale, exact=exact):
        query, corrected, loosened = attempt, other_words, facets is not None
        facets = chosen.facets(base if query is None else base.filter(**{column: query}))
        if facets.any:
            break
    assert facets is not None  # noqa: S101 - _queries gives at least one attempt
    rows = base if query is None else base.filter(**{column: query})
    rows = chosen.narrow(listed(rows))
    every = tuple(rows.order_by().values_list("id", flat=True)) if with_ids else None
    rows = _ordered(rows, order, query=query, column=column, ids=kept, locale=locale)
    if first:
        rows = rows.annotate(lead=_place(first)).order_by(F("lead").asc(nulls_last=True), *rows.query.order_by)
    items = tuple(to_product(row, locale) for row in rows[offset : offset + limit]) if facets.total > offset else ()
    return ProductList(
        items=items,
        total=facets.total,
        category_counts=facets.category_counts,
        in_stock_count=facets.in_stock_count,
        price_range=facets.price_range,
        loosened=loosened and facets.any,
        corrected=corrected if facets.any else "",
        ids=every,
    )


def corrections(text: str, *, locale: str) -> dict[str, tuple[str | None, bool]]:
    """For each word of a search, folded and in order: the word of the shop that it is a slip of, if any, and
    whether the shop knows the word as typed."""
    vocabulary = _vocabulary(locale)
    found = rules.search_words(text, locale)
    pairs = zip(found, rules.corrected(found, vocabulary), strict=True)
    return {word: (right if right != word else None, word in vocabulary) for word, right in pairs}


def _sort(sort: Sort | str, ids: Iterable[int] | None) -> Sort:
    try:
        order = Sort(sort)
    except ValueError as error:
        raise Invalid(field="sort", problem=f"unknown order {sort!r}") from error
    if order is Sort.GIVEN and ids is None:
        raise Invalid(field="sort", problem="the given order needs ids")
    return order


def _queries(found: Sequence[str], locale: str, *, exact: bool) -> "Iterator[tuple[Combinable | None, str]]":
    """Full-text queries to try in turn, each with the corrected words it looks for, if any: every word; every word
    rightly spelled; any of them."""
    if not found:
        yield None, ""
        return
    config = "parvis_fr" if locale == "fr" else "parvis_en"

    def term(word: str) -> Any:
        # Stems find other forms of a word; whole words find what a stem would cut ("knitt" typed so far).
        return SearchQuery(word, config=config, search_type="raw") | SearchQuery(
            word, config="simple", search_type="raw"
        )

    yield reduce(and_, [term(word) for word in rules.search_terms(found)]), ""
    if exact:
        return
    right = rules.corrected(found, _vocabulary(locale))
    told = " ".join(right) if right != list(found) else ""
    if told:
        yield reduce(and_, [term(word) for word in rules.search_terms(right)]), told
    several = [word for word in right if len(word) >= 3]
    if len(right) > 1 and several:
        yield reduce(or_, [term(f"{word}:*") for word in several]), told


def _vocabulary(locale: str) -> dict[str, int]:
    """The words by which the shop names its goods, and how many names have each."""
    language = "fr" if locale == "fr" else "en"
    kinds = models.Category.objects.values_list(f"name_{language}", f"department_{language}")
    names = models.Product.objects.filter(state=ProductState.ACTIVE).values_list(f"name_{language}", "brand")
    return Counter(word for row in (*kinds, *names) for name in row for word in rules.words(name) if len(word) > 2)


class _Facets:
    """Counts over the rows of the base search, grouped by category."""

    def __init__(self, rows: Iterable[Any], chosen: "_Chosen") -> None:
        by_category = list(rows)
        inside = [row for row in by_category if chosen.holds(row)]
        in_departments = [row for row in by_category if chosen.in_departments(row)]
        self.any = any(row["all"] for row in by_category)
        self.category_counts = {row["category__key"]: row["narrow"] for row in in_departments if row["narrow"]}
        self.total = sum(row["narrow"] for row in inside)
        self.in_stock_count = sum(row["stocked"] for row in inside)
        lows = [row["low"] for row in inside if row["low"] is not None]
        highs = [row["high"] for row in inside if row["high"] is not None]
        self.price_range = (min(lows), max(highs)) if lows else None


class _Chosen:
    """The filters a shopper has set."""

    def __init__(
        self,
        categories: Sequence[str],
        departments: Sequence[str],
        in_stock: bool,
        price: tuple[int | None, int | None] | None,
    ) -> None:
        self.categories = frozenset(categories)
        self.departments = frozenset(departments)
        self.stock = Q(sellable=True) if in_stock else Q()
        low, high = price or (None, None)
        self.price = Q()
        if low is not None:
            self.price &= Q(price_from_minor__gte=low)
        if high is not None:
            self.price &= Q(price_from_minor__lte=high)

    def in_departments(self, row: dict[str, Any]) -> bool:
        return not self.departments or row["category__department"] in self.departments

    def holds(self, row: dict[str, Any]) -> bool:
        return self.in_departments(row) and (not self.categories or row["category__key"] in self.categories)

    def narrow(self, rows: "QuerySet[models.Product]") -> "QuerySet[models.Product]":
        if self.categories:
            rows = rows.filter(category__key__in=self.categories)
        if self.departments:
            rows = rows.filter(category__department__in=self.departments)
        return rows.filter(self.stock & self.price)

    def facets(self, base: "QuerySet[models.Product]") -> _Facets:
        counted = (
            listed(base)
            .order_by()
            .values("category__key", "category__department")
            .annotate(
                all=Count("id"),
                narrow=Count("id", filter=self.stock & self.price),
                stocked=Count("id", filter=Q(sellable=True) & self.price),
                low=Min("price_from_minor", filter=self.stock),
                high=Max("price_from_minor", filter=self.stock),
            )
        )
        return _Facets(counted, self)


def _place(ids: Sequence[int]) -> Func:
    """Where a product stands in ``ids``; NULL when it does not."""
    return Func(
        Value(list(ids)), F("id"), function="array_position", template="%(function)s(%(expressions)s)",
        output_field=IntegerField(),
    )  # fmt: skip


def _ordered(
    rows: "QuerySet[models.Product]",
    order: Sort,
    *,
    query: Any,
    column: str,
    ids: Sequence[int] | None,
    locale: str,
) -> "QuerySet[models.Product]":
    """Rows in a total order (the id settles ties), so that pages never overlap."""
    if order is Sort.GIVEN and ids is not None:
        return rows.annotate(place=_place(ids)).order_by("place", "id")
    if order is Sort.RELEVANCE and query is not None:
        return rows.annotate(rank=SearchRank(F(column), query)).order_by("-rank", "-sellable", "id")  # type: ignore[misc]  # annotated above
    name = "name_fr" if locale == "fr" else "name_en"
    keys = {
        Sort.NAME: (name, "id"),
        Sort.PRICE: ("price_from_minor", "id"),
        Sort.PRICE_DOWN: ("-price_from_minor", "id"),
        Sort.NEW: ("-created_at", "-id"),
    }
    return rows.order_by(*keys.get(order, ("-sellable", "category__position", "id")))
