"""Asking customers what they think: invitations to review, campaigns, questions put to owners."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from parvis.domains.voices.contracts.values import Voice


class InvitationState(StrEnum):
    """How far an invitation has come."""

    SCHEDULED = "scheduled"
    INVITED = "invited"
    REMINDED = "reminded"
    DONE = "done"
    """Everything it asked about was reviewed."""
    STOPPED = "stopped"


class StopReason(StrEnum):
    """Why an invitation asks no more."""

    REVIEWED = "reviewed"
    REFUNDED = "refunded"
    ERASED = "erased"
    UNSUBSCRIBED = "unsubscribed"
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"


LIVING = (InvitationState.SCHEDULED, InvitationState.INVITED, InvitationState.REMINDED)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenQuestion:
    """What nobody has said yet of a product: a shopper's question without answer (``voice_id``, ``text``), or else
    the ``aspect`` with the least proof."""

    voice_id: int | None = None
    text: str = ""
    aspect: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitedProduct:
    """A product that an invitation asks about. ``voice_id``: the review that came of it; ``dropped``: it was given
    back."""

    product_id: int
    line_ref: str
    size: str
    question: OpenQuestion | None
    voice_id: int | None
    dropped: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """One order, one invitation. ``incentive`` is what the campaign promises for any review, good or bad."""

    id: int
    order_id: int
    customer_id: int | None
    locale: str
    state: InvitationState
    stop_reason: StopReason | None
    incentive: str
    campaign_id: int | None
    products: tuple[InvitedProduct, ...]
    delivered_at: datetime
    due_at: datetime
    sent_at: datetime | None
    remind_at: datetime | None
    reminded_at: datetime | None
    opened_at: datetime | None
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationSettings:
    """What the brand decided. ``delays``: days after delivery by category, others take ``delay_days``;
    ``reminder_days`` 0: no reminder. Words left empty are ours."""

    active: bool = True
    delay_days: int = 10
    reminder_days: int = 7
    delays: Mapping[str, int] = field(default_factory=dict)
    subject_en: str = ""
    subject_fr: str = ""
    opening_en: str = ""
    opening_fr: str = ""
    owners_active: bool = True
    owners_after_hours: int = 24
    owners_each: int = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """An incentive promised with invitations for a while. ``categories`` empty: every product."""

    id: int
    name: str
    incentive: str
    categories: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationCounts:
    """Invitations whose first mail went out in a period, and what came of them. ``invited`` counts products; ``mails``,
    first ones and reminders handed over in the period, of which ``delivered`` were taken (0 unless the mail provider
    tells), ``returned`` came back and ``complaints`` were called unwanted."""

    sent: int = 0
    opened: int = 0
    reminded: int = 0
    unsubscribed: int = 0
    invited: int = 0
    reviewed: int = 0
    mails: int = 0
    delivered: int = 0
    returned: int = 0
    complaints: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnerRequest:
    """A question put to somebody who owns the product."""

    id: int
    question: Voice
    product_id: int
    customer_id: int
    answer_id: int | None
    asked_at: datetime
