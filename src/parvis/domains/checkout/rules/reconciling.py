"""How the provider's books and ours are compared: pure, so that every difference can be tried."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from parvis.domains.checkout.contracts import DifferenceKind

K = DifferenceKind


# A fee beyond a share of the charge and a fixed part is asked about: foreign cards with a conversion stay below.
FEE_BASIS_POINTS, FEE_FIXED_MINOR = 800, 100


def dearest_fee(amount_minor: int) -> int:
    """The most that the fee of a charge may come to before somebody looks at it, in minor units."""
    return amount_minor * FEE_BASIS_POINTS // 10_000 + FEE_FIXED_MINOR


@dataclass(frozen=True, kw_only=True, slots=True)
class Contested:
    """A dispute, in one of the books."""

    reference: str
    state: str
    amount: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A movement that took or gave money, or a dispute. ``kind`` is charge, refund or dispute."""

    kind: str
    payment: str
    reference: str
    amount: int
    currency: str
    order_number: str = ""
    state: str = ""
    fee: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ours:
    """A payment in our books, minor units. ``refunded`` is what the provider has given back for us (refunds under way
    and disputes left out), ``due`` what its order costs, ``under_way`` the refunds that are."""

    reference: str
    order_id: int
    order_number: str
    currency: str
    captured: int
    refunded: int
    due: int
    cancelled: bool = False
    under_way: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Theirs:
    """The same payment at the provider, all its movements together."""

    reference: str
    currency: str
    captured: int = 0
    refunded: int = 0
    order_number: str = ""
    disputes: tuple[Contested, ...] = ()
    fee: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One difference."""

    kind: DifferenceKind
    reference: str
    order_number: str
    currency: str
    ours: int
    theirs: int
    order_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Books:
    """Both books, by the payment's reference. ``disputes`` are those we know of, by their reference."""

    ours: Mapping[str, Ours]
    theirs: Mapping[str, Theirs]
    disputes: Mapping[str, Contested] = field(default_factory=dict)


def differences(books: Books) -> list[Finding]:
    """Every difference, in the order of the references."""
    found: list[Finding] = []
    for reference in sorted({*books.ours, *books.theirs}):
        ours, theirs = books.ours.get(reference), books.theirs.get(reference)
        if ours is None and theirs is not None:
            found += _unknown(theirs)
        elif ours is not None:
            found += _compared(ours, theirs, books.disputes)
    return [*found, *_twice(books)]


def _unknown(theirs: Theirs) -> Iterable[Finding]:
    left = theirs.captured - theirs.refunded
    if left > 0:
        yield Finding(
            kind=K.UNKNOWN_PAYMENT,
            reference=theirs.reference,
            order_number=theirs.order_number,
            currency=theirs.currency,
            ours=0,
            theirs=left,
        )


def _compared(ours: Ours, theirs: Theirs | None, known: Mapping[str, Contested]) -> Iterable[Finding]:
    if theirs is None or not theirs.captured:
        if ours.captured:
            yield _finding(ours, K.NOT_CHARGED, ours.captured, 0)
        return
    if theirs.currency != ours.currency:
        yield _finding(ours, K.CURRENCY, ours.captured, theirs.captured)
        return
    if ours.captured != theirs.captured:
        yield _finding(ours, K.AMOUNT if ours.captured else K.NEWS_UNHEARD, ours.captured, theirs.captured)
    yield from _given_back(ours, theirs)
    if theirs.fee > dearest_fee(theirs.captured):
        yield _finding(ours, K.FEE, dearest_fee(theirs.captured), theirs.fee)
    for dispute in theirs.disputes:
        mine = known.get(dispute.reference)
        if mine is None:
            yield _finding(ours, K.DISPUTE_UNHEARD, 0, dispute.amount, reference=dispute.reference)
        elif mine != dispute:
            yield _finding(ours, K.DISPUTE_STATE, mine.amount, dispute.amount, reference=dispute.reference)


def _given_back(ours: Ours, theirs: Theirs) -> Iterable[Finding]:
    if theirs.refunded > ours.refunded + ours.under_way:
        yield _finding(ours, K.REFUND_THERE, ours.refunded, theirs.refunded)
    elif theirs.refunded < ours.refunded:
        yield _finding(ours, K.REFUND_MISSING, ours.refunded, theirs.refunded)
    left = theirs.captured - theirs.refunded - ours.under_way
    if ours.cancelled and left > 0:
        yield _finding(ours, K.CHARGED_CANCELLED, 0, left)


def _finding(ours: Ours, kind: DifferenceKind, mine: int, other: int, reference: str = "") -> Finding:
    return Finding(
        kind=kind,
        reference=reference or ours.reference,
        order_number=ours.order_number,
        currency=ours.currency,
        ours=mine,
        theirs=other,
        order_id=ours.order_id,
    )


def _twice(books: Books) -> Iterable[Finding]:
    """Orders for which more is held than they cost, over all their payments, those unknown to us too."""
    ordered: defaultdict[str, list[Theirs]] = defaultdict(list)
    for theirs in books.theirs.values():
        known = books.ours.get(theirs.reference)
        number = known.order_number if known else theirs.order_number
        if number:
            ordered[number].append(theirs)
    due = {ours.order_number: ours for ours in books.ours.values()}
    for number, rows in sorted(ordered.items()):
        order = due.get(number)
        taken = [row for row in rows if row.captured - row.refunded > 0]
        if order is None or len(taken) < 2:
            continue
        held = sum(row.captured - row.refunded for row in taken)
        if held > order.due:
            yield Finding(
                kind=K.CAPTURED_TWICE,
                reference=number,
                order_number=number,
                currency=order.currency,
                ours=order.due,
                theirs=held,
                order_id=order.order_id,
            )


def gathered(rows: Sequence[Row]) -> dict[str, Theirs]:
    """Movements as payments. Failed charges and refunds are left out by the caller."""
    of: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of[row.payment].append(row)
    return {payment: _together(payment, moved) for payment, moved in of.items()}


def _together(payment: str, rows: Sequence[Row]) -> Theirs:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row.kind] += row.amount
    return Theirs(
        reference=payment,
        currency=rows[-1].currency,
        captured=sums["charge"],
        refunded=sums["refund"],
        order_number=next((row.order_number for row in rows if row.order_number), ""),
        disputes=tuple(
            Contested(reference=row.reference, state=row.state, amount=row.amount)
            for row in rows
            if row.kind == "dispute"
        ),
        fee=sum(row.fee for row in rows if row.kind == "charge"),
    )
