"""What simulated shoppers put to the ask box, in the words of their needs: heard in private, as the assistant hears."""

from collections.abc import Iterator

import numpy as np

from parvis.connectors.demo.needs import NEEDS
from parvis.connectors.demo.shop import Ids
from parvis.connectors.demo.world import LOCALES, NO_NEED, Day
from parvis.core.days import start_of
from parvis.domains.evidence.contracts import Heard

_ON_PAGE = 22  # seconds on the page before somebody asks, as the events have it


def heard(day: Day, *, seed: int, ids: Ids) -> Iterator[Heard]:
    """Each question of a simulated day, the same for the same day and seed; ``ref`` says that it is simulated."""
    rng = np.random.default_rng([seed, day.date.toordinal(), 5])
    looks, start = day.looks, start_of(day.date)
    for look in np.flatnonzero(looks.need != NO_NEED):
        locale = LOCALES[int(day.visits.locale[looks.visit[look]])]
        need = NEEDS[int(looks.need[look])]
        wordings = need.fr if locale == "fr" else need.en
        yield Heard(
            ref=f"simulated:{seed}:{day.date}:{look}",
            text=wordings[int(rng.integers(0, len(wordings)))],
            language=locale,
            product_id=ids.products[int(looks.product[look])],
            asked_at=start + np.timedelta64(int(looks.second[look]) + _ON_PAGE, "s").item(),
        )
