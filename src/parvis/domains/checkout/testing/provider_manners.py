"""The manners of a payment provider, as tests that run on every one of them.

A connector's test file says how its provider is set up and what its test instruments are, and inherits the rest::

    class TestManners(ProviderManners):
        @pytest.fixture
        def bench(self) -> Bench: ...

What checkout relies on is here and nowhere else: a provider that passes can be bound. What a provider cannot do it
declares (``Bench.lacks``): that alone is skipped, and a provider that can do it all the same is told so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import permutations
from typing import Any, Protocol

import pytest

from parvis.core.money import Money
from parvis.domains.checkout.ports import (
    BadCard,
    BadSignature,
    CardDetails,
    ClientConfirmed,
    Delegates,
    Instrument,
    Intent,
    IntentState,
    Lists,
    MovementKind,
    PaymentProvider,
    PaymentUnavailable,
    ProviderEvent,
    SavedCardToken,
    SharedToken,
    TokenAllowance,
)
from parvis.domains.checkout.rules.payments import Standing, merge

S = IntentState
AMOUNT = Money(8900, "EUR")


class Ability(StrEnum):
    """What a provider may lack and still be bound."""

    CHALLENGES = "challenges"  # the cardholder's bank may ask on a page of its own
    WALLETS = "wallets"  # an element or page of the provider takes a payment in the browser
    KEEPS = "keeps"  # a card is kept for later purchases
    BOOKS = "books"  # its books can be read (ports.Lists)
    BOUNCES = "bounces"  # it tells of refunds that a bank sends back
    VAULT = "vault"  # cards become tokens with an allowance (ports.Delegates)


class Bench(Protocol):
    """A provider on the test bench. ``now`` is the provider's clock, ``lacks`` what it cannot do; what belongs to an
    ability that is lacking is never called."""

    provider: PaymentProvider
    now: datetime
    lacks: frozenset[Ability]
    good: Instrument
    keeping: Instrument
    declined: Instrument
    challenged: Instrument

    def accept(self, intent: Intent) -> None:
        """The cardholder says yes on the bank's page."""

    def pay_in_browser(self, intent: Intent) -> None:
        """The shopper pays with a wallet on the provider's element or page."""

    def send_back(self, reference: str) -> None:
        """The cardholder's bank sends a refund back."""

    def deliveries(self) -> Sequence[tuple[Mapping[str, str], bytes]]:
        """Every webhook so far: headers and body, as sent at ``now``, oldest first."""


def needs(bench: Bench, ability: Ability) -> None:
    """Skip what the provider declares that it cannot do."""
    if ability in bench.lacks:
        pytest.skip(f"{bench.provider.name} declares: no {ability.value}")


