"""Who wants to be told when something sold out is there again."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlertState(StrEnum):
    ASKED = "asked"  # the address has not said yes yet: nothing is sent but the question
    WAITING = "waiting"
    TOLD = "told"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """One wish of one address for one variant. ``token`` is in its mails: with it the wish is confirmed or ended."""

    token: str
    variant_id: int
    product_id: int
    email: str
    locale: str
    state: AlertState
    created_at: datetime
    told_at: datetime | None = None
