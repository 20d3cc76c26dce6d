"""One question, every source: voices, answers, moments of videos, facts and terms; filters; nothing that has gone."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.core import outbox
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import testing as shop
from parvis.domains.evidence import actions, queries, rules, tasks
from parvis.domains.evidence.contracts import Source
from parvis.domains.evidence.ports import bind_shared_index, shared_index
from parvis.domains.evidence.queries import files, passages
from parvis.domains.voices import actions as voices
from parvis.domains.voices import testing as voice_testing
from parvis.domains.voices.contracts import CaptionCue, NewVoice, Origin, Outcome, Reason, VoiceKind

AT = datetime(2026, 3, 12, 12, tzinfo=UTC)
SAID = {
    "dry": (5, "fr", "J'ai la peau sèche et cette crème ne tire pas du tout, même en hiver."),
    "oily": (2, "fr", "J'ai la peau grasse : cette crème colle et brille dès midi."),
    "wedding": (4, "en", "I wore it to a wedding. I'm 5'4\" and it hit below the knee, the lining is soft."),
}
VTT = """WEBVTT

00:00:00.500 --> 00:00:03.000
Je l'applique sur une peau sèche.

00:00:03.200 --> 00:00:07.000
La texture fond tout de suite.

00:00:12.000 --> 00:00:15.000
Le soir, j'en remets sur les joues.
"""


@pytest.fixture(autouse=True, params=["embedded", "postgres"])
def own_index(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[None]:
    """Everything here holds of the index in files and of the one in the database."""
    settings.INDEX_ROOT = tmp_path / "index"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DENSE = False
    files.forget()
    if request.param == "postgres":
        if "django_db" in request.keywords:
            request.getfixturevalue("db")
            if not import_module("parvis.connectors.pgvector.tables").available():
                # The wheel's server has it; one that somebody else installed may lack it.
                assert os.environ.get("DATABASE_URL"), "the bundled server must have the vector extension"
                pytest.skip("this PostgreSQL server has no vector extension")
        bind_shared_index(import_module("parvis.connectors.pgvector.shared").shared)
    yield
    bind_shared_index(None)
    files.forget()


def settle() -> None:
    outbox.deliver(at=AT + timedelta(days=9999))


def publish(*ids: int) -> None:
    settle()
    voices.decide(voice_ids=ids, outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=AT)
    settle()


@pytest.fixture
def dress() -> int:
    return shop.small_catalogue().products["linen-dress"]


@pytest.fixture
def said(dress: int) -> dict[str, int]:
    ids = {}
    for key, (stars, language, text) in SAID.items():
        new = NewVoice(
            product_id=dress, stars=stars, text=text, language=language, author_name="Ana", origin=Origin.DEMO,
            origin_ref=key, submitted_at=AT - timedelta(days=30), size_worn="M" if key == "wedding" else "",
        )  # fmt: skip
        ids[key] = voices.receive(new, at=AT).id
    publish(*ids.values())
    return ids


def filmed(voice_id: int, tmp_path: Path) -> None:
    """A video of a voice, as its preparation leaves it."""
    (tmp_path / "media").mkdir(exist_ok=True)
    (tmp_path / "media" / "film.vtt").write_text(VTT, "utf-8")
    voice_testing.prepared_video(voice_id, captions="film.vtt", captions_language="fr", at=AT)
    voices.show_video(voice_id=voice_id, at=AT)
    settle()


@pytest.mark.database
@pytest.mark.django_db
def test_terms_facts_and_voices_answer_in_the_readers_language(dress: int, said: dict[str, int]) -> None:
    french = queries.find("Combien coûte la livraison ?", locale="fr", product_ids=[dress])
    assert french.answered
    assert french.quotes[0].kind is Source.POLICY
    assert french.quotes[0].document is not None
    assert french.quotes[0].document.page == "delivery"
    assert "4,90" in french.quotes[0].text
    english = queries.find("How long do I have to return it?", locale="en", kinds=["policy"])
    assert english.answered
    assert "14 days" in english.quotes[0].quote
    assert english.quotes[0].title == "Returns and refunds"
    sizes = queries.find("Which sizes are available?", locale="en", product_ids=[dress], kinds={Source.FACT})
    assert sizes.quotes[0].document is not None
    assert sizes.quotes[0].document.key == f"product:{dress}/sizes"
    assert {quote.kind for quote in queries.find("lining soft?", locale="en", product_ids=[dress]).quotes} == {
        Source.REVIEW
    }


@pytest.mark.database
@pytest.mark.django_db
def test_what_the_author_stated_filters(dress: int, said: dict[str, int]) -> None:
    def voices_of(asked: str = "crème sur ma peau ?", **where: Any) -> set[int]:
        found = queries.find(asked, locale="fr", product_ids=[dress], where=where, k=9)
        return {quote.voice_id for quote in found.quotes}

    assert voices_of() == {said["dry"], said["oily"]}
    assert voices_of(skin_type="dry") == {said["dry"]}
    assert voices_of(skin_type=["dry", "oily"]) == {said["dry"], said["oily"]}
    assert voices_of(rating=(4, 5)) == {said["dry"]}
    dressed = {"size": "M", "use": "wedding", "height": (155, 170)}
    assert voices_of("lining at a wedding?", **dressed) == {said["wedding"]}
    assert voices_of("lining at a wedding?", **dressed | {"height": (175, None)}) == set()
    assert voices_of(media=True) == set()
    quote = queries.find("peau sèche ?", locale="fr", product_ids=[dress], where={"skin_type": "dry"}).quotes[0]
    assert quote.attributes["skin_type"] == ("dry",)
    with pytest.raises(queries.UnknownFilter):
        queries.find("peau ?", locale="fr", where={"shoe": 38})


@pytest.mark.database
@pytest.mark.django_db
def test_a_question_speaks_of_people_and_they_are_heard(dress: int, said: dict[str, int]) -> None:
    """In the whole shop "on dry skin" is answered by those who have it: a sweater that shows skin is no answer."""
    sweater = shop.small_catalogue().products["wool-sweater"]
    for number in range(4):
        new = NewVoice(
            product_id=sweater, stars=4, text="Shows a lot of skin on dry days, show me another one. Montre la peau.",
            language="en", author_name="Bo", origin=Origin.DEMO, origin_ref=f"skin{number}",
            submitted_at=AT - timedelta(days=30),
        )  # fmt: skip
        publish(voices.receive(new, at=AT).id)
    for question, locale in (("Show me on dry skin", "en"), ("Montre-moi sur peau sèche", "fr")):
        found = queries.find(question, locale=locale)
        assert {quote.voice_id for quote in found.quotes} == {said["dry"]}, question
    nobody = queries.find("Montre-moi sur peau mature", locale="fr")
    assert sweater not in {quote.product_id for quote in nobody.quotes}
    tall = queries.find("Is the lining soft at a wedding for 1.63 m?", locale="en", product_ids=[dress])
    assert tall.quotes[0].voice_id == said["wedding"]
    assert not queries.find("Do you have something for curly hair?", locale="en").quotes


@pytest.mark.database
@pytest.mark.django_db
def test_a_moment_of_a_video_is_found_with_its_times_and_goes_with_it(
    dress: int, said: dict[str, int], tmp_path: Path
) -> None:
    filmed(said["dry"], tmp_path)
    found = queries.find("sur peau sèche ?", locale="fr", product_ids=[dress], kinds=[Source.CLIP])
    assert [(quote.clip.start_s, quote.clip.end_s) for quote in found.quotes if quote.clip] == [(0.5, 7.0)]
    assert found.quotes[0].clip is not None
    assert found.quotes[0].clip.url.endswith("film.mp4")
    voices.remove_video(voice_id=said["dry"], at=AT)
    asked = queries.find("sur peau sèche ?", locale="fr", product_ids=[dress], kinds=[Source.CLIP])
    assert not asked.quotes  # at once
    settle()
    index = files.reader()
    assert index is not None
    assert index.passages(where={"kind": "clip"}, limit=9).height == 0  # and for good


@pytest.mark.database
@pytest.mark.django_db
def test_an_answer_is_found_by_the_question_it_answers(dress: int) -> None:
    asked = voices.receive(
        NewVoice(kind=VoiceKind.QUESTION, product_id=dress, text="Can it go in the tumble dryer?", author_name="Li"),
        at=AT,
    ).id
    publish(asked)
    reply = voices.receive(
        NewVoice(kind=VoiceKind.ANSWER, product_id=dress, parent_id=asked, text="No, dry it flat please.",
                 author_name="The team"), at=AT,
    ).id  # fmt: skip
    publish(reply)
    found = queries.find("Is the tumble dryer allowed?", locale="en", product_ids=[dress])
    quote = next(quote for quote in found.quotes if quote.voice_id == reply)
    assert (quote.kind, quote.quote) == (Source.ANSWER, "No, dry it flat please.")
    assert quote.title == "Can it go in the tumble dryer?"
    voices.withdraw(voice_id=asked, reason=Reason.AUTHOR_REQUEST, actor_id=None, at=AT)
    settle()
    gone = queries.find("Is the tumble dryer allowed?", locale="en", product_ids=[dress])
    assert reply not in {quote.voice_id for quote in gone.quotes}


@pytest.mark.database
@pytest.mark.django_db
def test_facts_follow_the_catalogue(dress: int, said: dict[str, int]) -> None:
    asked = "Is it lined with quilted flannel?"
    assert not queries.find(asked, locale="en", product_ids=[dress], kinds=["fact"]).quotes
    catalog.update_product(product_id=dress, texts={"description_en": "Lined with quilted flannel."}, at=AT)
    settle()
    found = queries.find(asked, locale="en", product_ids=[dress], kinds=["fact"])
    assert found.quotes[0].quote == "Lined with quilted flannel."
    catalog.update_product(product_id=dress, texts={"description_en": "A plain dress."}, at=AT)
    # the index has not heard of it yet: what no longer stands is not quoted
    stale = queries.find(asked, locale="en", product_ids=[dress], kinds=["fact"])
    assert not any("flannel" in quote.quote for quote in stale.quotes)
    settle()
    rebuilt = actions.rebuild(at=AT)
    assert rebuilt >= len(said)
    assert queries.find("Which sizes are available?", locale="en", product_ids=[dress], kinds=["fact"]).quotes


@pytest.mark.database
@pytest.mark.django_db
def test_changed_terms_are_followed_within_the_minute(dress: int, said: dict[str, int]) -> None:
    assert not actions.follow_policies()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("parvis.domains.evidence.queries.policies.WITHDRAWAL_DAYS", 30)
        tasks.mend(0)
        found = queries.find("How long do I have to return it?", locale="en")
        assert "30 days" in found.quotes[0].quote
    stale = queries.find("How long do I have to return it?", locale="en", kinds=["policy"])
    assert not any("30 days" in quote.quote for quote in stale.quotes)


@pytest.mark.database
@pytest.mark.django_db
def test_a_question_to_the_whole_shop_costs_few_statements(dress: int, said: dict[str, int]) -> None:
    queries.find("lining soft?", locale="en")
    with CaptureQueriesContext(connection) as spent:
        queries.find("is the lining soft, and can I return it?", locale="en", k=5)
    assert len(spent) <= (9 if shared_index() is None else 15)  # the index itself is asked in six


def test_captions_are_joined_into_moments() -> None:
    cues = [CaptionCue(start_s=n * 3.0, end_s=n * 3.0 + 2.8, text=f"Phrase {n}.") for n in range(6)]
    found = passages.moments(cues)
    assert [(start, end) for start, end, _ in found] == [(0.0, 8.8), (9.0, 17.8)]
    assert found[0][2] == "Phrase 0. Phrase 1. Phrase 2."
    assert passages.moments([]) == []


def test_filters_are_met_by_values_lists_and_ranges() -> None:
    held = {"skin_type": ("dry", "sensitive"), "stars": 4, "verified": True, "height_cm": None}
    assert rules.fits(held, {"skin_type": "dry", "stars": (3, None), "verified": True})
    assert rules.fits(held, {"skin_type": ["oily", "sensitive"]})
    assert not rules.fits(held, {"height_cm": (150, 190)})
    assert not rules.fits(held, {"verified": (0, 1)})
    assert rules.fits(held, {})
