"""Goods that come back: why, in which condition, and what is given back for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from parvis.core.money import Money


class ReturnState(StrEnum):
    REQUESTED = "requested"  # waits for a decision of the team
    ACCEPTED = "accepted"  # the goods may be sent
    RECEIVED = "received"  # they are here and were looked at
    REFUNDED = "refunded"
    REFUSED = "refused"
    CANCELLED = "cancelled"  # the buyer keeps the goods after all


LIVE = (ReturnState.REQUESTED, ReturnState.ACCEPTED, ReturnState.RECEIVED)
"""States in which the pieces of a return are spoken for."""


class ReturnKind(StrEnum):
    WITHDRAWAL = "withdrawal"  # no reason needed (code de la consommation, L221-18)
    GUARANTEE = "guarantee"  # goods that are not as they should be (L217-3)


class ReturnReason(StrEnum):
    """Why goods come back. Those about the size teach the advice on sizes."""

    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    COLOUR = "colour"
    NOT_AS_SHOWN = "not_as_shown"
    CHANGED_MIND = "changed_mind"
    LATE = "late"
    WRONG_ARTICLE = "wrong_article"
    DAMAGED = "damaged"
    DEFECT = "defect"
    UNSAID = "unsaid"


FAULTS = (ReturnReason.DAMAGED, ReturnReason.DEFECT, ReturnReason.WRONG_ARTICLE, ReturnReason.NOT_AS_SHOWN)
"""Reasons for which a guarantee can be claimed."""


class Condition(StrEnum):
    """How goods came back."""

    AS_NEW = "as_new"
    USED = "used"  # more than trying it on: the refund may be lowered (L221-23)
    DAMAGED = "damaged"
    MISSING = "missing"  # the piece was not in the parcel


class Exempt(StrEnum):
    """Goods for which there is no right of withdrawal (L221-28)."""

    HYGIENE = "hygiene"  # sealed goods, once unsealed
    PERSONALISED = "personalised"
    PERISHABLE = "perishable"


class ReturnShipping(StrEnum):
    """Who pays for the way back after a withdrawal; after a fault it is always the shop."""

    BUYER = "buyer"  # the buyer chooses a carrier and pays it
    SHOP = "shop"
    FEE = "fee"  # with our label; a fixed amount is kept of the refund


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnPolicy:
    """What the brand gives: ``days`` to change one's mind (at least the fourteen of the law), who pays the way back,
    where goods are sent (lines of an address), and which goods are exempt, by category key and by product id."""

    days: int = 14
    shipping: ReturnShipping = ReturnShipping.BUYER
    fee_minor: int = 0
    address: str = ""
    instructions_en: str = ""
    instructions_fr: str = ""
    categories: Mapping[str, Exempt] = field(default_factory=dict)
    products: Mapping[int, Exempt] = field(default_factory=dict)

    def instructions(self, locale: str) -> str:
        return self.instructions_fr if locale == "fr" else self.instructions_en


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedLine:
    """Pieces of an order line that a buyer sends back. ``sealed``: a hygiene seal is unbroken."""

    line_id: int
    quantity: int
    reason: ReturnReason = ReturnReason.UNSAID
    sealed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedLine:
    """What came back of a line. ``restock``: it can be sold again."""

    line_id: int
    quantity: int
    condition: Condition = Condition.AS_NEW
    restock: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnLine:
    """A line of a return; ``received`` is None until the goods are here."""

    line_id: int
    product_id: int
    variant_id: int
    name: str
    sku: str
    size: str
    colour: str
    quantity: int
    reason: ReturnReason
    received: int | None
    condition: Condition | None
    restock: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Return:
    """``refund_due`` is the day by which money must be back after a withdrawal (fourteen days after we knew of it; we
    may wait for the goods). ``refund_id`` is the latest refund made for it; ``answer`` is what the buyer was told with
    a refusal or a lower refund. ``bounced``: the buyer's bank sent that refund back, and the money is owed again; the
    pieces of such a return stay given back (``closed_at``)."""

    id: int
    number: str
    token: str
    order_id: int
    order_number: str
    kind: ReturnKind
    state: ReturnState
    lines: tuple[ReturnLine, ...]
    note: str
    answer: str
    refund: Money | None
    refund_pending: bool
    refund_due: date | None
    requested_at: datetime
    accepted_at: datetime | None
    received_at: datetime | None
    closed_at: datetime | None
    refund_id: int | None = None
    bounced: bool = False

    @property
    def pieces(self) -> int:
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class Returnable:
    """What a buyer may send back of an order line now. ``problem`` says why nothing can ("not_delivered",
    "too_late", "exempt", "all_back"); ``exempt`` names the ground, also where a seal decides."""

    line_id: int
    most: int
    problem: str = ""
    exempt: Exempt | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnWorth:
    """What a return gives back: pieces, the outbound shipping of a whole withdrawal, less a fee for the way back."""

    goods: Money
    shipping: Money
    fee: Money

    @property
    def total(self) -> Money:
        return self.goods + self.shipping - self.fee


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnRow:
    """A return in a list of the team."""

    id: int
    number: str
    order_id: int
    order_number: str
    kind: ReturnKind
    state: ReturnState
    pieces: int
    reasons: tuple[ReturnReason, ...]
    requested_at: datetime
    refund_due: date | None
    name: str


class WithdrawalStep(StrEnum):
    """What settles a withdrawal from which no return was made."""

    CANCEL = "cancel"  # it was never paid: the order ends
    REFUND = "refund"  # nothing has left: all the money goes back
    RETURN = "return"  # the goods have come in since: a return of them is made
    WAIT = "wait"  # parcels are on their way: when they have come in it goes on


@dataclass(frozen=True, kw_only=True, slots=True)
class Declaration:
    """A withdrawal declared with the form of the law. ``order_id`` None: no order fits what was typed."""

    id: int
    order_number: str
    email: str
    name: str
    words: str
    locale: str
    order_id: int | None
    return_id: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawal:
    """A declaration that waits to be settled; ``refund_due`` is the day by which the law wants the money back."""

    declaration: Declaration
    step: WithdrawalStep
    refund_due: date
