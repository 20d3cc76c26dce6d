"""Only the provider's own, fresh messages are believed."""

from datetime import UTC, datetime, timedelta

import pytest

from parvis.connectors.testpay import cards, signing
from parvis.connectors.testpay.cards import Outcome
from parvis.domains.checkout.ports import BadCard, BadSignature, CardDetails
from parvis.domains.checkout.rules.cards import luhn

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
BODY = b'{"id":"evt_1"}'
KEY = b"k" * 32


def test_a_signed_body_is_believed_for_five_minutes() -> None:
    header = signing.sign(BODY, at=AT, key=KEY)
    for seconds in (-300, 0, 300):
        signing.verify(header, BODY, at=AT + timedelta(seconds=seconds), key=KEY)
    for seconds in (-302, 302):
        with pytest.raises(BadSignature):
            signing.verify(header, BODY, at=AT + timedelta(seconds=seconds), key=KEY)


def test_the_known_answer() -> None:
    # Computed with: printf '1772618400.{"id":"evt_1"}' | openssl dgst -sha256 -hmac kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
    digest = "60a6bb46c5640089c494217bc5e620cffa6db2136bf03e226a499f3cff28ad21"
    assert signing.sign(BODY, at=AT, key=KEY) == f"t=1772618400,v1={digest}"


def test_the_rule_is_the_one_that_others_publish() -> None:
    """The known vector of Stripe's rule (secret, moment, body, digest): ours is the same rule with another key."""
    body, key = b'{"id":"evt_test","object":"event","type":"payment_intent.succeeded"}', b"whsec_test_secret"
    sent = datetime.fromtimestamp(1767225600, tz=UTC)
    digest = "d1e8796153ab23a403b99b9519d47f8c1a4dfcc3e9a00ed153c8dfc95f90e775"
    assert signing.sign(body, at=sent, key=key) == f"t=1767225600,v1={digest}"
    signing.verify(f"t=1767225600,v0=00,v1={digest}", body, at=sent, key=key)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1772618400",
        "v1=abc",
        "t=,v1=abc",
        "t=now,v1=abc",
        "t=1772618400,v1=",
        "t=1772618400,v1=é",
        "t=99999999999999999999,v1=aa",
        "t=²,v1=aa",
    ],
)
def test_malformed_headers_are_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        signing.verify(header, BODY, at=AT, key=KEY)


def test_another_body_another_key_another_time_are_refused() -> None:
    header = signing.sign(BODY, at=AT, key=KEY)
    moved = header.replace("t=1772618400", "t=1772618401")
    for given, body, key in ((header, BODY + b" ", KEY), (header, BODY, b"x" * 32), (moved, BODY, KEY)):
        with pytest.raises(BadSignature):
            signing.verify(given, body, at=AT, key=key)


def test_one_of_several_signatures_is_enough() -> None:
    good = signing.sign(BODY, at=AT, key=KEY)
    moment, digest = good.split(",")
    signing.verify(f"{moment},v1={'0' * 64},{digest}", BODY, at=AT, key=KEY)


def typed(number: str = "4242 4242 4242 4242", month: int = 3, year: int = 2026, cvc: str = "123") -> CardDetails:
    return CardDetails(number=number, exp_month=month, exp_year=year, cvc=cvc)


def test_cards_are_read() -> None:
    summary, outcome = cards.read(typed(), today=AT.date())
    assert (summary.brand, summary.last4, outcome) == ("visa", "4242", Outcome.OK)
    assert cards.read(typed("378282246310005", cvc="1234"), today=AT.date())[0].brand == "amex"


@pytest.mark.parametrize(
    ("card", "field", "problem"),
    [
        (typed(""), "number", "missing"),
        (typed("4242424242424241"), "number", "invalid"),
        (typed("4242"), "number", "invalid"),
        (typed("４２４２４２４２４２４２４２４２"), "number", "invalid"),
        (typed("4111111111111111"), "number", "not_a_test_card"),
        (typed(month=13), "expiry", "invalid"),
        (typed(month=2), "expiry", "past"),
        (typed(cvc="12"), "cvc", "invalid"),
        (typed(cvc="1234"), "cvc", "invalid"),
        (typed("378282246310005", cvc="123"), "cvc", "invalid"),
    ],
)
def test_what_is_wrong_with_a_card_is_named(card: CardDetails, field: str, problem: str) -> None:
    with pytest.raises(BadCard) as bad:
        cards.read(card, today=AT.date())
    assert (bad.value.params["field"], bad.value.params["problem"]) == (field, problem)


def test_a_crowd_has_a_card_each_and_real_numbers_are_refused() -> None:
    assert cards.read(typed("4242424200000000"), today=AT.date())[1] is Outcome.OK
    for number in ("4242424200000001", "4111111111111111"):
        with pytest.raises(BadCard):
            cards.read(typed(number), today=AT.date())


def test_every_test_card_has_a_right_check_digit() -> None:
    assert all(luhn(number) for number in cards.CARDS)
    assert set(cards.CARDS.values()) == set(Outcome)
