"""The provider's books against ours: every kind of difference, found and explained, mended where it is safe."""

from datetime import timedelta

import pytest

from parvis.connectors.testpay import books as bank_books
from parvis.connectors.testpay import disputes as bank_disputes
from parvis.connectors.testpay import models as bank
from parvis.connectors.testpay import refunding
from parvis.core.clock import now
from parvis.core.money import Money
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, models, ports, queries
from parvis.domains.checkout.contracts import DifferenceKind as K
from parvis.domains.checkout.contracts import DifferenceState, Order, OrderState
from parvis.domains.checkout.ports import PaymentUnavailable
from parvis.domains.checkout.rules.reconciling import (
    Books,
    Contested,
    Finding,
    Ours,
    Theirs,
    dearest_fee,
    differences,
)
from parvis.domains.checkout.testing import card, paid_order, pay, placed_order

HOUR = timedelta(hours=1)


def ours(**changed: object) -> Ours:
    known = {"reference": "p", "order_id": 1, "order_number": "P-1", "currency": "EUR", "captured": 100, "refunded": 0}
    return Ours(**{**known, "due": 100, **changed})


def theirs(reference: str = "p", **changed: object) -> Theirs:
    return Theirs(**{"reference": reference, "currency": "EUR", "captured": 100, "order_number": "P-1", **changed})


D1 = Contested(reference="d1", state="open", amount=100)


def found(mine: list[Ours], other: list[Theirs], known: Contested | None = None) -> list[tuple[K, int, int]]:
    books = Books(
        ours={row.reference: row for row in mine},
        theirs={row.reference: row for row in other},
        disputes={known.reference: known} if known else {},
    )
    return [(each.kind, each.ours, each.theirs) for each in differences(books)]


@pytest.mark.parametrize(
    ("mine", "other", "expected"),
    [
        (ours(), theirs(), []),
        (ours(), None, [(K.NOT_CHARGED, 100, 0)]),
        (None, theirs(), [(K.UNKNOWN_PAYMENT, 0, 100)]),
        (None, theirs(refunded=100), []),
        (ours(captured=0), theirs(), [(K.NEWS_UNHEARD, 0, 100)]),
        (ours(captured=0), theirs(captured=0), []),
        (ours(), theirs(captured=90), [(K.AMOUNT, 100, 90)]),
        (ours(), theirs(currency="USD"), [(K.CURRENCY, 100, 100)]),
        (ours(), theirs(refunded=30), [(K.REFUND_THERE, 0, 30)]),
        (ours(under_way=30), theirs(refunded=30), []),
        (ours(refunded=30), theirs(), [(K.REFUND_MISSING, 30, 0)]),
        (ours(cancelled=True), theirs(), [(K.CHARGED_CANCELLED, 0, 100)]),
        (ours(cancelled=True, refunded=100), theirs(refunded=100), []),
        (ours(cancelled=True, under_way=100), theirs(), []),
        (ours(), theirs(disputes=(D1,)), [(K.DISPUTE_UNHEARD, 0, 100)]),
        (ours(), theirs(fee=dearest_fee(100)), []),
        (ours(), theirs(fee=dearest_fee(100) + 1), [(K.FEE, dearest_fee(100), dearest_fee(100) + 1)]),
    ],
    ids=[
        "same", "not-charged", "unknown", "unknown-given-back", "news", "nothing", "amount", "currency", "refund-there",
        "under-way", "refund-missing", "cancelled", "cancelled-given-back", "cancelled-under-way", "dispute",
        "fee-of-a-card", "fee",
    ],
)  # fmt: skip
def test_two_books(mine: Ours | None, other: Theirs | None, expected: list[tuple[K, int, int]]) -> None:
    assert found([mine] if mine else [], [other] if other else []) == expected


def test_known_disputes_are_none() -> None:
    assert found([ours()], [theirs(disputes=(D1,))], known=D1) == []
    decided = Contested(reference="d1", state="lost", amount=100)
    assert found([ours()], [theirs(disputes=(decided,))], known=D1) == [(K.DISPUTE_STATE, 100, 100)]


def test_an_order_that_was_charged_twice() -> None:
    twice = [theirs(), theirs("q")]
    assert (K.CAPTURED_TWICE, 100, 200) in found([ours()], twice)
    assert (K.CAPTURED_TWICE, 100, 200) not in found([ours()], [theirs(), theirs("q", refunded=100)])
    parts = [ours(due=200), ours(reference="q", due=200)]
    assert found(parts, twice) == [], "two payments may pay one order"


def test_a_finding_names_its_order() -> None:
    books = Books(ours={"p": ours()}, theirs={})
    assert differences(books) == [
        Finding(kind=K.NOT_CHARGED, reference="p", order_number="P-1", currency="EUR", ours=100, theirs=0, order_id=1)
    ]


