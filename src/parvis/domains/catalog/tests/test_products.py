"""Products: read in the reader's language, written one at a time or in bulk."""

from dataclasses import replace

import pytest
from django.conf import settings

from parvis.core.errors import Invalid, NotFound
from parvis.core.models import OutboxEvent
from parvis.domains.catalog import actions, queries
from parvis.domains.catalog.contracts import NewProduct, NewVariant
from parvis.domains.catalog.testing import AT, CATEGORIES, PRODUCTS, SmallCatalogue, small_catalogue
from parvis.domains.people import queries as people

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NEW = NewProduct(
    category_key="knits",
    name_en="Wool sweater",
    name_fr="",
    variants=(NewVariant(sku="NEW-1", price_minor=100, size="M"),),
)


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


def test_texts_come_in_the_readers_language(shop: SmallCatalogue) -> None:
    detail = queries.product_by_slug("linen-dress", locale="fr")
    assert (detail.product.name, detail.product.category_name) == ("Robe en lin", "Robes")
    assert [variant.label for variant in detail.variants] == [f"{size}, Bleu marine" for size in "SML"]
    assert [variant.available for variant in detail.variants] == [10, 4, 0]
    english = queries.product_by_slug("linen-dress", locale="en")
    assert (english.product.name, english.variants[0].colour) == ("Linen dress", "Navy")
    assert [(category.key, category.name, category.product_count) for category in queries.categories("fr")] == [
        ("dresses", "Robes", 1),
        ("knits", "Mailles", 1),
        ("jeans", "Jeans", 1),
    ]


def test_a_text_missing_in_one_language_is_shown_in_the_other(shop: SmallCatalogue) -> None:
    made = actions.create_product(NEW, at=AT)
    assert queries.products([made.id], locale="fr")[made.id].name == "Wool sweater"


def test_unknown_products_are_not_found(shop: SmallCatalogue) -> None:
    for read in (
        lambda: queries.product_by_slug("nothing", locale="en"),
        lambda: queries.product(10**9, locale="en"),
        lambda: queries.record(10**9),
        lambda: queries.variant(10**9),
        lambda: actions.update_product(product_id=10**9, at=AT),
        lambda: actions.archive_variant(variant_ids=[10**9], at=AT),
    ):
        with pytest.raises(NotFound):
            read()


def test_loading_again_changes_nothing(shop: SmallCatalogue) -> None:
    before = queries.movements(shop.variants["DR-S"])
    OutboxEvent.objects.all().delete()
    actions.load_categories(CATEGORIES)
    again = actions.load(PRODUCTS, at=AT)
    assert (again.created, again.updated) == (0, 0)
    assert queries.movements(shop.variants["DR-S"]) == before
    assert not OutboxEvent.objects.exists()


def test_loading_changed_rows_updates_texts_but_neither_price_nor_stock(shop: SmallCatalogue) -> None:
    dress = PRODUCTS[0]
    more = NewVariant(sku="DR-XL", size="XL", colour_key="navy", price_minor=9900, on_hand=2)
    cheaper = tuple(replace(variant, price_minor=1, on_hand=99) for variant in dress.variants)
    row = replace(dress, name_en="Linen frock", variants=(*cheaper, more))
    loaded = actions.load([row], at=AT)
    assert (loaded.created, loaded.updated) == (0, 1)
    detail = queries.product_by_slug("linen-dress", locale="en")
    assert detail.product.name == "Linen frock"
    assert [(variant.sku, variant.price.amount_minor, variant.on_hand) for variant in detail.variants] == [
        ("DR-S", 8900, 10),
        ("DR-M", 8900, 4),
        ("DR-L", 8900, 0),
        ("DR-XL", 9900, 2),
    ]
    assert queries.search(text="frock", locale="en").total == 1


def test_ids_are_found_by_reference_or_slug(shop: SmallCatalogue) -> None:
    dress = shop.products["linen-dress"]
    assert queries.products_by_ref(["test-dress", "linen-dress", "nothing"]) == {
        "test-dress": dress,
        "linen-dress": dress,
    }


def test_a_new_product_gets_an_address_of_its_own(shop: SmallCatalogue) -> None:
    made = actions.create_product(NEW, at=AT)
    assert made.slug == "wool-sweater-2"
    assert queries.product_by_slug("wool-sweater-2", locale="en").product.price_from.currency == settings.CURRENCY
    with pytest.raises(Invalid, match="taken"):
        actions.create_product(NEW, at=AT)


@pytest.mark.parametrize(
    "broken",
    [
        {"name_en": " "},
        {"variants": ()},
        {"variants": (NewVariant(sku=" ", price_minor=1),)},
        {"variants": (NewVariant(sku="N", price_minor=0),)},
        {"variants": (NewVariant(sku="N", price_minor=1, on_hand=-1),)},
        {"variants": (NewVariant(sku="N", price_minor=1), NewVariant(sku="N", price_minor=1))},
        {"external_ref": "test-dress"},
        {"slug": "linen-dress"},
    ],
)
def test_broken_products_are_refused(shop: SmallCatalogue, broken: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        actions.create_product(replace(NEW, **broken), at=AT)


def test_a_product_needs_a_known_category(shop: SmallCatalogue) -> None:
    with pytest.raises(NotFound):
        actions.create_product(replace(NEW, category_key="boats"), at=AT)
    with pytest.raises(NotFound):
        actions.update_product(product_id=shop.products["linen-dress"], category_key="boats", at=AT)


def test_editing_a_simulated_text_makes_it_entered(shop: SmallCatalogue) -> None:
    origin = {"name": "simulated", "description": "simulated"}
    made = actions.create_product(replace(NEW, provenance=origin), at=AT)
    edited = actions.update_product(product_id=made.id, texts={"name_en": "Jumper"}, at=AT)
    assert edited.name_en == "Jumper"
    assert dict(edited.provenance) == {"description": "simulated"}
    with pytest.raises(Invalid):
        actions.update_product(product_id=made.id, texts={"slug": "x"}, at=AT)
    with pytest.raises(Invalid):
        actions.update_product(product_id=made.id, texts={"name_en": ""}, at=AT)


def test_archived_variants_are_neither_shown_nor_sold(shop: SmallCatalogue) -> None:
    small, product = shop.variants["DR-S"], shop.products["linen-dress"]
    actions.set_price(variant_id=small, amount_minor=100, at=AT.replace(hour=12))
    actions.archive_variant(variant_ids=[small], at=AT)
    assert [variant.sku for variant in queries.product(product, locale="en").variants] == ["DR-M", "DR-L"]
    assert len(queries.product(product, locale="en", archived=True).variants) == 3
    assert queries.available([small]) == {small: 0}
    assert queries.products([product], locale="en")[product].price_from.amount_minor == 8900
    actions.archive_variant(variant_ids=[small], archived=False, at=AT)
    assert queries.available([small]) == {small: 10}


def test_who_edited_what_is_in_the_audit(shop: SmallCatalogue) -> None:
    product = shop.products["linen-dress"]
    actions.update_product(product_id=product, texts={"name_en": "Frock"}, at=AT)
    actions.update_product(product_id=product, texts={"name_en": "Frock"}, at=AT)  # nothing changes, nothing is noted
    actions.archive_variant(variant_ids=[shop.variants["DR-S"]], at=AT)
    told = [(entry.verb, dict(entry.detail)) for entry in people.audit("product", str(product))]
    assert sorted(told, key=lambda entry: entry[0]) == [
        ("catalog.product_updated", {"changed": ["name_en"]}),
        ("catalog.variant_archived", {"skus": ["DR-S"]}),
    ]
