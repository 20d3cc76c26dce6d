"""What agents bought, for those who tell them of it and for the team. Nothing of the shoppers is in it."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from parvis.core.money import Money
from parvis.core.pagination import Page, decode_cursor, encode_cursor
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import (
    AgentCart,
    AgentCartLine,
    AgentCartState,
    AgentFigures,
    AgentOrder,
    Door,
    OrderState,
    SessionState,
)
from parvis.domains.checkout.models.sessions import CANCELLED
from parvis.domains.checkout.queries.sessions import closed

# The order is the session's own, or, after a hand-over, the one that the shopper placed with its cart.
_PAID = Q(order__paid_at__isnull=False) | Q(cart__order__paid_at__isnull=False)
# A mere cart is no checkout, unless the shopper took it over. What was made of it is a session of its own.
_CHECKOUTS = Q(basket=False) | Q(handed_over_at__isnull=False) | Q(order__isnull=False)
_KEPT = Case(
    When(order__paid_at__isnull=False, then=F("order__total_minor") - F("order__refunded_minor")),
    When(cart__order__paid_at__isnull=False, then=F("cart__order__total_minor") - F("cart__order__refunded_minor")),
    default=0,
)


def agent_orders(order_ids: Iterable[int]) -> dict[int, AgentOrder]:
    """Those of these orders that an agent placed and that were paid, by id. One statement."""
    newest = models.Session.objects.filter(order=OuterRef("pk")).order_by("-id").values("token")[:1]
    rows = models.Order.objects.filter(id__in=list(order_ids), agent__isnull=False, paid_at__isnull=False)
    rows = rows.annotate(session_token=Coalesce(Subquery(newest), Value("")))
    return {
        row.id: AgentOrder(
            order_id=row.id, agent_id=row.agent_id or 0, door=Door(row.door), session_token=row.session_token
        )
        for row in rows
    }


def agent_figures(since: datetime, until: datetime) -> dict[int, AgentFigures]:
    """What came of the checkouts that agents opened from ``since`` to before ``until``, by agent. One statement."""
    rows = (
        models.Session.objects.filter(_CHECKOUTS, agent__isnull=False, created_at__gte=since, created_at__lt=until)
        .values("agent_id")
        .annotate(
            opened=Count("id"),
            ready=Count("id", filter=Q(ready_at__isnull=False) | _PAID),
            completed=Count("id", filter=_PAID),
            handed_over=Count("id", filter=Q(handed_over_at__isnull=False)),
            handed_over_completed=Count("id", filter=Q(handed_over_at__isnull=False) & _PAID),
            cancelled=Count("id", filter=Q(state=CANCELLED)),
            kept=Sum(_KEPT),
        )
    )
    return {
        row["agent_id"]: AgentFigures(
            agent_id=row["agent_id"],
            opened=row["opened"],
            ready=row["ready"],
            completed=row["completed"],
            handed_over=row["handed_over"],
            handed_over_completed=row["handed_over_completed"],
            cancelled=row["cancelled"],
            revenue=Money(row["kept"] or 0, settings.CURRENCY),
        )
        for row in rows
    }


def agent_carts(
    agent_id: int,
    *,
    locale: str,
    at: datetime,
    handed_over: bool | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[AgentCart]:
    """An agent's checkouts as they stand ``at`` that moment, newest first, without mere carts. Four statements."""
    rows = models.Session.objects.select_related("cart", "order", "cart__order").filter(_CHECKOUTS, agent_id=agent_id)
    rows = rows.order_by("-created_at", "-id")
    if handed_over is not None:
        rows = rows.filter(handed_over_at__isnull=not handed_over)
    if cursor:
        before, last = decode_cursor(cursor, length=2)
        rows = rows.filter(Q(created_at__lt=before) | Q(created_at=before, id__lt=last))
    found = list(rows[: limit + 1])
    more = encode_cursor(found[limit - 1].created_at.isoformat(), found[limit - 1].id) if len(found) > limit else None
    return Page(items=_carts(found[:limit], locale, at), next=more)


def _carts(rows: list[models.Session], locale: str, at: datetime) -> tuple[AgentCart, ...]:
    kept: dict[int, list[tuple[int, int]]] = {}
    lines: QuerySet[models.CartLine] = models.CartLine.objects.filter(cart_id__in=[row.cart_id for row in rows])
    for cart_id, variant_id, quantity in lines.order_by("id").values_list("cart_id", "variant_id", "quantity"):
        kept.setdefault(cart_id, []).append((variant_id, quantity))
    variants = catalog.variants({variant_id for each in kept.values() for variant_id, _ in each})
    products = catalog.products({variant.product_id for variant in variants.values()}, locale=locale)
    return tuple(
        AgentCart(
            id=row.id,
            token=row.token,
            door=Door(row.door),
            state=_state(row, at),
            lines=tuple(
                AgentCartLine(
                    product_id=variants[variant_id].product_id,
                    name=products[variants[variant_id].product_id].name,
                    sku=variants[variant_id].sku,
                    quantity=quantity,
                )
                for variant_id, quantity in kept.get(row.cart_id, [])
                if variant_id in variants
            ),
            told=Money(row.told_minor, row.cart.currency) if row.told_minor is not None else None,
            order_id=getattr(_order(row), "id", None),
            order_number=getattr(_order(row), "number", ""),
            handed_over=row.handed_over_at is not None,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


def _order(row: models.Session) -> models.Order | None:
    return row.order or getattr(row.cart, "order", None)


_CLOSED = {SessionState.CANCELLED: AgentCartState.CANCELLED, SessionState.EXPIRED: AgentCartState.EXPIRED}


def _state(row: models.Session, at: datetime) -> AgentCartState:
    order = _order(row)
    if order is not None and order.paid_at is not None:
        return AgentCartState.COMPLETED
    over = closed(row, waiting=order is not None and order.state == OrderState.AWAITING_PAYMENT, at=at)
    if over is not None:
        return _CLOSED[over]
    if row.handed_over_at is not None:
        return AgentCartState.HANDED_OVER
    return AgentCartState.READY if row.ready_at is not None else AgentCartState.OPEN
