from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from parvis.core.errors import NotFound
from parvis.core.models import OutboxEvent
from parvis.domains.people import testing as people
from parvis.domains.voices import actions, models, queries, testing
from parvis.domains.voices.contracts import DecidedBy, NewVoice, Outcome, QueueFilters, Reason, VoiceState

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def ids(dress: int) -> dict[str, int]:
    return {key: voice.id for key, voice in testing.small_square(dress).voices.items()}


def decide(ids, outcome, actor_id, at, reason=Reason.APPROVED, **more):
    return actions.decide(voice_ids=ids, outcome=outcome, reason=reason, actor_id=actor_id, at=at, **more)


def told(name):
    return list(OutboxEvent.objects.filter(name=name).order_by("id").values_list("payload__voice_id", flat=True))


def test_bulk_decision_and_undo_restore_the_state_before(ids, at, camille):
    held = [ids["link"], ids["too_short"], ids["foreign"]]
    before = queries.voices(held)
    OutboxEvent.objects.all().delete()
    done = decide(held, Outcome.PUBLISH, camille, at)
    assert len(done.decision_ids) == 3
    assert {voice.state for voice in queries.voices(held).values()} == {VoiceState.PUBLISHED}
    assert told("voices.published") == sorted(held)
    undone = actions.undo(decision_ids=done.decision_ids, actor_id=camille, at=at)
    after = queries.voices(held)
    for key in held:
        assert (after[key].state, after[key].reason, after[key].published_at) == (
            VoiceState.HELD,
            before[key].reason,
            None,
        )
    assert told("voices.withdrawn") == sorted(held)
    assert [d.undoes for d in (queries.decision(key) for key in undone.decision_ids)] == list(done.decision_ids)
    assert queries.decision(done.decision_ids[0]).undone
    # an undo is a decision like any other: it can be undone
    actions.undo(decision_ids=undone.decision_ids, actor_id=camille, at=at)
    assert {voice.state for voice in queries.voices(held).values()} == {VoiceState.PUBLISHED}


def test_undoing_a_refusal_gives_the_first_publication_date_back(ids, at, camille):
    voice_id = ids["praise_en"]
    published = queries.voice(voice_id).published_at
    done = decide([voice_id], Outcome.REFUSE, camille, at + timedelta(days=2), reason=Reason.OFF_TOPIC)
    assert told("voices.withdrawn") == [voice_id]
    assert told("voices.refused") == [voice_id]
    actions.undo(decision_ids=done.decision_ids, actor_id=camille, at=at + timedelta(days=3))
    assert queries.voice(voice_id).published_at == published


def test_the_second_moderator_is_told_who_decided(ids, at, camille, olivia):
    voice_id = ids["link"]
    decide([voice_id], Outcome.PUBLISH, camille, at)
    with pytest.raises(actions.AlreadyDecided, match="Camille Roussel") as caught:
        decide([voice_id], Outcome.REFUSE, olivia, at, reason=Reason.SPAM)
    (conflict,) = caught.value.conflicts
    assert (conflict.actor_id, conflict.outcome, conflict.at) == (camille, Outcome.PUBLISH, at)
    assert queries.voice(voice_id).state is VoiceState.PUBLISHED
    decide([voice_id], Outcome.REFUSE, olivia, at, reason=Reason.SPAM, overturn=True)
    assert queries.voice(voice_id).state is VoiceState.REFUSED


def test_a_bulk_decision_leaves_out_what_others_decided(ids, at, camille, olivia):
    decide([ids["link"]], Outcome.REFUSE, camille, at, reason=Reason.SPAM)
    done = decide([ids["link"], ids["foreign"]], Outcome.PUBLISH, olivia, at)
    assert done.voice_ids == (ids["foreign"],)
    assert [(c.voice_id, c.actor_name) for c in done.conflicts] == [(ids["link"], "Camille Roussel")]
    assert queries.voice(ids["link"]).state is VoiceState.REFUSED


def test_what_was_on_the_screen_counts(ids, at, camille, olivia):
    voice_id = ids["link"]
    shown = {voice_id: queries.decisions(voice_id)[0].id}
    decide([voice_id], Outcome.HOLD, camille, at, reason=Reason.SECOND_LOOK)
    with pytest.raises(actions.AlreadyDecided):
        decide([voice_id], Outcome.PUBLISH, olivia, at, seen=shown)
    shown = {voice_id: queries.decisions(voice_id)[0].id}
    decide([voice_id], Outcome.PUBLISH, olivia, at, seen=shown)
    assert queries.voice(voice_id).state is VoiceState.PUBLISHED


def test_a_double_click_decides_once(ids, at, camille):
    first = decide([ids["link"]], Outcome.PUBLISH, camille, at)
    second = decide([ids["link"]], Outcome.PUBLISH, camille, at + timedelta(seconds=1))
    assert second.decision_ids == first.decision_ids
    assert second.voice_ids == ()
    assert len(told("voices.published")) == len(set(told("voices.published")))


