"""How the provider's books and ours are compared: pure, so that every difference can be tried."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from parvis.domains.checkout.contracts import DifferenceKind

K = DifferenceKind


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
    disputes: tuple[str, ...] = ()


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
    """Both books, by the payment's reference. ``known_disputes`` are those we were told of."""

    ours: Mapping[str, Ours]
    theirs: Mapping[str, Theirs]
    known_disputes: frozenset[str] = field(default_factory=frozenset)


def differences(books: Books) -> list[Finding]:
    """Every difference, in the order of the references."""
    found: list[Finding] = []
    for reference in sorted({*books.ours, *books.theirs}):
        ours, theirs = books.ours.get(reference), books.theirs.get(reference)
        if ours is None and theirs is not None:
            found += _unknown(theirs)
        elif ours is not None:
            found += _compared(ours, theirs, books.known_disputes)
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


def _compared(ours: Ours, theirs: Theirs | None, known: frozenset[str]) -> Iterable[Finding]:
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
    for dispute in theirs.disputes:
        if dispute not in known:
            yield _finding(ours, K.DISPUTE_UNHEARD, 0, theirs.captured, reference=dispute)


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


def gathered(rows: Sequence[tuple[str, str, str, int, str, str]]) -> dict[str, Theirs]:
    """Movements as payments. A row is (kind, payment, reference, amount, currency, order number); kinds are charge,
    refund and dispute. Failed refunds are left out by the caller."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: {"charge": 0, "refund": 0, "dispute": 0})
    about: dict[str, tuple[str, str]] = {}
    disputes: defaultdict[str, list[str]] = defaultdict(list)
    for kind, payment, reference, amount, currency, number in rows:
        sums[payment][kind] += amount
        about[payment] = (currency, number or about.get(payment, ("", ""))[1])
        if kind == "dispute":
            disputes[payment].append(reference)
    return {
        payment: Theirs(
            reference=payment,
            currency=about[payment][0],
            captured=total["charge"],
            refunded=total["refund"],
            order_number=about[payment][1],
            disputes=tuple(disputes[payment]),
        )
        for payment, total in sums.items()
    }