class ProviderManners:
    """Inherit, and give a ``bench``."""

    def test_what_it_lacks_it_lacks(self, bench: Bench) -> None:
        assert (Ability.BOOKS in bench.lacks) is not isinstance(bench.provider, Lists)
        assert (Ability.VAULT in bench.lacks) is not isinstance(bench.provider, Delegates)
        if Ability.KEEPS in bench.lacks:
            assert bench.provider.confirm(self.opened(bench, save=True).reference, instrument=bench.keeping).card
            assert self.opened(bench, save=True).saved_token is None

    # -- paying -----------------------------------------------------------------------------------------------

    def opened(self, bench: Bench, key: str = "order-1-1", *, save: bool = False) -> Intent:
        return bench.provider.create(
            amount=AMOUNT, order_number="P-000001", key=key, return_url="https://shop.test/back", save=save
        )

    def authorised(self, bench: Bench, key: str = "order-1-1") -> Intent:
        return bench.provider.confirm(
            self.opened(bench, key).reference, instrument=bench.good, return_url="https://shop.test/back"
        )

    def captured(self, bench: Bench, key: str = "order-1-1") -> Intent:
        reference = self.authorised(bench, key).reference
        return bench.provider.capture(reference, amount=AMOUNT, key=f"capture-{key}")

    def test_the_same_key_opens_the_same_payment(self, bench: Bench) -> None:
        first, second, other = self.opened(bench), self.opened(bench), self.opened(bench, "order-2-1")
        assert (first.state, first.amount) == (S.CREATED, AMOUNT)
        assert first.reference == second.reference != other.reference
        assert first.client_token and first.captured_minor == first.authorised_minor == 0

    def test_a_key_never_changes_its_amount(self, bench: Bench) -> None:
        self.opened(bench)
        with pytest.raises(PaymentUnavailable) as refused:
            bench.provider.create(amount=Money(1, "EUR"), order_number="P-000001", key="order-1-1", return_url="")
        assert not refused.value.retry

    def test_an_opened_payment_answers_as_it_stands_now(self, bench: Bench) -> None:
        assert self.authorised(bench).state is S.AUTHORISED
        assert self.opened(bench).state is S.AUTHORISED

    def test_paying_only_promises(self, bench: Bench) -> None:
        paid = self.authorised(bench)
        assert (paid.state, paid.authorised_minor, paid.captured_minor) == (S.AUTHORISED, 8900, 0)
        assert paid.card is not None and paid.card.last4 == "4242"

    def test_a_decline_is_an_answer(self, bench: Bench) -> None:
        reference = self.opened(bench).reference
        refused = bench.provider.confirm(reference, instrument=bench.declined)
        assert refused.state is S.DECLINED and refused.decline_code and refused.authorised_minor == 0
        assert bench.provider.retrieve(reference).state is S.DECLINED
        assert bench.provider.confirm(reference, instrument=bench.good).state is S.AUTHORISED

    def test_what_went_through_is_not_tried_again(self, bench: Bench) -> None:
        reference = self.authorised(bench).reference
        again = bench.provider.confirm(reference, instrument=bench.declined)
        assert (again.state, again.authorised_minor) == (S.AUTHORISED, 8900)

    def test_the_bank_may_ask(self, bench: Bench) -> None:
        needs(bench, Ability.CHALLENGES)
        reference = self.opened(bench).reference
        asked = bench.provider.confirm(reference, instrument=bench.challenged, return_url="https://shop.test/back")
        assert asked.state is S.ACTION_REQUIRED and asked.next_url
        bench.accept(asked)
        assert bench.provider.retrieve(reference).state is S.AUTHORISED

    def test_a_wallet_pays_in_the_browser(self, bench: Bench) -> None:
        needs(bench, Ability.WALLETS)
        reference = self.opened(bench).reference
        untouched = bench.provider.confirm(reference, instrument=ClientConfirmed(kind="apple_pay"))
        assert untouched.state is S.CREATED, "saying so does not make it so"
        bench.pay_in_browser(untouched)
        assert bench.provider.confirm(reference, instrument=ClientConfirmed()).state is S.AUTHORISED

    # -- the money --------------------------------------------------------------------------------------------

    def test_money_is_captured_once(self, bench: Bench) -> None:
        first = self.captured(bench)
        again = bench.provider.capture(first.reference, amount=AMOUNT, key="another")
        assert (first.state, first.captured_minor) == (S.CAPTURED, 8900)
        assert (again.state, again.captured_minor) == (S.CAPTURED, 8900)

    def test_no_more_is_captured_than_was_promised(self, bench: Bench) -> None:
        reference = self.authorised(bench).reference
        with pytest.raises(PaymentUnavailable) as refused:
            bench.provider.capture(reference, amount=Money(8901, "EUR"), key="k")
        assert not refused.value.retry
        assert bench.provider.retrieve(reference).captured_minor == 0

    def test_nothing_is_captured_before_it_was_promised(self, bench: Bench) -> None:
        with pytest.raises(PaymentUnavailable):
            bench.provider.capture(self.opened(bench).reference, amount=AMOUNT, key="k")

    def test_a_promise_is_given_back_and_stays_so(self, bench: Bench) -> None:
        reference = self.authorised(bench).reference
        assert bench.provider.cancel(reference, key="c").state is S.CANCELLED
        assert bench.provider.cancel(reference, key="d").state is S.CANCELLED
        assert bench.provider.confirm(reference, instrument=bench.good).state is S.CANCELLED

    def test_captured_money_is_not_cancelled(self, bench: Bench) -> None:
        stands = bench.provider.cancel(self.captured(bench).reference, key="c")
        assert (stands.state, stands.captured_minor) == (S.CAPTURED, 8900)

    def test_refunds_add_up_to_what_was_taken(self, bench: Bench) -> None:
        reference = self.captured(bench).reference
        part = bench.provider.refund(reference, amount=Money(3000, "EUR"), key="r1")
        same = bench.provider.refund(reference, amount=Money(3000, "EUR"), key="r1")
        assert part.succeeded and part.reference == same.reference
        assert bench.provider.retrieve(reference).refunded_minor == 3000
        over = bench.provider.refund(reference, amount=Money(5901, "EUR"), key="r2")
        assert not over.succeeded and over.failure
        rest = bench.provider.refund(reference, amount=Money(5900, "EUR"), key="r3")
        assert rest.succeeded
        assert not bench.provider.refund(reference, amount=Money(1, "EUR"), key="r4").succeeded
        stands = bench.provider.retrieve(reference)
        assert (stands.captured_minor, stands.refunded_minor) == (8900, 8900)

    def test_a_refund_that_a_bank_sends_back_is_told(self, bench: Bench) -> None:
        needs(bench, Ability.BOUNCES)
        reference = self.captured(bench).reference
        made = bench.provider.refund(reference, amount=Money(3000, "EUR"), key="refund-1")
        before = len(bench.deliveries())
        bench.send_back(made.reference)
        assert bench.provider.retrieve(reference).refunded_minor == 0
        read = [
            bench.provider.parse_webhook(headers, body, at=bench.now) for headers, body in bench.deliveries()[before:]
        ]
        news = [event.refund for event in read if event is not None and event.refund is not None]
        assert news
        assert {(row.reference, row.amount_minor, row.succeeded) for row in news} == {(made.reference, 3000, False)}
        assert all(row.failure and row.key in ("", "refund-1") for row in news)

    def test_nothing_is_known_of_a_strange_payment(self, bench: Bench) -> None:
        with pytest.raises(PaymentUnavailable) as unknown:
            bench.provider.retrieve("pi_of_nobody")
        assert not unknown.value.retry

    # -- what is kept -----------------------------------------------------------------------------------------

    def test_a_kept_card_pays_again_until_it_is_forgotten(self, bench: Bench) -> None:
        needs(bench, Ability.KEEPS)
        first = self.opened(bench, save=True)
        paid = bench.provider.confirm(first.reference, instrument=bench.keeping)
        assert paid.saved_token
        kept = SavedCardToken(token=paid.saved_token)
        second = bench.provider.confirm(self.opened(bench, "order-2-1").reference, instrument=kept)
        assert second.state is S.AUTHORISED
        bench.provider.forget_card(kept)
        bench.provider.forget_card(kept)
        third = self.opened(bench, "order-3-1").reference
        with pytest.raises((BadCard, PaymentUnavailable)):
            bench.provider.confirm(third, instrument=kept)

    def test_nothing_is_kept_unasked(self, bench: Bench) -> None:
        assert self.authorised(bench).saved_token is None
        assert "4242" not in repr(bench.good)

    # -- tokens for agents ------------------------------------------------------------------------------------

    @pytest.mark.parametrize("outside", ["", "amount", "currency", "expiry", "seller", "session"])
    def test_a_token_pays_within_its_allowance_alone(self, bench: Bench, outside: str) -> None:
        needs(bench, Ability.VAULT)
        vault = bench.provider
        assert isinstance(vault, Delegates)
        assert isinstance(bench.good, CardDetails)
        allowance = TokenAllowance(max_amount=AMOUNT, expires_at=bench.now + timedelta(hours=1), session="cs_1")
        narrower: dict[str, dict[str, Any]] = {
            "amount": {"max_amount": Money(8899, "EUR")},
            "currency": {"max_amount": Money(8900, "USD")},
            "seller": {"merchant": "nobody.this.shop.knows"},
            "session": {"session": "cs_2"},
        }
        given = replace(allowance, **narrower.get(outside, {}))
        token = vault.delegate(card=bench.good, allowance=given, key="k").token
        if outside == "expiry":
            bench.now += timedelta(hours=1)
        used = SharedToken(token=token, session="cs_1")
        answer = bench.provider.confirm(self.opened(bench).reference, instrument=used)
        assert answer.state is (S.DECLINED if outside else S.AUTHORISED)
        assert bool(answer.decline_code) is bool(outside)
        assert token not in repr(used)

    # -- the news ---------------------------------------------------------------------------------------------

    def told(self, bench: Bench) -> list[ProviderEvent]:
        read = [bench.provider.parse_webhook(headers, body, at=bench.now) for headers, body in bench.deliveries()]
        return [event for event in read if event is not None]

    def test_webhooks_tell_what_happened(self, bench: Bench) -> None:
        reference = self.captured(bench).reference
        bench.provider.refund(reference, amount=Money(3000, "EUR"), key="r")
        told = [event for event in self.told(bench) if event.reference == reference]
        assert max(event.captured_minor for event in told) == 8900
        assert max(event.refunded_minor for event in told) == 3000
        assert {event.provider for event in told} == {bench.provider.name}
        assert all(event.currency in ("", "EUR") for event in told)

    def test_any_order_of_the_news_ends_the_same(self, bench: Bench) -> None:
        self.captured(bench)
        told = [event for event in self.told(bench) if event.state is not None][-4:]
        ends = set()
        for order in permutations([*told, told[0]]):
            known = Standing()
            for event in order:
                assert event.state is not None
                known = merge(
                    known,
                    Standing(
                        state=type(known.state)(event.state.value),
                        authorised_minor=event.authorised_minor,
                        captured_minor=event.captured_minor,
                        news_at=event.occurred_at,
                    ),
                )
            ends.add((known.state.value, known.authorised_minor, known.captured_minor))
        assert ends == {("captured", 8900, 8900)}

    def test_only_what_the_provider_signed_lately_is_believed(self, bench: Bench) -> None:
        self.captured(bench)
        headers, body = bench.deliveries()[-1]
        parse = bench.provider.parse_webhook
        parse(headers, body, at=bench.now + timedelta(seconds=299))
        parse(headers, body, at=bench.now - timedelta(seconds=299))  # a clock of ours that is slow
        for moment in (timedelta(seconds=302), timedelta(seconds=-302)):
            with pytest.raises(BadSignature):
                parse(headers, body, at=bench.now + moment)
        for other, changed in (
            (headers, body.replace(b"8900", b"8901")),
            ({}, body),
            (dict.fromkeys(headers, "t=1,v1=00"), body),
            (dict.fromkeys(headers, ""), body),
            (dict.fromkeys(headers, "t=١٢,v1=é"), body),
        ):
            with pytest.raises(BadSignature):
                parse(other, changed, at=bench.now)
        parse({name.upper(): value for name, value in headers.items()}, body, at=bench.now)

    # -- the books --------------------------------------------------------------------------------------------

    def test_the_books_show_every_movement(self, bench: Bench) -> None:
        reference = self.captured(bench).reference
        bench.provider.refund(reference, amount=Money(3000, "EUR"), key="r")
        self.authorised(bench, "order-2-1")
        needs(bench, Ability.BOOKS)
        books = bench.provider
        assert isinstance(books, Lists)
        hour = timedelta(hours=1)
        rows = list(books.list_since(bench.now - hour, bench.now + hour))
        shown = {(row.kind, row.amount.amount_minor, row.payment_reference) for row in rows}
        assert shown == {(MovementKind.CHARGE, 8900, reference), (MovementKind.REFUND, 3000, reference)}
        assert all(row.amount.currency == "EUR" for row in rows)
        assert next(row for row in rows if row.kind is MovementKind.CHARGE).order_number == "P-000001"
        assert not list(books.list_since(bench.now - 2 * hour, bench.now - hour))