def test_only_the_latest_decision_can_be_undone(ids, at, camille, olivia):
    first = decide([ids["link"]], Outcome.PUBLISH, camille, at)
    decide([ids["link"]], Outcome.REFUSE, olivia, at, reason=Reason.SPAM, overturn=True)
    with pytest.raises(actions.CannotUndo, match="Olivia Marchand"):
        actions.undo(decision_ids=first.decision_ids, actor_id=camille, at=at)
    with pytest.raises(NotFound):
        actions.undo(decision_ids=[999_999_999], actor_id=camille, at=at)


def test_undoing_twice_is_refused(ids, at, camille):
    done = decide([ids["link"]], Outcome.PUBLISH, camille, at)
    actions.undo(decision_ids=done.decision_ids, actor_id=camille, at=at)
    with pytest.raises(actions.CannotUndo):
        actions.undo(decision_ids=done.decision_ids, actor_id=camille, at=at)


def test_what_a_person_publishes_has_been_read(dress, at, camille):
    voice = actions.receive(NewVoice(product_id=dress, text="Light, soft and pretty.", stars=5), at=at)
    decide([voice.id], Outcome.PUBLISH, camille, at)
    assert queries.voice(voice.id).reading is not None
    actions.examine([voice.id], at=at)
    assert queries.voice(voice.id).decided_by is DecidedBy.PERSON
    assert len(queries.decisions(voice.id)) == 1


def test_the_author_takes_the_voice_back_for_good(ids, at, camille):
    voice_id = ids["praise_fr"]
    actions.withdraw(voice_id=voice_id, at=at)
    actions.withdraw(voice_id=voice_id, at=at)
    assert told("voices.withdrawn") == [voice_id]
    with pytest.raises(actions.AlreadyDecided, match="The author"):
        decide([voice_id], Outcome.PUBLISH, camille, at, overturn=True)
    with pytest.raises(actions.CannotUndo):
        actions.undo(decision_ids=[queries.decisions(voice_id)[0].id], actor_id=camille, at=at)


def test_the_team_withdraws_and_takes_it_back(ids, at, camille):
    voice_id = ids["praise_fr"]
    actions.withdraw(voice_id=voice_id, reason=Reason.RIGHTS, actor_id=camille, at=at)
    assert queries.published_for(queries.voice(voice_id).product_id)
    assert voice_id not in {voice.id for voice in queries.published_for(queries.voice(voice_id).product_id)}
    actions.undo(decision_ids=[queries.decisions(voice_id)[0].id], actor_id=camille, at=at)
    assert queries.voice(voice_id).state is VoiceState.PUBLISHED


def test_the_trail_cannot_be_rewritten(ids):
    for statement in ("UPDATE voices_decision SET reason = 'spam'", "DELETE FROM voices_decision"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_an_unknown_voice_is_named(ids, at, camille):
    with pytest.raises(NotFound):
        decide([ids["link"], 999_999_999], Outcome.PUBLISH, camille, at)
    assert queries.voice(ids["link"]).state is VoiceState.HELD


def test_the_queue_shows_what_waits_and_why(ids, at, camille, django_assert_max_num_queries):
    counts = queries.queue_counts()
    assert counts.held == 5
    assert counts.by_reason == {"personal_data": 1, "links": 1, "too_short": 1, "language": 1, "unreadable": 1}
    assert counts.unread == 0
    with django_assert_max_num_queries(8):
        page = queries.queue(limit=3)
    assert page.total == 5
    assert all(item.decision and item.decision.by is DecidedBy.MACHINE for item in page.items)
    rest = queries.queue(cursor=page.next, limit=3)
    assert {item.voice.id for item in (*page.items, *rest.items)} == {
        ids[key] for key in ("personal_data", "link", "too_short", "foreign", "zalgo")
    }
    assert rest.next is None
    (only,) = queries.queue(QueueFilters(reason=Reason.LINKS)).items
    assert only.voice.original_text == testing.CAST["link"].text
    assert queries.queue(QueueFilters(text="www.cheap")).total == 1
    assert queries.queue(QueueFilters(state=None, stars=1)).total == 1
    assert queries.queue(QueueFilters(with_photo=True)).total == 0


def test_erasure_empties_what_a_person_said(dress, at):
    grace = people.customer("grace", at=at)
    voice = actions.receive(
        NewVoice(
            product_id=dress, text="Soft and warm and pretty.", stars=4, author_name="Grace", customer_id=grace.id
        ),
        at=at,
    )
    actions.examine([voice.id], at=at)
    praise = testing.receive_cast(dress)["praise_en"]
    actions.examine([praise], at=at)
    actions.vote(voice_id=praise, voter=f"customer:{grace.id}", value=1, at=at)
    assert actions.erase_customer(customer_id=grace.id, at=at) == 1
    left = queries.voice(voice.id, original=True)
    assert (left.state, left.original_text, left.author_name, left.customer_id, left.reading) == (
        VoiceState.WITHDRAWN,
        "",
        "",
        None,
        None,
    )
    assert not models.Vote.objects.filter(voter__startswith="customer:").exists()
    assert queries.voice(praise).votes_up == 1
    assert actions.erase_customer(customer_id=grace.id, at=at) == 0
