"""The confirmation of an order that was paid, on a durable medium (directive 2011/83/EU, article 8(7))."""

from collections.abc import Sequence
from datetime import datetime

from parvis.domains.checkout import models
from parvis.domains.checkout.actions import letters


def confirm_orders(*, order_ids: Sequence[int], at: datetime) -> None:
    """Write to the buyers of these orders; each is written to once."""
    for order in models.Order.objects.filter(id__in=order_ids, paid_at__isnull=False).order_by("id"):
        letters.of_order(order, at=at)
