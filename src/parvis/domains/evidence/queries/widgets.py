"""Widgets by id and by the signed key of their address."""

import hashlib
import hmac

from parvis.core.errors import NotFound
from parvis.domains.evidence.contracts import Widget, WidgetKind
from parvis.domains.evidence.models import Widget as Row


def widgets() -> tuple[Widget, ...]:
    """All of them, the latest first."""
    return tuple(_shape(row) for row in Row.objects.order_by("-id"))


def widget(widget_id: int) -> Widget:
    """One widget. Raises NotFound."""
    row = Row.objects.filter(id=widget_id).first()
    if row is None:
        raise NotFound(kind="widget", key=widget_id)
    return _shape(row)


def widget_by_key(key: str) -> Widget:
    """The active widget whose address has this key. Raises NotFound for any other."""
    number, _, signature = key.partition("-")
    row = Row.objects.filter(id=int(number), active=True).first() if number.isdecimal() and len(number) < 19 else None
    if row is None or not hmac.compare_digest(signature.encode(), _signature(row).encode()):
        raise NotFound(kind="widget", key=key[:60])
    return _shape(row)


def _signature(row: Row) -> str:
    return hmac.new(row.secret.encode(), f"widget {row.pk}".encode(), hashlib.sha256).hexdigest()[:24]


def _shape(row: Row) -> Widget:
    return Widget(
        id=row.pk, name=row.name, kind=WidgetKind(row.kind), key=f"{row.pk}-{_signature(row)}",
        origins=tuple(row.origins), product_id=row.product_id, theme=row.theme, shown=row.shown,
        structured=row.structured, territory=row.territory, active=row.active, created_at=row.created_at,
        changed_at=row.changed_at,
    )  # fmt: skip
