"""When attempts to pay look like somebody trying stolen cards, and what is done about it.

Only declines count: who pays is never in the way of anybody. A first stage asks for patience, a second one closes for a
while; both say so, and when to come back. One who mistypes a number or has an empty account meets neither.

An attempt whose answer is still awaited may become a decline: those that would then be too many wait for it, for some
seconds. Many at the same moment learn no more than one after the other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
BLOCK = timedelta(hours=1)
LONGEST = timedelta(minutes=2)  # a provider has answered by then, or never will


@dataclass(frozen=True, slots=True)
class Recent:
    """Declines of the last hour that share something with an attempt: its card, visit, address or bank (first six
    digits). ``*_cards`` counts the different cards among them; ``last_at`` is the youngest of the address or visit.
    ``trying_*`` are the attempts under way beside it, at most :data:`LONGEST` old, and ``seen_cards`` the different
    cards of its address among both."""

    card: int = 0
    visit: int = 0
    address: int = 0
    address_cards: int = 0
    bank: int = 0
    bank_cards: int = 0
    bank_paid: int = 0
    last_at: datetime | None = None
    trying_card: int = 0
    trying_visit: int = 0
    trying_address: int = 0
    seen_cards: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Hindrance:
    """Why an attempt is not let through (card, visit, address, bank), and when the next one is."""

    why: str
    until: datetime


# A card that was declined so often is not asked about again; a visit; an address (an office, a school: more, and only
# with many cards); a bank whose cards nearly all fail.
CARD_MOST = 6
VISIT_PATIENT, VISIT_MOST = 5, 8
ADDRESS_PATIENT, ADDRESS_MOST, ADDRESS_CARDS = 10, 20, 4
BANK_MOST, BANK_CARDS = 40, 15
PATIENCE = timedelta(seconds=45)
ANSWER = timedelta(seconds=5)


def hindrance(recent: Recent, *, at: datetime) -> Hindrance | None:
    """What stands in the way of an attempt after ``recent`` declines, if anything."""
    if recent.card >= CARD_MOST:
        return Hindrance(why="card", until=at + BLOCK)
    if recent.visit >= VISIT_MOST:
        return Hindrance(why="visit", until=at + BLOCK)
    if recent.address >= ADDRESS_MOST and recent.address_cards >= ADDRESS_CARDS:
        return Hindrance(why="address", until=at + BLOCK)
    if recent.bank >= BANK_MOST and recent.bank_cards >= BANK_CARDS and recent.bank_paid * 10 < recent.bank:
        return Hindrance(why="bank", until=at + BLOCK)
    many = recent.visit >= VISIT_PATIENT or (
        recent.address >= ADDRESS_PATIENT and recent.address_cards >= ADDRESS_CARDS
    )
    if many and recent.last_at is not None and recent.last_at + PATIENCE > at:
        return Hindrance(why="patience", until=recent.last_at + PATIENCE)
    return Hindrance(why="crowd", until=at + ANSWER) if _crowded(recent) else None


def _crowded(recent: Recent) -> bool:
    """Whether the attempts under way would be too many if each of them were declined."""
    if recent.trying_card and recent.card + recent.trying_card >= CARD_MOST:
        return True
    if recent.trying_visit and recent.visit + recent.trying_visit >= VISIT_PATIENT:
        return True
    # Many people share an address, and pay at the same moment when a sale begins: they are let go on until they could
    # close it; where cards were declined already, one at a time.
    room = 1 if recent.address >= ADDRESS_PATIENT else ADDRESS_MOST - recent.address
    return recent.trying_address >= room and recent.seen_cards >= ADDRESS_CARDS
