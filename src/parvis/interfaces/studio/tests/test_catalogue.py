"""Products, stock and prices as the team works on them."""

import pytest

from parvis.domains.catalog import queries
from parvis.domains.catalog.contracts import MovementKind, ProductState
from parvis.domains.people import queries as people

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def _words(record, **changes):
    names = ("name_en", "name_fr", "description_en", "description_fr", "brand", "category_key")
    return {name: getattr(record, name) for name in names} | changes


def test_words_are_edited_and_the_change_is_on_record(owner, shop):
    record = queries.record(shop.product)
    address = f"/studio/products/{shop.product}/edit/"
    assert owner.post(address, _words(record, name_fr="Robe de lin")).status_code == 302
    assert queries.record(shop.product).name_fr == "Robe de lin"
    entry = people.audit("product", shop.product)[0]
    assert (entry.actor_id, entry.detail) == (shop.owner, {"changed": ["name_fr"]})
    assert owner.post(address, _words(queries.record(shop.product))).status_code == 302
    assert len(people.audit("product", shop.product)) == 1


def test_a_product_needs_a_name_and_a_known_category(owner, shop):
    record = queries.record(shop.product)
    address = f"/studio/products/{shop.product}/edit/"
    assert owner.post(address, _words(record, name_en="", name_fr="")).status_code == 422
    assert owner.post(address, _words(record, category_key="nowhere")).status_code == 422
    assert queries.record(shop.product) == record


def test_archived_and_back(owner, shop):
    owner.post(f"/studio/products/{shop.product}/state/", {"state": "archived"})
    assert queries.record(shop.product).state is ProductState.ARCHIVED
    assert "Linen dress" not in owner.get("/studio/products/").content.decode()
    assert "Linen dress" in owner.get("/studio/products/?state=archived").content.decode()
    owner.post(f"/studio/products/{shop.product}/state/", {"state": "active"})
    assert queries.record(shop.product).state is ProductState.ACTIVE


def test_a_new_product_with_its_first_variant(owner, shop):
    form = {
        "name_en": "Silk scarf",
        "category_key": "knits",
        "sku": "SC-1",
        "price": "39,90",
        "on_hand": "12",
        "colour_en": "Navy",
    }
    answer = owner.post("/studio/products/new/", form)
    assert answer.status_code == 302
    variant = queries.variants_by_sku(["SC-1"])["SC-1"]
    assert (variant.price.amount_minor, variant.on_hand) == (3990, 12)
    assert owner.post("/studio/products/new/", form).status_code == 409
    assert owner.post("/studio/products/new/", {**form, "sku": "SC-2", "price": "0"}).status_code == 422


@pytest.mark.parametrize(
    ("how", "quantity", "kind", "after"),
    [
        ("receive", 5, MovementKind.RECEIVED, 13),
        ("adjust", -3, MovementKind.ADJUSTED, 5),
        ("count", 9, MovementKind.COUNTED, 9),
    ],
)
def test_stock_moves_with_its_reason(owner, shop, how, quantity, kind, after):
    assert queries.variant(shop.variant).on_hand == 8
    data = {"how": how, "quantity": quantity, "reason": "inventory of March"}
    assert owner.post(f"/studio/variants/{shop.variant}/stock/", data).status_code == 302
    assert queries.variant(shop.variant).on_hand == after
    movement = queries.movements(shop.variant)[0]
    assert (movement.kind, movement.reason, movement.actor_id) == (kind, "inventory of March", shop.owner)
    assert "inventory of March" in owner.get(f"/studio/variants/{shop.variant}/").content.decode()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"how": "receive", "quantity": "0", "reason": "x"}, 422),
        ({"how": "adjust", "quantity": "0", "reason": "x"}, 422),
        ({"how": "count", "quantity": "-1", "reason": "x"}, 422),
        ({"how": "adjust", "quantity": "-900", "reason": "x"}, 409),
        ({"how": "receive", "quantity": "2", "reason": ""}, 422),
        ({"how": "steal", "quantity": "2", "reason": "x"}, 422),
    ],
)
def test_stock_that_cannot_be_is_refused(owner, shop, data, status):
    assert owner.post(f"/studio/variants/{shop.variant}/stock/", data).status_code == status
    assert queries.variant(shop.variant).on_hand == 8


def test_a_price_cut_by_more_than_half_is_asked_about(owner, shop):
    address = f"/studio/variants/{shop.variant}/price/"
    before = queries.variant(shop.variant).price.amount_minor
    asked = owner.post(address, {"amount": "1.00", "reason": "slip"})
    assert asked.status_code == 422
    assert 'name="sure"' in asked.content.decode()
    assert queries.variant(shop.variant).price.amount_minor == before
    assert owner.post(address, {"amount": "1.00", "reason": "meant", "sure": "on"}).status_code == 302
    assert queries.variant(shop.variant).price.amount_minor == 100


def test_a_new_price_shows_in_the_history_with_the_lowest_of_thirty_days(owner, shop):
    address = f"/studio/variants/{shop.variant}/price/"
    assert owner.post(address, {"amount": "69,00", "reason": "spring"}).status_code == 302
    assert queries.variant(shop.variant).price.amount_minor == 6900
    page = owner.get(f"/studio/variants/{shop.variant}/").content.decode()
    assert "€89.00" in page
    assert "spring" in page
    assert "<svg" in page
    assert owner.post(address, {"amount": "free"}).status_code == 422


def test_a_variant_goes_off_sale(owner, shop):
    owner.post(f"/studio/variants/{shop.variant}/archived/", {"archived": "yes"})
    assert queries.variant(shop.variant).archived
    owner.post(f"/studio/variants/{shop.variant}/archived/", {"archived": "no"})
    assert not queries.variant(shop.variant).archived


def test_odd_addresses_answer_calmly(owner, shop):
    assert owner.get("/studio/products/?page=0&sort=x&category=none").status_code == 200
    assert owner.get("/studio/products/?page=99999").status_code == 200
    assert owner.get("/studio/products/999999/").status_code == 404
    assert owner.get("/studio/variants/999999/").status_code == 404


def test_a_barcode_number_is_checked_kept_and_published(shop, owner, client):
    variant = shop.variant
    wrong = owner.post(f"/studio/variants/{variant}/gtin/", {"gtin": "4006381333932"})
    assert wrong.status_code == 422
    assert "is no GTIN" in wrong.content.decode()
    owner.post(f"/studio/variants/{variant}/gtin/", {"gtin": "4 006381 333931"})
    assert "4006381333931" in owner.get(f"/studio/variants/{variant}/").content.decode()
    assert '"gtin": "4006381333931"' in client.get("/en/products/linen-dress/").content.decode().replace('":"', '": "')
