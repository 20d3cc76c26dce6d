"""Sums moved by what changes are the sums of everything."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.core import outbox
from parvis.core.clock import now
from parvis.domains.catalog import testing as shop
from parvis.domains.evidence import actions
from parvis.domains.evidence.actions import summing
from parvis.domains.evidence.models import ProductProof, Tally
from parvis.domains.evidence.queries import files
from parvis.domains.voices import actions as voices
from parvis.domains.voices import queries as voices_queries
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason

AT = datetime(2026, 3, 12, 12, tzinfo=UTC)
TEXTS = (
    "Runs small in the chest, so size up. The fabric is soft.",
    "True to size and very comfortable, lovely colour.",
    "The fabric is itchy and it runs large on me.",
    "Perfect length, soft fabric, great price.",
    "Far too small, very tight in the shoulders.",
)
pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def own_index(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_ROOT = tmp_path / "index"
    files.forget()
    yield
    files.forget()


@pytest.fixture
def products() -> list[int]:
    return sorted(shop.small_catalogue().products.values())[:2]


def say(product_id: int, number: int) -> int:
    new = NewVoice(
        product_id=product_id, stars=number % 5 + 1, text=f"{TEXTS[number % len(TEXTS)]} It was number {number}.",
        author_name="Ana", origin=Origin.DEMO, origin_ref=f"sum:{number}", verified=number % 3 == 0,
        provenance={"verified": "simulated"} if number % 7 == 0 else {},
    )  # fmt: skip
    return voices.receive(new, at=AT).id


def settle() -> None:
    outbox.deliver(at=AT + timedelta(days=9999))


def decide(ids: list[int], outcome: Outcome) -> None:
    reason = Reason.APPROVED if outcome is Outcome.PUBLISH else Reason.OFF_TOPIC
    voices.decide(voice_ids=ids, outcome=outcome, reason=reason, actor_id=None, at=AT, overturn=True)


def sums() -> tuple[list[Any], list[Any]]:
    columns = [f.name for f in ProductProof._meta.concrete_fields if f.name not in ("revision", "updated_at")]
    return (
        list(ProductProof.objects.order_by("product").values_list(*columns)),
        list(
            Tally.objects.order_by("product", "aspect", "pro").values_list("product", "aspect", "pro", "count", "quote")
        ),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sums_moved_are_sums_counted_anew(products: list[int], seed: int) -> None:
    drawn = random.Random(seed)
    ids = [say(products[number % 2], number) for number in range(14)]
    settle()
    for turn in range(8):
        some = drawn.sample(ids, 4)
        if turn % 3 == 2:
            public = [voice for voice in voices_queries.voices(some).values() if voice.is_public]
            for voice_id in (voice.id for voice in public):
                voices.vote(voice_id=voice_id, voter=f"v{turn}", value=1, at=AT)
        else:
            decide(some, drawn.choice([Outcome.PUBLISH, Outcome.REFUSE]))
        settle()
        moved = sums()
        summing.sum_up(products, at=AT)
        assert sums() == moved


def test_a_review_more_reads_no_other_review_of_its_product(products: list[int]) -> None:
    ids = [say(products[0], number) for number in range(12)]
    settle()
    decide(ids[:2], Outcome.PUBLISH)
    settle()

    def statements() -> int:
        with CaptureQueriesContext(connection) as spent:
            actions.refresh(ids[:1], at=AT)
        counting = [q["sql"] for q in spent.captured_queries if "FROM evidence_proof" in q["sql"]]
        assert counting
        assert all("product_id = ANY" not in sql for sql in counting)
        return len(spent)

    few = statements()
    decide(ids[2:], Outcome.PUBLISH)
    settle()
    assert statements() == few


def test_a_product_that_comes_back_has_a_higher_revision(products: list[int]) -> None:
    (one,) = [say(products[0], 3)]
    settle()
    decide([one], Outcome.PUBLISH)
    settle()
    first = ProductProof.objects.get(product_id=products[0]).revision
    actions.refresh([one], at=AT)
    assert ProductProof.objects.get(product_id=products[0]).revision > first
    decide([one], Outcome.REFUSE)
    settle()
    assert not ProductProof.objects.filter(product_id=products[0]).exists()
    voices.decide(voice_ids=[one], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=None, at=AT, overturn=True)
    actions.refresh([one], at=now() + timedelta(seconds=5))
    assert ProductProof.objects.get(product_id=products[0]).revision > first + 1
