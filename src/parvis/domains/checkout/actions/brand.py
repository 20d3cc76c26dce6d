"""What the brand sets about selling. Each is replaced whole; papers that were made keep what was true then."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from parvis.core.errors import Invalid
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import WITHDRAWAL_DAYS, Carrier, ReturnPolicy, ReturnShipping, Seller
from parvis.domains.checkout.queries.brand import CARRIERS, RETURNS, SELLER
from parvis.domains.checkout.rules import parcels

_LONGEST = 1000


def save_seller(seller: Seller, *, actor_id: int | None = None, at: datetime) -> None:
    """Set who sells. Raises Invalid for a text that is too long."""
    value = asdict(seller)
    for name, text in value.items():
        if isinstance(text, str):
            if len(text) > _LONGEST:
                raise Invalid(field=name, problem="it is too long")
            value[name] = text.strip()
    _save(SELLER, value, actor_id=actor_id, at=at)


def save_return_policy(policy: ReturnPolicy, *, actor_id: int | None = None, at: datetime) -> None:
    """Set what is taken back. Raises Invalid for less than the law gives."""
    if not WITHDRAWAL_DAYS <= policy.days <= 365:
        raise Invalid(field="days", problem=f"give {WITHDRAWAL_DAYS} to 365 days")
    if policy.fee_minor < 0 or (policy.shipping is ReturnShipping.FEE and policy.fee_minor == 0):
        raise Invalid(field="fee", problem="give what the label costs")
    _save(RETURNS, asdict(policy), actor_id=actor_id, at=at)


def save_carriers(carriers: Sequence[Carrier], *, actor_id: int | None = None, at: datetime) -> None:
    """Set the carriers to choose from. Raises rules.parcels.BadCarrier."""
    _save(CARRIERS, [asdict(each) for each in parcels.checked(carriers)], actor_id=actor_id, at=at)


def _save(key: str, value: Any, *, actor_id: int | None, at: datetime) -> None:
    models.Setting.objects.update_or_create(key=key, defaults={"value": value, "actor_id": actor_id, "at": at})
