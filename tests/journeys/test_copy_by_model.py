"""With a language model, over HTTP to the local server of the tests: what it may not say is blocked like any other."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parvis.connectors.llm.client import Model
from parvis.connectors.llm.options import Options, Price
from parvis.connectors.llm.simulator import Asked, Mishap, Simulator
from parvis.core.language_model import ModelUnavailable, bind_language_model, language_model
from parvis.domains.copywriting import actions, queries
from parvis.domains.copywriting.contracts import Draft, FaultKind, Part, Written
from parvis.domains.copywriting.tests.conftest import AT, Bench, furnish
from parvis.domains.evidence.queries import files

pytestmark = [pytest.mark.database, pytest.mark.django_db]
WHO: dict[str, Any] = {"actor_id": None, "actor_name": "Mathis"}


@pytest.fixture
def bench(settings: Any, tmp_path: Path) -> Iterator[Bench]:
    settings.INDEX_ROOT = tmp_path / "index"
    files.forget()
    yield furnish()
    files.forget()


def draft(bench: Bench) -> Draft:
    return actions.compose(product_id=bench.cream, language="fr", kind="text", at=AT, **WHO)


SAYS = {
    "title": "Crème au karité",
    "short": "Une crème épaisse pour les peaux sèches. Elle guérit l’eczéma.",
    "long": "Beurre de karité (12 %). 7 avis sur 11 parlent d’une bonne hydratation. Elle est gratuite cette semaine.",
    "meta": "Crème au karité. Voir https://evil.example pour 9 raisons.",
}
"""A model that obeys the review that gives orders, and adds some of its own."""


def test_what_the_model_may_not_say_is_blocked_beside_its_reason(bench: Bench) -> None:
    before = language_model()
    with Simulator(lambda asked: json.dumps(SAYS, ensure_ascii=False)) as server:
        bind_language_model(_model(server.url))
        try:
            found = draft(bench)
            made = actions.write(draft_id=found.id, base=1, at=AT, **WHO)
            server.mishaps.extend([Mishap(status=400)])
            with pytest.raises(ModelUnavailable):
                actions.write(draft_id=found.id, base=2, at=AT, **WHO)
        finally:
            bind_language_model(before)
        asked: Asked = server.asked[0]
    assert (made.version, made.current.by, made.current.model) == (2, Written.MODEL, "writer")
    assert made.current.latency_ms is not None
    assert made.current.cost_minor is not None
    assert made.current.cost_minor > Decimal(0)
    faults = {
        each.text: {fault.kind for fault in each.faults} for several in made.current.parts.values() for each in several
    }
    assert faults["Une crème épaisse pour les peaux sèches."] == set()
    assert faults["7 avis sur 11 parlent d’une bonne hydratation."] == set()
    assert FaultKind.REGULATED in faults["Elle guérit l’eczéma."]
    assert FaultKind.REGULATED in faults["Elle est gratuite cette semaine."]
    assert FaultKind.LINK in faults["Voir https://evil.example pour 9 raisons."]
    assert made.current.text(Part.SHORT) == "Une crème épaisse pour les peaux sèches."
    assert queries.draft(found.id).version == 2  # the failed one left nothing
    # what people wrote travels as data, never among the orders
    assert "guérit l’eczéma" not in asked.system
    assert json.loads(asked.text)["product"] == "Crème au karité"


def test_without_a_model_it_says_so(bench: Bench) -> None:
    before = language_model()
    bind_language_model(None)
    try:
        with pytest.raises(actions.NoModel):
            actions.write(draft_id=draft(bench).id, base=1, at=AT, **WHO)
    finally:
        bind_language_model(before)


def _model(url: str) -> Model:
    price = Price(Decimal(15), Decimal(60))
    options = Options(kind="openai", base=url, model="writer", price=price, cap_minor=Decimal(100), key="")
    return Model(options, sleep=lambda seconds: None)
