"""The range in one call."""

from datetime import datetime

from parvis.connectors.demo.models import Milestone
from parvis.connectors.demo.skincare import bought, said, shelf

MILESTONE = "skincare"


def stock_up(*, team: int, at: datetime) -> bool:
    """Put the range into the shop, with what is said of it; returns whether anything was made. Repeatable.

    ``team``: the account of the member of the team who looks at the films.
    """
    if Milestone.objects.filter(name=MILESTONE).exists():
        return False
    variants = shelf.fill(at=at)
    ids = {key: found[0].product_id for key, found in variants.items()}
    buyers = bought.orders(variants, at=at)
    said.reviews(ids, buyers, team=team, at=at)
    said.questions(ids, at=at)
    Milestone.objects.create(name=MILESTONE, at=at)
    return True
