"""After an upgrade that derives otherwise, everything is derived anew by itself; a new shop has nothing to do."""

from typing import Any

import pytest

from parvis.core.clock import now
from parvis.domains.catalog import testing as catalog
from parvis.domains.evidence import actions, models, queries
from parvis.domains.evidence.queries import files
from parvis.domains.voices import testing as voices

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def dress(settings: Any, tmp_path: Any) -> int:
    """A product with public reviews, followed by evidence."""
    from parvis.core import outbox

    settings.INDEX_ROOT = tmp_path / "index"
    files.forget()
    product = catalog.small_catalogue().products["linen-dress"]
    voices.receive_cast(product)
    while outbox.deliver(at=now()):
        pass
    return product


def test_what_an_older_version_derived_is_derived_anew_in_slices(dress: int) -> None:
    before = queries.summary(dress)
    assert before is not None
    proofs = models.Proof.objects.count()
    models.Proof.objects.update(score=0.0, reasons=[])
    models.ProductProof.objects.update(with_text=0)
    models.Renewal.objects.update_or_create(id=1, defaults={"version": 0})
    turns = 0
    while actions.renew(at=now(), limit=2):
        turns += 1
        assert models.Proof.objects.count() == proofs  # nothing is gone in between
    assert turns > proofs // 2
    after = queries.summary(dress)
    assert after is not None
    assert (after.with_text, after.count) == (before.with_text, before.count)
    assert models.Proof.objects.filter(score__gt=0).exists()
    assert actions.renew(at=now()) == 0


def test_a_new_installation_has_nothing_to_renew(dress: int, django_assert_num_queries: Any) -> None:
    models.Renewal.objects.update_or_create(id=1, defaults={"version": None})
    assert actions.renew(at=now()) == 0
    with django_assert_num_queries(1):
        assert actions.renew(at=now()) == 0


def test_a_rebuild_is_a_renewal_too(dress: int) -> None:
    models.Renewal.objects.update_or_create(id=1, defaults={"version": 0, "after": 5})
    actions.rebuild(at=now())
    assert actions.renew(at=now()) == 0
