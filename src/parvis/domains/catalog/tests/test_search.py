"""The product list: words in both languages, filters, facets, order, pages."""

import pytest
from django.test.utils import CaptureQueriesContext

from parvis.core.errors import Invalid
from parvis.domains.catalog import actions, queries, rules
from parvis.domains.catalog.contracts import ProductList, ProductState, Sort
from parvis.domains.catalog.testing import AT, SmallCatalogue, small_catalogue


class TestWords:
    def test_folding(self) -> None:
        assert rules.words("Été, œuvre d'ÂGE: 1078!") == ["ete", "oeuvre", "d", "age", "1078"]

    def test_small_words_go_unless_nothing_else_is_left(self) -> None:
        assert rules.search_words("une robe pour l'été", "fr") == ["robe", "ete"]
        assert rules.search_words("the", "en") == ["the"]

    def test_terms(self) -> None:
        assert rules.search_terms(["red", "xs", "dre"]) == ["red:*", "xs", "dre:*"]
        assert rules.search_terms(["dress", "10"]) == ["dress:*", "10:*"]
        assert rules.search_terms(["1078", "dress"]) == ["1078", "dress:*"]

    def test_slugs(self) -> None:
        assert rules.slug("Pull d’été – laine") == "pull-d-ete-laine"
        assert rules.slug("!!!") == "product"


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


def slugs(found: ProductList) -> list[str]:
    return [item.slug for item in found.items]


@pytest.mark.database
@pytest.mark.django_db
class TestSearch:
    @pytest.mark.parametrize(
        ("locale", "text", "expected"),
        [
            ("en", "dress", "linen-dress"),
            ("en", "DRESSES", "linen-dress"),
            ("en", "linen dre", "linen-dress"),
            ("en", "a dress with pockets", "linen-dress"),
            ("en", "DR-S", "linen-dress"),
            ("en", "sweaters", "wool-sweater"),
            ("fr", "robes", "linen-dress"),
            ("fr", "légère", "linen-dress"),
            ("fr", "legere", "linen-dress"),
            ("fr", "merinos", "wool-sweater"),
            ("fr", "une maille", "wool-sweater"),
            ("fr", "jeans droits", "straight-jeans"),
        ],
    )
    def test_words_find_products(self, shop: SmallCatalogue, locale: str, text: str, expected: str) -> None:
        found = queries.search(text=text, locale=locale)
        assert slugs(found) == [expected]
        assert not found.loosened

    @pytest.mark.parametrize(
        ("locale", "text", "expected"),
        [
            ("en", "sweatter", "wool-sweater"),
            ("en", "dreses", "linen-dress"),
            ("en", "kints", "wool-sweater"),
            ("fr", "maillles", "wool-sweater"),
            ("fr", "rboes", "linen-dress"),
            ("en", "purple dress", "linen-dress"),
        ],
    )
    def test_a_slip_is_forgiven_and_said(self, shop: SmallCatalogue, locale: str, text: str, expected: str) -> None:
        found = queries.search(text=text, locale=locale)
        assert slugs(found) == [expected]
        assert found.loosened

    def test_what_nobody_sells_is_not_found(self, shop: SmallCatalogue) -> None:
        found = queries.search(text="trampoline", locale="en")
        assert (found.items, found.total, found.loosened) == ((), 0, False)
        assert queries.search(text="!?", locale="en").total == 0

    @pytest.mark.parametrize("text", ["'; DROP TABLE x; --", "a & | !", "():*", "\\", "%", "\x00dress", "é" * 3000])
    def test_no_text_breaks_the_search(self, shop: SmallCatalogue, text: str) -> None:
        queries.search(text=text, locale="fr")

    def test_names_count_more_than_descriptions(self, shop: SmallCatalogue) -> None:
        actions.update_product(
            product_id=shop.products["wool-sweater"], texts={"description_en": "Goes with a dress."}, at=AT
        )
        assert slugs(queries.search(text="dress", locale="en")) == ["linen-dress", "wool-sweater"]

    def test_facets_leave_out_their_own_filter(self, shop: SmallCatalogue) -> None:
        found = queries.search(locale="en", categories=["dresses"], in_stock=True)
        assert slugs(found) == ["linen-dress"]
        assert dict(found.category_counts) == {"dresses": 1, "knits": 1}
        found = queries.search(locale="en", price=(7000, None))
        assert slugs(found) == ["linen-dress", "straight-jeans"]
        assert (found.total, found.in_stock_count) == (2, 1)
        assert found.price_range == (6500, 8900)
        assert dict(found.category_counts) == {"dresses": 1, "jeans": 1}

    def test_departments(self, shop: SmallCatalogue) -> None:
        found = queries.search(locale="fr", departments=["tops"])
        assert slugs(found) == ["wool-sweater"]
        assert dict(found.category_counts) == {"knits": 1}

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("price", ["wool-sweater", "straight-jeans", "linen-dress"]),
            (Sort.PRICE_DOWN, ["linen-dress", "straight-jeans", "wool-sweater"]),
            ("name", ["linen-dress", "straight-jeans", "wool-sweater"]),
            ("new", ["straight-jeans", "wool-sweater", "linen-dress"]),
            ("relevance", ["linen-dress", "wool-sweater", "straight-jeans"]),
        ],
    )
    def test_orders(self, shop: SmallCatalogue, sort: Sort | str, expected: list[str]) -> None:
        assert slugs(queries.search(sort=sort, locale="en")) == expected

    def test_given_ids_in_their_order_and_without_some(self, shop: SmallCatalogue) -> None:
        ids = [shop.products["straight-jeans"], shop.products["linen-dress"], shop.products["wool-sweater"]]
        found = queries.search(ids=ids, sort="given", exclude_ids=[ids[1]], locale="en")
        assert slugs(found) == ["straight-jeans", "wool-sweater"]
        assert queries.search(ids=[], locale="en").total == 0

    def test_pages_do_not_overlap(self, shop: SmallCatalogue) -> None:
        pages = [queries.search(locale="en", sort="new", offset=offset, limit=2) for offset in (0, 2, 4)]
        assert [len(page.items) for page in pages] == [2, 1, 0]
        assert {page.total for page in pages} == {3}
        assert len({item.id for page in pages for item in page.items}) == 3

    def test_archived_products_leave_the_shop(self, shop: SmallCatalogue) -> None:
        product_id = shop.products["linen-dress"]
        actions.update_product(product_id=product_id, state=ProductState.ARCHIVED, at=AT)
        assert queries.search(text="dress", locale="en").total == 0
        assert queries.search(text="dress", locale="en", state=None).total == 1
        assert queries.products([product_id], locale="en")[product_id].state is ProductState.ARCHIVED

    @pytest.mark.parametrize("bad", [{"sort": "best"}, {"limit": 0}, {"limit": 201}, {"offset": -1}, {"sort": "given"}])
    def test_bad_arguments(self, shop: SmallCatalogue, bad: dict[str, object]) -> None:
        with pytest.raises(Invalid):
            queries.search(locale="en", **bad)

    def test_number_of_statements(
        self, shop: SmallCatalogue, django_assert_num_queries: "type[CaptureQueriesContext]"
    ) -> None:
        with django_assert_num_queries(2):
            queries.search(text="dress", categories=["dresses"], in_stock=True, locale="en")
        with django_assert_num_queries(2):
            queries.product_by_slug("linen-dress", locale="en")
