"""Who wants to be reminded of a cart that was left, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parvis.core.money import Money
from parvis.domains.checkout.contracts.carts import Cart

# The wording of the box on the checkout page; a new wording gets a new version.
REMINDER_CONSENT = "reminder-2026-11"


class ReminderConsent(StrEnum):
    """Why a reminder may be sent."""

    BOX = "box"  # "remind me if I do not finish" was ticked
    MARKETING = "marketing"  # the customer has agreed to news and offers


class ReminderState(StrEnum):
    WAITING = "waiting"
    DONE = "done"  # all reminders were sent
    BOUGHT = "bought"
    DROPPED = "dropped"  # bought before any was sent, the goods are gone, or the cart is empty
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder:
    """One cart's reminder, for the page behind its link."""

    token: str
    state: ReminderState
    locale: str
    cart: Cart


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderFigures:
    """Of the carts agreed on in a period: how many got a mail (``sent``), came back by its link (``back``, of those
    sent) and were paid after that (``bought``, of those sent) with ``revenue``; ``stopped`` ended it."""

    agreed: int
    sent: int
    back: int
    bought: int
    stopped: int
    revenue: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderRow:
    """A reminder in a list, without its address."""

    id: int
    consent: ReminderConsent
    state: ReminderState
    pieces: int
    agreed_at: datetime
    sent: int
    back_at: datetime | None
    order_number: str
    order_id: int | None
