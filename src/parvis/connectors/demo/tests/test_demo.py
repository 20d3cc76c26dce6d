"""The demo shop as it stands in the database: complete, consistent, honest about itself, and repeatable."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from parvis.connectors.demo import dataset, of_the_shop, offers
from parvis.connectors.demo.assortment import pieces, prices_on
from parvis.connectors.demo.models import SimulatedDay
from parvis.connectors.demo.moments import last_days
from parvis.connectors.demo.setup import setup_demo
from parvis.connectors.demo.simulate import simulate
from parvis.connectors.demo.skincare import written
from parvis.connectors.demo.world import KNOBS
from parvis.core.days import day_of
from parvis.core.errors import Invalid
from parvis.domains.analytics.testing import logged
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import queries as orders
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Role

pytestmark = [pytest.mark.database, pytest.mark.slow, pytest.mark.django_db]

AT = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
DAYS = 12
TABLES = (
    "catalog_product", "catalog_variant", "catalog_stockmovement", "catalog_pricechange", "checkout_order",
    "checkout_orderline", "voices_voice", "analytics_segment", "people_customer", "core_outboxevent",
    "demo_simulatedday",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The demo shop with a dozen days, made once for this module and rolled back after it."""
    media, log = settings.MEDIA_ROOT, settings.EVENT_LOG
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    settings.EVENT_LOG = tmp_path_factory.mktemp("events")
    with django_db_blocker.unblock(), transaction.atomic():
        assert setup_demo(at=AT, days=DAYS).fresh
        # Once: what is put off would be checked again at the end of each test. And the planner hears what is there.
        connection.check_constraints()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield
        transaction.set_rollback(True)
    settings.MEDIA_ROOT, settings.EVENT_LOG = media, log


