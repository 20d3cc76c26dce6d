"""Simulated orders, stock movements and prices as the domains take them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from parvis.connectors.demo.assortment import pieces, prices_on
from parvis.connectors.demo.moments import SIMULATED
from parvis.connectors.demo.shelves import the_range
from parvis.connectors.demo.shop import Ids
from parvis.connectors.demo.world import LOCALES, Day, Ints, Order
from parvis.core.days import start_of
from parvis.domains.catalog.contracts import MovementKind, NewMovement, NewPrice
from parvis.domains.checkout.contracts import Address, OrderState, PastLine, PastOrder

HOME_DELIVERY = (490, 8000)
"""Home delivery: its price, and the value of goods from which it is free, as a fresh shop has them."""
PAID_AFTER = timedelta(seconds=70)
_ROW = {"row": SIMULATED}
_TOWNS = (
    ("75011", "Paris"), ("69003", "Lyon"), ("13006", "Marseille"), ("31000", "Toulouse"), ("44000", "Nantes"),
    ("33000", "Bordeaux"), ("59000", "Lille"), ("67000", "Strasbourg"), ("35000", "Rennes"), ("38000", "Grenoble"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An order of the model with its moments; ``visit`` is the id that its events carry."""

    day: date
    order: Order
    locale: str
    visit: str
    prices: Ints

    def moment(self, second: int) -> datetime:
        return start_of(self.day) + timedelta(seconds=second)

    @property
    def customer_key(self) -> tuple[str, int]:
        return self.locale, self.order.customer

    def is_back(self, until: datetime) -> bool:
        """Whether goods have been returned and paid back by then."""
        return bool(self.order.returned) and not self.order.cancelled and self.moment(self.order.returned_at) <= until

    def is_delivered(self, until: datetime) -> bool:
        return not self.order.cancelled and self.moment(self.order.delivered) <= until


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An order as recorded."""

    order_id: int
    past: PastOrder

    @property
    def total_minor(self) -> int:
        return sum(line.unit_minor * line.quantity for line in self.past.lines) + self.past.shipping_minor

    @property
    def product_ids(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(line.product_id for line in self.past.lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change of stock by variant index; ``plan`` is the order that it belongs to."""

    kind: MovementKind
    variant: int
    quantity: int
    at: datetime
    reason: str
    plan: Planned | None = None


@dataclass(slots=True)
class Stock:
    """The shelf as it goes through the days, and the moves that it leaves."""

    shelf: Ints
    moves: list[Move] = field(default_factory=list)

    def move(
        self, kind: MovementKind, variant: int, quantity: int, at: datetime, *, reason: str, plan: Planned | None = None
    ) -> None:
        self.shelf[variant] += quantity
        self.moves.append(Move(kind=kind, variant=variant, quantity=quantity, at=at, reason=reason, plan=plan))

    def fill(self, quantities: Ints, at: datetime, *, reason: str) -> None:
        """Goods come in, by variant."""
        for variant in np.flatnonzero(quantities):
            self.move(MovementKind.RECEIVED, int(variant), int(quantities[variant]), at, reason=reason)

    def clear(self, at: datetime, *, reason: str) -> None:
        """Everything leaves, so that days put before known ones do not change what is there now."""
        for variant in np.flatnonzero(self.shelf):
            self.move(MovementKind.ADJUSTED, int(variant), -int(self.shelf[variant]), at, reason=reason)


def movement(move: Move, *, ids: Ids, number: str) -> NewMovement:
    """The move as the catalogue's ledger takes it; ``number`` is that of its order, if any."""
    return NewMovement(
        variant_id=ids.variants[move.variant],
        kind=move.kind,
        quantity=move.quantity,
        at=move.at,
        reason=move.reason,
        ref=number,
        provenance=_ROW,
    )


