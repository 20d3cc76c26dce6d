"""Two people, two connections: of two who save on top of the same version one wins and the other is told; two who press
publish publish once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog import testing as shop
from parvis.domains.copywriting import actions, models, queries
from parvis.domains.copywriting.contracts import Part
from parvis.domains.copywriting.tests.conftest import AT

pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
WHO: dict[str, Any] = {"actor_id": None, "actor_name": "Mathis"}
FACTS = "Une robe légère en lin. Deux poches. Laver à 30 degrés."


def at_once(*verbs: Any) -> list[Any]:
    """All verbs at the same moment, each in its own connection; results or errors."""
    gate = Barrier(len(verbs))

    def run(verb: Any) -> Any:
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            return verb()
        except actions.Edited as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


def _save(draft_id: int, base: int, text: str, name: str) -> Any:
    return lambda: actions.save(
        draft_id=draft_id, base=base, texts={Part.SHORT: text}, at=AT, actor_id=None, actor_name=name
    )


def test_two_people_at_once_lose_nothing() -> None:
    dress = shop.small_catalogue().products["linen-dress"]
    actions.save_facts(product_id=dress, language="fr", text=FACTS, actor_id=None, at=AT)
    made = actions.compose(product_id=dress, language="fr", kind="text", at=AT, **WHO)
    for base in range(1, 5):
        told = at_once(*(_save(made.id, base, f"Deux poches {base}{n}.", str(n)) for n in range(3)))
        assert sum(isinstance(each, actions.Edited) for each in told) == 2
        assert queries.draft(made.id).version == base + 1
    numbers = [each.number for each in queries.versions(made.id)]
    assert numbers == [5, 4, 3, 2, 1]

    _save(made.id, 5, "Deux poches.", "Mathis")()
    actions.submit(draft_id=made.id, version=6, actor_id=None, at=AT)
    actions.approve(draft_id=made.id, version=6, at=AT, **WHO)
    before = catalog.record(dress).description_fr
    told = at_once(*[lambda: actions.publish(draft_id=made.id, version=6, title=False, at=AT, **WHO)] * 3)
    assert len({each.id for each in told}) == 1
    assert models.Publication.objects.count() == 1
    assert told[0].before == {"description_fr": before}
