"""Settings of shipping, and what is forgotten: old carts, taken webhooks, kept cards, erased customers."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from parvis.core.errors import Invalid, NotFound
from parvis.domains.checkout import models, ports
from parvis.domains.checkout.actions import moves
from parvis.domains.checkout.contracts import OrderState, ShippingMethod
from parvis.domains.checkout.models.carts import MERGED, OPEN
from parvis.domains.checkout.ports import PaymentUnavailable, SavedCardToken

log = structlog.get_logger("parvis.checkout")
CARTS_KEPT = timedelta(days=90)
WEBHOOKS_KEPT = timedelta(days=90)
_CLOSED = (OrderState.DELIVERED.value, OrderState.CANCELLED.value, OrderState.REFUNDED.value)


@transaction.atomic
def save_shipping_methods(methods: Sequence[ShippingMethod]) -> None:
    """Replace the brand's shipping methods, in this order. Orders keep the method they were placed with."""
    keys = [method.key for method in methods]
    if not methods or len(set(keys)) != len(keys):
        raise Invalid(field="methods", problem="give at least one, each with its own key")
    models.ShippingMethod.objects.all().delete()
    models.ShippingMethod.objects.bulk_create(
        models.ShippingMethod(
            key=method.key,
            kind=method.kind.value,
            name_en=method.name_en,
            name_fr=method.name_fr,
            price_minor=method.price_minor,
            free_from_minor=method.free_from_minor,
            countries=list(method.countries),
            days_low=method.days[0],
            days_high=method.days[1],
            points=[asdict(point) for point in method.points],
            rates=[asdict(zone) for zone in method.rates],
            position=position,
            active=method.active,
        )
        for position, method in enumerate(methods)
    )


def forget_card(*, card_id: int, customer_id: int, at: datetime) -> None:
    """The customer takes a kept card back: gone here and at the provider. Raises NotFound for somebody else's."""
    row = models.SavedCard.objects.filter(id=card_id, customer_id=customer_id, removed_at=None).first()
    if row is None:
        raise NotFound(kind="card", key=card_id)
    models.SavedCard.objects.filter(id=row.id).update(removed_at=at)
    _forget_at_provider(row.token)


def forget_customer(*, customer_id: int, at: datetime) -> None:
    """A customer was erased: their cards and carts go, and what is personal in their closed orders. Orders under way
    keep the address until they are closed (:func:`tidy`); amounts stay, as accounting law demands."""
    with transaction.atomic():
        cards = models.SavedCard.objects.filter(customer_id=customer_id, removed_at=None)
        tokens = list(cards.values_list("token", flat=True))
        models.SavedCard.objects.filter(customer_id=customer_id).delete()
        models.Cart.objects.filter(customer_id=customer_id, state=OPEN).delete()
        models.Session.objects.filter(customer_id=customer_id, order=None).update(details={}, cancel_reason={})
        orders = models.Order.objects.filter(customer_id=customer_id).exclude(email="")
        for order in orders.exclude(state__in=_CLOSED):
            moves.trail(order.id, "erasure_asked", at=at)
        _clear(orders.filter(state__in=_CLOSED))
    for token in tokens:
        _forget_at_provider(token)


def tidy(*, at: datetime) -> None:
    """Nightly: abandoned carts, old webhook receipts and declarations that fit no order go;
    erasures that waited for an order's end are done."""
    old = models.Cart.objects.filter(state__in=(OPEN, MERGED), updated_at__lt=at - CARTS_KEPT)
    old.delete()
    models.WebhookSeen.objects.filter(received_at__lt=at - WEBHOOKS_KEPT).delete()
    models.Declaration.objects.filter(order=None, at__lt=at - CARTS_KEPT).delete()
    asked = models.OrderEvent.objects.filter(order=OuterRef("pk"), kind="erasure_asked")
    _clear(models.Order.objects.filter(Exists(asked), state__in=_CLOSED).exclude(email=""))


def _clear(orders: "QuerySet[models.Order]") -> None:
    for order in orders:
        models.Order.objects.filter(id=order.id).update(
            email="", name="", address={"country": order.address.get("country", "")}, tracking=""
        )
        # What was made out to them stays on papers, as accounting law demands.
        order.parcels.update(tracking="")
        order.returns.update(note="", answer="")
        order.sessions.update(details={}, cancel_reason={})
        models.Declaration.objects.filter(order=order).update(email="", name="", words="")


def _forget_at_provider(token: str) -> None:
    try:
        ports.payments().forget_card(SavedCardToken(token=token))
    except PaymentUnavailable as error:
        log.warning("a kept card could not be deleted at the provider", reason=str(error))
