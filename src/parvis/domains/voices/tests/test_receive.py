from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from parvis.core.models import OutboxEvent
from parvis.domains.voices import actions, models, queries, rules
from parvis.domains.voices.contracts import NewVoice, Origin, VoiceKind, VoiceState
from parvis.domains.voices.testing import CAST

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def new(dress: int) -> NewVoice:
    return NewVoice(product_id=dress, text="A dress with pockets at last.", stars=5, author_name="Emma F.")


def test_a_voice_is_saved_as_held_and_told_of(new, at):
    voice = actions.receive(new, at=at)
    assert voice.state is VoiceState.HELD
    assert (voice.text, voice.stars, voice.submitted_at, voice.received_at) == (new.text, 5, at, at)
    (event,) = OutboxEvent.objects.filter(name="voices.received")
    assert event.payload == {"voice_id": voice.id, "kind": "review", "product_id": new.product_id}


def test_the_same_reference_twice_is_one_voice(new, at):
    new = replace(new, origin_ref="form-1")
    first = actions.receive(new, at=at)
    second = actions.receive(replace(new, text="Something else entirely."), at=at + timedelta(minutes=1))
    assert second.id == first.id
    assert second.text == new.text
    assert OutboxEvent.objects.filter(name="voices.received").count() == 1


def test_two_shoppers_may_say_the_same(new, at):
    assert actions.receive(new, at=at).id != actions.receive(new, at=at).id


def test_words_are_kept_as_they_are(new, at):
    words = "  <b>Très</b> joli & 'doux'\r\nn°1 \U0001f49c\r  "
    voice = actions.receive(replace(new, text=words), at=at)
    assert voice.text == "<b>Très</b> joli & 'doux'\nn°1 \U0001f49c"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"text": "a\0b"}, rules.ControlCharacters),
        ({"title": "a\x1bb"}, rules.ControlCharacters),
        ({"text": "a\udce9b"}, rules.UnreadableCharacters),
        ({"text": "x" * 100_000}, rules.TooLong),
        ({"text": "x" * 20_001}, rules.TooLong),
        ({"author_name": "n" * 81}, rules.TooLong),
        ({"stars": 11}, rules.OutOfRange),
        ({"stars": 0}, rules.OutOfRange),
        ({"stars": 4.5}, rules.OutOfRange),
        ({"stars": None}, rules.StarsMissing),
        ({"stars": None, "text": "  \n "}, rules.NothingSaid),
        ({"fit_felt": 2}, rules.OutOfRange),
        ({"height_cm": 3}, rules.OutOfRange),
        ({"votes_up": -1}, rules.OutOfRange),
        ({"product_id": 999_999_999}, rules.UnknownProduct),
        ({"product_id": None}, rules.UnknownProduct),
        ({"submitted_at": datetime(1900, 1, 1, tzinfo=UTC)}, rules.DateTooOld),
        ({"submitted_at": datetime(2031, 1, 1, tzinfo=UTC)}, rules.DateInFuture),
        ({"experienced_on": date(1900, 1, 1)}, rules.DateTooOld),
        ({"kind": VoiceKind.ANSWER}, rules.AnswersNothing),
        ({"parent_id": 999_999_999}, rules.UnknownParent),
    ],
)
def test_what_cannot_be_saved_is_refused_with_its_field(new, at, change, error):
    with pytest.raises(error) as caught:
        actions.receive(replace(new, **change), at=at)
    assert "%(" not in str(caught.value)
    assert caught.value.params["field"]
    assert not models.Voice.objects.exists()
    assert not OutboxEvent.objects.filter(name__startswith="voices.").exists()


@pytest.mark.parametrize(
    "text", [CAST["zalgo"].text, "😍" * 200, "x" * 20_000, "<script>alert(1)</script>", "\u200b" * 5000 + "a"]
)
def test_strange_texts_are_saved_and_read(new, at, text):
    voice = actions.receive(replace(new, text=text), at=at)
    actions.examine([voice.id], at=at)
    assert queries.voice(voice.id).reading is not None


