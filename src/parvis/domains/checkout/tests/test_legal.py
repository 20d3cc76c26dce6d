"""The texts an order is made under, where no page of ours has shown them."""

from typing import Any

import pytest

from parvis.domains.checkout import actions
from parvis.domains.checkout.actions.legal import agreement
from parvis.domains.checkout.contracts import Door, LegalKind, Seller
from parvis.domains.checkout.testing import AT

pytestmark = pytest.mark.database


def _versions() -> dict[str, int]:
    kept: Any = agreement(None, locale="en", door=Door.ACP, at=AT)
    assert kept["shown"] is False
    return dict(kept["versions"])


def test_orders_of_agents_hold_the_texts_of_their_very_moment(db: Any) -> None:
    for words in ("First.", "Second."):
        made = actions.publish_legal(kind=LegalKind.TERMS, text_en=words, text_fr=words, actor_id=None, at=AT)
        assert _versions()["terms"] == made.version
    before = _versions()
    actions.save_seller(Seller(name="Another Ltd"), at=AT)
    after = _versions()
    assert after["terms"] == before["terms"], "the brand's own words stand"
    assert after["withdrawal"] > before["withdrawal"], "what follows from the settings follows them at once"
