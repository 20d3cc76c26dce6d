"""Who may send what back until when, and what is given back for it (French consumer law, code de la consommation)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from parvis.core.errors import Conflict, Invalid
from parvis.core.money import Money
from parvis.domains.checkout.contracts import (
    FAULTS,
    AskedLine,
    Exempt,
    OrderState,
    Returnable,
    ReturnKind,
    ReturnPolicy,
    ReturnShipping,
    ReturnState,
    ReturnWorth,
    WithdrawalStep,
)
from parvis.domains.checkout.contracts.words import WITHDRAWAL_DAYS
from parvis.domains.checkout.rules.money import RefundableLine, line_refund

GUARANTEE_YEARS = 2
"""Years after delivery in which a lack of conformity is answered for (L217-3)."""
REFUND_DAYS = 14
"""Days after the withdrawal was known in which the money is back (L221-24)."""
MOST_LINES = 50

S = ReturnState
# From which states a return is led to which.
WAYS: Mapping[ReturnState, tuple[ReturnState, ...]] = {
    S.REQUESTED: (S.ACCEPTED, S.REFUSED, S.CANCELLED),
    S.ACCEPTED: (S.RECEIVED, S.REFUSED, S.CANCELLED),
    S.RECEIVED: (S.REFUNDED, S.REFUSED),
    S.REFUNDED: (),
    S.REFUSED: (),
    S.CANCELLED: (),
}


class ReturnNotPossible(Conflict):
    """``problem``: "not_delivered", "too_late", "exempt", "all_back" or "too_many", of the line ``name``."""

    code = "return_not_possible"
    template = "%(name)s cannot be sent back: %(problem)s."


class WrongReturnState(Conflict):
    """``after`` cannot follow ``state``."""

    code = "return_state"
    template = "A return that is %(state)s cannot become %(after)s."


def follow(state: ReturnState, after: ReturnState) -> ReturnState:
    """``after``, if it may follow ``state``; raises :class:`WrongReturnState`."""
    if after not in WAYS[state]:
        raise WrongReturnState(state=state.value, after=after.value)
    return after


# -- days ---------------------------------------------------------------------------------------------------------


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876, from Nature)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    moved = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - moved + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def holidays(year: int) -> frozenset[date]:
    """The public holidays of France (code du travail, L3133-1)."""
    sunday = easter(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    moving = (sunday + timedelta(days=days) for days in (1, 39, 50))
    return frozenset({*(date(year, month, day) for month, day in fixed), *moving})


def withdrawal_until(delivered: date, *, days: int = WITHDRAWAL_DAYS) -> date:
    """The last day to withdraw from goods that came in on ``delivered``. The day itself does not count; a period that
    ends on a Saturday, a Sunday or a public holiday goes on to the next working day (L221-19)."""
    last = delivered + timedelta(days=max(days, WITHDRAWAL_DAYS))
    while last.weekday() >= 5 or last in holidays(last.year):
        last += timedelta(days=1)
    return last


def guarantee_until(delivered: date) -> date:
    """The last day on which a lack of conformity can be claimed."""
    try:
        return delivered.replace(year=delivered.year + GUARANTEE_YEARS)
    except ValueError:  # 29 February
        return delivered.replace(year=delivered.year + GUARANTEE_YEARS, day=28)


def refund_due(known: date) -> date:
    """The day by which the money of a withdrawal that was known on ``known`` is back."""
    return known + timedelta(days=REFUND_DAYS)


# -- what may come back -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """An order line as returns see it: ``kept`` pieces arrived and were not paid back, ``spoken_for`` of them are in a
    return under way."""

    line_id: int
    product_id: int
    category_key: str
    name: str
    arrived: int
    kept: int
    spoken_for: int


def exempt(policy: ReturnPolicy, *, product_id: int, category_key: str) -> Exempt | None:
    """Why a product is exempt from the right of withdrawal, if it is."""
    return policy.products.get(product_id) or policy.categories.get(category_key)


def returnable(
    line: Kept, *, kind: ReturnKind, policy: ReturnPolicy, delivered: date | None, today: date
) -> Returnable:
    """What can be sent back of a line today. Sealed goods can, as long as their seal is unbroken."""
    ground = exempt(policy, product_id=line.product_id, category_key=line.category_key)
    free = line.kept - line.spoken_for
    if line.arrived == 0 or delivered is None:
        problem = "not_delivered"
    elif free <= 0:
        problem = "all_back"
    elif kind is ReturnKind.GUARANTEE:
        problem = "" if today <= guarantee_until(delivered) else "too_late"
    elif today > withdrawal_until(delivered, days=policy.days):
        problem = "too_late"
    else:
        problem = "exempt" if ground is not None and ground is not Exempt.HYGIENE else ""
    shown = ground if kind is ReturnKind.WITHDRAWAL else None
    return Returnable(line_id=line.line_id, most=0 if problem else free, problem=problem, exempt=shown)


def check_asked(
    asked: Sequence[AskedLine], known: Mapping[int, Kept], may: Mapping[int, Returnable], *, kind: ReturnKind
) -> None:
    """Whether ``asked`` may come back. Raises Invalid, :class:`ReturnNotPossible`."""
    if not asked or len(asked) > MOST_LINES or len({line.line_id for line in asked}) != len(asked):
        raise Invalid(field="lines", problem="choose what you send back, each article once")
    for line in asked:
        if line.line_id not in known:
            raise Invalid(field="lines", problem=f"line {line.line_id} is not of this order")
        able, name = may[line.line_id], known[line.line_id].name
        if able.problem:
            raise ReturnNotPossible(name=name, problem=able.problem)
        if not 0 < line.quantity <= able.most:
            raise ReturnNotPossible(name=name, problem="too_many")
        if able.exempt is Exempt.HYGIENE and not line.sealed:
            raise ReturnNotPossible(name=name, problem="exempt")
        if kind is ReturnKind.GUARANTEE and line.reason not in FAULTS:
            raise Invalid(field="reason", problem="say what is wrong with it")


def withdrawal_step(state: OrderState, *, left: bool, came: bool) -> WithdrawalStep:
    """What settles a withdrawal that was declared before the goods came (it may be from the contract on, L221-18):
    ``left``: something of the order has; ``came``: all of it has arrived."""
    if state is OrderState.AWAITING_PAYMENT:
        return WithdrawalStep.CANCEL
    if not left:
        return WithdrawalStep.REFUND
    return WithdrawalStep.RETURN if came else WithdrawalStep.WAIT


# -- what is given back -------------------------------------------------------------------------------------------


def worth(
    *,
    lines: Sequence[RefundableLine],
    back: Mapping[int, int],
    whole: bool,
    kind: ReturnKind,
    shipping_minor: int,
    standard_minor: int,
    policy: ReturnPolicy,
    currency: str,
) -> ReturnWorth:
    """What ``back`` (line id -> pieces that came) gives back. With ``whole`` (the last of the order comes back) after a
    withdrawal, or after a fault, the outbound shipping too, though never more than the standard way would have cost
    (L221-24, third paragraph). A fee for our label is kept only of a withdrawal, and never more than the goods."""
    known = {line.id: line for line in lines}
    goods = sum(line_refund(known[line_id], quantity) for line_id, quantity in back.items() if quantity)
    shipping = min(shipping_minor, standard_minor) if whole and goods else 0
    kept = policy.fee_minor if kind is ReturnKind.WITHDRAWAL and policy.shipping is ReturnShipping.FEE else 0
    return ReturnWorth(
        goods=Money(goods, currency), shipping=Money(shipping, currency), fee=Money(min(kept, goods), currency)
    )
