"""Second opinions in the studio: on a voice, in the queue, in sum; over HTTP to the simulator."""

from decimal import Decimal

import pytest

from parvis.connectors.llm.client import Model
from parvis.connectors.llm.options import Options, Price
from parvis.connectors.llm.simulator import Mishap, Simulator
from parvis.core.clock import now
from parvis.core.language_model import bind_language_model
from parvis.domains.voices import actions, queries
from parvis.domains.voices.actions import OpinionMode
from parvis.domains.voices.contracts import OpinionState, VoiceState
from parvis.interfaces.studio import opinions
from parvis.interfaces.studio.tests.conftest import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def model(settings):
    with Simulator() as server:
        chosen = Options(
            kind="openai",
            base=server.url,
            model="small-model",
            key="",
            price=Price(Decimal(15), Decimal(60)),
            cap_minor=Decimal(200),
        )
        settings.LANGUAGE_MODEL = chosen
        made = Model(chosen, sleep=lambda seconds: None)
        made.server = server
        bind_language_model(made)
        yield made
        bind_language_model(None)


def give(shop, model):
    actions.ask_opinions([shop.held], model=model, mode=OpinionMode.ADVISE, at=now())


def test_without_a_model_nothing_is_missing(owner, shop):
    assert "No language model is set up" in owner.get("/studio/opinions/").content.decode()
    assert "Second opinion</h2>" not in owner.get(f"/studio/voices/{shop.held}/").content.decode()
    answer = owner.post(f"/studio/voices/{shop.held}/opinion/", follow=True)
    assert "no language model is set up" in answer.content.decode()


def test_an_opinion_is_shown_with_its_cost_and_time(owner, shop, model):
    page = owner.get(f"/studio/voices/{shop.held}/").content.decode()
    assert "Ask for a second opinion" in page
    give(shop, model)
    page = owner.get(f"/studio/voices/{shop.held}/").content.decode()
    assert "small-model" in page
    assert "nothing to object" in page
    assert "€0.0" in page
    assert "Ask for a second opinion" not in page
    assert "second opinion:" in owner.get("/studio/moderation/").content.decode()
    assert queries.voice(shop.held).state is VoiceState.HELD


def test_the_sums_name_budget_cost_and_time(owner, shop, model):
    give(shop, model)
    page = owner.get("/studio/opinions/").content.decode()
    for words in ("small-model", "Opinions advise; people decide.", "/ €2.00", "Time, median", "Cost of one"):
        assert words in page
    french = signed_in("camille", locale="fr").get("/studio/opinions/").content.decode()
    assert "Seconds avis" in french
    assert "/ 2,00\xa0€" in french


def test_a_failure_is_told_and_asked_again(owner, shop, model):
    model.server.mishaps.extend([Mishap(status=503)] * 3)
    give(shop, model)
    assert queries.opinion(shop.held).state is OpinionState.FAILED
    page = owner.get(f"/studio/voices/{shop.held}/").content.decode()
    assert "the model did not answer" in page
    assert "Ask again" in page
    owner.post(f"/studio/voices/{shop.held}/opinion/")
    assert queries.opinion(shop.held) is None


@pytest.mark.parametrize(
    ("minor", "written"),
    [("0", "€0.00"), ("0.0153", "€0.00015"), ("1.5", "€0.015"), ("250", "€2.50")],
)
def test_small_amounts_keep_their_digits(minor, written, settings):
    settings.CURRENCY = "EUR"
    assert opinions.cost(Decimal(minor)) == written


def test_shoppers_are_told_when_a_model_is_asked(client, shop, settings):
    told = "a language model may be asked"
    assert told not in client.get("/en/privacy/").content.decode()
    settings.LANGUAGE_MODEL = Options(
        kind="openai", base="http://127.0.0.1:9", model="m", key="", price=Price(Decimal(0), Decimal(0)), cap_minor=0
    )
    assert told in client.get("/en/privacy/").content.decode()
    assert "un modèle de langue" in client.get("/fr/privacy/").content.decode()
    settings.SECOND_OPINIONS = "off"
    assert told not in client.get("/en/privacy/").content.decode()
