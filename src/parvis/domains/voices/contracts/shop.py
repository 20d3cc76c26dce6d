"""What people say of the shop itself: its service, its delivery; about no product."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ShopRating:
    """The public reviews of the shop: ``distribution`` counts from one star up, ``average`` is None without any."""

    count: int
    average: float | None
    distribution: tuple[int, int, int, int, int]
    verified: int
