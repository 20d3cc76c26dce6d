"""What happens while the model thinks, is away, or is not wanted."""

from datetime import timedelta

import pytest

from parvis.core import outbox
from parvis.core.language_model import (
    BadAnswer,
    BudgetSpent,
    ModelUnavailable,
    bind_language_model,
)
from parvis.domains.people import testing as people
from parvis.domains.voices import actions, handlers, queries, tasks
from parvis.domains.voices.actions import OpinionMode, second_opinions
from parvis.domains.voices.contracts import (
    OpinionState,
    Outcome,
    Reason,
    VoiceHeld,
    VoiceState,
)
from parvis.domains.voices.tests.second_opinions.conftest import FakeModel, Later, ask

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_a_person_decides_while_the_model_thinks(held, at, camille):
    voice_id = held()

    def refuse():
        actions.decide(voice_ids=[voice_id], outcome=Outcome.REFUSE, reason=Reason.TOXIC, actor_id=camille, at=at)

    ask(voice_id, at, mode=OpinionMode.RELEASE, before=refuse)
    assert queries.voice(voice_id).state is VoiceState.REFUSED
    assert queries.opinion(voice_id).state is OpinionState.GIVEN


def test_a_person_asks_for_erasure_while_the_model_thinks(held, at):
    claire = people.customer("claire", at=at).id
    voice_id = held(customer_id=claire)
    ask(voice_id, at, before=lambda: actions.erase_customer(customer_id=claire, at=at))
    assert queries.opinion(voice_id) is None
    assert queries.voice(voice_id, original=True).original_text == ""


def test_erasure_takes_the_opinion_too(held, at):
    claire = people.customer("claire", at=at).id
    voice_id = held(customer_id=claire)
    ask(voice_id, at)
    actions.erase_customer(customer_id=claire, at=at)
    assert queries.opinion(voice_id) is None


def test_nobody_is_asked_twice(held, at):
    voice_id = held()
    ask(voice_id, at)
    model, given = ask(voice_id, at)
    assert (given, model.asked) == (0, [])


def test_what_people_hold_is_not_asked_about(held, at, camille):
    voice_id = held()
    actions.decide(voice_ids=[voice_id], outcome=Outcome.HOLD, reason=Reason.SECOND_LOOK, actor_id=camille, at=at)
    model, _ = ask(voice_id, at)
    assert model.asked == []


def test_a_model_that_is_away_is_asked_later(held, at, monkeypatch):
    first, second = held(), held("Another stupid seam, it burst.")
    model = FakeModel(ModelUnavailable(reason="status 503"))
    actions.ask_opinions([first, second], model=model, mode=OpinionMode.ADVISE, at=at)
    assert len(model.asked) == 1  # the second would wait as long for nothing
    said = queries.opinion(first)
    assert (said.state, said.error) == (OpinionState.FAILED, "model_unavailable")
    assert actions.opinions_left(at=at) == [second]
    later = at + timedelta(minutes=11)
    assert actions.opinions_left(at=later) == [first, second]
    for attempt in range(2, 5):
        moment = at + timedelta(hours=attempt)
        actions.ask_opinions([first], model=model, mode=OpinionMode.ADVISE, at=moment)
        assert queries.opinion(first).attempts == attempt
    assert first not in actions.opinions_left(at=at + timedelta(days=1))
    monkeypatch.setattr(second_opinions.app, "configure_task", lambda name, lock: Later([]))
    actions.ask_again(voice_id=first)
    assert first in actions.opinions_left(at=at)


def test_an_unusable_answer_does_not_stop_the_others(held, at):
    ids = [held(), held("Another stupid seam, it burst.")]
    model = FakeModel(BadAnswer(reason="it is not JSON"))
    actions.ask_opinions(ids, model=model, mode=OpinionMode.ADVISE, at=at)
    assert len(model.asked) == 2


def test_without_budget_nothing_is_lost(held, at):
    voice_id = held()
    ask(voice_id, at, BudgetSpent(reason="2.00 a day"))
    assert queries.opinion(voice_id) is None
    assert actions.opinions_left(at=at) == [voice_id]


def test_a_worker_killed_while_it_asked_is_followed_by_another(held, at):
    voice_id = held()
    with pytest.raises(KeyboardInterrupt):
        ask(voice_id, at, KeyboardInterrupt())
    assert queries.opinion(voice_id).state is OpinionState.ASKED
    assert ask(voice_id, at + timedelta(minutes=1))[1] == 0
    assert ask(voice_id, at + timedelta(minutes=11))[1] == 1


def test_held_voices_are_asked_about_when_there_is_a_model(held, at, settings, queued):
    ids = [held(), held("Another stupid seam, it burst.")]
    outbox.deliver(at=at)
    assert queued == []  # no model
    bind_language_model(FakeModel())
    try:
        settings.SECOND_OPINIONS = "off"
        handlers.ask([VoiceHeld(voice_id=ids[0])])
        assert queued == []
        settings.SECOND_OPINIONS = "advise"
        handlers.ask([VoiceHeld(voice_id=voice_id) for voice_id in ids * 3])
        assert [len(job) for job in queued] == [5, 1]
        tasks.second_opinions(ids)
        assert all(queries.opinion(voice_id).state is OpinionState.GIVEN for voice_id in ids)
    finally:
        bind_language_model(None)
    tasks.second_opinions(ids)  # without a model: nothing, and no error
