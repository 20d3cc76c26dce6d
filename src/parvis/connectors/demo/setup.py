"""The demo shop in one call: people, catalogue, real reviews, sixty simulated days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from parvis.connectors.demo import cast, inviting
from parvis.connectors.demo.models import Milestone
from parvis.connectors.demo.shop import catalogue
from parvis.connectors.demo.simulate import DAYS, simulate
from parvis.domains.people import testing as people
from parvis.domains.people.contracts import Customer

_DONE = "cast"


@dataclass(frozen=True, slots=True)
class Ready:
    """What to tell: the password of all accounts, a line for each account, and whether anything was made."""

    password: str
    accounts: tuple[str, ...]
    fresh: bool


def setup_demo(*, at: datetime, days: int = DAYS, progress: Callable[[int, int], None] | None = None) -> Ready:
    """Make the demo shop where it is missing; where it stands, change nothing.

    Reading the voices is left to the listeners of their events, as for any other voice.
    """
    fresh = not Milestone.objects.filter(name=_DONE).exists()
    if fresh:
        simulate(days=days, until=at, progress=progress)
        with transaction.atomic():
            made = {key: who for key, who in people.seed(at=at).items() if isinstance(who, Customer)}
            cast.act(made, ids=catalogue(at=at), at=at)
            inviting.plan(made, at=at)
            Milestone.objects.create(name=_DONE, at=at)
    return Ready(password=people.PASSWORD, accounts=_accounts(), fresh=fresh)


def _accounts() -> tuple[str, ...]:
    """A line for each account that can sign in."""
    lines = []
    for person in people.CAST:
        if person.guest:
            continue
        what = f"{person.role} in the studio" if person.role else "shopper"
        lines.append(f"{person.email:<24} {what}, {'French' if person.locale == 'fr' else 'English'}")
    return tuple(lines)
