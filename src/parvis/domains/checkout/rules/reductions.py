"""What each promotion takes off the lines of a cart, to the cent. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parvis.core.money import split_minor
from parvis.domains.checkout.contracts import Benefit, Terms


@dataclass(frozen=True, kw_only=True, slots=True)
class Goods:
    """A line of a cart as promotions see it; ``reduced``: its price itself is a reduced one."""

    variant_id: int
    product_id: int
    category: str
    department: str
    unit_minor: int
    quantity: int
    reduced: bool = False

    @property
    def worth(self) -> int:
        return self.unit_minor * self.quantity


def in_scope(terms: Terms, line: Goods) -> bool:
    """Whether a promotion is for this line."""
    if terms.full_price_only and line.reduced:
        return False
    if not terms.products and not terms.categories:
        return True
    return line.product_id in terms.products or bool({line.category, line.department} & set(terms.categories))


def percentage(base_minor: int, basis_points: int) -> int:
    """A share of an amount, rounded half up: 1999 at 1000 gives 200."""
    return (2 * base_minor * basis_points + 10_000) // 20_000


def off(terms: Terms, goods: Sequence[Goods], paid: Sequence[int]) -> tuple[int, ...]:
    """What a percentage or an amount takes off each line, of what is still paid for it; shared by value, to the
    cent."""
    weights = [left if in_scope(terms, line) else 0 for line, left in zip(goods, paid, strict=True)]
    base = sum(weights)
    if terms.benefit is Benefit.PERCENTAGE:
        whole = percentage(base, terms.value)
    elif terms.benefit is Benefit.AMOUNT:
        whole = terms.value
    else:
        return (0,) * len(goods)
    return tuple(split_minor(min(whole, base), weights)) if base > 0 else (0,) * len(goods)


def bundle(terms: Terms, goods: Sequence[Goods], free: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What a bundle takes off each line, and how many pieces of each line it leaves for the next bundle. ``free``:
    pieces that are in no bundle yet. What a set saves is shared over its pieces by value, so that one of them given
    back gives back its share."""
    saved, left = [0] * len(goods), list(free)
    for pieces, saving in _sets(terms, goods, left):
        shares = split_minor(saving, [goods[index].unit_minor for index in pieces])
        for index, share in zip(pieces, shares, strict=True):
            saved[index] += share
            left[index] -= 1
    return tuple(saved), tuple(left)


def _sets(terms: Terms, goods: Sequence[Goods], free: Sequence[int]) -> Iterable[tuple[list[int], int]]:
    """The sets of a bundle that save something, as (line index of each piece, saving), dearest pieces first."""
    left = list(free)
    while True:
        pieces = _next_of_each(terms, goods, left) if terms.take == 0 else _next_dearest(terms, goods, left)
        if not pieces:
            return
        prices = [goods[index].unit_minor for index in pieces]
        saving = sum(prices[terms.pay :]) if terms.benefit is Benefit.N_FOR_M else sum(prices) - terms.value
        if saving <= 0:
            return  # the sets that follow are cheaper still
        for index in pieces:
            left[index] -= 1
        yield pieces, saving


def _next_dearest(terms: Terms, goods: Sequence[Goods], left: Sequence[int]) -> list[int]:
    ranked = sorted(
        (index for index, line in enumerate(goods) if left[index] and in_scope(terms, line)),
        key=lambda index: (-goods[index].unit_minor, goods[index].variant_id),
    )
    pieces: list[int] = []
    for index in ranked:
        pieces += [index] * min(left[index], terms.take - len(pieces))
        if len(pieces) == terms.take:
            return pieces
    return []


def _next_of_each(terms: Terms, goods: Sequence[Goods], left: Sequence[int]) -> list[int]:
    pieces = []
    for product_id in terms.products:
        mine = [
            index
            for index, line in enumerate(goods)
            if left[index] and line.product_id == product_id and in_scope(terms, line)
        ]
        if not mine:
            return []
        pieces.append(max(mine, key=lambda index: (goods[index].unit_minor, -goods[index].variant_id)))
    return pieces
