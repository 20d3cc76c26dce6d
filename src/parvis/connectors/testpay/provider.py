"""The provider itself: authorises, challenges, captures, refunds, and tells the shop by webhook."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from parvis.connectors.testpay import books, cards, disputes, models, outgoing, reading, refunding, signing, vault
from parvis.connectors.testpay.cards import DECLINES, DISPUTES, Outcome
from parvis.core import clock, prepared
from parvis.core.money import Money
from parvis.domains.checkout.ports import (
    BadCard,
    BadSignature,
    BrowserKit,
    CardDetails,
    CardSummary,
    ClientConfirmed,
    DelegatedToken,
    DisputeNews,
    Instrument,
    Intent,
    IntentState,
    Movement,
    PaymentUnavailable,
    ProviderEvent,
    RefundResult,
    SavedCardToken,
    SharedToken,
    TokenAllowance,
)

S = IntentState
_OPEN = (S.CREATED, S.ACTION_REQUIRED, S.DECLINED)
_CAPTURABLE = (S.AUTHORISED, S.CAPTURE_FAILED)
# An asynchronous capture takes so long.
SLOW_CAPTURE = timedelta(minutes=3)
# A payment, and whether this call has changed it: only the answer to a change can be the one that is lost.
_Done = tuple[models.Intent, bool]


class TestPay:
    """The payment port on the provider's own tables. Each call is a transaction of its own, as a call over the network
    would be: what the provider has done stays done, whatever the shop does next."""

    name = reading.NAME
    __test__ = False  # its name begins like a test's

    def __init__(self, now: Callable[[], datetime] = clock.now, *, merchant: str | None = None) -> None:
        """``merchant`` is the seller whose account this is, as tokens name it: the shop's host."""
        self.now = now
        self.merchant = urlsplit(str(settings.PUBLIC_URL)).netloc if merchant is None else merchant

    # -- the port ---------------------------------------------------------------------------------------------

    def create(
        self, *, amount: Money, order_number: str, key: str, return_url: str, locale: str = "en", save: bool = False
    ) -> Intent:
        """Open a payment, or find the one of this key; a key of another amount is refused."""
        fresh = models.Intent(
            reference=f"pay_{secrets.token_hex(10)}",
            client_token=f"secret_{secrets.token_urlsafe(24)}",
            key=key,
            order_number=order_number,
            return_url=return_url,
            locale=locale,
            currency=amount.currency,
            amount_minor=amount.amount_minor,
            save_asked=save,
            state=S.CREATED.value,
            created_at=self.now(),
        )
        if not prepared.insert_new(fresh):
            known = models.Intent.objects.get(key=key)
            if (known.amount_minor, known.currency) != (amount.amount_minor, amount.currency):
                raise PaymentUnavailable(reason="the key belongs to another amount", retry=False)
            models.Intent.objects.filter(id=known.id).update(return_url=return_url, locale=locale, save_asked=save)
            return reading.seen(known)
        return reading.seen(fresh)

    def confirm(self, reference: str, *, instrument: Instrument, return_url: str = "") -> Intent:
        """Try to pay. A payment that already went through answers as it stands, and charges nothing."""
        if isinstance(instrument, ClientConfirmed):
            return self.retrieve(reference)  # it was paid on our wallet's page, or it was not
        row, moved = self._confirm(reference, instrument)
        if moved and row.outcome == Outcome.CONFIRM_LOST:
            raise PaymentUnavailable(reason="no answer in time")
        return reading.seen(row)

    @transaction.atomic
    def _confirm(self, reference: str, instrument: CardDetails | SavedCardToken | SharedToken) -> _Done:
        row = reading.locked(reference)
        if row.state not in _OPEN:
            return row, False
        if isinstance(instrument, SharedToken):
            found, refusal = vault.use(
                instrument.token, row, merchant=self.merchant, session=instrument.session, at=self.now()
            )
            summary, outcome = found
        else:
            (summary, outcome), refusal = self._read(instrument), ""
        _bears(row, summary, outcome)
        row.keep_card = isinstance(instrument, CardDetails) and instrument.save
        if refusal or outcome in DECLINES:
            return self._decline(row, refusal or outcome.value), True
        if outcome is Outcome.CHALLENGE:
            row.state, row.decline_code = S.ACTION_REQUIRED.value, ""
            row.challenge = secrets.token_urlsafe(24)
            row.save()
            return row, True
        return self._authorise(row), True

    @transaction.atomic
    def answer_wallet(self, client_token: str, *, accepted: bool) -> models.Intent:
        """The shopper has answered on the wallet's page. A second answer changes nothing.
        Raises PaymentUnavailable for an unknown page."""
        row = models.Intent.objects.select_for_update().filter(client_token=client_token).first()
        if row is None:
            raise PaymentUnavailable(reason="no such payment", retry=False)
        if row.state in _OPEN:
            summary = CardSummary(brand="wallet", last4="4242", exp_month=12, exp_year=2090)
            _bears(row, summary, Outcome.OK)
            row.keep_card = row.save_asked
            if accepted:
                self._authorise(row)
            else:
                self._decline(row, "wallet_refused")
        return row

    @transaction.atomic
    def answer_challenge(self, challenge: str, *, accepted: bool) -> models.Intent:
        """The card's owner has answered on the challenge page. A second answer changes nothing.
        Raises PaymentUnavailable for an unknown page."""
        row = models.Intent.objects.select_for_update().filter(challenge=challenge).first()
        if row is None:
            raise PaymentUnavailable(reason="no such challenge", retry=False)
        if row.state == S.ACTION_REQUIRED:
            if accepted:
                self._authorise(row)
            else:
                self._decline(row, "authentication_failed")
        return row

    def capture(self, reference: str, *, amount: Money, key: str) -> Intent:
        """Take the money that was authorised. Captured already: answers as it stands."""
        row, moved = self._capture(reference, amount)
        if moved and row.outcome == Outcome.CAPTURE_LOST:
            raise PaymentUnavailable(reason="no answer in time")
        return reading.seen(row)

    @transaction.atomic
    def _capture(self, reference: str, amount: Money) -> _Done:
        row = reading.locked(reference)
        if row.state == S.CAPTURED:
            return row, False
        if row.state not in _CAPTURABLE or amount.currency != row.currency:
            raise PaymentUnavailable(reason=f"a payment that is {row.state} cannot be captured", retry=False)
        if not 0 < amount.amount_minor <= row.authorised_minor:
            raise PaymentUnavailable(reason="more than was authorised", retry=False)
        row.capture_attempts += 1
        late = row.outcome == Outcome.CAPTURE_LATE and row.capture_attempts == 1
        if late or row.outcome == Outcome.CAPTURE_FAILS:
            row.state = S.CAPTURE_FAILED.value
            row.decline_code = "try_again" if late else "capture_refused"
            outgoing.tell(row, "payment.capture_failed", at=self.now())
            return row, False
        if row.outcome == Outcome.CAPTURE_SLOW:
            row.capture_ends_at = row.capture_ends_at or self.now() + SLOW_CAPTURE
            row.save()
            if row.capture_ends_at > self.now():
                return row, False
        return self._captured(row, amount.amount_minor), True

    def _captured(self, row: models.Intent, amount_minor: int) -> models.Intent:
        row.state, row.decline_code, row.capture_ends_at = S.CAPTURED.value, "", None
        row.captured_minor, row.captured_at = amount_minor, self.now()
        outgoing.tell(row, "payment.captured", at=self.now())
        if Outcome(row.outcome) in DISPUTES:
            disputes.open_dispute(row, reason=row.outcome, at=self.now())
        return row

    @transaction.atomic
    def end_captures(self) -> int:
        """Asynchronous captures whose time has come end, and are told. Returns how many."""
        due = models.Intent.objects.select_for_update(skip_locked=True).filter(capture_ends_at__lte=self.now())
        rows = list(due.filter(state=S.AUTHORISED.value))
        for row in rows:
            self._captured(row, row.authorised_minor)
        return len(rows)

    @transaction.atomic
    def cancel(self, reference: str, *, key: str) -> Intent:
        """Close a payment that was not captured."""
        row = reading.locked(reference)
        if row.state in (*_OPEN, *_CAPTURABLE):
            row.state, row.capture_ends_at = S.CANCELLED.value, None
            outgoing.tell(row, "payment.cancelled", at=self.now())
        return reading.seen(row)

    def refund(self, reference: str, *, amount: Money, key: str) -> RefundResult:
        """Give money back; the same key answers the same (testpay.refunding)."""
        return refunding.refund(reference, amount=amount, key=key, at=self.now())

    def retrieve(self, reference: str) -> Intent:
        """The payment as it stands."""
        return reading.seen(reading.found(models.Intent.objects.filter(reference=reference).first(), reference))

    def forget_card(self, token: SavedCardToken) -> None:
        """Delete a kept card; an unknown one is gone already."""
        models.KeptCard.objects.filter(token=token.token).delete()

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> ProviderEvent:
        """The event of a webhook call. Raises BadSignature, also for a signed body that is no event of ours."""
        given = {name.lower(): value for name, value in headers.items()}
        signing.verify(given.get(signing.HEADER.lower(), ""), body, at=at)
        try:
            return reading.event(json.loads(body))
        except (ValueError, KeyError, TypeError) as error:
            raise BadSignature(reason="the body is not an event") from error

    # -- what only some providers can do ----------------------------------------------------------------------

    takes_cards = True
    page_sources: Mapping[str, Sequence[str]] = MappingProxyType({})

    def browser_kit(self, intent: Intent, *, return_url: str, locale: str) -> BrowserKit:
        """The wallet is a page of ours, where the shopper accepts or refuses."""
        return BrowserKit(page=reverse("testpay:wallet", args=[intent.client_token]))

    def delegate(self, *, card: CardDetails, allowance: TokenAllowance, key: str) -> DelegatedToken:
        """Put a test card in the vault (testpay.vault)."""
        return vault.tokenise(card, allowance, key=key, at=self.now())

    def answer_dispute(self, reference: str, *, evidence: Mapping[str, str], key: str) -> DisputeNews:
        """Send evidence. Our bank believes whoever sends any: see testpay.disputes."""
        return disputes.answer(reference, evidence=evidence, at=self.now())

    def accept_dispute(self, reference: str, *, key: str) -> DisputeNews:
        """Give in."""
        return disputes.accept(reference, at=self.now())

    def list_since(self, since: datetime, until: datetime) -> Iterator[Movement]:
        """Our books (testpay.books)."""
        return books.movements(since, until)

    # -- inside -----------------------------------------------------------------------------------------------

    def _read(self, card: "CardDetails | SavedCardToken") -> tuple[CardSummary, Outcome]:
        today = self.now().date()
        if isinstance(card, CardDetails):
            return cards.read(card, today=today)
        kept = models.KeptCard.objects.filter(token=card.token).first()
        if kept is None:
            raise BadCard(field="number", problem="forgotten")
        summary = CardSummary(brand=kept.brand, last4=kept.last4, exp_month=kept.exp_month, exp_year=kept.exp_year)
        past = (kept.exp_year, kept.exp_month) < (today.year, today.month)
        return summary, Outcome.EXPIRED if past else Outcome(kept.outcome)

    def _authorise(self, row: models.Intent) -> models.Intent:
        row.state, row.decline_code = S.AUTHORISED.value, ""
        row.authorised_minor = row.amount_minor
        if row.keep_card and not row.kept_token:
            row.kept_token = f"card_{secrets.token_urlsafe(18)}"
            # The bank has seen the owner once; later purchases with a kept card are not challenged again.
            behaviour = Outcome.OK.value if row.outcome == Outcome.CHALLENGE else row.outcome
            models.KeptCard.objects.create(
                token=row.kept_token,
                outcome=behaviour,
                brand=row.brand,
                last4=row.last4,
                exp_month=row.exp_month,
                exp_year=row.exp_year,
                created_at=self.now(),
            )
        outgoing.tell(row, "payment.authorised", at=self.now())
        return row

    def _decline(self, row: models.Intent, code: str) -> models.Intent:
        row.state, row.decline_code = S.DECLINED.value, code
        outgoing.tell(row, "payment.declined", at=self.now())
        return row


def _bears(row: models.Intent, summary: CardSummary, outcome: Outcome) -> None:
    row.brand, row.last4 = summary.brand, summary.last4
    row.exp_month, row.exp_year = summary.exp_month, summary.exp_year
    row.outcome = outcome.value
