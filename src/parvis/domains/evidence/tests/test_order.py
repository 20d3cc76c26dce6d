"""The order of proofs: a first page with both sides, and what clicks teach."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from parvis.core import outbox
from parvis.domains.analytics import actions as analytics
from parvis.domains.analytics import queries as analytics_queries
from parvis.domains.analytics.contracts import Event, Kind
from parvis.domains.catalog import testing as shop
from parvis.domains.evidence import actions, queries, rules
from parvis.domains.evidence.models import Lesson, Proof
from parvis.domains.evidence.queries import files
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason

AT = datetime(2026, 3, 12, 12, tzinfo=UTC)
NAMES = UUID("5f1f7e0e-8f39-4a55-9a1d-0d4d9a1f7d11")
LONG = (
    "I am 5'4\" and ordered a small. The fabric is soft and the color is like the picture; it washed well. "
    "The length hits at the knee, and the waist is a bit wide for my shape compared to the other brands I own. "
)
pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def own_places(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_ROOT, settings.EVENT_LOG = tmp_path / "index", tmp_path / "log"
    files.forget()
    yield
    files.forget()


@pytest.fixture
def dress() -> int:
    return shop.small_catalogue().products["linen-dress"]


def say(product_id: int, stars: "list[int]", *, dull: "set[int]") -> list[int]:
    """Published reviews, long ones but those ``dull`` names by place."""
    ids = []
    for place, star in enumerate(stars):
        words = f"Number {place}. It is what it is." if place in dull else f"{LONG} Number {place}."
        new = NewVoice(
            product_id=product_id, stars=star, text=words, author_name="Ana", origin=Origin.DEMO,
            origin_ref=f"order-{place}", submitted_at=AT - timedelta(days=30),
        )  # fmt: skip
        ids.append(voices.receive(new, at=AT).id)
    outbox.deliver(at=AT + timedelta(days=9999))
    voices.decide(voice_ids=ids, outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=AT)
    outbox.deliver(at=AT + timedelta(days=9999))
    return ids


def pages(product_id: int, *, limit: int, **more: Any) -> list[list[int]]:
    total = queries.shown_for(product_id, limit=limit, **more).total
    return [
        [proof.voice.id for proof in queries.shown_for(product_id, limit=limit, offset=offset, **more).proofs]
        for offset in range(0, total, limit)
    ]


def test_the_first_page_shows_who_sees_it_otherwise(dress: int) -> None:
    ids = say(dress, [5] * 11 + [1], dull={11})
    first = queries.shown_for(dress, limit=5)
    cross = first.proofs[2]
    assert (cross.voice.id, cross.reasons[0]) == (ids[11], rules.BALANCED)
    assert not any(rules.BALANCED in proof.reasons for proof in first.proofs if proof is not cross)
    assert queries.reason_words(cross.reasons, "fr")[0] == "Un autre avis"
    assert (first.total, len(first.proofs)) == (12, 5)
    # nobody is lost or shown twice on the way through the pages
    walked = [voice for page in pages(dress, limit=5) for voice in page]
    assert sorted(walked) == sorted(ids)


def test_praise_is_brought_forward_where_it_is_rare(dress: int) -> None:
    ids = say(dress, [1, 2] * 5 + [5], dull={10})
    assert ids[10] in {proof.voice.id for proof in queries.shown_for(dress, limit=5).proofs}


def test_two_seats_where_the_other_side_is_large(dress: int) -> None:
    ids = say(dress, [5] * 12 + [1, 1, 2, 2], dull={12, 13, 14, 15})
    first = [proof.voice.id for proof in queries.shown_for(dress, limit=8).proofs]
    assert len(set(first) & set(ids[12:])) == 2
    walked = [voice for page in pages(dress, limit=8) for voice in page]
    assert sorted(walked) == sorted(ids)


@pytest.mark.parametrize("asked", [{"sort": "recent"}, {"stars": 5}, {"sort": "high"}, {"balanced": False}])
def test_other_orders_and_filters_are_left_alone(dress: int, asked: dict[str, Any]) -> None:
    say(dress, [5] * 8 + [1], dull={8})
    shown = queries.shown_for(dress, limit=5, **asked)
    assert not any(rules.BALANCED in proof.reasons for proof in shown.proofs)


def test_nobody_is_brought_forward_without_two_sides(dress: int) -> None:
    say(dress, [5, 4, 3, 3, 5, 4, 5], dull={1})
    shown = queries.shown_for(dress, limit=5)
    scores = [proof.score for proof in shown.proofs]
    assert scores == sorted(scores, reverse=True)


def visits(product_id: int, order: "list[int]", *, clicked: int, count: int, day: int) -> None:
    """``count`` visits that see reviews in ``order``; ``clicked`` of them act on the third and put it in the cart."""
    events = []
    for number in range(count):
        visit, at = f"{day:04d}{number:08d}", AT - timedelta(days=day, minutes=number % 60)

        def tell(kind: Kind, second: int, visit: str = visit, at: datetime = at, **more: Any) -> Event:
            name = f"{visit} {kind} {second} {sorted(more.items())}"
            return Event(id=uuid5(NAMES, name), kind=kind, at=at + timedelta(seconds=second), visit=visit,
                         product_id=product_id, **more)  # fmt: skip

        for place, voice in enumerate(order, start=1):
            events.append(tell(Kind.PROOF_VIEW, place, voice_ids=(voice,), surface=f"pdp:{place}"))
        if number < clicked:
            events.append(tell(Kind.PROOF_CLICK, 20, voice_ids=(order[2],), surface="pdp:3"))
            events.append(tell(Kind.ADD_TO_CART, 30))
        elif number < 2 * clicked:
            events.append(tell(Kind.PROOF_CLICK, 20, voice_ids=(order[0],), surface="pdp:1"))
    analytics.load(events, source=f"test {day} {order}", at=AT)


def test_clicks_teach_the_order_and_survive_a_rebuild(dress: int) -> None:
    ids = say(dress, [5] * 4, dull=set())
    helpful = ids[3]
    visits(dress, [ids[0], ids[1], helpful, ids[2]], clicked=60, count=300, day=3)
    visits(dress, [ids[2], ids[0], helpful, ids[1]], clicked=60, count=300, day=2)
    told = analytics_queries.exposures(since=(AT - timedelta(days=9)).date(), until=AT.date())
    row = told.filter(voice=helpful).row(0, named=True)
    assert (row["place"], row["seen"], row["clicked"], row["led"]) == (3, 600, 120, 120)

    before = dict(Proof.objects.values_list("voice_id", "score"))
    assert actions.learn(at=AT) > 0
    after = dict(Proof.objects.values_list("voice_id", "score"))
    assert after[helpful] > before[helpful]
    assert queries.shown_for(dress).proofs[0].voice.id == helpful
    assert "helps_choose" in queries.shown_for(dress).proofs[0].reasons
    assert Lesson.objects.get(voice_id=helpful).low > 0
    assert actions.learn(at=AT) == 0  # the same log teaches the same
    actions.rebuild(at=AT)
    assert dict(Proof.objects.values_list("voice_id", "score")) == pytest.approx(after)


def test_what_was_learnt_is_forgotten_with_its_days(dress: int) -> None:
    ids = say(dress, [5] * 4, dull=set())
    before = dict(Proof.objects.values_list("voice_id", "score"))
    visits(dress, [ids[0], ids[1], ids[3], ids[2]], clicked=60, count=300, day=3)
    visits(dress, [ids[2], ids[0], ids[3], ids[1]], clicked=60, count=300, day=2)
    actions.learn(at=AT)
    actions.learn(at=AT + timedelta(days=90))
    assert not Lesson.objects.exists()
    assert dict(Proof.objects.values_list("voice_id", "score")) == pytest.approx(before)


def test_machines_teach_nothing(dress: int) -> None:
    ids = say(dress, [5] * 2, dull=set())
    events = [
        Event(id=uuid5(NAMES, f"bot {n} {kind}"), kind=kind, at=AT - timedelta(days=2), visit=f"bot{n}", bot=True,
              product_id=dress, voice_ids=(ids[0],), surface="pdp:1")
        for n in range(50)
        for kind in (Kind.PROOF_VIEW, Kind.PROOF_CLICK)
    ]  # fmt: skip
    analytics.load(events, source="bots", at=AT)
    assert analytics_queries.exposures(since=(AT - timedelta(days=9)).date(), until=AT.date()).is_empty()
    assert actions.learn(at=AT) == 0
