"""Evidence follows voices: derived, retracted, rebuilt, answered."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.core import outbox
from parvis.domains.catalog import testing as shop
from parvis.domains.evidence import actions, queries
from parvis.domains.evidence.contracts import Order, Sign
from parvis.domains.evidence.models import Leaning, ProductProof, Proof
from parvis.domains.evidence.queries import files
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason, VoiceKind

AT = datetime(2026, 3, 12, 12, tzinfo=UTC)
SAID = (
    ("small_1", 3, "Runs small in the chest. I usually wear a 6 and needed an 8; I am 5'6\" and 130 lbs."),
    ("small_2", 4, "It runs small, so size up. The fabric is soft and the colour is lovely."),
    ("small_3", 2, "Way too small for me, very tight in the shoulders, and the fabric is itchy."),
    ("true_1", 5, "True to size and very comfortable. I wore it all day in the office."),
    ("fabric_1", 5, "The fabric is soft and feels expensive. I get compliments every time."),
    ("length_1", 4, "Perfect length for tall women, it hits below the knee. I am 5'11\"."),
)
pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def own_index(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_ROOT = tmp_path / "index"
    files.forget()
    yield
    files.forget()


def say(product_id: int, key: str, stars: int, text: str, **more: Any) -> int:
    new = NewVoice(
        product_id=product_id, stars=stars, text=text, author_name="Ana", origin=Origin.DEMO, origin_ref=key,
        submitted_at=AT - timedelta(days=30), **more,
    )  # fmt: skip
    return voices.receive(new, at=AT).id


def held_voices() -> int:
    """How many reviews and answers the index holds."""
    index = files.reader()
    return index.passages(where={"kind": ["review", "answer"]}, limit=1000).height if index else 0


def settle() -> None:
    """Hand over every event, then publish what the machine was not sure of."""
    outbox.deliver(at=AT + timedelta(days=9999))


def publish(ids: list[int]) -> None:
    voices.decide(voice_ids=ids, outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=AT)
    settle()


@pytest.fixture
def dress() -> int:
    return shop.small_catalogue().products["linen-dress"]


@pytest.fixture
def said(dress: int) -> dict[str, int]:
    ids = {key: say(dress, key, stars, text) for key, stars, text in SAID}
    settle()
    publish(list(ids.values()))
    return ids


def test_a_summary_counts_stars_and_names_pros_and_cons_with_words(dress: int, said: dict[str, int]) -> None:
    summary = queries.summary(dress)
    assert summary is not None
    assert (summary.count, summary.distribution) == (6, (0, 1, 1, 2, 2))
    assert summary.average == pytest.approx(23 / 6)
    small = next(point for point in summary.cons if point.aspect == "fit_small")
    assert small.count == 3
    assert small.quote
    assert small.voice_id in said.values()
    assert any(point.aspect == "fabric" and point.count == 2 for point in summary.pros)
    assert queries.labels("fr")["fit_small:con"] == "Taille petit"


def test_proofs_are_sorted_filtered_and_marked(dress: int, said: dict[str, int]) -> None:
    useful = queries.shown_for(dress, sort=Order.USEFUL, limit=3)
    assert useful.total == 6
    scores = [proof.score for proof in useful.proofs]
    assert scores == sorted(scores, reverse=True)
    rest = queries.shown_for(dress, sort=Order.USEFUL, offset=3, limit=3)
    assert not {p.voice.id for p in useful.proofs} & {p.voice.id for p in rest.proofs}
    low = queries.shown_for(dress, sort="low")
    assert [proof.voice.stars for proof in low.proofs] == [2, 3, 4, 4, 5, 5]
    small = queries.shown_for(dress, aspect="fit_small", polarity=Sign.CON)
    assert {proof.voice.id for proof in small.proofs} == {said["small_1"], said["small_2"], said["small_3"]}
    for proof in small.proofs:
        assert any("small" in proof.voice.text[mark.start : mark.end].lower() for mark in proof.highlights)
    assert queries.shown_for(dress, stars=5).total == 2


def test_a_question_is_answered_in_voices_own_words(dress: int, said: dict[str, int]) -> None:
    for question, locale in (("Does it run small?", "en"), ("Est-ce que ça taille petit ?", "fr")):
        answer = queries.ask(dress, question, locale=locale)
        assert answer.answered
        assert {quote.voice_id for quote in answer.quotes} & {said["small_1"], said["small_2"], said["small_3"]}
        for quote in answer.quotes:
            assert quote.text[quote.start : quote.end].startswith(quote.quote.removesuffix("…")[:40])
        assert next(p for p in answer.aspects if p.sign is Sign.CON).count == 3


def test_nobody_has_said_is_an_answer(dress: int, said: dict[str, int]) -> None:
    answer = queries.ask(dress, "Is the factory powered by solar panels?", locale="en")
    assert (answer.answered, answer.quotes) == (False, ())
    assert not queries.ask(dress, "   \x00 ", locale="en").answered


@pytest.mark.parametrize(
    "question", ['" OR 1=1 --', "AND (", "title:x^", "a" * 20_000, "😀😀", "<script>alert(1)</script>", "* ? ~", "\\"]
)
def test_strange_questions_are_survived(dress: int, said: dict[str, int], question: str) -> None:
    answer = queries.ask(dress, question, locale="en")
    assert len(answer.question) <= 500


def test_a_withdrawn_voice_leaves_no_trace(dress: int, said: dict[str, int]) -> None:
    before = queries.summary(dress)
    for key in ("small_1", "small_2", "small_3"):
        voices.withdraw(voice_id=said[key], reason=Reason.AUTHOR_REQUEST, actor_id=None, at=AT)
    # even before the events are handed over, nobody sees it
    assert said["small_1"] not in {proof.voice.id for proof in queries.shown_for(dress).proofs}
    asked = queries.ask(dress, "Does it run small?", locale="en")
    assert not {quote.voice_id for quote in asked.quotes} & {said[key] for key in ("small_1", "small_2", "small_3")}
    settle()
    after = queries.summary(dress)
    assert before is not None
    assert after is not None
    assert after.count == 3
    assert after.revision > before.revision
    assert not any(point.aspect == "fit_small" for point in after.cons)
    assert not Leaning.objects.filter(proof_id=said["small_1"]).exists()
    assert held_voices() == 3


def test_the_last_voice_withdrawn_takes_the_summary_along(dress: int) -> None:
    number = say(dress, "only", 5, "Lovely soft fabric, true to size.")
    settle()
    publish([number])
    assert queries.summary(dress) is not None
    voices.withdraw(voice_id=number, reason=Reason.AUTHOR_REQUEST, actor_id=None, at=AT)
    settle()
    assert queries.summary(dress) is None
    assert queries.shown_for(dress).total == 0


def test_repeated_events_change_nothing(dress: int, said: dict[str, int]) -> None:
    def state() -> tuple[Any, ...]:
        return (
            list(Proof.objects.order_by("voice_id").values_list("voice_id", "score", "traits")),
            Leaning.objects.count(),
            list(ProductProof.objects.values_list("product_id", "count", "aspects")),
            held_voices(),
        )

    before = state()
    actions.refresh(said.values(), at=AT)
    actions.refresh([*said.values(), 999_999], at=AT)
    assert state() == before


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_gives_the_same_and_mends_a_damaged_index(dress: int, said: dict[str, int]) -> None:
    before = queries.summary(dress)
    place = files.folder()
    assert place is not None
    for file in place.iterdir():
        if file.is_file():
            file.write_bytes(file.read_bytes()[:10])
    files.forget()
    answer = queries.ask(dress, "Does it run small?", locale="en")  # the shop stays up
    assert answer.answered  # leanings still answer
    assert not queries.health().ok
    assert actions.rebuild(at=AT) == 6
    assert queries.health().ok
    after = queries.summary(dress)
    assert before is not None
    assert after is not None
    assert (after.count, after.pros, after.cons) == (before.count, before.pros, before.cons)


def test_few_statements_whatever_the_number(dress: int, said: dict[str, int]) -> None:
    with CaptureQueriesContext(connection) as spent:
        queries.shown_for(dress, limit=10)
        queries.summaries([dress])
    assert len(spent) <= 5


def test_traits_make_facets(dress: int, said: dict[str, int]) -> None:
    assert queries.trait_counts()["fit_small:con"] == 1
    assert queries.trait_counts([dress + 1]) == {}
    assert queries.products_with(["fit_small:con"]) == [dress]
    assert queries.search_products("soft fabric", locale="en") == [dress]


def test_questions_are_no_proofs(dress: int, said: dict[str, int]) -> None:
    number = voices.receive(
        NewVoice(kind=VoiceKind.QUESTION, product_id=dress, text="Does it run small?", author_name="Li"), at=AT
    ).id
    settle()
    publish([number])
    summary = queries.summary(dress)
    assert summary is not None
    assert summary.count == 6


def test_titles_answer_too_and_are_quoted_as_such(dress: int, said: dict[str, int]) -> None:
    number = say(dress, "titled", 5, "I have had it since spring, and wear it every week.", title="Machine washable")
    settle()
    publish([number])
    answer = queries.ask(dress, "Is it machine washable?", locale="en")
    quote = next(quote for quote in answer.quotes if quote.voice_id == number)
    assert (quote.text, quote.quote) == ("Machine washable", "Machine washable")
    inside = queries.ask(dress, "Can I wear it every week?", locale="en")
    quote = next(quote for quote in inside.quotes if quote.voice_id == number)
    assert quote.text == "I have had it since spring, and wear it every week."
    assert quote.text[quote.start : quote.end] == quote.quote


def test_a_title_alone_is_found(dress: int, said: dict[str, int]) -> None:
    number = say(dress, "only_title", 5, "", title="Deep pockets on both sides")
    settle()
    publish([number])
    answer = queries.ask(dress, "Does it have deep pockets?", locale="en")
    assert number in {quote.voice_id for quote in answer.quotes}


def test_an_index_without_titles_is_found_missing_and_made_anew(dress: int, said: dict[str, int]) -> None:
    place = files.folder()
    assert place is not None
    old = place.rename(place.with_name("voices-0123456789ab"))
    (old.parent / "current").write_text(old.name, encoding="utf-8")
    files.forget()
    assert not queries.health().ok
    actions.rebuild(at=AT)
    assert queries.health().ok
    assert not old.exists()


def test_words_that_lean_against_their_stars_count_but_are_not_quoted(dress: int) -> None:
    said = {
        "pleased_1": say(dress, "pleased_1", 5, "The fabric is itchy and thin, which never bothered me. Love it!"),
        "pleased_2": say(dress, "pleased_2", 5, "Love it. The fabric is itchy, my sister said, but I do not feel it."),
    }
    settle()
    publish(list(said.values()))
    summary = queries.summary(dress)
    assert summary is not None
    con = next(point for point in summary.cons if point.aspect == "fabric")
    assert (con.count, con.quote) == (2, "")
    cross = say(dress, "cross", 1, "The fabric is itchy and awful.")
    settle()
    publish([cross])
    summary = queries.summary(dress)
    assert summary is not None
    con = next(point for point in summary.cons if point.aspect == "fabric")
    assert (con.count, con.voice_id) == (3, cross)
    assert "itchy" in con.quote
