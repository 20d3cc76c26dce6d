"""The brand's own reviews teach its stars: examined on unseen texts, used only where better."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from parvis.core.errors import NotFound
from parvis.domains.voices import actions, models, queries, tasks
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason, StarModelState, VoiceState
from parvis.domains.voices.testing import AT

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SAID = {
    5: ("le velcro tient", "il mord bien le bois", "copeaux réguliers", "fermeture nette", "la lame coupe droit"),
    3: ("ni bien ni mal, un rabot", "moyen pour le prix", "correct sans plus"),
    1: ("la lame broute", "il chauffe vite", "copeaux arrachés", "la semelle est voilée", "le fer a du jeu"),
}
LATER = AT + timedelta(hours=1)


def reviewed(product_id: int, count: int, *, origin: Origin = Origin.IMPORT, noise: bool = False) -> list[int]:
    """Public reviews in the words of one trade."""
    rows = []
    for number in range(count):
        stars = (5, 1, 5, 3)[number % 4]
        said = SAID[stars]
        text = f"{said[number % len(said)]}, {said[(number * 7 + 1) % len(said)]}, numéro {number}"
        given = (number * 7919 // 11) % 5 + 1 if noise else stars
        rows.append(
            NewVoice(
                product_id=product_id,
                text=text,
                stars=given,
                language="fr",
                author_name=f"Auteur {number // 2}",
                submitted_at=AT - timedelta(hours=number),
                origin=origin,
                origin_ref=f"trade:{number}",
            )
        )
    ids = list(actions.receive_many(iter(rows), at=AT).accepted)
    models.Voice.objects.filter(id__in=ids).update(state=VoiceState.PUBLISHED, published_at=AT, language="fr")
    return ids


def taught(product_id: int, actor_id: int | None = None, count: int = 320):
    reviewed(product_id, count)
    asked = actions.ask_for_star_model(actor_id=actor_id, at=AT)
    return actions.learn_stars(star_model_id=asked.id, at=LATER)


def test_too_few_reviews_teach_nothing(dress):
    reviewed(dress, 40)
    found = queries.lessons()
    assert (dict(found.labels), found.enough, found.lacking) == ({"fr": 40}, False, queries.lessons().needed - 40)
    with pytest.raises(actions.TooFewLessons) as caught:
        actions.ask_for_star_model(actor_id=None, at=AT)
    assert caught.value.params == {"needed": found.needed, "found": 40}


def test_the_demonstrations_reviews_do_not_count(dress):
    # the shipped models learnt from them: an examination in known texts says nothing
    reviewed(dress, 10, origin=Origin.DEMO)
    assert queries.lessons().labels == {}


def test_a_lesson_is_examined_and_tells_what_it_rests_on(dress, olivia):
    found = taught(dress, olivia)
    assert (found.state, found.languages, found.labelled, found.gone) == (StarModelState.LEARNT, ("fr",), 320, 0)
    assert (found.base, found.asked_by, found.finished_at) == (queries.shipped_model(), olivia, LATER)
    (french,) = found.trials
    assert (french.language, french.texts, french.better) == ("fr", 320, True)
    assert 0 < french.gain.low <= french.gain.value <= french.gain.high
    assert french.own.high < french.shipped.low
    assert found.size == len(bytes(models.StarModel.objects.get(id=found.id).weights))
    # until somebody adopts it nothing changes
    assert queries.reading_set().taught is None
    assert not queries.is_taught()
    assert queries.model_in_force() == queries.shipped_model()


def test_a_finished_lesson_is_not_learnt_again(dress):
    found = taught(dress)
    assert actions.learn_stars(star_model_id=found.id, at=LATER + timedelta(days=1)) == found
    tasks.learn_stars(star_model_id=found.id)
    tasks.learn_stars(star_model_id=found.id + 1)  # gone meanwhile: nothing to do
    assert queries.star_model(found.id) == found


def test_an_adopted_model_reads_new_voices_and_old_ones_on_request(dress, olivia, camille):
    before = actions.receive(NewVoice(product_id=dress, text="Bonjour, la lame broute et chauffe", stars=1), at=AT)
    actions.examine([before.id], at=AT)
    found = taught(dress, olivia)
    adopted = actions.adopt_star_model(star_model_id=found.id, actor_id=camille, at=LATER)
    assert (adopted.state, adopted.adopted_at) == (StarModelState.ADOPTED, LATER)
    assert queries.model_in_force() == f"{queries.shipped_model()}+stars{found.id}"
    assert queries.is_taught()
    assert queries.stale_readings() >= 1  # so re-reading is offered
    old = queries.readings([before.id])[before.id]
    run = actions.start_rereading(actor_id=camille, at=LATER)
    assert actions.continue_rereading(rereading_id=run.id, at=LATER).failed == 0
    new = queries.readings([before.id])[before.id]
    assert new.model == queries.model_in_force()
    assert new.stars < 2 < old.stars
    assert (new.toxicity, new.spam) == (old.toxicity, old.spam)
    assert queries.try_reading("la lame broute et chauffe", language="fr").stars < 2


def test_going_back_to_the_shipped_model(dress, olivia):
    found = taught(dress)
    actions.adopt_star_model(star_model_id=found.id, actor_id=olivia, at=LATER)
    actions.retire_star_model(actor_id=olivia, at=LATER)
    actions.retire_star_model(actor_id=olivia, at=LATER)
    assert queries.star_model(found.id).state is StarModelState.RETIRED
    assert queries.model_in_force() == queries.shipped_model()
    again = actions.adopt_star_model(star_model_id=found.id, actor_id=olivia, at=LATER)
    assert again.state is StarModelState.ADOPTED


def test_a_model_that_is_no_better_cannot_be_adopted(dress, olivia):
    reviewed(dress, 320, noise=True)
    asked = actions.ask_for_star_model(actor_id=olivia, at=AT)
    # whatever the trial finds in noise, the rule is that of the row
    models.StarModel.objects.filter(id=asked.id).update(state=StarModelState.NO_BETTER, languages=[])
    with pytest.raises(actions.NoBetter):
        actions.adopt_star_model(star_model_id=asked.id, actor_id=olivia, at=LATER)
    with pytest.raises(NotFound):
        actions.adopt_star_model(star_model_id=asked.id + 1, actor_id=olivia, at=LATER)
    assert queries.star_model_adopted() is None


def test_a_model_on_older_shipped_ones_falls_silent(dress, olivia):
    found = taught(dress)
    actions.adopt_star_model(star_model_id=found.id, actor_id=olivia, at=LATER)
    models.StarModel.objects.filter(id=found.id).update(base="text-0-older")
    assert queries.reading_set().taught is None
    assert queries.model_in_force() == queries.shipped_model()
    actions.retire_star_model(actor_id=olivia, at=LATER)
    with pytest.raises(actions.Outdated):
        actions.adopt_star_model(star_model_id=found.id, actor_id=olivia, at=LATER)


def test_one_lesson_at_a_time_and_a_lost_one_gives_way(dress):
    reviewed(dress, 320)
    first = actions.ask_for_star_model(actor_id=None, at=AT)
    assert actions.ask_for_star_model(actor_id=None, at=LATER - timedelta(minutes=40)).id == first.id
    second = actions.ask_for_star_model(actor_id=None, at=LATER)
    assert second.id != first.id
    assert queries.star_model(first.id).state is StarModelState.FAILED
    # the worker that was thought dead comes back: its lesson is over
    assert actions.learn_stars(star_model_id=first.id, at=LATER).state is StarModelState.FAILED


def test_equal_stars_are_told_and_not_tried_for_ever(dress):
    ids = reviewed(dress, 320)
    models.Voice.objects.filter(id__in=ids).update(stars=5)
    asked = actions.ask_for_star_model(actor_id=None, at=AT)
    done = actions.learn_stars(star_model_id=asked.id, at=LATER)
    assert (done.state, bool(done.problem)) == (StarModelState.FAILED, True)


def test_reviews_that_went_are_told_of(dress, olivia):
    found = taught(dress)
    gone = models.StarModel.objects.get(id=found.id).learnt_from[0]
    actions.decide(voice_ids=[gone], outcome=Outcome.REFUSE, reason=Reason.TOXIC, note="", actor_id=olivia, at=LATER)
    assert queries.star_model(found.id).gone == 1


def test_the_database_knows_one_adopted_model_only(dress):
    found = taught(dress)
    models.StarModel.objects.create(base="x", asked_at=AT, state=StarModelState.ADOPTED)
    with pytest.raises(IntegrityError):
        models.StarModel.objects.filter(id=found.id).update(state=StarModelState.ADOPTED)
