import pytest

from parvis.core import outbox
from parvis.core.models import Delivery, OutboxEvent
from parvis.domains.voices import actions, models, queries, testing
from parvis.domains.voices.actions import readings
from parvis.domains.voices.contracts import (
    DecidedBy,
    NewVoice,
    Origin,
    Outcome,
    Reason,
    VoiceState,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def received(product_id, *texts, at, **fields):
    rows = [
        NewVoice(product_id=product_id, text=text, stars=3, origin=Origin.DEMO, origin_ref=f"t{i}", **fields)
        for i, text in enumerate(texts)
    ]
    return list(actions.receive_many(rows, at=at).accepted)


def test_the_cast_is_read_and_decided(dress):
    spoken = testing.small_square(dress)
    states = {key: (voice.state.value, voice.reason) for key, voice in spoken.voices.items()}
    for key in ("praise_en", "praise_fr", "complaint_en", "complaint_fr", "mixed_en", "stars_only"):
        assert states[key] == ("published", Reason.SOUND), key
    assert states["personal_data"] == ("held", Reason.PERSONAL_DATA)
    assert states["link"] == ("held", Reason.LINKS)
    assert states["too_short"] == ("held", Reason.TOO_SHORT)
    assert states["foreign"] == ("held", Reason.LANGUAGE)
    assert states["zalgo"] == ("held", Reason.UNREADABLE)
    threads = queries.questions_for(dress)
    assert [thread.question.id for thread in threads] == [spoken.question_id]
    assert [answer.id for answer in threads[0].answers] == [spoken.answer_id]


def test_every_decision_leaves_its_scores_model_and_reason(dress, at, fake_reader):
    (voice_id,) = received(dress, "A fine dress for the whole summer.", at=at)
    actions.examine([voice_id], at=at, reader=fake_reader(toxicity=0.5, sentiment=-0.25))
    (decision,) = queries.decisions(voice_id)
    assert (decision.outcome, decision.by, decision.reason) == (
        Outcome.HOLD,
        DecidedBy.MACHINE,
        Reason.TOXICITY_UNSURE,
    )
    assert decision.scores == {"certainty": 1.0, "toxicity": 0.5, "spam": 0.0, "sentiment": -0.25, "stars": 3.0}
    assert decision.model == "fake"
    assert (decision.state_before, decision.state_after) == (VoiceState.HELD, VoiceState.HELD)


def test_examining_twice_changes_nothing(dress, at):
    ids = list(testing.receive_cast(dress).values())
    first = actions.examine(ids, at=at)
    decisions, events = models.Decision.objects.count(), OutboxEvent.objects.count()
    second = actions.examine(ids, at=at)
    assert first.read == len(ids)
    assert (second.read, second.skipped) == (0, len(ids))
    assert (models.Decision.objects.count(), OutboxEvent.objects.count()) == (decisions, events)


def test_statements_do_not_grow_with_the_voices(dress, at, fake_reader, django_assert_max_num_queries):
    ids = received(dress, *(f"Voice number {i} says that it is a fine dress." for i in range(300)), at=at)
    with django_assert_max_num_queries(16):
        actions.examine(ids, at=at, reader=fake_reader())
    assert models.Voice.objects.filter(state="published").count() == 300


def test_a_decision_made_while_the_machine_reads_stays(dress, at, camille, fake_reader):
    kept, gone, plain = received(dress, "First one is fine.", "Second one is fine.", "Third one is fine.", at=at)

    def reader(frame):
        actions.decide(voice_ids=[kept], outcome=Outcome.REFUSE, reason=Reason.OFF_TOPIC, actor_id=camille, at=at)
        actions.withdraw(voice_id=gone, at=at)
        return fake_reader()(frame)

    counts = actions.examine([kept, gone, plain], at=at, reader=reader)
    found = queries.voices([kept, gone, plain])
    assert found[kept].state is VoiceState.REFUSED
    assert found[kept].decided_by is DecidedBy.PERSON
    assert found[kept].reading is not None
    assert found[gone].state is VoiceState.WITHDRAWN
    assert found[gone].reading is None
    assert found[plain].state is VoiceState.PUBLISHED
    assert (counts.published, counts.skipped) == (1, 2)
    published = OutboxEvent.objects.filter(name="voices.published").values_list("payload__voice_id", flat=True)
    assert list(published) == [plain]
    assert queries.unexamined() == 0


def test_a_text_that_breaks_the_reader_holds_nobody_up(dress, at, fake_reader):
    ids = received(dress, "Fine and light.", "poison poison", "Fine and warm.", at=at)

    def reader(frame):
        if "poison poison" in frame["text"].to_list():
            raise ValueError("cannot read this")
        return fake_reader()(frame)

    counts = actions.examine(ids, at=at, reader=reader)
    assert (counts.published, counts.held) == (2, 1)
    voice = queries.voice(ids[1])
    assert (voice.state, voice.reason) == (VoiceState.HELD, Reason.NOT_READ)
    assert "cannot read this" in queries.decisions(ids[1])[0].note


def test_a_lone_text_that_breaks_the_reader_waits_for_a_person(dress, at, fake_reader):
    (voice_id,) = received(dress, "poison poison", at=at)

    def reader(frame):
        if "poison poison" in frame["text"].to_list():
            raise ValueError("cannot read this")
        return fake_reader()(frame)

    assert actions.examine([voice_id], at=at, reader=reader).held == 1
    assert queries.voice(voice_id).reason is Reason.NOT_READ


def test_a_broken_reader_is_no_fault_of_the_voices(dress, at):
    ids = received(dress, "Fine and light.", "Fine and warm.", at=at)

    def reader(frame):
        raise RuntimeError("no model")

    with pytest.raises(RuntimeError, match="no model"):
        actions.examine(ids, at=at, reader=reader)
    assert queries.unexamined() == 2
    assert not models.Decision.objects.exists()


def test_the_second_copy_of_a_text_is_held(dress, sweater, at, fake_reader):
    text = "Such a wonderful garment, I have ordered three more of them for my sisters."
    (first,) = received(dress, text, at=at)
    actions.examine([first], at=at, reader=fake_reader())
    copy = actions.receive(NewVoice(product_id=sweater, text=text.upper(), stars=5), at=at).id
    actions.examine([copy], at=at, reader=fake_reader())
    assert queries.voice(first).state is VoiceState.PUBLISHED
    assert queries.voice(copy).reason is Reason.DUPLICATE
    together = received(dress, *(["Exactly the same long text by two people within one single batch."] * 2), at=at)
    # same origin_ref as before: t0 is known, only t1 is new
    actions.examine(together, at=at, reader=fake_reader())


def test_the_worker_reads_what_comes_in(dress, at, django_capture_on_commit_callbacks):
    ids = testing.receive_cast(dress)
    assert Delivery.objects.filter(listener="voices.examine").count() == len(ids)
    outbox.deliver(at=at.replace(year=2100))
    assert queries.unexamined() == 0
    assert queries.voice(ids["praise_fr"]).state is VoiceState.PUBLISHED
    assert queries.voice(ids["praise_fr"]).language == "fr"


def test_pending_voices_are_claimed_in_turn(dress, at, fake_reader):
    received(dress, *(f"Voice number {i} says that it is fine." for i in range(7)), at=at)
    counts = [actions.examine_pending(at=at, limit=3, reader=fake_reader()).read for _ in range(4)]
    assert counts == [3, 3, 1, 0]


def test_reading_again_keeps_decisions(dress, at, camille, fake_reader):
    ids = received(dress, "Fine and light.", "Fine and warm.", at=at)
    actions.examine(ids, at=at, reader=fake_reader())
    actions.decide(voice_ids=[ids[0]], outcome=Outcome.REFUSE, reason=Reason.OFF_TOPIC, actor_id=camille, at=at)
    seen = []
    assert actions.read_again(at=at, reader=fake_reader(sentiment=0.9), progress=lambda *a: seen.append(a)) == 2
    assert seen == [(2, 2)]
    assert {reading.sentiment for reading in queries.readings(ids).values()} == {0.9}
    assert queries.voice(ids[0]).state is VoiceState.REFUSED


def test_how_long_publication_took_is_known(dress, at, fake_reader):
    ids = received(dress, "Fine and light.", "Fine and warm.", at=at)
    from datetime import timedelta

    actions.examine(ids, at=at + timedelta(seconds=40), reader=fake_reader())
    delay = queries.publication_delay(at - timedelta(days=1))
    assert (delay.count, delay.median_seconds, delay.by_machine_share) == (2, 40.0, 1.0)
    assert queries.publication_delay(at + timedelta(days=1)).median_seconds is None


def test_what_was_left_unread_is_read_later(dress, at):
    from parvis.domains.voices import tasks

    old = received(dress, "A fine and light dress for summer.", at=at)
    Delivery.objects.all().delete()  # as if its event had been set aside
    tasks.examine_left(0)
    assert queries.voice(old[0]).state is VoiceState.PUBLISHED
    assert queries.unexamined() == 0
    tasks.examine_left(0)


def test_newcomers_are_left_to_their_event(dress, at, fake_reader):
    received(dress, "A fine and light dress for summer.", at=at)
    assert not actions.examine_pending(at=at, received_before=at, reader=fake_reader()).any
    assert queries.unexamined() == 1


def test_a_row_holds_the_category_of_its_product_and_counts_what_is_seen(dress, at):
    """What aspects are looked for depends on the category; pictures and films wait for a person."""
    voice = actions.receive(NewVoice(product_id=dress, text="Lovely and soft.", stars=5), at=at)
    (row,) = readings.rows_of(models.Voice.objects.filter(id=voice.id))
    assert row.category
    assert row.photos == 0
