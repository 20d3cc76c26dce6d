"""What only some payment providers can do: each ability is a protocol of its own, and is asked for by a function."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from parvis.core.money import Money
from parvis.domains.checkout.ports.provider import CardDetails, DisputeNews, Intent, bound


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenAllowance:
    """What a shared token may be used for: once, up to ``max_amount``, before ``expires_at``, by ``merchant``, for the
    checkout ``session``. Empty words are not checked."""

    max_amount: Money
    expires_at: datetime
    merchant: str = ""
    session: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DelegatedToken:
    """A token of the vault: ``token`` pays, ``created_at`` is when it was made."""

    token: str = field(repr=False)
    created_at: datetime


@runtime_checkable
class Delegates(Protocol):
    """A vault that turns a card into a token with an allowance (ACP's delegate_payment)."""

    def delegate(self, *, card: CardDetails, allowance: TokenAllowance, key: str) -> DelegatedToken:
        """The same ``key`` gives the same token; of another card or allowance it raises
        core.idempotency.KeyReused. Raises :class:`BadCard`, Invalid for an allowance that is over already."""


@runtime_checkable
class Answers(Protocol):
    """Disputes can be answered through the provider."""

    def answer_dispute(self, reference: str, *, evidence: Mapping[str, str], key: str) -> DisputeNews:
        """Send evidence (our words: contracts.EVIDENCE) and submit it."""

    def accept_dispute(self, reference: str, *, key: str) -> DisputeNews:
        """Give in: the money stays with the cardholder."""


class MovementKind(StrEnum):
    CHARGE = "charge"
    REFUND = "refund"
    DISPUTE = "dispute"


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """A movement in the provider's own books. ``amount`` is positive; ``fee_minor`` what the provider kept.
    ``order_number`` as the provider was told, empty when it was told nothing. ``state`` succeeded, pending or failed
    of charges and refunds; the dispute's state of disputes (``dispute`` then says all)."""

    kind: MovementKind
    reference: str
    payment_reference: str
    amount: Money
    at: datetime
    state: str = "succeeded"
    fee_minor: int = 0
    order_number: str = ""
    dispute: DisputeNews | None = None


@runtime_checkable
class Lists(Protocol):
    """The provider's books can be read: what reconciliation compares orders with."""

    def list_since(self, since: datetime, until: datetime) -> Iterator[Movement]:
        """Every charge that took money, refund and dispute whose moment lies in [since, until), in any order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BrowserKit:
    """How the provider takes a payment in the browser: either a ``page`` of its own to go to, or an element:
    ``script`` (our static file) mounts it and ``config`` goes to it as JSON."""

    page: str = ""
    script: str = ""
    config: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class InBrowser(Protocol):
    """Payments are confirmed by the provider's element in the browser: no card number ever comes to us."""

    @property
    def takes_cards(self) -> bool:
        """Whether card numbers may be typed on our own pages all the same."""

    @property
    def page_sources(self) -> Mapping[str, Sequence[str]]:
        """What the content policy of our paying pages must allow besides: directive -> sources."""

    def browser_kit(self, intent: Intent, *, return_url: str, locale: str) -> BrowserKit:
        """The element's settings for one payment."""


def delegates() -> Delegates | None:
    """The bound provider, if it has a vault for shared tokens."""
    provider = bound()
    return provider if isinstance(provider, Delegates) else None


def answers() -> Answers | None:
    """The bound provider, if disputes can be answered through it."""
    provider = bound()
    return provider if isinstance(provider, Answers) else None


def lists() -> Lists | None:
    """The bound provider, if its books can be read."""
    provider = bound()
    return provider if isinstance(provider, Lists) else None


def in_browser() -> InBrowser | None:
    """The bound provider, if its own element in the browser takes the payment."""
    provider = bound()
    return provider if isinstance(provider, InBrowser) else None


def takes_cards() -> bool:
    """Whether card numbers may be typed on our own pages."""
    browser = in_browser()
    return browser is None or browser.takes_cards
