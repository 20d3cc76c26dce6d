"""What agents bought, as the team looks at it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parvis.core.money import Money
from parvis.domains.checkout.contracts.sessions import Door


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentOrder:
    """An order that an agent placed; ``session_token`` is the checkout it came from ("" when that is gone)."""

    order_id: int
    agent_id: int
    door: Door
    session_token: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentFigures:
    """What came of the checkouts that an agent opened in some time: ``ready`` could be completed at some moment,
    ``completed`` were paid (by the agent, or by the shopper after a hand-over), ``handed_over`` were taken over by the
    shopper (``handed_over_completed`` of these were paid). ``revenue`` is what was paid less what was given back."""

    agent_id: int
    opened: int
    ready: int
    completed: int
    handed_over: int
    handed_over_completed: int
    cancelled: int
    revenue: Money


class AgentCartState(StrEnum):
    """Where an agent's checkout stands, for the team."""

    OPEN = "open"  # something is still missing
    READY = "ready"  # could be completed
    HANDED_OVER = "handed_over"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentCartLine:
    """An article of an agent's checkout."""

    product_id: int
    name: str
    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentCart:
    """A checkout of an agent without anything of the shopper. ``told`` is the total it was last told."""

    id: int
    token: str
    door: Door
    state: AgentCartState
    lines: tuple[AgentCartLine, ...]
    told: Money | None
    order_id: int | None
    order_number: str
    handed_over: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PastCheckout:
    """A checkout that an agent opened, recorded as it was (an import, a simulation): ``lines`` are variant ids with
    quantities, ``order_id`` what came of it. With ``ended`` CANCELLED or EXPIRED nothing did."""

    agent_id: int
    door: Door
    locale: str
    currency: str
    opened_at: datetime
    lines: tuple[tuple[int, int, int], ...]  # variant id, quantity, unit price in minor units
    told_minor: int
    ready_at: datetime | None = None
    handed_over_at: datetime | None = None
    order_id: int | None = None
    ended: AgentCartState | None = None