def past_order(
    plan: Planned, *, ids: Ids, customer_id: int, email: str, name: str, until: datetime, currency: str
) -> PastOrder:
    """The order as it stands at ``until``: steps still to come are not there yet."""
    order = plan.order
    lines, goods, back = [], 0, 0
    returned = plan.is_back(until)
    for index, (variant, quantity) in enumerate(order.lines):
        product = int(np.searchsorted(the_range().first_variant, variant, side="right")) - 1
        unit = int(plan.prices[product])
        refunded = quantity if returned and index in order.returned else 0
        goods += unit * quantity
        back += unit * refunded
        lines.append(_line(ids, variant, product, unit, quantity, refunded, plan.locale))
    shipping, free_from = HOME_DELIVERY
    shipping = 0 if goods >= free_from else shipping
    placed = plan.moment(order.placed)
    steps = (
        {"paid_at": placed + PAID_AFTER} if not order.cancelled else {"cancelled_at": placed + timedelta(minutes=30)}
    )
    if not order.cancelled:
        for name_, second in (("shipped_at", order.shipped), ("delivered_at", order.delivered)):
            if plan.moment(second) <= until:
                steps[name_] = plan.moment(second)
    postcode, town = _TOWNS[order.customer % len(_TOWNS)]
    return PastOrder(
        customer_id=customer_id,
        email=email,
        name=name,
        locale=plan.locale,
        currency=currency,
        placed_at=placed,
        lines=tuple(lines),
        state=_state(order, set(steps), goods=goods, back=back),
        address=Address(line1="Simulated address", postcode=postcode, city=town, country="FR"),
        shipping_minor=shipping,
        refunded_minor=back,
        visit=plan.visit,
        provenance={"order": SIMULATED},
        paid_at=steps.get("paid_at"),
        shipped_at=steps.get("shipped_at"),
        delivered_at=steps.get("delivered_at"),
        cancelled_at=steps.get("cancelled_at"),
    )


def _steps(plan: Planned, until: datetime) -> dict[str, datetime]:
    placed = plan.moment(plan.order.placed)
    if plan.order.cancelled:
        return {"cancelled_at": placed + timedelta(minutes=30)}
    planned = {
        "paid_at": placed + PAID_AFTER,
        "shipped_at": plan.moment(plan.order.shipped),
        "delivered_at": plan.moment(plan.order.delivered),
    }
    return {name: at for name, at in planned.items() if at <= until}


def _line(ids: Ids, variant: int, product: int, unit: int, quantity: int, refunded: int, locale: str) -> PastLine:
    piece = pieces()[product]
    place = variant - int(the_range().first_variant[product])
    colour = piece.colours[place // len(piece.kind.sizes)]
    return PastLine(
        variant_id=ids.variants[variant],
        product_id=ids.products[product],
        name=piece.name_fr if locale == "fr" else piece.name_en,
        size=piece.kind.sizes[place % len(piece.kind.sizes)],
        colour=colour.fr if locale == "fr" else colour.en,
        sku=ids.skus[variant],
        unit_minor=unit,
        quantity=quantity,
        refunded_quantity=refunded,
    )


def _state(order: Order, steps: set[str], *, goods: int, back: int) -> OrderState:
    if order.cancelled:
        return OrderState.CANCELLED
    if back:
        return (
            OrderState.REFUNDED
            if len(order.returned) == len(order.lines) and back == goods
            else OrderState.PARTLY_REFUNDED
        )
    if "delivered_at" in steps:
        return OrderState.DELIVERED
    return OrderState.SHIPPED if "shipped_at" in steps else OrderState.PAID


def price_changes(days: Sequence[date], *, before: Ints, after: Ints | None, ids: Ids) -> Iterator[NewPrice]:
    """Price changes over consecutive ``days``. ``before`` are the prices in force on their eve, ``after`` those of the
    day that follows when it was simulated earlier: the history must lead there."""
    last = before
    steps = [(day, prices_on(day)) for day in days]
    if after is not None:
        steps.append((days[-1] + timedelta(days=1), after))
    first = the_range().first_variant
    for day, prices in steps:
        for product in np.flatnonzero(prices != last):
            reason = "reduction" if prices[product] < the_range().usual_minor[product] else "usual price again"
            for variant in range(first[product], first[product + 1]):
                yield NewPrice(
                    variant_id=ids.variants[variant],
                    amount_minor=int(prices[product]),
                    from_at=start_of(day),
                    reason=reason,
                    provenance=_ROW,
                )
        last = prices


def locale_of(day: Day, visit: int) -> str:
    """The language of a visit."""
    return LOCALES[int(day.visits.locale[visit])]
