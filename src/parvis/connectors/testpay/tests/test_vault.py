"""Tokens for agents: within their allowance, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parvis.connectors.testpay import models
from parvis.connectors.testpay.provider import TestPay
from parvis.core.errors import Invalid
from parvis.core.idempotency import KeyReused
from parvis.core.money import Money
from parvis.domains.checkout.ports import BadCard, IntentState, SharedToken, TokenAllowance
from parvis.domains.checkout.testing import AT, CHALLENGED, DECLINED, card

pytestmark = [pytest.mark.database, pytest.mark.django_db]
HUNDRED = Money(10_000, "EUR")
ALLOWED = TokenAllowance(max_amount=HUNDRED, expires_at=AT + timedelta(hours=1), session="cs_1")


@pytest.fixture
def bank() -> TestPay:
    return TestPay(now=lambda: AT)


def paid(bank: TestPay, token: str, amount: Money = HUNDRED, key: str = "order-1-1", session: str = "cs_1"):
    opened = bank.create(amount=amount, order_number="P-1", key=key, return_url="")
    return bank.confirm(opened.reference, instrument=SharedToken(token=token, session=session))


def test_a_token_pays_once(bank: TestPay) -> None:
    token = bank.delegate(card=card(), allowance=ALLOWED, key="k").token
    first = paid(bank, token)
    assert (first.state, first.card.last4) == (IntentState.AUTHORISED, "4242")
    assert paid(bank, token).state is IntentState.AUTHORISED  # the same payment once more
    second = paid(bank, token, key="order-2-1")
    assert (second.state, second.decline_code) == (IntentState.DECLINED, "token_used")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"max_amount": Money(9_999, "EUR")}, "token_amount"),
        ({"max_amount": Money(10_000, "USD")}, "token_currency"),
        ({"expires_at": AT + timedelta(seconds=1)}, "token_expired"),
    ],
    ids=["amount", "currency", "time"],
)
def test_outside_of_its_allowance_it_is_declined(change: dict, code: str) -> None:
    token = TestPay(now=lambda: AT).delegate(card=card(), allowance=replace(ALLOWED, **change), key="k").token
    answer = paid(TestPay(now=lambda: AT + timedelta(seconds=1)), token)
    assert (answer.state, answer.decline_code) == (IntentState.DECLINED, code)
    assert models.SharedToken.objects.get().used_by == ""


def test_it_pays_in_the_checkout_it_was_given_for_alone(bank: TestPay) -> None:
    token = bank.delegate(card=card(), allowance=ALLOWED, key="k").token
    for session in ("cs_2", ""):
        assert paid(bank, token, key=f"order-{session}", session=session).decline_code == "token_session"
    assert paid(bank, token).state is IntentState.AUTHORISED


def test_it_pays_the_seller_it_was_given_for_alone(bank: TestPay) -> None:
    ours = replace(ALLOWED, merchant=bank.merchant)
    assert bank.merchant, "this shop has a name"
    theirs = bank.delegate(card=card(), allowance=replace(ALLOWED, merchant="another.shop"), key="a").token
    assert paid(bank, theirs).decline_code == "token_seller"
    assert paid(TestPay(now=lambda: AT, merchant="another.shop"), theirs, key="o").state is IntentState.AUTHORISED
    token = bank.delegate(card=card(), allowance=ours, key="b").token
    assert paid(bank, token, key="order-2-1").state is IntentState.AUTHORISED


def test_the_same_call_gives_the_same_token(bank: TestPay) -> None:
    first = bank.delegate(card=card(), allowance=ALLOWED, key="k")
    assert bank.delegate(card=card(), allowance=ALLOWED, key="k") == first
    with pytest.raises(KeyReused):
        bank.delegate(card=card(DECLINED), allowance=ALLOWED, key="k")
    with pytest.raises(KeyReused):
        bank.delegate(card=card(), allowance=replace(ALLOWED, session="cs_2"), key="k")


def test_a_declined_or_challenged_card_is_so_behind_its_token_too(bank: TestPay) -> None:
    token = bank.delegate(card=card(DECLINED), allowance=ALLOWED, key="a").token
    assert paid(bank, token).decline_code == "card_declined"
    token = bank.delegate(card=card(CHALLENGED), allowance=ALLOWED, key="b").token
    assert paid(bank, token, key="order-2-1").state is IntentState.ACTION_REQUIRED


def test_what_no_vault_takes(bank: TestPay) -> None:
    with pytest.raises(BadCard):
        bank.delegate(card=card("4111111111111111"), allowance=ALLOWED, key="k")  # somebody's own card
    with pytest.raises(Invalid):
        bank.delegate(card=card(), allowance=replace(ALLOWED, expires_at=AT), key="k")
    with pytest.raises(Invalid):
        bank.delegate(card=card(), allowance=replace(ALLOWED, max_amount=Money(0, "EUR")), key="k")
    for unknown in ("spt_of_nobody", "spt_\x00"):
        with pytest.raises(BadCard):
            paid(bank, unknown)


def test_no_number_is_kept(bank: TestPay) -> None:
    bank.delegate(card=card(), allowance=ALLOWED, key="k")
    row = models.SharedToken.objects.values().get()
    assert not any("4242424242424242" in str(value) for value in row.values())
