"""What a shopper has chosen, with today's prices and stock."""

from dataclasses import dataclass
from datetime import date

from parvis.core.money import Money
from parvis.domains.checkout.contracts.words import LineState


@dataclass(frozen=True, kw_only=True, slots=True)
class CartLine:
    """A line with today's price and stock. ``price_moved``: ``unit`` is not what the shopper was last shown.
    ``was`` is the lowest price of the 30 days before a reduction, or None. ``preorder_on``: more is wanted than is
    there, and the rest is ordered ahead for that day (the whole line is then sent that day). ``category`` and
    ``department`` are keys: offers and tax rates can be for some."""

    variant_id: int
    product_id: int
    slug: str
    name: str
    sku: str
    size: str
    colour: str
    image_url: str
    quantity: int
    unit: Money
    price_seen: Money
    available: int
    state: LineState
    was: Money | None = None
    preorder_on: date | None = None
    category: str = ""
    department: str = ""

    @property
    def price_moved(self) -> bool:
        return self.unit != self.price_seen

    @property
    def total(self) -> Money:
        return self.unit * self.quantity


@dataclass(frozen=True, kw_only=True, slots=True)
class Cart:
    """A cart as the shopper should see it now. ``id`` is None as long as nothing was ever put in; ``codes`` are those
    that were typed (promotions, creators, gift cards), in their order, whether they count or not: see Quote."""

    id: int | None
    token: str
    customer_id: int | None
    currency: str
    lines: tuple[CartLine, ...]
    codes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def subtotal(self) -> Money:
        return Money(sum(line.total.amount_minor for line in self.lines), self.currency)

    @property
    def prices_moved(self) -> tuple[CartLine, ...]:
        return tuple(line for line in self.lines if line.price_moved)

    @property
    def blocked(self) -> tuple[CartLine, ...]:
        """Lines that cannot be bought as they stand."""
        return tuple(line for line in self.lines if line.state is not LineState.OK)

    @property
    def ready(self) -> bool:
        return bool(self.lines) and not self.blocked and not self.prices_moved
