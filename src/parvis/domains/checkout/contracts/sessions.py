"""One checkout behind every door: a cart with who buys it, where it goes, and how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from parvis.core.money import Money
from parvis.domains.checkout.contracts.addresses import Address
from parvis.domains.checkout.contracts.carts import Cart
from parvis.domains.checkout.contracts.orders import Order
from parvis.domains.checkout.contracts.quotes import Quote

# As long as an agent may take to come back (UCP 2026-04-08 says six hours where nothing else is told).
SESSION_LIFE = timedelta(hours=6)


class Door(StrEnum):
    """Where a checkout was opened."""

    SITE = "site"
    EXPRESS = "express"
    ASSISTANT = "assistant"
    LIVE = "live"
    ACP = "acp"
    UCP = "ucp"
    MCP = "mcp"
    API = "api"


class SessionState(StrEnum):
    INCOMPLETE = "incomplete"  # something is missing or cannot be bought as it stands: see ``messages``
    READY = "ready"  # can be completed
    NEEDS_SHOPPER = "needs_shopper"  # only the shopper can go on, on our own pages (``next_url`` or the continue page)
    COMPLETING = "completing"  # ordered; the money is on its way
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Severity(StrEnum):
    ERROR = "error"  # nothing can be ordered before it is put right
    WARNING = "warning"  # something is not as was asked
    INFO = "info"


class Remedy(StrEnum):
    """Who can put it right."""

    CALLER = "caller"  # by an update of the session
    SHOPPER = "shopper"  # only the person, on our pages
    NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """Something the buyer should know. ``code`` is a word for programs (rules.sessions lists them), ``at`` what it is
    about ("lines.123" with the variant's id, "details.email", "details.address.postcode", "codes.SUMMER",
    "payment"), ``detail`` the parameters of the sentence that doors make of it."""

    code: str
    severity: Severity
    remedy: Remedy
    at: str = ""
    detail: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """So many of a variant."""

    variant_id: int
    quantity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """Who buys and where it goes, as far as it was told; None: not yet. ``shipping_method`` is a method's key and
    ``address.point`` the pick-up point, where goods are collected; ``note`` what the buyer asks of who packs and
    delivers (at most 5,000 characters); ``destination`` what the door calls the address."""

    email: str | None = None
    name: str | None = None
    phone: str | None = None
    address: Address | None = None
    shipping_method: str | None = None
    note: str | None = None
    destination: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A checkout as it stands now; prices, stock and totals are today's, never those of an earlier answer.

    ``token`` is unguessable and is the session's name outside. ``attribution`` is what brought the buyer ("creator",
    "campaign", first and last touch …) and changes no price. ``consents`` maps a purpose to what the buyer answered.
    ``proofs`` are the voices that were shown on the way. ``order`` is there once it was placed (paid or not), until
    it ends unpaid. ``next_url`` is a page of the bank, with NEEDS_SHOPPER. ``version`` grows with each change.
    ``basket``: it was opened as a mere cart, of which a checkout is made, or which the shopper takes over.
    """

    token: str
    door: Door
    state: SessionState
    agent_id: int | None
    customer_id: int | None
    locale: str
    cart: Cart
    quote: Quote
    details: Details
    messages: tuple[Message, ...]
    attribution: Mapping[str, str]
    consents: Mapping[str, bool]
    proofs: tuple[int, ...]
    order: Order | None
    next_url: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    basket: bool = False

    @property
    def total(self) -> Money:
        """What is to be paid, gift cards taken off."""
        return self.order.totals.due if self.order is not None else self.quote.totals.due
