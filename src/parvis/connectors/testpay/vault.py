"""The vault: a card becomes a token with an allowance, as an agent's platform would keep it (ACP's delegate_payment).

Of the card brand, last four digits, expiry and behaviour are kept; its number only as part of a keyed digest, by which
the same key is known to ask for the same thing.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from parvis.connectors.testpay import cards, models
from parvis.connectors.testpay.cards import Outcome
from parvis.core.errors import Invalid
from parvis.core.idempotency import KeyReused
from parvis.domains.checkout.ports import BadCard, CardDetails, CardSummary, DelegatedToken, TokenAllowance


def tokenise(card: CardDetails, allowance: TokenAllowance, *, key: str, at: datetime) -> DelegatedToken:
    """A token that pays once within ``allowance``. The same ``key`` gives the same token.

    Raises BadCard, Invalid (an allowance of nothing, or over already), core.idempotency.KeyReused.
    """
    digest = _digest(card, allowance)
    known = models.SharedToken.objects.filter(key=key).first()
    if known is None:
        summary, outcome = cards.read(card, today=at.date())
        _check(allowance, at=at)
        fresh = models.SharedToken(
            token=f"spt_{secrets.token_urlsafe(24)}",
            key=key,
            digest=digest,
            outcome=outcome.value,
            brand=summary.brand,
            last4=summary.last4,
            exp_month=summary.exp_month,
            exp_year=summary.exp_year,
            currency=allowance.max_amount.currency,
            max_minor=allowance.max_amount.amount_minor,
            merchant=allowance.merchant[:120],
            session=allowance.session[:120],
            expires_at=allowance.expires_at,
            created_at=at,
        )
        try:
            with transaction.atomic():
                fresh.save(force_insert=True)
            return DelegatedToken(token=fresh.token, created_at=at)
        except IntegrityError:  # the same call at the same moment
            known = models.SharedToken.objects.get(key=key)
    if known.digest != digest:
        raise KeyReused(key=key)
    return DelegatedToken(token=known.token, created_at=known.created_at)


def use(
    token: str, intent: models.Intent, *, merchant: str, session: str = "", at: datetime
) -> tuple[tuple[CardSummary, Outcome], str]:
    """The card behind a token for this payment of ``merchant`` in the checkout ``session``, and why its allowance
    refuses it (a decline code; empty: it does not). Within the allowance the token is used up by the payment. To be
    called in the transaction of the attempt. Raises BadCard for a token that is not of this vault."""
    known = models.SharedToken.objects.select_for_update().filter(token=token)
    row = known.first() if token.isprintable() else None  # what holds NUL cannot even be asked for
    if row is None:
        raise BadCard(field="token", problem="unknown")
    outside = {
        "token_used": row.used_by not in ("", intent.reference),
        "token_expired": row.expires_at <= at,
        "token_seller": row.merchant not in ("", merchant),
        "token_session": row.session not in ("", session),
        "token_currency": row.currency != intent.currency,
        "token_amount": row.max_minor < intent.amount_minor,
    }
    refusal = next((code for code, refused in outside.items() if refused), "")
    if not refusal:
        models.SharedToken.objects.filter(id=row.id).update(used_by=intent.reference)
    summary = CardSummary(brand=row.brand, last4=row.last4, exp_month=row.exp_month, exp_year=row.exp_year)
    return (summary, Outcome(row.outcome)), refusal


def _check(allowance: TokenAllowance, *, at: datetime) -> None:
    if allowance.max_amount.amount_minor <= 0:
        raise Invalid(field="max_amount", problem="must be more than nothing")
    if allowance.expires_at <= at:
        raise Invalid(field="expires_at", problem="is over already")


def _digest(card: CardDetails, allowance: TokenAllowance) -> str:
    parts = (
        card.number,
        str(card.exp_month),
        str(card.exp_year),
        str(allowance.max_amount.amount_minor),
        allowance.max_amount.currency,
        allowance.merchant,
        allowance.session,
        allowance.expires_at.isoformat(),
    )
    key = hmac.new(settings.SECRET_KEY.encode(), b"testpay vault", hashlib.sha256).digest()
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()
