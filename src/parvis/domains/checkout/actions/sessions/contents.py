"""What a checkout holds: its lines, what the buyer has said, and the prices and the total that were told."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from parvis.core import outbox, prepared
from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import contracts, models
from parvis.domains.checkout.contracts import (
    MAX_LINES,
    MAX_QUANTITY,
    CartLineAdded,
    Details,
    SessionState,
    Wanted,
)
from parvis.domains.checkout.queries.sessions import to_session

_LONGEST = {"email": 254, "name": 120, "phone": 40, "shipping_method": 40, "note": 5000, "destination": 80}


def summed(lines: Sequence[Wanted]) -> dict[int, int]:
    """Quantities by variant, within bounds; the same variant twice is wanted twice."""
    wanted: dict[int, int] = {}
    for line in lines:
        if line.quantity < 1:
            raise Invalid(field=f"lines.{line.variant_id}", problem="give a quantity of at least one")
        wanted[line.variant_id] = wanted.get(line.variant_id, 0) + line.quantity
        if wanted[line.variant_id] > MAX_QUANTITY:
            raise Invalid(field=f"lines.{line.variant_id}", problem=f"give at most {MAX_QUANTITY} of one article")
    if len(wanted) > MAX_LINES:
        raise Invalid(field="lines", problem=f"give at most {MAX_LINES} articles")
    return wanted


def fill(cart: models.Cart, wanted: Mapping[int, int], *, visit: str | None, at: datetime) -> None:
    variants = catalog.variants(wanted) if wanted else {}
    for variant_id in wanted:
        if variant_id not in variants:
            raise NotFound(kind="variant", key=variant_id)
    prepared.insert(
        *(
            models.CartLine(
                cart=cart,
                variant_id=variant_id,
                quantity=quantity,
                price_seen_minor=variants[variant_id].price.amount_minor,
                added_at=at,
            )
            for variant_id, quantity in wanted.items()
        )
    )
    added = (
        CartLineAdded(
            cart_id=cart.id,
            product_id=variants[variant_id].product_id,
            variant_id=variant_id,
            quantity=quantity,
            visit=visit,
        )
        for variant_id, quantity in wanted.items()
    )
    outbox.publish(*added, at=at)


def acknowledge(cart: models.Cart) -> None:
    """The answer tells today's prices: from now on they count as told."""
    lines = list(cart.lines.all())
    variants = catalog.variants([line.variant_id for line in lines]) if lines else {}
    for line in lines:
        if line.variant_id in variants:
            line.price_seen_minor = variants[line.variant_id].price.amount_minor
    models.CartLine.objects.bulk_update(lines, ["price_seen_minor"])


def told(row: models.Session, *, at: datetime) -> contracts.Session:
    """The answer, with its total written down as the one that was told."""
    answer = to_session(row, at=at)
    ready = answer.state in (SessionState.READY, SessionState.COMPLETING, SessionState.COMPLETED)
    row.told_minor, row.ready_at = answer.total.amount_minor, row.ready_at or (at if ready else None)
    prepared.update(row, "told_minor", "ready_at")
    return answer


def stored(details: Details) -> dict[str, Any]:
    for name, longest in _LONGEST.items():
        value = getattr(details, name)
        if value is not None and len(value) > longest:
            raise Invalid(field=f"details.{name}", problem=f"give at most {longest} characters")
        if value is not None and "\x00" in value:
            raise Invalid(field=f"details.{name}", problem="a character in it cannot be used")
    stored = {key: value for key, value in asdict(details).items() if value is not None}
    for name, value in stored.get("address", {}).items():
        if len(value) > 200 or "\x00" in value:
            raise Invalid(field=f"details.address.{name}", problem="give at most 200 printable characters")
    return stored


def texts(given: Mapping[str, str] | None) -> dict[str, str]:
    """What brought the buyer, cut to size: it must never stand in the way of a sale."""
    kept = list((given or {}).items())[:30]
    return {str(key)[:60].replace("\x00", ""): str(value)[:300].replace("\x00", "") for key, value in kept}