# -- with the test provider's books ---------------------------------------------------------------------------


@pytest.fixture
def shop(db):
    return small_catalogue()


def compared():
    at = now() + timedelta(minutes=20)
    return actions.reconcile(since=at - timedelta(days=1), until=at, at=at)


def told(state: DifferenceState | None = None) -> set[tuple[K, int, int, DifferenceState]]:
    rows = queries.differences(state=state)
    return {(row.kind, row.ours.amount_minor, row.theirs.amount_minor, row.state) for row in rows}


@pytest.mark.database
def test_books_that_agree(shop) -> None:
    order = paid_order({"DR-S": 1}, at=now())
    actions.refund(order_id=order.id, lines={}, amount_minor=1000, reason="kind", key="r", at=now())
    run = compared()
    assert (run.movements, run.found, run.mended, run.problem) == (2, 0, 0, "")
    (day,) = run.days
    assert (day.ours, day.theirs, day.ours_refunded, day.theirs_refunded) == (
        order.totals.total.amount_minor,
        order.totals.total.amount_minor,
        1000,
        1000,
    )
    assert day.fees > 0
    assert queries.money_days() == run.days


@pytest.mark.database
def test_news_that_never_came_are_taken_in(shop) -> None:
    order = placed_order({"DR-S": 1}, at=now())
    opened = actions.open_payment(order_token=order.token, at=now())
    assert opened is not None
    ports.payments().confirm(opened.reference, instrument=card())
    ports.payments().capture(opened.reference, amount=opened.amount, key="k")
    run = compared()
    assert (run.found, run.mended) == (1, 1)
    assert queries.order(order.id).state is OrderState.PAID
    assert {row[0] for row in told(DifferenceState.MENDED)} == {K.NEWS_UNHEARD}
    assert compared().found == 0


@pytest.mark.database
def test_a_refund_of_the_back_office_is_taken_in(shop) -> None:
    order = paid_order({"DR-S": 1}, at=now())
    reference = models.Payment.objects.get(order_id=order.id).reference
    ports.payments().refund(reference, amount=Money(1500, "EUR"), key="by hand")
    assert compared().mended == 1

    assert models.Order.objects.get(id=order.id).refunded_minor == 1500


@pytest.mark.database
def test_money_that_nobody_here_knows_is_shown_until_somebody_settles_it(shop) -> None:
    strange = ports.payments().create(amount=Money(4200, "EUR"), order_number="X-1", key="by hand", return_url="")
    ports.payments().confirm(strange.reference, instrument=card())
    ports.payments().capture(strange.reference, amount=Money(4200, "EUR"), key="k")
    assert compared().found == 1
    (row,) = queries.differences()
    assert (row.kind, row.theirs.amount_minor, row.order_number) == (K.UNKNOWN_PAYMENT, 4200, "X-1")
    compared()
    assert len(queries.differences()) == 1, "the same difference is one line"
    actions.settle_difference(difference_id=row.id, note="a terminal of the boutique", actor_id=None, at=now())
    compared()
    assert queries.differences_open() == 0, "what a person has settled stays settled"
    bank.Intent.objects.filter(reference=strange.reference).update(refunded_minor=0, captured_minor=4100)
    compared()
    assert queries.differences_open() == 1, "unless its sums change"


@pytest.mark.database
def test_a_paid_order_without_its_charge_and_an_amount_that_differs(shop) -> None:
    first = paid_order({"DR-S": 1}, at=now())
    bank.Intent.objects.update(captured_minor=0, captured_at=None)
    second = paid_order({"DR-M": 1}, token="another-cart-token-of-claire", key="submit-2", at=now())
    total = second.totals.total.amount_minor
    bank.Intent.objects.filter(order_number=second.number).update(captured_minor=total - 1)
    compared()
    due = first.totals.total.amount_minor
    assert told(DifferenceState.OPEN) == {
        (K.NOT_CHARGED, due, 0, DifferenceState.OPEN),
        (K.AMOUNT, total, total - 1, DifferenceState.OPEN),
    }


@pytest.mark.database
def test_what_agrees_again_is_closed(shop) -> None:
    order = paid_order({"DR-S": 1}, at=now())
    total = order.totals.total.amount_minor
    bank.Intent.objects.update(captured_minor=total - 1)
    compared()
    bank.Intent.objects.update(captured_minor=total)
    compared()
    assert {row[3] for row in told()} == {DifferenceState.GONE}


@pytest.mark.database
def test_an_unheard_dispute_is_taken_in(shop) -> None:
    order = placed_order({"DR-S": 1}, at=now())
    pay(order, number="4000000000000259", at=now())
    assert queries.disputes() == ()
    assert compared().mended == 1
    assert [row.reason for row in queries.disputes()] == ["fraudulent"]


