"""The provider's books against ours: differences are found, mended where taking the news in is enough, and shown."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from parvis.core.errors import NotFound, ParvisError
from parvis.domains.checkout import contracts, models, ports
from parvis.domains.checkout.actions import moves, settling
from parvis.domains.checkout.actions.disputes import LOST, take_dispute
from parvis.domains.checkout.contracts import DifferenceKind, DifferenceState, MoneyDay, OrderState, RefundState
from parvis.domains.checkout.ports import Lists, Movement, MovementKind, PaymentUnavailable
from parvis.domains.checkout.queries.reconciling import to_reconciliation
from parvis.domains.checkout.rules import reconciling as rules
from parvis.domains.checkout.rules.reconciling import Finding, Ours, Theirs

log = structlog.get_logger("parvis.checkout")
# Payments that are still moving are left to the next run.
SETTLED_FOR = timedelta(minutes=10)
# A charge and its refunds lie apart: what belongs to a payment of the period is looked for around it.
MARGIN = timedelta(days=1)
K = DifferenceKind
# What the provider knows better than we do: its news are taken in.
_MENDABLE = (K.NEWS_UNHEARD, K.REFUND_THERE, K.DISPUTE_UNHEARD, K.AMOUNT)


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
        first = _findings(provider.name, movements, since, until)
        mended = _mend(provider.name, first, movements, at=at)
        left = _findings(provider.name, movements, since, until) if mended else first
    except PaymentUnavailable as error:
        run.problem = str(error)[:200]
        run.save()
        raise
    _write(provider.name, first, left, at=at)
    _close_gone(provider.name, left, movements, since, until, at=at)
    run.movements = sum(since <= row.at < until for row in movements)
    run.found, run.mended = len(first), len({_name(each) for each in first} - {_name(each) for each in left})
    run.days = [{**asdict(day), "day": day.day.isoformat()} for day in _days(provider.name, movements, since, until)]
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


# -- both books as the rules want them ------------------------------------------------------------------------


def _findings(provider: str, movements: Sequence[Movement], since: datetime, until: datetime) -> list[Finding]:
    moved = {row.payment_reference for row in movements if since <= row.at < until}
    mine = models.Payment.objects.filter(provider=provider, created_at__gte=since, created_at__lt=until)
    paid = mine.filter(captured_minor__gt=0).values_list("reference", flat=True)
    names = moved | set(paid)
    ours = _ours(provider, names)
    theirs = {name: each for name, each in _theirs(movements).items() if name in names}
    _complete(ours, theirs)
    known = models.Dispute.objects.filter(payment__provider=provider, payment__reference__in=names)
    disputes = frozenset(known.values_list("reference", flat=True))
    return rules.differences(rules.Books(ours=ours, theirs=theirs, known_disputes=disputes))


def _theirs(movements: Sequence[Movement]) -> dict[str, Theirs]:
    return rules.gathered(
        [
            (
                row.kind.value,
                row.payment_reference,
                row.reference,
                row.amount.amount_minor,
                row.amount.currency,
                row.order_number,
            )
            for row in movements
            if row.state != "failed"
        ]
    )


def _ours(provider: str, names: set[str]) -> dict[str, Ours]:
    rows = models.Payment.objects.filter(provider=provider, reference__in=names).select_related("order")
    pending = _refunds(provider, names, state=RefundState.PENDING.value)
    lost = _refunds(provider, names, reason=LOST)
    return {
        row.reference: Ours(
            reference=row.reference,
            order_id=row.order_id,
            order_number=row.order.number,
            currency=row.currency,
            captured=row.captured_minor,
            refunded=row.refunded_minor - pending.get(row.reference, 0) - lost.get(row.reference, 0),
            due=row.order.total_minor - row.order.gift_minor,
            cancelled=row.order.state == OrderState.CANCELLED,
            under_way=pending.get(row.reference, 0),
        )
        for row in rows
    }


def _refunds(provider: str, names: set[str], **which: str) -> dict[str, int]:
    rows = models.Refund.objects.filter(payment__provider=provider, payment__reference__in=names, **which)
    return dict(rows.order_by().values_list("payment__reference").annotate(sum=Sum("amount_minor")))


def _complete(ours: dict[str, Ours], theirs: dict[str, Theirs]) -> None:
    """Movements of the period alone may not tell all of a payment (a charge of last month, refunded now): where the
    sums differ, the provider is asked for the payment itself."""
    for name, mine in ours.items():
        known = theirs.get(name)
        if known is not None and (known.captured, known.refunded) == (mine.captured, mine.refunded):
            continue
        try:
            stands = ports.payments().retrieve(name)
        except PaymentUnavailable as error:
            if error.retry:
                raise
            continue  # the provider does not know it: the comparison says so
        theirs[name] = Theirs(
            reference=name,
            currency=stands.amount.currency,
            captured=stands.captured_minor,
            refunded=stands.refunded_minor,
            order_number=mine.order_number,
            disputes=known.disputes if known else (),
        )


# -- what is done about them ----------------------------------------------------------------------------------


def _mend(provider: str, found: Sequence[Finding], movements: Sequence[Movement], *, at: datetime) -> int:
    """Take the provider's news in where that may be all that is missing. Returns how many were tried."""
    told = {row.reference: row.dispute for row in movements if row.kind is MovementKind.DISPUTE}
    tried = 0
    for each in found:
        if each.kind not in _MENDABLE or each.order_id is None:
            continue
        tried += 1
        try:
            _mend_one(provider, each, told.get(each.reference), at=at)
        except ParvisError as error:
            log.warning("difference not mended", kind=each.kind.value, reference=each.reference, reason=str(error))
    return tried


