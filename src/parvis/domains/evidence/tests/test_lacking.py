"""The next best review: what it is worth, and what is lacking."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.core import outbox
from parvis.domains.analytics import actions as analytics
from parvis.domains.analytics.contracts import Event, Kind
from parvis.domains.catalog import testing as shop
from parvis.domains.evidence import queries, rules
from parvis.domains.evidence.contracts import Want
from parvis.domains.evidence.queries import files
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason, VoiceKind

AT = datetime(2026, 3, 12, 12, tzinfo=UTC)


def test_worth_falls_with_what_is_known_and_grows_with_visits() -> None:
    usual = {"fabric": 0.5, "length": 0.2}
    worths = [rules.worth_of_one_more(100, n, {"fabric": n // 2}, usual) for n in (0, 1, 5, 20, 200)]
    assert worths == sorted(worths, reverse=True)
    assert rules.worth_of_one_more(1000, 5, {}, usual) > rules.worth_of_one_more(10, 5, {}, usual)
    # something that everybody has spoken of adds less than something nobody has
    assert rules.worth_of_one_more(9, 9, {"length": 9}, usual) > rules.worth_of_one_more(9, 9, {"fabric": 9}, usual)


def test_aspects_lacking_are_the_usual_ones_nobody_spoke_of() -> None:
    usual = {"fabric": 0.5, "length": 0.2, "smell": 0.01, "cut": 0.3, "colour": 0.25, "fit": 0.4}
    assert rules.aspects_lacking({"fabric": 9, "cut": 2}, usual) == ["fit", "cut", "colour"]
    assert rules.aspects_lacking({}, {}) == []


@pytest.fixture
def own_places(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_ROOT, settings.EVENT_LOG = tmp_path / "index", tmp_path / "log"
    files.forget()
    yield
    files.forget()


def tell(product_id: int, key: str, text: str, *, days: int = 30, kind: VoiceKind = VoiceKind.REVIEW) -> None:
    new = NewVoice(
        kind=kind, product_id=product_id, stars=4 if kind is VoiceKind.REVIEW else None, text=text, author_name="Ana",
        origin=Origin.DEMO, origin_ref=key, submitted_at=AT - timedelta(days=days),
    )  # fmt: skip
    number = voices.receive(new, at=AT).id
    outbox.deliver(at=AT + timedelta(days=9999))
    voices.decide(voice_ids=[number], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=AT)
    outbox.deliver(at=AT + timedelta(days=9999))


@pytest.mark.database
@pytest.mark.django_db
def test_products_are_listed_by_what_a_review_is_worth(own_places: None) -> None:
    made = shop.small_catalogue()
    dress = made.products["linen-dress"]
    other = next(key for slug, key in made.products.items() if slug != "linen-dress")
    for number in range(3):
        tell(dress, f"r{number}", f"The fabric is soft and the length is perfect. Number {number}.", days=300)
    tell(dress, "q", "Does it have pockets, please?", kind=VoiceKind.QUESTION)
    seen = [
        Event(id=uuid4(), kind=Kind.PRODUCT_VIEW, at=AT - timedelta(days=2), visit=f"v{n}", product_id=other)
        for n in range(30)
    ]
    analytics.load(seen, source="views", at=AT)

    found = queries.lacking(at=AT, locale="en")
    assert found[0].product_id == other
    assert (found[0].viewed, found[0].reviews, found[0].newest) == (30, 0, None)
    assert found[0].lacks[0].want is Want.FIRST
    mine = next(each for each in found if each.product_id == dress)
    assert {lack.want for lack in mine.lacks} >= {Want.FEW, Want.OLD, Want.PHOTO, Want.QUESTION}
    assert next(lack for lack in mine.lacks if lack.want is Want.QUESTION).count == 1
    assert list(found) == sorted(found, key=lambda each: -each.worth)
    with CaptureQueriesContext(connection) as spent:
        queries.lacking(at=AT, locale="fr", limit=1)
    assert len(spent) <= 12
    assert queries.learning().reviews == 0


@pytest.mark.database
@pytest.mark.django_db
def test_an_empty_catalogue_lacks_nothing(own_places: None) -> None:
    assert queries.lacking(at=AT, locale="en") == ()
