"""The provider's books against ours: differences are found, mended where taking the news in is enough, and shown."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import transaction

from parvis.core.errors import NotFound, ParvisError
from parvis.domains.checkout import contracts, models, ports
from parvis.domains.checkout.actions import bounces, capturing, comparing, moves, settling
from parvis.domains.checkout.actions.disputes import take_dispute
from parvis.domains.checkout.contracts import DifferenceKind, DifferenceState
from parvis.domains.checkout.ports import Lists, Movement, MovementKind, PaymentUnavailable, RefundNews
from parvis.domains.checkout.queries.reconciling import to_reconciliation
from parvis.domains.checkout.rules.reconciling import Finding

log = structlog.get_logger("parvis.checkout")
# Payments that are still moving are left to the next run.
SETTLED_FOR = timedelta(minutes=10)
# A charge and its refunds lie apart: what belongs to a payment of the period is looked for around it.
MARGIN = timedelta(days=1)
K = DifferenceKind
# What the provider knows better than we do: its news are taken in.
_MENDABLE = (K.NEWS_UNHEARD, K.REFUND_THERE, K.REFUND_MISSING, K.DISPUTE_UNHEARD, K.DISPUTE_STATE, K.AMOUNT)


class NoBooks(ParvisError):
    """The bound provider's books cannot be read."""

    code = "no_books"
    status = 409
    template = "The payment provider %(name)s lets nobody read its books."


def reconcile(*, since: datetime, until: datetime, at: datetime) -> contracts.Reconciliation:
    """Compare [since, until), at the latest until ten minutes ago. Not to be called inside a transaction.

    Raises :class:`NoBooks`, ports.PaymentUnavailable (the run is kept with its problem).
    """
    provider, books = ports.payments(), ports.lists()
    if books is None:
        raise NoBooks(name=provider.name)
    until = min(until, at - SETTLED_FOR)
    run = models.Reconciliation(provider=provider.name, since=since, until=until, currency=settings.CURRENCY, at=at)
    try:
        movements = _read(books, since, until)
        first = comparing.findings(provider.name, movements, since, until)
        mended = _mend(provider.name, first, movements, at=at)
        left = comparing.findings(provider.name, movements, since, until) if mended else first
    except PaymentUnavailable as error:
        run.problem = str(error)[:200]
        run.save()
        raise
    _write(provider.name, first, left, at=at)
    _close_gone(provider.name, left, movements, since, until, at=at)
    run.movements = sum(since <= row.at < until for row in movements)
    run.found, run.mended = len(first), len({_name(each) for each in first} - {_name(each) for each in left})
    days = comparing.days(provider.name, movements, since, until)
    run.days = [{**asdict(day), "day": day.day.isoformat()} for day in days]
    run.save()
    return to_reconciliation(run)


def reconcile_lately(*, at: datetime, days: int = 3) -> contracts.Reconciliation | None:
    """Compare the last days, from their beginning in the shop's time zone; None where there are no books or the
    provider does not answer (the next night compares these days again)."""
    zone = ZoneInfo(settings.TIME_ZONE)
    today = datetime.combine(at.astimezone(zone).date(), time.min, tzinfo=zone)
    try:
        return reconcile(since=today - timedelta(days=days), until=at, at=at)
    except (NoBooks, PaymentUnavailable) as error:
        log.warning("not reconciled", reason=str(error))
        return None


def _read(books: Lists, since: datetime, until: datetime) -> list[Movement]:
    return list(books.list_since(since - MARGIN, until + MARGIN))


def _name(finding: Finding) -> tuple[str, str]:
    return finding.kind.value, finding.reference


# -- what is done about them ----------------------------------------------------------------------------------


def _mend(provider: str, found: Sequence[Finding], movements: Sequence[Movement], *, at: datetime) -> int:
    """Take the provider's news in where that may be all that is missing. Returns how many were tried."""
    tried = 0
    for each in found:
        if each.kind not in _MENDABLE or each.order_id is None:
            continue
        tried += 1
        try:
            _mend_one(provider, each, movements, at=at)
        except ParvisError as error:
            log.warning("difference not mended", kind=each.kind.value, reference=each.reference, reason=str(error))
    return tried


