"""What is owed and what can be given back. All amounts are integer minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parvis.core.errors import Invalid, ParvisError
from parvis.core.money import Money, split_minor
from parvis.domains.checkout.contracts import ShippingMethod, Totals
from parvis.domains.checkout.rules import taxes

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


def shipping_price(method: ShippingMethod, goods_minor: int) -> int:
    """What ``method`` costs for goods of this value."""
    free = method.free_from_minor is not None and goods_minor >= method.free_from_minor
    return 0 if free else method.price_minor


def totals(
    *,
    goods_minor: int,
    method: ShippingMethod | None,
    currency: str,
    discount_minor: int = 0,
    basis_points: int = TAX_BASIS_POINTS,
) -> Totals:
    """The sums of a cart whose goods cost ``goods_minor``; without ``method`` shipping counts nothing."""
    paid_goods = goods_minor - discount_minor
    shipping = shipping_price(method, paid_goods) if method is not None else 0
    missing = 0
    if method is not None and shipping and method.free_from_minor is not None:
        missing = method.free_from_minor - paid_goods
    total = paid_goods + shipping
    return Totals(
        subtotal=Money(goods_minor, currency),
        shipping=Money(shipping, currency),
        discount=Money(discount_minor, currency),
        tax=Money(taxes.included(total, basis_points), currency),
        total=Money(total, currency),
        tax_basis_points=basis_points,
        gift_cards=Money(0, currency),
        to_free_shipping=Money(missing, currency) if missing > 0 else None,
    )


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
