"""The simulator's payments and messages as the shop may see them."""

from datetime import datetime

from django.urls import reverse

from parvis.connectors.testpay import dispute_news, models
from parvis.core import prepared
from parvis.core.money import Money
from parvis.core.prepared import Given
from parvis.domains.checkout.ports import (
    CardSummary,
    Intent,
    IntentState,
    PaymentUnavailable,
    ProviderEvent,
    RefundNews,
)

NAME = "testpay"
_LOCKED = prepared.Select(lambda: models.Intent.objects.select_for_update().filter(reference=Given("reference")))


def found(row: models.Intent | None, reference: str) -> models.Intent:
    """The row, or PaymentUnavailable."""
    if row is None:
        raise PaymentUnavailable(reason=f"no payment is known as {reference}", retry=False)
    return row


def locked(reference: str) -> models.Intent:
    """A payment, locked until the transaction ends."""
    return found(_LOCKED.first(reference=reference), reference)


def seen(row: models.Intent) -> Intent:
    """The payment as the shop may see it."""
    state = IntentState(row.state)
    challenged = state is IntentState.ACTION_REQUIRED and row.challenge
    return Intent(
        reference=row.reference,
        client_token=row.client_token,
        state=state,
        amount=Money(row.amount_minor, row.currency),
        authorised_minor=row.authorised_minor,
        captured_minor=row.captured_minor,
        refunded_minor=row.refunded_minor,
        next_url=reverse("testpay:challenge", args=[row.challenge]) if challenged else None,
        decline_code=row.decline_code,
        retry=row.decline_code != "capture_refused",
        capturing=state is IntentState.AUTHORISED and row.capture_ends_at is not None,
        card=_summary(row.brand, row.last4, row.exp_month, row.exp_year),
        saved_token=row.kept_token or None,
    )


def _summary(brand: str, last4: str, exp_month: int, exp_year: int) -> CardSummary | None:
    return CardSummary(brand=brand, last4=last4, exp_month=exp_month, exp_year=exp_year) if last4 else None


def event(message: dict[str, object]) -> ProviderEvent:
    """A webhook's message. Raises KeyError, ValueError or TypeError for what is none."""
    data = message["data"]
    if not isinstance(data, dict):
        raise TypeError("data is not an object")
    card, dispute, refund = data.get("card"), data.get("dispute"), data.get("refund")
    return ProviderEvent(
        id=str(message["id"]),
        provider=NAME,
        kind=str(message["type"]),
        reference=str(data["reference"]),
        state=IntentState(data["state"]),
        authorised_minor=int(data["authorised_minor"]),
        captured_minor=int(data["captured_minor"]),
        refunded_minor=int(data["refunded_minor"]),
        occurred_at=datetime.fromisoformat(str(message["created"])),
        currency=str(data.get("currency", "")),
        decline_code=str(data.get("decline_code", "")),
        card=_summary(**card) if isinstance(card, dict) else None,
        dispute=dispute_news.read(dispute, str(data["reference"])) if isinstance(dispute, dict) else None,
        refund=RefundNews(**refund) if isinstance(refund, dict) else None,
    )
