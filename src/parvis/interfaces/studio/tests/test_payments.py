"""The payments page: two books, differences with who settled them, disputes answered from the order."""

import html
from datetime import timedelta

import pytest

from parvis.core.clock import now
from parvis.core.money import Money
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, models, ports, queries
from parvis.domains.checkout.contracts import DifferenceKind, DifferenceState, DisputeState
from parvis.domains.checkout.testing import card, paid_order, pay, placed_order
from parvis.interfaces.studio.payments import words
from parvis.interfaces.studio.tests.conftest import signed_in

NEW = {"token": "another-cart-of-claire", "key": "submit-2"}
pytestmark = [pytest.mark.database, pytest.mark.django_db]


def compare():
    at = now() + timedelta(minutes=20)
    return actions.reconcile(since=at - timedelta(days=1), until=at, at=at)


@pytest.fixture
def shop(shop):
    small_catalogue()
    return shop


def test_an_empty_page_says_what_will_be_there(shop) -> None:
    page = signed_in("olivia").get("/studio/payments/").content.decode()
    for text in ("Nothing compared yet", "Nothing differs", "Nobody contests a payment"):
        assert text in page


def test_what_differs_is_explained_and_settled_by_name(shop) -> None:
    olivia = signed_in("olivia")
    paid_order({"DR-S": 1}, **NEW, at=now())
    strange = ports.payments().create(amount=Money(4200, "EUR"), order_number="<b>X", key="by hand", return_url="")
    ports.payments().confirm(strange.reference, instrument=card())
    ports.payments().capture(strange.reference, amount=Money(4200, "EUR"), key="k")
    compare()
    page = olivia.get("/studio/payments/").content.decode()
    assert "Money without an order" in page
    assert "42.00" in page
    assert "<b>X" not in page
    (row,) = queries.differences()
    olivia.post(f"/studio/payments/differences/{row.id}/", {"note": "  "})
    assert queries.differences_open() == 1, "a note is needed"
    olivia.post(f"/studio/payments/differences/{row.id}/", {"note": "terminal of the boutique"})
    assert queries.differences(state=DifferenceState.SETTLED)[0].note == "terminal of the boutique"
    assert "terminal of the boutique" in olivia.get("/studio/payments/?all=1").content.decode()


def test_every_kind_has_its_words_and_is_settled_by_a_person(shop) -> None:
    olivia, mathis = signed_in("olivia"), signed_in("mathis")
    for kind in DifferenceKind:
        models.Difference.objects.create(
            provider="testpay",
            kind=kind.value,
            reference=f"ref {kind.value}",
            currency="EUR",
            ours_minor=100,
            theirs_minor=200,
            first_seen_at=now(),
            last_seen_at=now(),
        )
    page = html.unescape(olivia.get("/studio/payments/").content.decode())
    for name, meaning in words.DIFFERENCES.values():
        assert str(name) in page
        assert str(meaning) in page
    for row in queries.differences():
        assert mathis.post(f"/studio/payments/differences/{row.id}/", {"note": "x"}).status_code == 403
        olivia.post(f"/studio/payments/differences/{row.id}/", {"note": "looked into"})
    assert queries.differences_open() == 0
    assert set(words.DIFFERENCES) == set(DifferenceKind)


def test_a_dispute_is_answered_with_what_the_order_proves(shop) -> None:
    olivia, mathis = signed_in("olivia"), signed_in("mathis")
    order = placed_order({"DR-S": 1}, **NEW, at=now())
    pay(order, number="4000000000002685", at=now())
    compare()
    (row,) = queries.disputes()
    assert "1 dispute waits for an answer" in olivia.get("/studio/payments/").content.decode()
    page = olivia.get(f"/studio/payments/disputes/{row.id}/").content.decode()
    assert "The cardholder says it never came" in page
    assert order.number in page
    assert mathis.post(f"/studio/payments/disputes/{row.id}/", {"do": "answer"}).status_code == 403
    assert olivia.post(f"/studio/payments/disputes/{row.id}/", {"do": "nothing"}).status_code == 422
    olivia.post(f"/studio/payments/disputes/{row.id}/", {"do": "answer", "note": "Signed for."})
    after = queries.dispute(row.id)
    assert (after.state, after.evidence["note"]) == (DisputeState.UNDER_REVIEW, "Signed for.")
    again = olivia.post(f"/studio/payments/disputes/{row.id}/", {"do": "answer"})
    assert again.status_code == 422
