"""Settings of shipping, and what grows old: left carts, taken webhooks."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction

from parvis.core.errors import Invalid
from parvis.domains.checkout import models
from parvis.domains.checkout.actions.forgetting import clear_closed
from parvis.domains.checkout.contracts import ShippingMethod
from parvis.domains.checkout.models.carts import MERGED, OPEN

CARTS_KEPT = timedelta(days=90)
WEBHOOKS_KEPT = timedelta(days=90)


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


def tidy(*, at: datetime) -> None:
    """Nightly: abandoned carts, old webhook receipts and declarations that fit no order go; erasures that waited are
    done."""
    clear_closed(at=at)
    old = models.Cart.objects.filter(state__in=(OPEN, MERGED), updated_at__lt=at - CARTS_KEPT)
    old.delete()
    models.WebhookSeen.objects.filter(received_at__lt=at - WEBHOOKS_KEPT).delete()
    models.Declaration.objects.filter(order=None, at__lt=at - CARTS_KEPT).delete()
