"""Who waits for what."""

from collections.abc import Iterable

from django.db.models import Count

from parvis.core.errors import NotFound
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts.alerts import Alert, AlertState


def alert(token: str) -> Alert:
    """The wish that a mail's link speaks of. Raises NotFound."""
    row = models.StockAlert.objects.filter(token=token).select_related("variant").first()
    if row is None:
        raise NotFound(kind="alert", key="this link")
    return Alert(
        token=row.token,
        variant_id=row.variant_id,
        product_id=row.variant.product_id,
        email=row.email,
        locale=row.locale,
        state=AlertState(row.state),
        created_at=row.created_at,
        told_at=row.told_at,
    )


def waiting(variant_ids: Iterable[int]) -> dict[int, int]:
    """How many confirmed addresses wait for each variant; those nobody waits for are absent. One statement."""
    rows = models.StockAlert.objects.filter(variant_id__in=list(variant_ids), state=AlertState.WAITING.value)
    return dict(rows.order_by().values_list("variant_id").annotate(count=Count("id")))
