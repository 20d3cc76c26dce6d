"""How goods travel: parcels, the carriers that take them, and what is told of them on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ParcelState(StrEnum):
    PREPARING = "preparing"
    HANDED_OVER = "handed_over"  # the carrier has it
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_COLLECTION = "ready_for_collection"
    FAILED = "failed"  # nobody was there, the address is wrong …: the carrier tries again or brings it back
    DELIVERED = "delivered"
    RETURNED = "returned"  # the carrier brought it back to us


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrier:
    """``pattern`` is the address of the carrier's own tracking page, with ``{number}`` in it; empty: there is none."""

    key: str
    name: str
    pattern: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParcelStep:
    """A state that a parcel was told to be in, when it happened, and where."""

    state: ParcelState
    at: datetime
    place: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """``lines`` maps order line ids to pieces; ``steps`` are in the order in which they happened, one for each news."""

    id: int
    order_id: int
    state: ParcelState
    carrier: str
    carrier_name: str
    tracking: str
    tracking_url: str
    lines: Mapping[int, int]
    steps: tuple[ParcelStep, ...]
    created_at: datetime
    handed_over_at: datetime | None
    delivered_at: datetime | None

    @property
    def pieces(self) -> int:
        return sum(self.lines.values())
