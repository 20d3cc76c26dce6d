"""The one stock truth: every change locks its rows in variant order and is conditional, so that any number of buyers,
clerks and importers at once neither deadlock nor sell what is not there."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from parvis.core import outbox, prepared
from parvis.core.days import day_of
from parvis.core.errors import Conflict, Invalid, NotFound, ParvisError
from parvis.core.prepared import Given
from parvis.core.transactions import joined
from parvis.domains.catalog.contracts import MovementKind, PreorderMoved, Shortage, StockChanged
from parvis.domains.catalog.models import StockLevel, StockMovement

Lines = Mapping[int, int]


class OutOfStock(ParvisError):
    """``shortages`` names every variant that cannot be served, with what was wanted and what is available."""

    code = "out_of_stock"
    status = 409
    template = "Not enough in stock (wanted / available): %(detail)s."

    def __init__(self, *, shortages: "tuple[Shortage, ...]") -> None:
        self.shortages = shortages
        detail = ", ".join(f"{line.sku} {line.wanted} / {line.available}" for line in shortages)
        super().__init__(detail=detail)


# -- for checkout ---------------------------------------------------------------------------------------------


@joined()
def hold(lines: Lines, *, at: datetime, ahead: Collection[int] = ()) -> None:
    """Reserve ``{variant_id: quantity}`` for an order: all of it or nothing. Of the variants in ``ahead``, whose buyer
    knows that they come later, what can be ordered ahead counts too.

    Raises :class:`OutOfStock` naming every line that falls short, Invalid for a quantity below one.
    """
    wanted = _checked(lines)
    levels = _locked(wanted)
    shortages = tuple(
        Shortage(variant_id=key, sku=levels[key].sku if key in levels else str(key), wanted=quantity, available=free)
        for key, quantity in wanted.items()
        if (free := _free(levels.get(key), ahead=key in ahead)) < quantity
    )
    if shortages:
        raise OutOfStock(shortages=shortages)
    _change(wanted, on_hand=0, reserved=1)
    _tell({key: levels[key].free - quantity for key, quantity in wanted.items()}, at=at)


@joined()
def release(lines: Lines, *, at: datetime) -> None:
    """Give back what ``hold`` reserved. Raises Conflict when less than that is reserved."""
    wanted = _checked(lines)
    levels = _locked_reserved(wanted)
    _change(wanted, on_hand=0, reserved=-1)
    _tell({key: levels[key].free + quantity for key, quantity in wanted.items() if not levels[key].archived}, at=at)


@joined()
def commit(lines: Lines, *, ref: str, at: datetime) -> None:
    """What was reserved is sold: reserved and on hand both go down, movements are written under ``ref`` (the order's
    number). Raises Conflict when less than that is reserved."""
    wanted = _checked(lines)
    _locked_reserved(wanted)
    _change(wanted, on_hand=-1, reserved=-1)
    _write({key: -quantity for key, quantity in wanted.items()}, MovementKind.SOLD, ref=ref, at=at)


@transaction.atomic
def take_back(lines: Lines, *, ref: str, reason: str = "", actor_id: int | None = None, at: datetime) -> None:
    """Returned goods are on the shelf again, under ``ref`` (the order's number). Raises NotFound."""
    wanted = _checked(lines)
    levels = _known(wanted)
    _change(wanted, on_hand=1, reserved=0)
    _write(wanted, MovementKind.RETURNED, ref=ref, reason=reason, actor_id=actor_id, at=at)
    _tell({key: levels[key].free + quantity for key, quantity in wanted.items() if not levels[key].archived}, at=at)


# -- for the team ---------------------------------------------------------------------------------------------


@transaction.atomic
def receive_stock(
    *, variant_id: int, quantity: int, reason: str = "", ref: str = "", actor_id: int | None = None, at: datetime
) -> int:
    """Goods came in. Returns what is on hand now. Raises Invalid, NotFound."""
    level = _known(_checked({variant_id: quantity}))[variant_id]
    return _single(level, quantity, MovementKind.RECEIVED, reason=reason, ref=ref, actor_id=actor_id, at=at)


@transaction.atomic
def adjust_stock(
    *, variant_id: int, quantity: int, reason: str, ref: str = "", actor_id: int | None = None, at: datetime
) -> int:
    """Correct stock by a signed ``quantity`` with its reason (broken, found, lost …). Returns what is on hand now.

    Raises OutOfStock when more would be taken than is free of reservations, Invalid, NotFound.
    """
    if quantity == 0:
        raise Invalid(field="quantity", problem="a correction is not zero")
    level = _known({variant_id: quantity})[variant_id]
    return _single(level, quantity, MovementKind.ADJUSTED, reason=reason, ref=ref, actor_id=actor_id, at=at)


@transaction.atomic
def count_stock(
    *, variant_id: int, counted: int, reason: str = "", actor_id: int | None = None, at: datetime
) -> int:  # fmt: skip
    """Stock was counted: the difference is written to the ledger, zero too. Returns the difference.

    Raises OutOfStock when fewer were counted than are reserved, Invalid, NotFound.
    """
    if counted < 0:
        raise Invalid(field="counted", problem="a count is not negative")
    level = _known({variant_id: counted})[variant_id]
    if level.on_hand < 0:
        raise Conflict(
            reason=f"{-level.on_hand} of {level.sku} are owed to pre-orders: write down what comes in instead"
        )
    difference = counted - level.on_hand
    _single(level, difference, MovementKind.COUNTED, reason=reason, ref="", actor_id=actor_id, at=at)
    return difference


@transaction.atomic
def set_preorder(
    *, variant_id: int, on: date | None, limit: int = 0, actor_id: int | None = None, at: datetime
) -> None:
    """Let a variant be ordered ahead: at most ``limit`` pieces more than there are, expected ``on`` that day. None
    closes it; what was promised stays promised. Another day is told to who has ordered (PreorderMoved).

    Raises NotFound, Invalid for a day that is past or a limit below one, Conflict for a limit below what is promised.
    """
    level = _known({variant_id: 1})[variant_id]
    promised = max(0, level.reserved - level.on_hand, -level.on_hand)
    if on is not None and on <= day_of(at):
        raise Invalid(field="on", problem="give a day to come")
    if on is not None and limit < 1:
        raise Invalid(field="limit", problem="at least one piece")
    if on is not None and limit < promised:
        raise Conflict(reason=f"{promised} of {level.sku} are promised already")
    StockLevel.objects.filter(variant_id=variant_id).update(
        preorder_on=on, preorder_limit=promised if on is None else limit
    )
    if on is not None and on != level.on and (level.on is not None or promised):
        old = level.on.isoformat() if level.on is not None else ""
        outbox.publish(PreorderMoved(variant_id=variant_id, old=old, new=on.isoformat()), at=at)


def close_preorders(*, at: datetime) -> int:
    """Nightly: nothing is sold for a day that is past. What was promised stays promised, and the next day that the team
    gives is told to who waits. Returns how many variants."""
    owed = Greatest(F("reserved") - F("on_hand"), -F("on_hand"), Value(0))
    return StockLevel.objects.filter(preorder_on__lt=day_of(at)).update(preorder_on=None, preorder_limit=owed)


# -- the statements -------------------------------------------------------------------------------------------


_LEVELS = prepared.Rows(
    lambda: (
        StockLevel.objects.select_for_update(of=("self",))
        .filter(variant__among=Given("variants"))
        .order_by("variant_id")
        .values_list(
            "variant_id", "on_hand", "reserved", "variant__sku", "variant__archived", "preorder_on", "preorder_limit"
        )
    )
)


class _Level:
    __slots__ = ("archived", "limit", "on", "on_hand", "reserved", "sku", "variant_id")

    def __init__(
        self, variant_id: int, on_hand: int, reserved: int, sku: str, archived: bool, on: "date | None", limit: int
    ) -> None:
        self.variant_id, self.on_hand, self.reserved = variant_id, on_hand, reserved
        self.sku, self.archived, self.on, self.limit = sku, archived, on, limit

    @property
    def free(self) -> int:
        """Below zero by what is owed to pre-orders."""
        return self.on_hand - self.reserved

    @property
    def available(self) -> int:
        return 0 if self.archived else max(0, self.free)

    @property
    def sellable(self) -> int:
        return 0 if self.archived else max(0, self.free + (self.limit if self.on is not None else 0))


def _free(level: "_Level | None", *, ahead: bool) -> int:
    if level is None:
        return 0
    return level.sellable if ahead else level.available


def _checked(lines: Lines) -> dict[int, int]:
    """Lines in variant order: the order in which every writer locks."""
    for variant_id, quantity in lines.items():
        if quantity < 1:
            raise Invalid(field="quantity", problem=f"variant {variant_id}: {quantity} is not at least one")
    return dict(sorted(lines.items()))


def _locked(wanted: Lines) -> dict[int, _Level]:
    """The levels of these variants, locked until the transaction ends; unknown variants are absent."""
    return {row[0]: _Level(*row) for row in _LEVELS.rows(variants=list(wanted))}


def _known(wanted: Lines) -> dict[int, _Level]:
    levels = _locked(wanted)
    for variant_id in wanted:
        if variant_id not in levels:
            raise NotFound(kind="variant", key=variant_id)
    return levels


def _locked_reserved(wanted: Lines) -> dict[int, _Level]:
    levels = _known(wanted)
    for variant_id, quantity in wanted.items():
        if levels[variant_id].reserved < quantity:
            raise Conflict(reason=f"fewer than {quantity} of {levels[variant_id].sku} are reserved")
    return levels


_CHANGE = (
    "UPDATE catalog_stocklevel AS level"
    " SET on_hand = on_hand + %s * line.quantity, reserved = reserved + %s * line.quantity"
    " FROM unnest(%s::bigint[], %s::int[]) AS line (variant_id, quantity)"
    " WHERE level.variant_id = line.variant_id AND reserved + %s * line.quantity"
    " BETWEEN 0 AND on_hand + %s * line.quantity + preorder_limit"
)


def _change(lines: Lines, *, on_hand: int, reserved: int) -> None:
    """Add ``quantity`` times the given signs. The conditions repeat the constraints: the rows are locked, so that a
    statement that changes fewer rows than asked is a defect and must not pass in silence."""
    values = [on_hand, reserved, list(lines), list(lines.values()), reserved, on_hand]
    if prepared.answer(_CHANGE, values).rowcount != len(lines):
        raise Conflict(reason="the stock has changed meanwhile")


def _write(
    lines: Lines,
    kind: MovementKind,
    *,
    ref: str = "",
    reason: str = "",
    actor_id: int | None = None,
    at: datetime,
) -> None:
    prepared.insert(
        *(
            StockMovement(
                variant_id=key, kind=kind, quantity=quantity, reason=reason, ref=ref, actor_id=actor_id, at=at
            )
            for key, quantity in lines.items()
        )
    )


def _single(
    level: _Level, quantity: int, kind: MovementKind, *, reason: str, ref: str, actor_id: int | None, at: datetime
) -> int:
    free = level.free
    if quantity < 0 and free + quantity < 0:
        short = Shortage(variant_id=level.variant_id, sku=level.sku, wanted=-quantity, available=max(0, free))
        raise OutOfStock(shortages=(short,))
    lines = {level.variant_id: quantity}
    _change(lines, on_hand=1, reserved=0)
    _write(lines, kind, ref=ref, reason=reason, actor_id=actor_id, at=at)
    if quantity:
        _tell({level.variant_id: 0 if level.archived else level.free + quantity}, at=at)
    return level.on_hand + quantity


def _tell(available: Mapping[int, int], *, at: datetime) -> None:
    outbox.publish(*(StockChanged(variant_id=key, available=max(0, count)) for key, count in available.items()), at=at)
