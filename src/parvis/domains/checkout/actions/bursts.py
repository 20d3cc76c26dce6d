"""The guard at the payment door: what was declined lately decides whether a card is tried at all (rules.bursts)."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from parvis.core import prepared
from parvis.core.errors import ParvisError
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import AttemptOutcome, SeenFrom
from parvis.domains.checkout.ports import CardDetails, Instrument, Intent, IntentState
from parvis.domains.checkout.rules import bursts, cards

KEPT = timedelta(days=30)


class TooManyDeclines(ParvisError):
    """The card is not tried now: ``why`` (card, visit, address, bank, patience), ``retry_after`` in seconds."""

    code = "too_many_declines"
    status = 429
    template = "Too many payments were declined: try again in %(retry_after)d seconds."


def _digest(kind: str, text: str) -> str:
    """A keyed digest: the same thing is known again, and nothing can be read from it."""
    if not text:
        return ""
    return hmac.new(settings.SECRET_KEY.encode(), f"attempt {kind} {text}".encode(), hashlib.sha256).hexdigest()[:32]


def _row(order: models.Order, used: Instrument, seen_from: SeenFrom | None, *, at: datetime) -> models.PayAttempt:
    number = cards.digits(used.number) if isinstance(used, CardDetails) else ""
    known = seen_from or SeenFrom()
    return models.PayAttempt(
        order=order,
        address=_digest("address", known.address),
        visit=_digest("visit", known.visit),
        card=_digest("card", number),
        bin=number[:6] if number[:6].isascii() and number[:6].isdigit() else "",
        at=at,
    )


def guard(order: models.Order, used: Instrument, seen_from: SeenFrom | None, *, at: datetime) -> models.PayAttempt:
    """Let an attempt through, or raise :class:`TooManyDeclines`. The answer is written with its outcome by
    :func:`heard` or :func:`unreadable`."""
    row = _row(order, used, seen_from, at=at)
    stop = bursts.hindrance(_recent(row), at=at)
    if stop is None:
        return row
    row.outcome = AttemptOutcome.BLOCKED.value
    row.save()
    raise TooManyDeclines(why=stop.why, retry_after=max(1, int((stop.until - at).total_seconds())))


def heard(row: models.PayAttempt, intent: Intent) -> None:
    """The bank has answered."""
    known = {
        IntentState.DECLINED: AttemptOutcome.DECLINED,
        IntentState.ACTION_REQUIRED: AttemptOutcome.ASKED,
        IntentState.CREATED: AttemptOutcome.ASKED,
    }
    row.outcome = known.get(intent.state, AttemptOutcome.PAID).value
    prepared.insert(row)


def unreadable(row: models.PayAttempt) -> None:
    """The card could not even be read: it counts for the visit and the address as a decline does."""
    row.outcome = AttemptOutcome.UNREADABLE.value
    row.save()


# Declines are few, whatever is sold; those who paid are counted only where the answer can matter, and no further.
_RECENT = """
WITH failed AS (
    SELECT card, visit, address, bin, at FROM checkout_payattempt
    WHERE outcome IN ('declined', 'unreadable') AND at > %(since)s AND at <= %(at)s
), declines AS (
    SELECT count(*) FILTER (WHERE card <> '' AND card = %(card)s) AS of_card,
           count(*) FILTER (WHERE visit <> '' AND visit = %(visit)s) AS of_visit,
           count(*) FILTER (WHERE address <> '' AND address = %(address)s) AS of_address,
           count(DISTINCT card) FILTER (WHERE address <> '' AND address = %(address)s) AS address_cards,
           count(*) FILTER (WHERE bin <> '' AND bin = %(bin)s) AS of_bank,
           count(DISTINCT card) FILTER (WHERE bin <> '' AND bin = %(bin)s) AS bank_cards,
           max(at) FILTER (WHERE (visit <> '' AND visit = %(visit)s)
                              OR (address <> '' AND address = %(address)s)) AS last_at
    FROM failed
)
SELECT of_card, of_visit, of_address, address_cards, of_bank, bank_cards,
       CASE WHEN of_bank < %(bank_most)s THEN 0 ELSE (
           SELECT count(*) FROM (
               SELECT FROM checkout_payattempt
               WHERE outcome = 'paid' AND bin = %(bin)s AND at > %(since)s AND at <= %(at)s
               LIMIT declines.of_bank / 10 + 1
           ) AS paid
       ) END,
       last_at
FROM declines
"""


def _recent(row: models.PayAttempt) -> bursts.Recent:
    params: dict[str, Any] = {
        "card": row.card,
        "visit": row.visit,
        "address": row.address,
        "bin": row.bin,
        "bank_most": bursts.BANK_MOST,
        "since": row.at - bursts.WINDOW,
        "at": row.at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECENT, params)
        found = cursor.fetchone()
    return bursts.Recent(
        card=found[0],
        visit=found[1],
        address=found[2],
        address_cards=found[3],
        bank=found[4],
        bank_cards=found[5],
        bank_paid=found[6],
        last_at=found[7],
    )


def forget_attempts(*, at: datetime) -> int:
    """Attempts older than a month go. Returns how many."""
    return models.PayAttempt.objects.filter(at__lt=at - KEPT).delete()[0]
