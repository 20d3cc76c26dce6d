"""How long the articles of an order that waits for its payment are still kept, by the server's clock."""

from dataclasses import dataclass
from datetime import datetime

from parvis.domains.checkout.contracts import Order, OrderState


@dataclass(frozen=True)
class Hold:
    """``seconds`` are those left when the page was made: the browser counts what has passed since, so that the
    shopper's own clock plays no part. ``over``: the time is past, and the next look of the machine ends the order."""

    until: datetime
    seconds: int

    @property
    def over(self) -> bool:
        return self.seconds == 0

    @property
    def words(self) -> str:
        """Minutes and seconds, as a clock shows them."""
        return f"{self.seconds // 60:02d}:{self.seconds % 60:02d}"


def hold_of(order: Order, *, at: datetime) -> Hold | None:
    """The hold of an order that can still be paid; None when there is none, or the money is on its way already."""
    if order.state is not OrderState.AWAITING_PAYMENT or order.reserved_until is None:
        return None
    if order.payment is not None and order.payment.authorised_minor > 0:
        return None
    left = (order.reserved_until - at).total_seconds()
    return Hold(until=order.reserved_until, seconds=max(0, int(left)))
