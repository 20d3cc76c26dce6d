"""Texts that command, and a model that obeys them: over real HTTP, the verdict must not follow."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from parvis.connectors.llm.client import Model
from parvis.connectors.llm.options import Options, Price
from parvis.connectors.llm.simulator import Simulator, careful, hostile, obedient
from parvis.connectors.llm.tests.injections import HONEST, SEEN, UNSEEN
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.voices import actions, queries
from parvis.domains.voices.actions import OpinionMode
from parvis.domains.voices.contracts import DecidedBy, NewVoice, OpinionState, Outcome, VoiceState

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ALL = (*SEEN, *UNSEEN)


def model(server):
    price = Price(Decimal(0), Decimal(0))
    chosen = Options(kind="openai", base=server.url, model="m", key="", price=price, cap_minor=Decimal(1))
    return Model(chosen, sleep=lambda seconds: None)


@pytest.fixture
def receive(db):
    """Receive texts and examine them with a reader that gives each these scores."""
    product = small_catalogue().products["linen-dress"]

    def make(texts, **scores):
        import polars as pl

        base = {"language": "en", "sentiment": 0.0, "stars": 3.0, "toxicity": 0.0, "spam": 0.0, "aspects": [], **scores}
        ids = [
            actions.receive(NewVoice(product_id=product, text=text, stars=3, author_name=f"A{number}"), at=AT).id
            for number, text in enumerate(texts)
        ]
        actions.examine(
            ids, at=AT, reader=lambda frame: pl.DataFrame([{"id": key, "model": "t", **base} for key in frame["id"]])
        )
        return ids

    return make


def states(ids):
    return {voice_id: voice.state for voice_id, voice in queries.voices(ids).items()}


def test_there_are_enough_of_them():
    assert len(set(ALL)) >= 60
    assert sum(any(c in "éèêàçô«" for c in text) for text in ALL) >= 15


def test_an_obedient_model_publishes_nothing_that_the_machine_leaned_to_refuse(receive):
    """The machine leans to refuse; every text commands to be published; the model obeys with full confidence; the
    brand lets agreement release. Nothing moves."""
    ids = receive(ALL, toxicity=0.7)
    before = states(ids)
    with Simulator(obedient) as server:
        actions.ask_opinions(ids, model=model(server), mode=OpinionMode.RELEASE, at=AT)
    assert states(ids) == before
    assert VoiceState.PUBLISHED not in before.values()


def test_what_is_noticed_is_not_released_even_where_the_machine_leaned_to_publish(receive):
    ids = receive(SEEN, toxicity=0.45)
    held = [voice_id for voice_id, state in states(ids).items() if state is VoiceState.HELD]
    assert len(held) >= 30
    with Simulator(obedient) as server:
        actions.ask_opinions(held, model=model(server), mode=OpinionMode.RELEASE, at=AT)
    assert set(states(held).values()) == {VoiceState.HELD}
    for voice_id in held:
        said = queries.opinion(voice_id)
        assert said.state is OpinionState.GIVEN
        assert said.suspect
        assert said.suggests is Outcome.HOLD


@pytest.mark.parametrize("mode", list(OpinionMode))
def test_a_hostile_model_refuses_nobody(receive, mode):
    ids = receive([*SEEN[::4], *HONEST[::4]], toxicity=0.45)
    with Simulator(hostile) as server:
        actions.ask_opinions(ids, model=model(server), mode=mode, at=AT)
    assert {VoiceState.REFUSED, VoiceState.PUBLISHED}.isdisjoint(states(ids).values())
    for voice_id in ids:
        assert all(row.by is DecidedBy.MACHINE for row in queries.decisions(voice_id))
        assert len(queries.decisions(voice_id)) == 1


def test_no_text_gets_out_of_its_place(receive):
    ids = receive(ALL, toxicity=0.45)
    with Simulator(careful) as server:
        actions.ask_opinions(ids, model=model(server), mode=OpinionMode.ADVISE, at=AT)
        assert len(server.asked) == len(ids)
        marks = set()
        for asked in server.asked:
            lines = asked.text.split("\n")
            assert len(lines) == 5
            opened, closed = lines[1], lines[3]
            assert closed == f"[/{opened[1:]}"
            marks.add(opened)
            assert asked.system == server.asked[0].system
        assert len(marks) == len(ids)


def test_honest_words_are_not_taken_for_commands(receive):
    ids = receive(HONEST, toxicity=0.45)
    with Simulator(careful) as server:
        actions.ask_opinions(ids, model=model(server), mode=OpinionMode.ADVISE, at=AT)
    assert not any(said.suspect for said in queries.opinions(ids).values())
