"""Checkouts of agents that were made elsewhere or by the simulation, recorded as they were."""

import secrets
from collections.abc import Sequence

from django.db import transaction

from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import SESSION_LIFE, AgentCartState, PastCheckout
from parvis.domains.checkout.models.carts import OPEN as OPEN_CART
from parvis.domains.checkout.models.carts import PLACED
from parvis.domains.checkout.models.sessions import CANCELLED, EXPIRED, OPEN

_ENDED = {AgentCartState.CANCELLED: CANCELLED, AgentCartState.EXPIRED: EXPIRED, None: OPEN}


@transaction.atomic
def record_agent_checkouts(past: Sequence[PastCheckout]) -> tuple[str, ...]:
    """Write the checkouts with their carts and give their tokens, in order; their orders become the agents'. Nothing
    is told to listeners and no stock moves."""
    carts = models.Cart.objects.bulk_create(
        models.Cart(
            token=secrets.token_urlsafe(24),
            state=PLACED if each.order_id else OPEN_CART,
            currency=each.currency,
            created_at=each.opened_at,
            updated_at=each.opened_at,
        )
        for each in past
    )
    models.CartLine.objects.bulk_create(
        models.CartLine(
            cart=cart, variant_id=variant_id, quantity=quantity, price_seen_minor=unit, added_at=each.opened_at
        )
        for each, cart in zip(past, carts, strict=True)
        for variant_id, quantity, unit in each.lines
    )
    rows = models.Session.objects.bulk_create(
        models.Session(
            token=secrets.token_urlsafe(24),
            door=each.door.value,
            state=_ENDED[each.ended],
            agent_id=each.agent_id,
            cart=cart,
            order_id=each.order_id,
            locale=each.locale,
            told_minor=each.told_minor,
            ready_at=each.ready_at,
            handed_over_at=each.handed_over_at,
            created_at=each.opened_at,
            updated_at=each.ready_at or each.opened_at,
            expires_at=each.opened_at + SESSION_LIFE,
        )
        for each, cart in zip(past, carts, strict=True)
    )
    for each in past:
        if each.order_id is not None:
            models.Order.objects.filter(id=each.order_id).update(agent_id=each.agent_id, door=each.door.value)
    return tuple(row.token for row in rows)
