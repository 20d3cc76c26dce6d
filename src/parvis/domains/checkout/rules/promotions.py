"""What is taken off a cart: which promotions apply, in which order, and which of them when not all can.

The order is fixed (docs/offers.md): bundles, one automatic promotion, one promotion code or creator's code, one
member's advantage, then offers on shipping. Each step works on what the one before has left. An exclusive offer stands
alone. Of all combinations that these rules allow, the one with the lowest total counts. Amounts are integers in minor
units; nothing here reads a clock or a table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

from parvis.domains.checkout.contracts import AdjustmentKind, Benefit, CodeProblem, Promotion, PromotionState
from parvis.domains.checkout.rules.reductions import Goods, bundle, in_scope, off

# So many of each kind are tried in every combination, those that take most off when they are alone.
MOST_BUNDLES = 4
MOST_AUTOMATIC = 4
MOST_MEMBER = 3
_CODES = (AdjustmentKind.CODE, AdjustmentKind.CREATOR)


@dataclass(frozen=True, kw_only=True, slots=True)
class Buyer:
    """Who buys, as far as it matters: ``statuses`` they hold, and how often they have used promotions (by id)."""

    signed_in: bool = False
    statuses: frozenset[str] = frozenset()
    used: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why a promotion does not apply; ``missing_minor`` with BELOW_MINIMUM."""

    problem: CodeProblem
    missing_minor: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What a promotion takes off: per line in the order of the goods, and off the shipping."""

    promotion: Promotion
    lines: tuple[int, ...]
    shipping_minor: int = 0

    @property
    def amount(self) -> int:
        return sum(self.lines) + self.shipping_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """Promotions that apply together, in their order, with what the goods and the shipping then cost."""

    taken: tuple[Taken, ...]
    paid: tuple[int, ...]
    shipping_minor: int = 0

    @property
    def total(self) -> int:
        return sum(self.paid) + self.shipping_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """The stack that counts, and for each promotion that could apply the lowest total with it (by id)."""

    stack: Stack
    best_with: Mapping[int, int]


# -- which apply ------------------------------------------------------------------------------------------------


def refusal(
    promotion: Promotion, goods: Sequence[Goods], *, buyer: Buyer, currency: str, at: datetime
) -> Refusal | None:
    """Why the promotion cannot apply to this cart, or None. The minimum is judged on what it is for, at its price
    before anything is taken off, so that no other offer makes a code fail."""
    terms = promotion.terms
    problem = _closed(promotion, at) or _not_theirs(promotion, buyer)
    if problem is None and promotion.currency != currency:
        problem = CodeProblem.CURRENCY
    if problem is not None:
        return Refusal(problem=problem)
    worth = sum(line.worth for line in goods if in_scope(terms, line))
    if worth <= 0:
        return Refusal(problem=CodeProblem.NO_ARTICLE)
    if worth < terms.minimum_minor:
        return Refusal(problem=CodeProblem.BELOW_MINIMUM, missing_minor=terms.minimum_minor - worth)
    return None


def _closed(promotion: Promotion, at: datetime) -> CodeProblem | None:
    state = promotion.state(at)
    if state is PromotionState.PLANNED:
        return CodeProblem.NOT_YET
    if state is PromotionState.OVER:
        ended = promotion.terms.ends_at is not None and at >= promotion.terms.ends_at
        return CodeProblem.EXPIRED if ended else CodeProblem.USED_UP
    return CodeProblem.EXPIRED if state is PromotionState.STOPPED else None


def _not_theirs(promotion: Promotion, buyer: Buyer) -> CodeProblem | None:
    terms = promotion.terms
    if terms.status and terms.status not in buyer.statuses:
        return CodeProblem.NO_STATUS if buyer.signed_in else CodeProblem.SIGN_IN
    if terms.max_per_customer is not None and buyer.used.get(promotion.id, 0) >= terms.max_per_customer:
        return CodeProblem.USED_BEFORE
    return None


# -- which count ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Offers:
    """Promotions that apply to a cart, by their step."""

    bundles: tuple[Promotion, ...]
    automatic: tuple[Promotion, ...]
    codes: tuple[Promotion, ...]
    members: tuple[Promotion, ...]
    shipping: tuple[Promotion, ...]
    exclusive: tuple[Promotion, ...]


def combine(goods: Sequence[Goods], offers: Sequence[Promotion]) -> tuple[Stack, ...]:
    """Every combination of ``offers`` (all of which apply) that the rules allow, without the shipping; offers on
    shipping stand at the end of each with nothing taken off yet."""
    sorted_out = _sort_out(goods, offers)
    full = tuple(line.worth for line in goods)
    stacks = [
        stack
        for chosen in _subsets(sorted_out.bundles)
        for stack in _follow(goods, _bundled(goods, full, chosen), sorted_out)
    ]
    for promotion in sorted_out.exclusive:
        if promotion.terms.kind is AdjustmentKind.BUNDLE:
            stacks.append(_bundled(goods, full, (promotion,)))
        else:
            stacks.append(_then(goods, Stack(taken=(), paid=full), promotion))
    return tuple(stacks)


def _sort_out(goods: Sequence[Goods], offers: Sequence[Promotion]) -> _Offers:
    ranked = sorted(offers, key=lambda promotion: promotion.id)
    alone = {promotion.id: _alone(goods, promotion) for promotion in ranked}

    def of(*kinds: AdjustmentKind, most: int) -> tuple[Promotion, ...]:
        mine = [
            each
            for each in ranked
            if each.terms.kind in kinds
            and not each.terms.exclusive
            and each.terms.benefit is not Benefit.FREE_SHIPPING
            and alone[each.id] > 0
        ]
        best = sorted(mine, key=lambda each: (-alone[each.id], each.id))[:most]
        return tuple(sorted(best, key=lambda each: each.id))

    return _Offers(
        bundles=of(AdjustmentKind.BUNDLE, most=MOST_BUNDLES),
        automatic=of(AdjustmentKind.PROMOTION, most=MOST_AUTOMATIC),
        codes=of(*_CODES, most=len(ranked)),
        members=of(AdjustmentKind.MEMBER, most=MOST_MEMBER),
        shipping=tuple(
            sorted(
                (each for each in ranked if each.terms.benefit is Benefit.FREE_SHIPPING and not each.terms.exclusive),
                key=lambda each: (bool(each.terms.code), each.id),
            )
        ),
        exclusive=tuple(each for each in ranked if each.terms.exclusive),
    )


def _alone(goods: Sequence[Goods], promotion: Promotion) -> int:
    full = tuple(line.worth for line in goods)
    if promotion.terms.kind is AdjustmentKind.BUNDLE:
        return sum(bundle(promotion.terms, goods, [line.quantity for line in goods])[0])
    return sum(off(promotion.terms, goods, full))


def _subsets(bundles: Sequence[Promotion]) -> Iterable[tuple[Promotion, ...]]:
    for size in range(len(bundles), -1, -1):
        yield from combinations(bundles, size)


def _bundled(goods: Sequence[Goods], full: tuple[int, ...], chosen: Sequence[Promotion]) -> Stack:
    stack, free = Stack(taken=(), paid=full), tuple(line.quantity for line in goods)
    for promotion in chosen:
        saved, free = bundle(promotion.terms, goods, free)
        stack = _less(stack, promotion, saved)
    return stack


def _follow(goods: Sequence[Goods], start: Stack, offers: _Offers) -> Iterable[Stack]:
    """The ways on from the bundles: at each step one of its promotions, or none."""
    for automatic in (*offers.automatic, None):
        after_automatic = _then(goods, start, automatic)
        for code in (*offers.codes, None):
            after_code = _then(goods, after_automatic, code)
            for member in (*offers.members, None):
                stack = _then(goods, after_code, member)
                for shipping in offers.shipping:
                    stack = _then(goods, stack, shipping)
                yield stack


def _then(goods: Sequence[Goods], stack: Stack, promotion: Promotion | None) -> Stack:
    if promotion is None:
        return stack
    if promotion.terms.benefit is Benefit.FREE_SHIPPING:
        nothing = Taken(promotion=promotion, lines=(0,) * len(goods))
        return Stack(taken=(*stack.taken, nothing), paid=stack.paid)
    return _less(stack, promotion, off(promotion.terms, goods, stack.paid))


def _less(stack: Stack, promotion: Promotion, saved: tuple[int, ...]) -> Stack:
    if not any(saved):
        return stack
    paid = tuple(before - less for before, less in zip(stack.paid, saved, strict=True))
    return Stack(taken=(*stack.taken, Taken(promotion=promotion, lines=saved)), paid=paid)


def choose(stacks: Sequence[Stack], shipping_price: Callable[[int], int]) -> Chosen:
    """The combination with the lowest total, where ``shipping_price`` tells what shipping costs for goods of a value
    after discounts. Among equal ones: not the exclusive one, then the one with a creator's code, then the one with
    most offers, then by their ids, so that the same cart always gets the same answer."""
    shipped = [_ship(stack, shipping_price(sum(stack.paid))) for stack in stacks]
    best_with: dict[int, int] = {}
    for stack in shipped:
        for taken in stack.taken:
            known = best_with.get(taken.promotion.id)
            best_with[taken.promotion.id] = stack.total if known is None else min(known, stack.total)
    return Chosen(stack=min(shipped, key=_rank), best_with=best_with)


def _rank(stack: Stack) -> tuple[int, bool, bool, int, tuple[int, ...]]:
    kinds = [taken.promotion.terms for taken in stack.taken]
    return (
        stack.total,
        any(terms.exclusive for terms in kinds),
        not any(terms.kind is AdjustmentKind.CREATOR for terms in kinds),
        -len(stack.taken),
        tuple(taken.promotion.id for taken in stack.taken),
    )


def _ship(stack: Stack, price: int) -> Stack:
    """The stack with the shipping: the first offer on it takes all of it off, the others are not needed."""
    kept, left = [], price
    for taken in stack.taken:
        if taken.promotion.terms.benefit is not Benefit.FREE_SHIPPING:
            kept.append(taken)
        elif left > 0:
            kept.append(Taken(promotion=taken.promotion, lines=taken.lines, shipping_minor=left))
            left = 0
    return Stack(taken=tuple(kept), paid=stack.paid, shipping_minor=left)
