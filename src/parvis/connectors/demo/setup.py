"""The demo shop in one call: people, catalogue, real reviews, sixty simulated days, the skincare range."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from parvis.connectors.demo import (
    after,
    agents,
    cast,
    contesting,
    inviting,
    of_the_shop,
    offers,
    paying,
    skincare,
    standing,
    waiting,
)
from parvis.connectors.demo.models import Milestone
from parvis.connectors.demo.shop import catalogue
from parvis.connectors.demo.simulate import DAYS, simulate
from parvis.domains.people import testing as people
from parvis.domains.people.contracts import Customer, Staff


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
    fresh = not standing.stands()
    if fresh:
        simulate(days=days, until=at, progress=progress)
        with transaction.atomic():
            everyone = people.seed(at=at)
            made = {key: who for key, who in everyone.items() if isinstance(who, Customer)}
            skincare.stock_up(team=_moderator(everyone).account_id, at=at)
            cast.act(made, ids=catalogue(at=at), at=at)
            of_the_shop.speak(at=at)
            inviting.plan(made, at=at)
            after.act(made, at=at)
            offers.make(made, at=at)
            agents.shop(ids=catalogue(at=at), at=at)
            waiting.act(made, ids=catalogue(at=at), at=at)
            contesting.act(made, ids=catalogue(at=at), actor_id=_moderator(everyone).account_id, at=at)
            paying.act(currency=settings.CURRENCY, actor_id=_moderator(everyone).account_id, at=at)
            Milestone.objects.create(name=standing.DONE, at=at)
    return Ready(password=standing.password(), accounts=standing.accounts(), fresh=fresh)


def _moderator(everyone: Mapping[str, Staff | Customer]) -> Staff:
    """Who has looked at the films of the demo."""
    who = everyone["camille"]
    if not isinstance(who, Staff):
        raise TypeError("the cast has no member of the team of this name")
    return who