def _paid(number: str = "4242424242424242") -> Order:
    return paid_order({"DR-S": 1}, number=number, at=now())


def _by_hand(number: str, amount: int) -> None:
    strange = ports.payments().create(amount=Money(amount, "EUR"), order_number=number, key="by hand", return_url="")
    ports.payments().confirm(strange.reference, instrument=card())
    ports.payments().capture(strange.reference, amount=Money(amount, "EUR"), key="k")


def _refund(order: Order, key: str) -> None:
    actions.refund(order_id=order.id, lines={}, amount_minor=900, reason="kind", key=key, at=now())


def unheard_payment() -> None:
    opened = actions.open_payment(order_token=placed_order({"DR-S": 1}, at=now()).token, at=now())
    assert opened is not None
    ports.payments().confirm(opened.reference, instrument=card())
    ports.payments().capture(opened.reference, amount=opened.amount, key="k")


def charged_though_cancelled() -> None:
    models.Order.objects.filter(id=_paid().id).update(state=OrderState.CANCELLED.value, cancelled_at=now())


def refund_that_was_never_made() -> None:
    _refund(_paid(), "r")
    bank.Refund.objects.all().delete()
    bank.Intent.objects.update(refunded_minor=0)


def refund_sent_back_unheard() -> None:
    _refund(_paid(), "r")
    refunding.send_back(bank.Refund.objects.get().reference, at=now())


def refund_of_the_back_office() -> None:
    _paid()
    ports.payments().refund(models.Payment.objects.get().reference, amount=Money(900, "EUR"), key="by hand")


def decided_unheard() -> None:
    _paid("4000000000000259")
    compared()
    bank_disputes.decide(at=now() + timedelta(days=8))


MENDED, OPEN = DifferenceState.MENDED, DifferenceState.OPEN
# How each kind comes about in real books, and what becomes of it.
KINDS = {
    K.UNKNOWN_PAYMENT: (lambda: _by_hand("X-1", 4200), OPEN),
    K.NOT_CHARGED: (lambda: (_paid(), bank.Intent.objects.update(captured_minor=0, captured_at=None)), OPEN),
    K.AMOUNT: (lambda: (_paid(), bank.Intent.objects.update(captured_minor=8000)), OPEN),
    K.CURRENCY: (lambda: (_paid(), bank.Intent.objects.update(currency="USD")), OPEN),
    K.CHARGED_CANCELLED: (charged_though_cancelled, OPEN),
    K.CAPTURED_TWICE: (lambda: _by_hand(_paid().number, 8900), OPEN),
    K.REFUND_THERE: (refund_of_the_back_office, MENDED),
    K.REFUND_MISSING: (refund_that_was_never_made, OPEN),
    K.REFUND_BOUNCED: (refund_sent_back_unheard, OPEN),
    K.DISPUTE_UNHEARD: (lambda: _paid("4000000000000259"), MENDED),
    K.DISPUTE_STATE: (decided_unheard, MENDED),
    K.FEE: (_paid, OPEN),
    K.NEWS_UNHEARD: (unheard_payment, MENDED),
}


@pytest.mark.database
@pytest.mark.parametrize("kind", list(K), ids=lambda kind: kind.value)
def test_every_kind_is_found_in_real_books_and_ends(shop, kind: K, monkeypatch: pytest.MonkeyPatch) -> None:
    arrange, state = KINDS[kind]
    if kind is K.FEE:
        monkeypatch.setattr(bank_books, "FEE_BASIS_POINTS", 2000)
    arrange()
    compared()
    assert {row[3] for row in told() if row[0] is kind} == {state}
    for row in queries.differences(state=OPEN):
        actions.settle_difference(difference_id=row.id, note="looked into", actor_id=None, at=now())
    compared()
    assert queries.differences_open() == 0


@pytest.mark.database
def test_a_double_charge_that_was_given_back_is_closed(shop) -> None:
    _by_hand(_paid().number, 8900)
    compared()
    assert queries.differences_open() == 2
    strange = bank.Intent.objects.get(key="by hand").reference
    ports.payments().refund(strange, amount=Money(8900, "EUR"), key="back")
    compared()
    assert {row[3] for row in told()} == {DifferenceState.GONE}


@pytest.mark.database
def test_a_provider_that_does_not_answer(shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise PaymentUnavailable(reason="no answer")

    monkeypatch.setattr(type(ports.payments()), "list_since", gone)
    assert actions.reconcile_lately(at=now()) is None
    run = queries.last_reconciliation()
    assert run is not None
    assert run.problem


@pytest.mark.database
def test_settling_what_is_not_open(shop) -> None:
    with pytest.raises(Exception, match="difference"):
        actions.settle_difference(difference_id=1, note="", actor_id=None, at=now())
