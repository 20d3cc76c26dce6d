"""Reminders of carts that were left."""

from datetime import datetime

from django.conf import settings
from django.db.models import Count, F, Q, Sum

from parvis.core import prepared
from parvis.core.errors import NotFound
from parvis.core.money import Money
from parvis.core.prepared import Given
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts.carts import Cart
from parvis.domains.checkout.contracts.reminders import (
    Reminder,
    ReminderConsent,
    ReminderFigures,
    ReminderRow,
    ReminderState,
)
from parvis.domains.checkout.models.carts import OPEN
from parvis.domains.checkout.queries.carts import cart, open_cart


def reminder(token: str, *, locale: str) -> Reminder:
    """The reminder that a mail's link speaks of, with its cart as it stands now. Raises NotFound."""
    row = models.CartReminder.objects.filter(token=token).select_related("cart").first() if len(token) <= 64 else None
    if row is None:
        raise NotFound(kind="reminder", key="this link")
    held = row.cart.token if row.cart is not None and open_cart(row.cart.token) is not None else ""
    empty = Cart(id=None, token="", customer_id=None, currency=settings.CURRENCY, lines=())
    return Reminder(
        token=row.token,
        state=ReminderState(row.state),
        locale=row.locale,
        cart=cart(held, locale=locale) if held else empty,
    )


_WAITS = prepared.Rows(
    lambda: models.CartReminder.objects.filter(
        cart__token=Given("token"), cart__state=OPEN, state=ReminderState.WAITING.value
    ).values_list("id")[:1]
)


def reminded(cart_token: str) -> bool:
    """Whether somebody asked to be reminded of this cart, which is open: a Cart's own token, not a cookie's, which may
    be that of one that was merged into it. One statement."""
    return bool(_WAITS.rows(token=cart_token))


def reminder_figures(*, since: datetime, until: datetime) -> ReminderFigures:
    """What came of the reminders agreed on from ``since`` to ``until``. One statement."""
    sent = Q(sent__gt=0)
    bought = sent & Q(order__paid_at__isnull=False, back_at__isnull=False)
    found = models.CartReminder.objects.filter(agreed_at__gte=since, agreed_at__lt=until).aggregate(
        n_agreed=Count("id"),
        n_sent=Count("id", filter=sent),
        n_back=Count("id", filter=sent & Q(back_at__isnull=False)),
        n_bought=Count("id", filter=bought),
        n_stopped=Count("id", filter=Q(state=ReminderState.STOPPED.value)),
        n_revenue=Sum(F("order__total_minor") - F("order__refunded_minor"), filter=bought),
    )
    counted = {name.removeprefix("n_"): value for name, value in found.items()}
    return ReminderFigures(**{**counted, "revenue": Money(counted["revenue"] or 0, settings.CURRENCY)})


def reminder_rows(*, limit: int = 50) -> tuple[ReminderRow, ...]:
    """The newest reminders, without an address."""
    rows = models.CartReminder.objects.select_related("order").order_by("-agreed_at", "-id")[:limit]
    return tuple(
        ReminderRow(
            id=row.pk,
            consent=ReminderConsent(row.consent),
            state=ReminderState(row.state),
            pieces=row.pieces,
            agreed_at=row.agreed_at,
            sent=row.sent,
            back_at=row.back_at,
            order_number=row.order.number if row.order is not None else "",
            order_id=row.order_id,
        )
        for row in rows
    )