def _mend_one(provider: str, each: Finding, news: ports.DisputeNews | None, *, at: datetime) -> None:
    if each.kind is K.DISPUTE_UNHEARD:
        if news is None:
            return
        with transaction.atomic():
            order = moves.locked(each.order_id or 0)
            row = models.Payment.objects.select_for_update().get(provider=provider, reference=news.payment_reference)
            take_dispute(order, row, news, at=at)
        return
    payment_id = models.Payment.objects.values_list("id", flat=True).get(provider=provider, reference=each.reference)
    settling.apply_intent(payment_id, ports.payments().retrieve(each.reference), at=at)
    settling.follow_up(payment_id=payment_id, at=at)


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


def _days(provider: str, movements: Sequence[Movement], since: datetime, until: datetime) -> list[MoneyDay]:
    """The sums of each of the shop's days in both books."""
    zone = ZoneInfo(settings.TIME_ZONE)
    sums: defaultdict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in movements:
        if not since <= row.at < until or row.state == "failed":
            continue
        day = sums[row.at.astimezone(zone).date()]
        if row.kind is MovementKind.CHARGE:
            day["theirs"] += row.amount.amount_minor
        elif row.kind is MovementKind.REFUND:
            day["theirs_refunded"] += row.amount.amount_minor
        day["fees"] += row.fee_minor
    paid = models.Payment.objects.filter(provider=provider, captured_minor__gt=0)
    for when, amount in paid.filter(order__paid_at__gte=since, order__paid_at__lt=until).values_list(
        "order__paid_at", "captured_minor"
    ):
        if when is not None:
            sums[when.astimezone(zone).date()]["ours"] += amount
    given = models.Refund.objects.filter(payment__provider=provider, state=RefundState.SUCCEEDED.value)
    for when, amount in (
        given.filter(settled_at__gte=since, settled_at__lt=until)
        .exclude(reason=LOST)
        .values_list("settled_at", "amount_minor")
    ):
        if when is not None:
            sums[when.astimezone(zone).date()]["ours_refunded"] += amount
    return [MoneyDay(day=day, **sums[day]) for day in sorted(sums)]


def settle_difference(*, difference_id: int, note: str, actor_id: int | None, at: datetime) -> None:
    """A person has looked into a difference and says what was done. Raises NotFound."""
    rows = models.Difference.objects.filter(id=difference_id, state=DifferenceState.OPEN.value)
    changed = rows.update(
        state=DifferenceState.SETTLED.value, note=note.strip()[:500], actor_id=actor_id, settled_at=at
    )
    if not changed:
        raise NotFound(kind="difference", key=difference_id)
