"""Cards that the provider keeps because the customer asked for it: remembered by their token."""

from datetime import datetime

from parvis.domains.checkout import models, ports
from parvis.domains.checkout.actions.forgetting import forget_card
from parvis.domains.checkout.contracts import CARD_CONSENT
from parvis.domains.checkout.ports import Intent


def keep_card(payment_id: int, intent: Intent, *, customer_id: int | None, at: datetime) -> None:
    """Remember a card that the provider kept because the customer asked for it."""
    if intent.saved_token is None or intent.card is None or customer_id is None:
        return
    if not models.Payment.objects.filter(id=payment_id, save_card=True).exists():
        return
    card = {
        "customer_id": customer_id,
        "brand": intent.card.brand,
        "last4": intent.card.last4,
        "exp_month": intent.card.exp_month,
        "exp_year": intent.card.exp_year,
    }
    row, fresh = models.SavedCard.objects.get_or_create(
        provider=ports.payments().name,
        token=intent.saved_token,
        defaults={**card, "consent_text": CARD_CONSENT, "saved_at": at},
    )
    if fresh:  # the same card kept before: the new token replaces the old one
        for older in models.SavedCard.objects.filter(**card, removed_at=None).exclude(id=row.id):
            forget_card(card_id=older.id, customer_id=customer_id, at=at)