def _mend_one(provider: str, each: Finding, movements: Sequence[Movement], *, at: datetime) -> None:
    if each.kind in (K.DISPUTE_UNHEARD, K.DISPUTE_STATE):
        told = [row for row in movements if row.kind is MovementKind.DISPUTE and row.reference == each.reference]
        _take_in(provider, each, told, at=at)
    elif each.kind is K.REFUND_MISSING:
        refunds = [row for row in movements if row.kind is MovementKind.REFUND and row.state == "failed"]
        _take_in(provider, each, [row for row in refunds if row.payment_reference == each.reference], at=at)
    else:
        payment = models.Payment.objects.get(provider=provider, reference=each.reference)
        settling.apply_intent(payment.id, ports.payments().retrieve(each.reference), at=at)
        capturing.follow_up(payment_id=payment.id, at=at)


@transaction.atomic
def _take_in(provider: str, each: Finding, told: Sequence[Movement], *, at: datetime) -> None:
    """Disputes, and refunds that a bank sent back, as the provider's books tell them."""
    order = moves.locked(each.order_id or 0)
    for row in told:
        names = models.Payment.objects.select_for_update()
        payment = names.get(provider=provider, reference=row.payment_reference)
        if row.dispute is not None:
            take_dispute(order, payment, row.dispute, at=at)
        elif row.kind is MovementKind.REFUND:
            news = RefundNews(reference=row.reference, amount_minor=row.amount.amount_minor, succeeded=False)
            bounces.take_refund(order, payment, news, occurred_at=at, at=at)


def _write(provider: str, first: Sequence[Finding], left: Sequence[Finding], *, at: datetime) -> None:
    """Keep every difference: those that went away by our doing as mended, the others as open until somebody or the
    next run settles them. What a person has settled stays settled unless its sums change."""
    open_names = {_name(each): each for each in left}
    for each in [*first, *(found for found in left if _name(found) not in {_name(one) for one in first})]:
        now_open = open_names.get(_name(each))
        shown = now_open or each
        state = DifferenceState.OPEN if now_open else DifferenceState.MENDED
        row, fresh = models.Difference.objects.get_or_create(
            provider=provider,
            kind=each.kind.value,
            reference=each.reference[:120],
            defaults={
                "order_id": each.order_id,
                "order_number": each.order_number[:40],
                "currency": each.currency,
                "ours_minor": shown.ours,
                "theirs_minor": shown.theirs,
                "state": state.value,
                "first_seen_at": at,
                "last_seen_at": at,
                "settled_at": None if now_open else at,
            },
        )
        if fresh:
            continue
        same = (row.ours_minor, row.theirs_minor) == (shown.ours, shown.theirs)
        row.last_seen_at = at
        if row.state != DifferenceState.SETTLED or not same:
            row.ours_minor, row.theirs_minor = shown.ours, shown.theirs
            row.state, row.settled_at = state.value, None if now_open else at
        row.save()


def _close_gone(
    provider: str,
    left: Sequence[Finding],
    movements: Sequence[Movement],
    since: datetime,
    until: datetime,
    *,
    at: datetime,
) -> None:
    """Open differences of what was compared and agrees now: they bear the name of the payment, of its dispute, or of
    the order that was charged more than once (compared where more than one of its charges was)."""
    inside = [row for row in movements if since <= row.at < until]
    payments = {row.payment_reference for row in inside}
    disputes = {row.reference for row in inside if row.kind is MovementKind.DISPUTE}
    charged = {(row.order_number, row.payment_reference) for row in inside if row.kind is MovementKind.CHARGE}
    numbers = Counter(number for number, _ in charged)
    seen = payments | disputes | {number for number, charges in numbers.items() if number and charges > 1}
    still = {_name(each) for each in left}
    rows = models.Difference.objects.filter(provider=provider, state=DifferenceState.OPEN.value, reference__in=seen)
    for row in rows:
        if (row.kind, row.reference) not in still:
            models.Difference.objects.filter(id=row.id).update(state=DifferenceState.GONE.value, settled_at=at)


def settle_difference(*, difference_id: int, note: str, actor_id: int | None, at: datetime) -> None:
    """A person has looked into a difference and says what was done. Raises NotFound."""
    rows = models.Difference.objects.filter(id=difference_id, state=DifferenceState.OPEN.value)
    changed = rows.update(
        state=DifferenceState.SETTLED.value, note=note.strip()[:500], actor_id=actor_id, settled_at=at
    )
    if not changed:
        raise NotFound(kind="difference", key=difference_id)
