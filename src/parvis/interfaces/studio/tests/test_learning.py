"""Models that read: what the shipped ones are measured at, and stars learnt from the brand's own reviews."""

from dataclasses import asdict
from io import BytesIO

import polars as pl
import pytest
from django.urls import reverse

from parvis.core.clock import now
from parvis.domains.people import queries as people
from parvis.domains.voices import actions, queries, tasks
from parvis.domains.voices.contracts import Bounded, Lessons, NewVoice, Origin, StarModelState, StarTrial
from parvis.interfaces.studio.tests.conftest import signed_in
from parvis.science import text

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def figure(value: float) -> Bounded:
    return Bounded(value=value, low=value - 0.05, high=value + 0.05)


TRIAL = StarTrial(
    language="fr",
    texts=412,
    clear=350,
    own=figure(0.44),
    shipped=figure(0.91),
    gain=figure(0.47),
    own_right=figure(0.93),
    shipped_right=figure(0.89),
    better=True,
)


def _weights() -> bytes:
    held = BytesIO()
    text.fit(pl.DataFrame({"text": ["ça marche", "ça coupe"] * 4, "rating": [5, 1] * 4})).save(held)
    return held.getvalue()


@pytest.fixture
def lesson(shop, monkeypatch):
    """A lesson that ended; the learning itself is tested where it lives."""

    def made(state: StarModelState = StarModelState.LEARNT, **changes) -> int:
        monkeypatch.setattr(queries, "lessons", lambda: Lessons(labels={"fr": 412}, needed=300))
        asked = actions.ask_for_star_model(actor_id=None, at=now())
        if state is StarModelState.LEARNING:
            return asked.id
        found = {
            "state": state,
            "labels": {"fr": 412},
            "trials": [asdict(TRIAL)],
            "languages": ["fr"] if state is StarModelState.LEARNT else [],
            "first": now().date(),
            "last": now().date(),
            "weights": _weights(),
        } | changes
        monkeypatch.setattr("parvis.domains.voices.actions.star_models._learn", lambda: found)
        return actions.learn_stars(star_model_id=asked.id, at=now()).id

    return made


def page(client, name="models", *args) -> str:
    answer = client.get(reverse(f"studio:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_quality_page_shows_what_the_models_in_use_were_measured_at(shop):
    shown = page(signed_in("olivia"), "quality")
    for card in text.cards():
        assert card.current
        assert card.shown
    assert "0.71 (0.67 to 0.76)" in shown  # stars of French insurance reviews
    assert "89.6" in shown  # French films
    french = page(signed_in("mathis"), "quality")
    assert "0,71 (0,67 à 0,76)" in french
    assert "avis de films" in french


def test_too_few_reviews_are_told_and_nothing_is_asked(shop):
    olivia = signed_in("olivia")
    assert "Not enough reviews yet" in page(olivia)
    answer = olivia.post(reverse("studio:models_act"), {"do": "learn"}, follow=True)
    assert "300 public reviews" in answer.content.decode()
    assert queries.star_models() == ()


def test_a_lesson_is_asked_for_and_shown_under_way(lesson):
    lesson(StarModelState.LEARNING)
    shown = page(signed_in("olivia"))
    assert "Learning since" in shown
    assert 'hx-trigger="every 3s"' in shown
    assert 'value="learn"' not in shown


def test_the_button_begins_a_lesson_in_the_background(shop, monkeypatch):
    enough = Lessons(labels={"fr": 412}, needed=300)
    monkeypatch.setattr(queries, "lessons", lambda: enough)
    asked = []
    monkeypatch.setattr(tasks.learn_stars, "defer", lambda **to: asked.append(to))
    olivia = signed_in("olivia")
    assert 'value="learn"' in page(olivia)
    assert olivia.post(reverse("studio:models_act"), {"do": "learn"}).status_code == 302
    (begun,) = queries.star_models()
    assert (begun.state, asked) == (StarModelState.LEARNING, [{"star_model_id": begun.id}])


def test_a_better_model_is_adopted_and_left_again(lesson):
    key = lesson()
    olivia = signed_in("olivia")
    shown = page(olivia)
    assert "0.44 (0.39 to 0.49)" in shown
    assert "better" in shown
    assert "Read stars with it: French" in shown
    assert "Read stars with it" not in page(signed_in("victor"))  # who may look, not change
    told = olivia.post(reverse("studio:models_act"), {"do": "adopt", "model": str(key)}, follow=True).content.decode()
    assert "New voices are read with it at once" in told
    assert queries.star_model(key).state is StarModelState.ADOPTED
    assert [entry.verb for entry in people.audit("star_model", str(key))][:1] == ["stars.adopted"]
    olivia.post(reverse("studio:models_act"), {"do": "shipped"})
    assert queries.star_model(key).state is StarModelState.RETIRED


def test_a_model_that_is_no_better_has_no_button(lesson):
    key = lesson(StarModelState.NO_BETTER)
    olivia = signed_in("olivia")
    assert "they stay in use" in page(olivia)
    assert 'value="adopt"' not in page(olivia)
    told = olivia.post(reverse("studio:models_act"), {"do": "adopt", "model": str(key)}, follow=True).content.decode()
    assert "in no language better" in told
    assert queries.star_model_adopted() is None


def test_the_card_of_a_lesson(lesson):
    key = lesson()
    shown = page(signed_in("olivia"), "star_model", key)
    assert "412" in shown
    assert queries.shipped_model() in shown
    french = page(signed_in("mathis"), "star_model", key)
    assert "Examen" in french
    assert signed_in("olivia").get(reverse("studio:star_model", args=[key + 1])).status_code == 404


def test_odd_requests_change_nothing(shop):
    olivia = signed_in("olivia")
    for sent in ({}, {"do": "adopt"}, {"do": "adopt", "model": "x"}, {"do": "adopt", "model": "9" * 40}):
        assert olivia.post(reverse("studio:models_act"), sent, follow=True).status_code in {200, 404}
    assert queries.star_models() == ()


def test_stars_only_and_words_only_do_not_teach(shop):
    rows = (
        NewVoice(
            product_id=shop.product, text=words, stars=stars, origin=Origin.IMPORT, origin_ref=f"x:{words}:{stars}"
        )
        for words, stars in (("", 5), ("Only words here, no stars.", None))
    )
    ids = actions.receive_many(rows, at=now()).accepted
    actions.examine(list(ids), at=now())
    assert queries.lessons().labels == {}
