"""Barcode numbers: checked, one form, one variant, found by them."""

from dataclasses import replace

import pytest

from parvis.domains.catalog import actions, queries, rules
from parvis.domains.catalog.testing import AT, PRODUCTS, small_catalogue
from parvis.domains.people import queries as people

EAN = "4006381333931"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (EAN, EAN),
        ("4 006381-333931", EAN),
        ("04006381333931", EAN),
        ("036000291452", "036000291452"),
        ("0036000291452", "036000291452"),
        ("00036000291452", "036000291452"),
        ("96385074", "96385074"),
        ("10614141543219", "10614141543219"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_one_number_has_one_form(written, number):
    assert rules.gtin(written) == number


@pytest.mark.parametrize(
    "written",
    [
        "4006381333932",
        "400638133393",
        "12345",
        "0" * 13,
        "٤٠٠٦٣٨١٣٣٣٩٣١",
        "ISBN 4006381333931",
        "²006381333931",
        "9" * 300,
    ],
)
def test_what_is_none_is_refused(written):
    with pytest.raises(rules.NotAGtin):
        rules.gtin(written)


@pytest.mark.database
@pytest.mark.django_db
class TestVariants:
    def test_it_is_written_down_with_a_trail_and_found_by_it(self):
        shop = small_catalogue()
        dress = shop.variants["DR-S"]
        assert actions.set_gtin(variant_id=dress, gtin=f" 0{EAN}", at=AT) == EAN
        assert queries.variant(dress).gtin == EAN
        assert queries.products_by_ref([EAN]) == {EAN: shop.products["linen-dress"]}
        found = queries.search(text=EAN, locale="en")
        assert [item.slug for item in found.items] == ["linen-dress"]
        verbs = [entry.verb for entry in people.audit("product", shop.products["linen-dress"])]
        assert verbs == ["catalog.gtin_set"]
        actions.set_gtin(variant_id=dress, gtin=EAN, at=AT)
        assert len(people.audit("product", shop.products["linen-dress"])) == 1

    def test_no_two_variants_have_one_number(self):
        shop = small_catalogue()
        actions.set_gtin(variant_id=shop.variants["DR-S"], gtin=EAN, at=AT)
        with pytest.raises(rules.GtinTaken):
            actions.set_gtin(variant_id=shop.variants["DR-M"], gtin=EAN, at=AT)
        with pytest.raises(rules.GtinTaken):
            actions.load([_numbered(PRODUCTS[1], EAN)], at=AT)
        actions.set_gtin(variant_id=shop.variants["DR-S"], gtin="", at=AT)
        actions.set_gtin(variant_id=shop.variants["DR-M"], gtin=EAN, at=AT)

    def test_a_load_brings_numbers_and_leaves_those_it_does_not_name(self):
        shop = small_catalogue()
        actions.load([_numbered(PRODUCTS[0], EAN)], at=AT)
        assert queries.variants_by_sku(["DR-S"])["DR-S"].gtin == EAN
        done = actions.load([PRODUCTS[0]], at=AT)
        assert (done.updated, queries.variants_by_sku(["DR-S"])["DR-S"].gtin) == (0, EAN)
        with pytest.raises(rules.NotAGtin):
            actions.load([_numbered(PRODUCTS[1], "123")], at=AT)
        assert shop.products

    @pytest.mark.parametrize(
        ("number", "public"),
        [(EAN, EAN), ("2000000000008", ""), ("036000291452", "036000291452"), ("20000004", ""), ("9800000000003", "")],
    )
    def test_in_store_numbers_stay_in_the_store(self, number, public):
        small_catalogue()
        variant = replace(queries.variants_by_sku(["DR-S"])["DR-S"], gtin=number)
        assert variant.public_gtin == public


def _numbered(product, number):
    first, *others = product.variants
    return replace(product, variants=(replace(first, gtin=number), *others))
