"""What is owed and what can be given back. All amounts are integer minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parvis.core.errors import Invalid, ParvisError
from parvis.core.money import split_minor

# France's standard rate, in basis points; prices shown to people include it.
TAX_BASIS_POINTS = 2000


class OverRefund(ParvisError):
    """``left`` is the amount, in minor units, that can still be given back."""

    code = "over_refund"
    status = 409
    template = "Only %(left)d minor units of this order can still be refunded."


class NothingToRefund(Invalid):
    """Neither lines nor an amount."""

    template = "%(field)s: %(problem)s"


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundableLine:
    """A line of an order as refunds see it; ``discount_minor`` is its share of the order's discount."""

    id: int
    unit_minor: int
    quantity: int
    refunded_quantity: int
    discount_minor: int = 0

    @property
    def left(self) -> int:
        return self.quantity - self.refunded_quantity


def share_discount(line_totals: Sequence[int], discount_minor: int) -> list[int]:
    """The discount of an order shared over its lines by value; the shares sum to it exactly."""
    return split_minor(discount_minor, line_totals) if line_totals else []


def line_refund(line: RefundableLine, quantity: int) -> int:
    """What ``quantity`` more pieces of a line are worth. The pieces of a line always sum to what was paid for it,
    however they are given back: each refund takes the difference between two running totals."""
    if not 0 < quantity <= line.left:
        raise Invalid(field="lines", problem=f"only {line.left} of line {line.id} can still be refunded")
    paid = line.unit_minor * line.quantity - line.discount_minor
    before = paid * line.refunded_quantity // line.quantity
    after = paid * (line.refunded_quantity + quantity) // line.quantity
    return after - before


def refund_amount(
    lines: Sequence[RefundableLine], wanted: Mapping[int, int], *, amount_minor: int | None, left_minor: int
) -> int:
    """The amount of a refund of ``wanted`` (line id -> pieces). An explicit ``amount_minor`` counts as it is (a
    goodwill gesture, shipping included …); None means the worth of the pieces, and everything that is left when
    every last piece of the order comes back (so that shipping is given back with a complete return).

    Raises :class:`OverRefund` above ``left_minor``, :class:`core.errors.Invalid` for unknown lines or pieces.
    """
    known = {line.id: line for line in lines}
    unknown = set(wanted) - set(known)
    if unknown:
        raise Invalid(field="lines", problem=f"line {min(unknown)} is not of this order")
    worth = sum(line_refund(known[line_id], quantity) for line_id, quantity in wanted.items())
    complete = bool(wanted) and all(line.left == wanted.get(line.id, 0) for line in lines)
    amount = amount_minor if amount_minor is not None else (left_minor if complete else min(worth, left_minor))
    if amount <= 0:
        raise NothingToRefund(field="amount", problem="there is nothing to refund")
    if amount > left_minor:
        raise OverRefund(left=left_minor)
    return amount
