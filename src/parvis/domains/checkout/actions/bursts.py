"""The guard at the payment door: what was declined lately decides whether a card is tried at all (rules.bursts)."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from parvis.core import locks, prepared
from parvis.core.errors import ParvisError
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import AttemptOutcome, SeenFrom
from parvis.domains.checkout.ports import CardDetails, Instrument, Intent, IntentState
from parvis.domains.checkout.rules import bursts, cards

KEPT = timedelta(days=30)


class TooManyDeclines(ParvisError):
    """The card is not tried now: ``why`` (card, visit, address, bank, patience, crowd), ``retry_after`` in seconds."""

    code = "too_many_declines"
    status = 429
    template = "Too many payments were declined: try again in %(retry_after)d seconds."


def _digest(kind: str, text: str) -> str:
    """A keyed digest: the same thing is known again, and nothing can be read from it."""
    if not text:
        return ""
    return hmac.new(settings.SECRET_KEY.encode(), f"attempt {kind} {text}".encode(), hashlib.sha256).hexdigest()[:32]


def attempt(order: models.Order, used: Instrument, seen_from: SeenFrom | None, *, at: datetime) -> models.PayAttempt:
    """An attempt that is about to be made, not written yet."""
    number = cards.digits(used.number) if isinstance(used, CardDetails) else ""
    known = seen_from or SeenFrom()
    return models.PayAttempt(
        order=order,
        address=_digest("address", known.address),
        visit=_digest("visit", known.visit),
        card=_digest("card", number),
        bin=number[:6] if number[:6].isascii() and number[:6].isdigit() else "",
        outcome=AttemptOutcome.TRYING.value,
        at=at,
    )


def claim(row: models.PayAttempt) -> TooManyDeclines | None:
    """Write an attempt down before its card is tried, so that those made meanwhile count it, and say what stands in its
    way. To be called in a transaction: those of the same card, visit or address wait for its end, and come one after
    the other. Its end is written by :func:`heard`, :func:`unreadable` or :func:`unanswered`."""
    told = (("card", row.card), ("visit", row.visit), ("address", row.address))
    locks.hold_each(locks.of(f"attempt {kind} {digest}") for kind, digest in told if digest)
    stop = bursts.hindrance(_claimed(row), at=row.at)
    if stop is None:
        return None
    _ended(row, AttemptOutcome.BLOCKED)
    return TooManyDeclines(why=stop.why, retry_after=max(1, int((stop.until - row.at).total_seconds())))


def heard(row: models.PayAttempt, intent: Intent) -> None:
    """The bank has answered."""
    known = {
        IntentState.DECLINED: AttemptOutcome.DECLINED,
        IntentState.ACTION_REQUIRED: AttemptOutcome.ASKED,
        IntentState.CREATED: AttemptOutcome.ASKED,
    }
    _ended(row, known.get(intent.state, AttemptOutcome.PAID))


def unreadable(row: models.PayAttempt) -> None:
    """The card could not even be read: it counts for the visit and the address as a decline does."""
    _ended(row, AttemptOutcome.UNREADABLE)


def unanswered(row: models.PayAttempt) -> None:
    """The provider did not answer: nobody is the wiser for it, and nobody's fault it is."""
    row.delete()


def _ended(row: models.PayAttempt, outcome: AttemptOutcome) -> None:
    row.outcome = outcome.value
    prepared.update(row, "outcome")


# Declines are few, whatever is sold; those who paid are counted only where the answer can matter, and no further.
# Moments are those of the doors: one that has waited here finds younger ones, which count as well.
_CLAIM = """
WITH mine AS (
    INSERT INTO checkout_payattempt (order_id, address, visit, card, bin, outcome, at)
    VALUES (%(order)s, %(address)s, %(visit)s, %(card)s, %(bin)s, %(outcome)s, %(at)s)
    RETURNING id
), failed AS (
    SELECT card, visit, address, bin, at FROM checkout_payattempt
    WHERE outcome IN ('declined', 'unreadable') AND at > %(since)s
), trying AS (
    SELECT card, visit, address FROM checkout_payattempt
    WHERE outcome = 'trying' AND at > %(trying_since)s
), under_way AS (
    SELECT count(*) FILTER (WHERE card <> '' AND card = %(card)s) AS of_card,
           count(*) FILTER (WHERE visit <> '' AND visit = %(visit)s) AS of_visit,
           count(*) FILTER (WHERE address <> '' AND address = %(address)s) AS of_address
    FROM trying
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
SELECT mine.id, declines.of_card, declines.of_visit, declines.of_address, declines.address_cards, of_bank, bank_cards,
       CASE WHEN of_bank < %(bank_most)s THEN 0 ELSE (
           SELECT count(*) FROM (
               SELECT FROM checkout_payattempt
               WHERE outcome = 'paid' AND bin = %(bin)s AND at > %(since)s AND at <= %(at)s
               LIMIT declines.of_bank / 10 + 1
           ) AS paid
       ) END,
       last_at,
       under_way.of_card, under_way.of_visit, under_way.of_address,
       (SELECT count(DISTINCT card)
        FROM (SELECT card, address FROM failed UNION ALL SELECT card, address FROM trying) AS seen
        WHERE address <> '' AND address = %(address)s)
FROM mine, declines, under_way
"""


def _claimed(row: models.PayAttempt) -> bursts.Recent:
    """Write the attempt, and read what was before it: one statement, which does not see what it writes."""
    params: dict[str, Any] = {
        "order": row.order_id,
        "outcome": row.outcome,
        "card": row.card,
        "visit": row.visit,
        "address": row.address,
        "bin": row.bin,
        "bank_most": bursts.BANK_MOST,
        "since": row.at - bursts.WINDOW,
        "trying_since": row.at - bursts.LONGEST,
        "at": row.at,
    }
    ((row.pk, *found),) = prepared.answer(_CLAIM, params).rows
    row._state.adding, row._state.db = False, "default"
    return bursts.Recent(*found)


def forget_attempts(*, at: datetime) -> int:
    """Attempts older than a month go. Returns how many."""
    return models.PayAttempt.objects.filter(at__lt=at - KEPT).delete()[0]
