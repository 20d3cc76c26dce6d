"""Many who want the last use of a code, or spend one gift card, at the same moment."""

from collections import Counter

import pytest

from parvis.core import clock
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as catalog_queries
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.contracts import AdjustmentKind, Benefit, Terms
from parvis.domains.checkout.testing import filled_cart, own_number
from parvis.domains.checkout.tests.conftest import Crowd

pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

BUYERS = 8


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


def filled(shop: SmallCatalogue, code: str, *, due: int) -> list[dict[str, object]]:
    at = clock.now()
    catalog.receive_stock(variant_id=shop.variants["DR-S"], quantity=100, at=at)
    jobs = []
    for number in range(BUYERS):
        token = f"cart-of-buyer-number-{number:03d}"
        filled_cart({"DR-S": 1}, catalogue=shop, token=token, at=at)
        assert actions.add_code(token=token, typed=code, at=at)[0].accepted
        email = f"buyer{number}@parvis.example"
        card = own_number(number)
        jobs.append({"do": "buy", "token": token, "email": email, "key": "only", "number": card, "expected": due})
    return jobs


def test_the_last_use_of_a_code_goes_to_one(shop: SmallCatalogue, crowd: Crowd) -> None:
    terms = Terms(
        kind=AdjustmentKind.CODE,
        benefit=Benefit.PERCENTAGE,
        value=1000,
        code="LAST",
        name_en="Last",
        name_fr="Dernier",
        max_uses=1,
    )
    made = actions.create_promotion(terms=terms, at=clock.now())
    said = Counter(answer.split(" P-")[0] for answer in crowd(filled(shop, "LAST", due=8010)))
    assert said == {"paid": 1, "told total 8900": BUYERS - 1}
    assert queries.promotion(made.id).used == 1
    assert models.Order.objects.count() == models.PromotionUse.objects.count() == 1
    assert catalog_queries.variant(shop.variants["DR-S"]).reserved == 0


def test_one_gift_card_is_spent_once(shop: SmallCatalogue, crowd: Crowd) -> None:
    card = actions.issue_gift_card(amount_minor=10_000, at=clock.now())
    said = Counter(answer.split(" P-")[0] for answer in crowd(filled(shop, card.code, due=0)))
    assert said["paid"] == 1
    assert sum(count for words, count in said.items() if words.startswith("told total")) == BUYERS - 1
    assert queries.gift_card(card.card.id).balance.amount_minor == 1100
    entries = [entry.amount.amount_minor for entry in queries.gift_ledger(card.card.id)]
    assert entries == [10_000, -8900]
