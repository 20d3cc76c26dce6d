"""Both books as the rules compare them: the provider's movements, our payments, and the sums of each day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum

from parvis.domains.checkout import models, ports
from parvis.domains.checkout.actions.disputes import LOST
from parvis.domains.checkout.contracts import MoneyDay, OrderState, RefundState
from parvis.domains.checkout.ports import Movement, MovementKind, PaymentUnavailable
from parvis.domains.checkout.rules import reconciling as rules
from parvis.domains.checkout.rules.reconciling import Contested, Finding, Ours, Theirs


def findings(provider: str, movements: Sequence[Movement], since: datetime, until: datetime) -> list[Finding]:
    """Every difference about the payments of [since, until). Raises ports.PaymentUnavailable."""
    moved = {row.payment_reference for row in movements if since <= row.at < until}
    mine = models.Payment.objects.filter(provider=provider, created_at__gte=since, created_at__lt=until)
    paid = mine.filter(captured_minor__gt=0).values_list("reference", flat=True)
    names = moved | set(paid)
    ours = _ours(provider, names)
    theirs = {name: each for name, each in _theirs(movements).items() if name in names}
    _complete(ours, theirs)
    known = models.Dispute.objects.filter(payment__provider=provider, payment__reference__in=names)
    disputes = {
        reference: Contested(reference=reference, state=state, amount=amount)
        for reference, state, amount in known.values_list("reference", "state", "amount_minor")
    }
    return rules.differences(rules.Books(ours=ours, theirs=theirs, disputes=disputes))


def _theirs(movements: Sequence[Movement]) -> dict[str, Theirs]:
    return rules.gathered(
        [
            rules.Row(
                kind=row.kind.value,
                payment=row.payment_reference,
                reference=row.reference,
                amount=row.amount.amount_minor,
                currency=row.amount.currency,
                order_number=row.order_number,
                state=row.state,
                fee=row.fee_minor,
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
            fee=known.fee if known else 0,
        )


def days(provider: str, movements: Sequence[Movement], since: datetime, until: datetime) -> list[MoneyDay]:
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
