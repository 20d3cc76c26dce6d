"""Quotes whose order is drawn: from the log to the plan and back, both sides in sight, and rights of pictures."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.domains.analytics import actions as analytics
from parvis.domains.analytics import queries as analytics_queries
from parvis.domains.analytics.contracts import Event, Kind
from parvis.domains.catalog import testing as shop
from parvis.domains.evidence import actions, queries, rules
from parvis.domains.evidence.contracts import Basis, Channel, MediaRight, Ordered, Placement
from parvis.domains.evidence.models import OrderPlan
from parvis.domains.evidence.queries import files
from parvis.domains.evidence.tests.test_order import AT, say
from parvis.domains.voices import actions as voices

NAMES = UUID("6d0b9b6e-5a39-4c55-8a1d-1d4d9a1f7d22")


@pytest.fixture
def dress(db: Any, settings: Any, tmp_path: Path) -> Iterator[int]:
    settings.INDEX_ROOT, settings.EVENT_LOG = tmp_path / "index", tmp_path / "log"
    files.forget()
    yield shop.small_catalogue().products["linen-dress"]
    files.forget()


def shown(product: int, bucket: int) -> Ordered:
    return queries.ordered([product], placement=Placement.STRIP, bucket=bucket)[product]


def ids_of(order: Ordered) -> list[int]:
    return [proof.voice.id for proof in order.proofs]


def look(product: int, *, loved: int, visits: int, day: int) -> None:
    """A day of visits, each with its own bucket; a third act on ``loved`` wherever it stands, few on anything else."""
    events = []
    for number in range(visits):
        visit, at = f"{day:04d}{number:08d}", AT - timedelta(days=day, minutes=number % 60)
        order = shown(product, queries.bucket_of(visit))
        for place, voice in enumerate(ids_of(order), 1):
            kinds = [Kind.PROOF_VIEW] + [Kind.PROOF_CLICK] * (voice == loved and number % 3 == 0)
            events += [
                Event(
                    id=uuid5(NAMES, f"{visit} {place} {kind}"), kind=kind, at=at + timedelta(seconds=place + 5 * which),
                    visit=visit, product_id=product, voice_ids=(voice,),
                    surface=f"{order.surface(Placement.STRIP)}:{place}",
                )
                for which, kind in enumerate(kinds)
            ]  # fmt: skip
    analytics.load(events, source=f"drawn {day}", at=AT)


@pytest.mark.database
def test_what_people_act_on_comes_first_and_the_hold_out_stays(dress: int) -> None:
    ids = say(dress, [5] * 6, dull={5})
    assert actions.plan_orders(at=AT - timedelta(days=3), placement=Placement.STRIP) == 1
    useful, loved = ids_of(shown(dress, 0)), ids[5]
    assert useful[-1] == loved
    look(dress, loved=loved, visits=400, day=2)
    assert actions.plan_orders(at=AT, placement=Placement.STRIP) == 1
    plan = OrderPlan.objects.get(placement="strip", ended_at=None)
    first = next(chance for voice, place, chance in plan.propensities if voice == loved and place == 1)
    assert first > 0.7
    assert [shown(dress, bucket).arm for bucket in (0, 7, 8, 39)] == ["held_out", "held_out", "drawn", "drawn"]
    assert ids_of(shown(dress, 3)) == useful
    assert ids_of(shown(dress, 39))[0] == loved
    assert OrderPlan.objects.count() == 2  # the earlier one is kept: the log names it


@pytest.mark.database
def test_the_log_knows_plan_bucket_and_place(dress: int) -> None:
    ids = say(dress, [5] * 4, dull=set())
    actions.plan_orders(at=AT - timedelta(days=3), placement=Placement.STRIP)
    look(dress, loved=ids[0], visits=90, day=2)
    since, until = (AT - timedelta(days=9)).date(), AT.date()
    placed = analytics_queries.placed(since=since, until=until)
    assert set(placed["placement"]) == {"strip"}
    assert set(placed["plan"]) == set(OrderPlan.objects.values_list("id", flat=True))
    assert (placed["seen"].sum(), placed["clicked"].sum()) == (90 * 4, 30)
    dealt = analytics_queries.dealt(since=since, until=until)
    assert (dealt["looked"].sum(), dealt["acted"].sum(), dealt["led"].sum()) == (90, 30, 0)
    # the list's own learning leaves them out: other places, other propensities
    assert analytics_queries.exposures(since=since, until=until).is_empty()
    readout = queries.order_readout(at=AT, placement=Placement.STRIP)
    assert (readout.looked + readout.held_out_looked, readout.verdict) == (90, "keep_testing")
    assert queries.order_readout(at=AT, placement=Placement.WIDGET).rate is None


@pytest.mark.database
def test_the_displeased_stay_in_sight_in_every_order(dress: int) -> None:
    ids = say(dress, [5] * 9 + [1], dull={9})
    for at in (None, AT):
        if at:
            actions.plan_orders(at=at, placement=Placement.STRIP)
        for bucket in range(40):
            assert ids[9] in ids_of(shown(dress, bucket))[: rules.IN_SIGHT], bucket


@pytest.mark.database
def test_a_withdrawn_voice_leaves_the_order_at_once(dress: int) -> None:
    ids = say(dress, [5] * 4, dull=set())
    actions.plan_orders(at=AT, placement=Placement.STRIP)
    voices.withdraw(voice_id=ids[1], at=AT)
    assert sorted(ids_of(shown(dress, 20))) == sorted(set(ids) - {ids[1]})  # before its event is handed over


@pytest.mark.database
def test_any_number_of_products_costs_few_statements(dress: int) -> None:
    say(dress, [5] * 4, dull=set())
    products = list(shop.small_catalogue().products.values())
    with CaptureQueriesContext(connection) as statements:
        queries.ordered([dress, *products], placement=Placement.STRIP, bucket=1)
    assert len(statements) <= 6


def test_buckets_are_dealt_evenly_and_stay() -> None:
    dealt = [queries.bucket_of(f"visit {number}") for number in range(8000)]
    assert dealt == [queries.bucket_of(f"visit {number}") for number in range(8000)]
    assert {dealt.count(bucket) // 100 for bucket in range(40)} <= {1, 2}


# -- rights ---------------------------------------------------------------------------------------------------


def right(**more: Any) -> MediaRight:
    told: dict[str, Any] = {
        "id": 1, "voice_id": 1, "path": "", "basis": Basis.CONSENT, "refused": False, "holder": "",
        "channels": (Channel.WIDGET,), "territories": (), "starts_on": None, "until": None, "note": "",
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    return MediaRight(**(told | more))


DAY = date(2026, 3, 12)


@pytest.mark.parametrize(
    ("rights", "asked", "shown_there"),
    [
        ((), {"channel": Channel.SITE}, True),
        ((), {"channel": Channel.SITE, "foreign": True}, False),
        ((), {}, False),
        ((right(),), {}, True),
        ((right(),), {"channel": Channel.ADS}, False),
        ((right(until=DAY),), {}, True),
        ((right(until=DAY - timedelta(days=1)),), {}, False),
        ((right(starts_on=DAY + timedelta(days=1)),), {}, False),
        ((right(territories=("FR",)),), {"territory": "FR"}, True),
        ((right(territories=("FR",)),), {"territory": "BE"}, False),
        ((right(territories=("FR",)),), {}, False),
        ((right(path="a.webp"),), {"path": "a.webp"}, True),
        ((right(path="a.webp"),), {"path": "b.webp"}, False),
        ((right(ended_at=datetime(2026, 2, 1, tzinfo=UTC)),), {}, False),
        ((right(), right(refused=True)), {}, False),
        ((right(refused=True, channels=()),), {"channel": Channel.SITE}, False),
        ((right(refused=True, channels=(Channel.ADS,)),), {"channel": Channel.SITE}, True),
        ((right(refused=True, path="a.webp"),), {"channel": Channel.SITE, "path": "b.webp"}, True),
    ],
)
def test_where_a_picture_may_be_shown(rights: tuple[MediaRight, ...], asked: dict[str, Any], shown_there: bool) -> None:
    told: dict[str, Any] = {"path": "", "channel": Channel.WIDGET, "territory": "", "on": DAY} | asked
    assert rules.may_show(rights, **told) is shown_there
