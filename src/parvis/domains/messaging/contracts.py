"""What others see of outgoing mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from parvis.core.events import Event, declare


class Purpose(StrEnum):
    """Why a mail is sent; it decides what the reader may refuse."""

    SERVICE = "service"
    """Answers what the person did (what became of a review, an order): needs no leave, is never counted."""
    OPINION = "opinion"
    """Asks for a review or an answer: the reader can refuse it with one click, and it is sent only so often."""
    MARKETING = "marketing"
    """Sells: only with consent; refused and counted like the above."""


class MessageState(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """Tried as often as is reasonable; a person may send it again."""
    BOUNCED = "bounced"
    """The address does not exist, or its server refuses us for good."""
    SUPPRESSED = "suppressed"
    """Not sent, for a :class:`Ground`."""
    UNSURE = "unsure"
    """The sender died while the mail server was answering: not sent again by itself, since once is the promise."""


class Ground(StrEnum):
    """Why a mail was not sent."""

    UNSUBSCRIBED = "unsubscribed"
    ERASED = "erased"
    NO_CONSENT = "no_consent"
    BOUNCED_BEFORE = "bounced_before"
    CAPPED = "capped"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


SETTLED = (MessageState.SENT, MessageState.BOUNCED, MessageState.SUPPRESSED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A mail as the team reads it. ``to_email`` is empty once its reader was erased; the words go with it."""

    id: int
    key: str
    template: str
    purpose: Purpose
    customer_id: int | None
    to_email: str
    locale: str
    subject: str
    text: str
    html: str
    state: MessageState
    ground: Ground | None
    attempts: int
    error: str
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    provenance: Mapping[str, str] = field(default_factory=dict)


class NoticeKind(StrEnum):
    """What the way there tells of a mail after it was handed over."""

    DELIVERED = "delivered"
    """The reader's server has taken it. Whether it was opened is asked of nobody."""
    DELAYED = "delayed"
    """It is still on its way."""
    LOST = "lost"
    """It came back for a reason that is not the address: a full box, a rule of the server."""
    BOUNCED = "bounced"
    """It came back because the address takes no mail."""
    COMPLAINT = "complaint"
    """Its reader has called it unwanted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewNotice:
    """News of a mail. ``event`` makes it one however often it is delivered; ``mail_id`` is what stands before the @ of
    the mail's Message-ID; ``code`` an enhanced status such as "5.1.1", if any; ``told`` the server's own words."""

    event: str
    kind: NoticeKind
    mail_id: str
    code: str = ""
    told: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """News of a mail as the team reads it. ``told`` is empty once the mail was emptied."""

    id: int
    message_id: int
    kind: NoticeKind
    code: str
    told: str
    source: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MailCounts:
    """What became of the mails handed over in a period. A mail counts once in each."""

    sent: int
    delivered: int
    bounced: int
    lost: int
    complaints: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Queued:
    """What became of a request to send. ``new`` is False when the key was known: nothing was added."""

    message_id: int
    state: MessageState
    ground: Ground | None
    new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A mail in one language."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """At most ``messages`` mails that ask or sell to one person in ``days`` days."""

    messages: int = 2
    days: int = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageFilters:
    """Which mails to list; ``text`` is looked for in subjects and addresses."""

    states: tuple[MessageState, ...] = ()
    purpose: Purpose | None = None
    template: str = ""
    customer_id: int | None = None
    text: str = ""


@declare
@dataclass(frozen=True, kw_only=True)
class MessageSent(Event):
    """A mail was handed to the mail server."""

    name: ClassVar[str] = "messaging.sent"
    message_id: int
    key: str
    customer_id: int | None


@declare
@dataclass(frozen=True, kw_only=True)
class MessageLost(Event):
    """A mail will not arrive: refused for good, or tried too often."""

    name: ClassVar[str] = "messaging.lost"
    message_id: int
    key: str
    customer_id: int | None
    bounced: bool


@declare
@dataclass(frozen=True, kw_only=True)
class Unsubscribed(Event):
    """A person refused a kind of mail."""

    name: ClassVar[str] = "messaging.unsubscribed"
    customer_id: int | None
    purpose: Purpose