def test_many_rows_with_some_bad_ones(new, at):
    rows = [replace(new, origin=Origin.API, origin_ref=str(i), text=f"Row number {i} of many.") for i in range(2500)]
    rows[7] = replace(rows[7], stars=9)
    rows[1500] = replace(rows[1500], text="bad \0")
    rows[2000] = rows[1]
    received = actions.receive_many((row for row in rows), at=at)
    assert len(received.accepted) == 2497
    assert [(row.index, row.code) for row in received.rejected] == [(7, "out_of_range"), (1500, "control_characters")]
    assert received.duplicate_indexes == (2000,)
    first = queries.voices(received.accepted[:2])
    assert [first[key].text for key in received.accepted[:2]] == ["Row number 0 of many.", "Row number 1 of many."]
    again = actions.receive_many(rows, at=at)
    assert (again.accepted, again.duplicates) == ((), 2498)


def test_statements_do_not_grow_with_the_rows(new, at, django_assert_max_num_queries):
    rows = [replace(new, origin=Origin.API, origin_ref=str(i)) for i in range(300)]
    with django_assert_max_num_queries(6):
        actions.receive_many(rows, at=at)


def test_rows_without_reference_are_known_by_their_content(new, at):
    row = replace(new, origin=Origin.API)
    assert len(actions.receive_many([row, row], at=at).accepted) == 1
    later = actions.receive_many([row, replace(row, stars=4)], at=at + timedelta(days=1))
    assert (len(later.accepted), later.duplicates) == (1, 1)


def test_an_answer_belongs_to_its_question(new, at, sweater):
    question = actions.receive(
        NewVoice(kind=VoiceKind.QUESTION, product_id=sweater, text="Is it warm enough for winter?"), at=at
    )
    answer = actions.receive(
        NewVoice(kind=VoiceKind.ANSWER, parent_id=question.id, text="Yes, very warm indeed."), at=at
    )
    assert (answer.product_id, answer.parent_id) == (sweater, question.id)
    review = actions.receive(new, at=at)
    with pytest.raises(rules.UnknownParent):
        actions.receive(NewVoice(kind=VoiceKind.ANSWER, parent_id=review.id, text="To a review?"), at=at)


def test_personal_data_is_masked_for_everyone_but_the_team(new, at):
    words = "Write to emma@mail.example please, nice dress."
    voice = actions.receive(replace(new, text=words, author_name="emma@mail.example"), at=at)
    shown = queries.voices([voice.id])[voice.id]
    assert shown.text == "Write to ••••••••••••••••• please, nice dress."
    assert shown.author_name == "•" * 17
    assert shown.original_text is None
    assert queries.voice(voice.id, original=True).original_text == words
    actions.examine([voice.id], at=at)
    assert queries.voice(voice.id).text == shown.text
    assert queries.voice(voice.id).author_name == shown.author_name


def test_the_author_finds_the_own_voice_by_a_signed_link(new, at):
    voice = actions.receive(new, at=at)
    token = queries.author_token(voice.id)
    assert queries.by_author_token(token).id == voice.id
    from parvis.core.errors import NotFound

    for forged in (token[:-1], f"{voice.id + 1}.{token.split('.')[1]}", str(voice.id), "", "\0"):
        with pytest.raises(NotFound):
            queries.by_author_token(forged)


def test_a_syndicated_voice_keeps_where_it_was_first_published(new, at):
    new = replace(new, syndicated_from="Avis d’ailleurs", syndicated_url="https://reviews.example/r/12?lang=fr")
    voice = actions.receive(new, at=at)
    assert (voice.syndicated_from, voice.syndicated_url) == (new.syndicated_from, new.syndicated_url)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a@evil.example/", 'https://x.example/"on', "//x"])
def test_the_address_of_the_original_must_be_one(new, at, url):
    with pytest.raises(rules.NotAnAddress):
        actions.receive(replace(new, syndicated_from="Ailleurs", syndicated_url=url), at=at)