def ask(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def counts() -> dict[str, int]:
    return {table: ask(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def test_every_product_and_every_review_of_the_data_is_there() -> None:
    assert ask("SELECT count(*) FROM catalog_product WHERE external_ref LIKE 'demo:%%'")[0][0] == 839
    told = ask(
        "SELECT split_part(origin_ref, ':', 2)::int, stars, title, text, age, votes_up FROM voices_voice"
        " WHERE origin_ref LIKE 'womens%%' ORDER BY 1"
    )
    rows = dataset.reviews()
    assert [row[0] for row in told] == rows["row_id"].to_list()
    assert [row[1] for row in told] == rows["rating"].to_list()
    assert [row[4] for row in told] == rows["age"].to_list()
    assert [row[5] for row in told] == rows["positive_feedback_count"].to_list()
    words = [(row[2], row[3]) for row in told]
    real = [((row[0] or "").strip(), (row[1] or "").strip()) for row in rows.select("title", "review_text").iter_rows()]
    assert [(title.split(), text.split()) for title, text in words] == [(t.split(), x.split()) for t, x in real]


def test_every_review_belongs_to_its_product() -> None:
    pairs = ask(
        "SELECT split_part(v.origin_ref, ':', 2)::int, p.external_ref FROM voices_voice v"
        " JOIN catalog_product p ON p.id = v.product_id WHERE v.origin_ref LIKE 'womens%%'"
    )
    numbers = dict(dataset.reviews().select("row_id", "clothing_id").iter_rows())
    assert all(ref == f"demo:{numbers[row]}" for row, ref in pairs)


def test_everything_simulated_says_so() -> None:
    for table in ("catalog_product", "catalog_stockmovement", "catalog_pricechange", "checkout_order", "voices_voice"):
        assert ask(f"SELECT count(*) FROM {table} WHERE provenance = '{{}}'::jsonb") == [(0,)], table
    assert logged("count(*)", "provenance <> 'simulated'") == [(0,)]
    assert ask("SELECT count(*) FROM people_customer WHERE provenance = '{}'::jsonb") == [(0,)]
    assert ask(
        "SELECT count(*) FROM voices_voice WHERE NOT provenance ?& array['submitted_at'] OR verified AND"
        " NOT provenance ? 'verified'"
    ) == [(0,)]
    product = next(iter(catalog.products(catalog.products_by_ref(["demo:1080"]).values(), locale="en").values()))
    assert {"price", "stock", "variants", "name", "image"} <= set(product.provenance)


def test_stock_is_the_sum_of_its_ledger_and_never_was_below_nothing() -> None:
    wrong = ask(
        "SELECT count(*) FROM catalog_stocklevel s LEFT JOIN (SELECT variant_id, sum(quantity) total"
        " FROM catalog_stockmovement GROUP BY 1) m USING (variant_id) WHERE coalesce(total, 0) <> on_hand"
    )
    assert wrong == [(0,)]
    lowest = ask(
        "SELECT min(level) FROM (SELECT sum(quantity) OVER (PARTITION BY variant_id ORDER BY at, id) AS level"
        " FROM catalog_stockmovement JOIN catalog_stocklevel USING (variant_id) WHERE preorder_on IS NULL) AS levels"
    )
    assert lowest == [(0,)]


def test_who_waits_is_there_to_be_seen() -> None:
    owed = ask("SELECT variant_id, on_hand FROM catalog_stocklevel WHERE preorder_on IS NOT NULL AND on_hand <> 0")
    assert [row[1] for row in owed] == [-1]
    promised = ask("SELECT variant_id FROM checkout_orderline WHERE preorder_on IS NOT NULL")
    assert promised == [(owed[0][0],)]
    asked = dict(ask("SELECT state, count(*) FROM checkout_stockalert GROUP BY 1"))
    assert asked == {"waiting": 4, "asked": 1}
    figures = orders.reminder_figures(since=AT - timedelta(days=30), until=AT)
    assert (figures.agreed, figures.sent, figures.back, figures.bought) == (3, 3, 1, 1)
    assert {each.state for each in orders.reminder_rows()} == {"waiting", "done", "bought"}
    disputes = orders.disputes()
    assert [each.state for each in disputes] == ["open", "under_review"]
    assert disputes[1].evidence["consents"]
    assert disputes[0].evidence_due_at is not None
    assert disputes[0].evidence_due_at > AT


def test_what_was_sold_is_what_was_ordered() -> None:
    sold = ask("SELECT variant_id, -sum(quantity) FROM catalog_stockmovement WHERE kind = 'sold' GROUP BY 1 ORDER BY 1")
    ordered = ask(
        "SELECT l.variant_id, sum(l.quantity) FROM checkout_orderline l JOIN checkout_order o ON o.id = l.order_id"
        " WHERE o.state <> 'cancelled' GROUP BY 1 ORDER BY 1"
    )
    assert sold == ordered


def test_every_paid_simulated_order_is_in_the_log_once() -> None:
    told = logged("order_id, value_minor, visit", "kind = 'order'")
    paid = ask(
        "SELECT id, total_minor, visit FROM checkout_order WHERE paid_at IS NOT NULL AND visit IS NOT NULL ORDER BY 1"
    )
    assert sorted(told) == paid
    assert len(paid) > 100


def test_orders_stand_as_of_the_moment() -> None:
    assert ask("SELECT count(*) FROM checkout_order WHERE greatest(placed_at, delivered_at) > %s", AT) == [(0,)]
    states = dict(ask("SELECT state, count(*) FROM checkout_order GROUP BY 1"))
    assert {"paid", "shipped", "delivered", "partly_refunded"} <= set(states)


def test_verified_reviews_follow_a_delivery_of_the_same_product() -> None:
    verified = ask("SELECT count(*) FROM voices_voice WHERE verified")[0][0]
    backed = ask(
        "SELECT count(DISTINCT v.id) FROM voices_voice v JOIN checkout_order o"
        " ON o.number = split_part(v.order_ref, '/', 1) AND o.customer_id = v.customer_id"
        " JOIN checkout_orderline l ON l.order_id = o.id AND l.product_id = v.product_id"
        " WHERE v.verified AND v.submitted_at > o.delivered_at"
    )[0][0]
    assert verified == backed > 10
    assert ask("SELECT count(*) FROM voices_voice WHERE kind = 'review' AND NOT verified AND order_ref <> ''") == [(0,)]


def test_no_review_is_older_than_its_product() -> None:
    early = ask(
        "SELECT count(*) FROM voices_voice v JOIN catalog_product p ON p.id = v.product_id"
        " WHERE v.submitted_at < p.created_at OR v.submitted_at > %s",
        AT,
    )
    assert early == [(0,)]


def test_prices_are_those_of_the_calendar_and_prior_prices_are_lawful() -> None:
    today = prices_on(day_of(AT) - timedelta(days=1))
    found = dict(ask("SELECT external_ref, price_from_minor FROM catalog_product WHERE external_ref LIKE 'demo:%%'"))
    assert found == {piece.ref: price for piece, price in zip(pieces(), today.tolist(), strict=True)}
    for variant_id, price, was in ask(
        "SELECT id, price_minor, price_was_minor FROM catalog_variant WHERE price_was_minor IS NOT NULL LIMIT 20"
    ):
        history = catalog.price_history(variant_id)
        assert history[0].amount.amount_minor == price
        lowest = catalog.lowest_price(variant_id, at=history[0].from_at)
        assert lowest is not None
        assert lowest.amount_minor == was


def test_pictures_are_drawn_and_small() -> None:
    drawn = list(Path(settings.MEDIA_ROOT, "demo").glob("*.svg"))
    assert len(drawn) == 839 + len(written.products())
    assert max(path.stat().st_size for path in drawn) < 12_000
    assert not any(b"<script" in path.read_bytes() for path in drawn)


def test_products_are_found_by_their_names_in_both_languages() -> None:
    for locale, text in (("en", "dress 1080"), ("fr", "robe 1080"), ("fr", "robe 108")):
        assert any(item.slug == "dress-1080" for item in catalog.search(text=text, locale=locale).items)


def test_the_cast_can_be_met() -> None:
    assert {member.role for member in people.all_staff()} == set(Role)
    claire = ask("SELECT id, account_id FROM people_customer WHERE email = 'claire@parvis.example'")[0]
    bought = orders.orders_of(claire[0])
    tints = ask("SELECT l.colour FROM checkout_orderline l JOIN checkout_order o ON o.id = l.order_id "
                "WHERE o.email = 'claire@parvis.example'")  # fmt: skip
    french = {fr for (fr,) in ask("SELECT DISTINCT colour_fr FROM catalog_variant")}
    assert {colour for (colour,) in tints} <= french, "she reads French"
    assert len(bought) == 3
    assert {str(row.state) for row in bought} == {"partly_refunded", "delivered", "paid"}
    assert people.addresses(claire[0])
    said = ask("SELECT text, provenance->>'text' FROM voices_voice WHERE origin_ref LIKE 'cast:%%'")
    assert len(said) == 2 + 12 + 12
    assert all(label == "written for the demo" for _, label in said)
    assert all("pour la démonstration" in text or "for the demonstration" in text for text, _ in said)


def test_the_offers_can_be_typed() -> None:
    assert {row.promotion.key for row in orders.promotion_rows()} == set(offers.PROMOTIONS)
    assert all(row.promotion.state(AT).value == "running" for row in orders.promotion_rows())
    (card,) = orders.gift_cards(offers.GIFT_CODE[-4:])
    assert card.balance.amount_minor == offers.GIFT_MINOR
    keys = {each.key for each in catalog.categories("en")} | {each.department for each in catalog.categories("en")}
    assert {key for terms in offers.PROMOTIONS.values() for key in terms.categories} <= keys


def test_a_bounded_set_of_deliveries_is_invited_and_says_that_it_is_simulated() -> None:
    planned = ask("SELECT i.due_at > i.delivered_at, i.provenance, c.email FROM voices_invitation i"
                  " JOIN people_customer c ON c.id = i.customer_id")  # fmt: skip
    assert 0 < len(planned) <= 30
    assert all(after for after, _, _ in planned)
    assert {str(provenance) for _, provenance, _ in planned} == {str({"invitation": "simulated"})} or all(
        "simulated" in str(provenance) for _, provenance, _ in planned
    )
    assert any(email == "claire@parvis.example" for _, _, email in planned)


def test_answers_of_the_cast_quote_real_reviews() -> None:
    real = "\n".join(text for text in dataset.reviews()["review_text"] if text)
    answers = [
        text for (text,) in ask("SELECT text FROM voices_voice WHERE kind = 'answer' AND origin_ref LIKE 'cast:%%'")
    ]
    for text in answers:
        quoted = text.split("«")[-1].split("»")[0] if "«" in text else text.split("“")[1].split("”")[0]
        assert quoted.strip() in real


def test_doing_it_again_changes_nothing() -> None:
    before = counts()
    again = setup_demo(at=AT + timedelta(hours=2), days=DAYS)
    assert not again.fresh
    assert len(again.accounts) == 8
    made = simulate(days=DAYS, until=AT + timedelta(hours=2))
    assert not any(made.values())
    assert counts() == before


def test_more_days_add_only_the_missing_ones_and_leave_todays_stock() -> None:
    stock = ask("SELECT variant_id, on_hand FROM catalog_stocklevel ORDER BY 1")
    prices = ask("SELECT id, price_minor, price_was_minor FROM catalog_variant ORDER BY 1")
    events = logged("count(*)")[0][0]
    made = simulate(days=DAYS + 2, until=AT)
    assert made["days"] == 2
    assert made["reviews"] == 0
    assert made["visits"] > 500
    assert logged("count(*)")[0][0] == events + made["events"]
    assert sorted(SimulatedDay.objects.values_list("day", flat=True)) == last_days(DAYS + 2, until=AT)
    assert ask("SELECT variant_id, on_hand FROM catalog_stocklevel ORDER BY 1") == stock
    assert ask("SELECT id, price_minor FROM catalog_variant ORDER BY 1") == [row[:2] for row in prices]
    test_stock_is_the_sum_of_its_ledger_and_never_was_below_nothing()
    test_every_paid_simulated_order_is_in_the_log_once()


def test_later_days_begin_with_what_is_on_the_shelf() -> None:
    made = simulate(days=3, until=AT + timedelta(days=3))
    assert made["days"] == 3
    test_stock_is_the_sum_of_its_ledger_and_never_was_below_nothing()
    test_what_was_sold_is_what_was_ordered()
    today = prices_on(day_of(AT) + timedelta(days=2))
    found = dict(ask("SELECT external_ref, price_from_minor FROM catalog_product WHERE external_ref LIKE 'demo:%%'"))
    assert found == {piece.ref: price for piece, price in zip(pieces(), today.tolist(), strict=True)}


def test_a_run_that_is_stopped_leaves_nothing() -> None:
    before = counts()

    def stop(done: int, total: int) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(days=DAYS + 2, until=AT, progress=stop)
    assert counts() == before


def test_a_number_of_days_that_makes_no_sense_is_refused() -> None:
    for days in (0, -1, 731):
        with pytest.raises(Invalid):
            simulate(days=days, until=AT)


def test_every_assumption_is_documented() -> None:
    page = (Path(__file__).parents[5] / "docs" / "demo.md").read_text(encoding="utf-8")
    assert not [field.name for field in fields(KNOBS) if f"`{field.name}`" not in page]
    for name in ("holdout", "proof_effect", "visits_per_day"):
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}`"))
        assert f"{getattr(KNOBS, name):g}" in row or f"{getattr(KNOBS, name):.2f}" in row


def test_the_shop_itself_is_reviewed_by_both_sides_and_says_that_it_is_written() -> None:
    rows = ask(
        "SELECT language, stars, provenance->>'text', verified, submitted_at <= %s FROM voices_voice "
        "WHERE origin_ref LIKE 'shop:%%' AND kind = 'comment' AND product_id IS NULL",
        AT,
    )
    assert len(rows) == 26
    for language in ("fr", "en"):
        stars = {row[1] for row in rows if row[0] == language}
        assert stars == {1, 2, 3, 4, 5}
    assert {row[2:] for row in rows} == {("written for the demo", False, True)}
    assert of_the_shop.speak(at=AT) == 26  # again: nothing twice
    assert ask("SELECT count(*) FROM voices_voice WHERE origin_ref LIKE 'shop:%%'") == [(26,)]
