"""A simulated day told as events of the log, as the shop's pages and server would have told them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np

from parvis.connectors.demo.assortment import pieces
from parvis.connectors.demo.ledger import Planned, Written
from parvis.connectors.demo.moments import SIMULATED
from parvis.connectors.demo.shop import Ids
from parvis.connectors.demo.told import Bought
from parvis.connectors.demo.world import DEVICES, HOME, LIST, LOCALES, NO_NEED, REFERRERS, Day, Ints
from parvis.core.days import start_of
from parvis.domains.analytics.contracts import Event, Kind

HOLDOUT = "pdp.holdout"
"""Surface of product pages that show no proof, by lot."""
SHOWN = "pdp"
_PROOFS_SEEN = 3


def visit_ids(day: Day, *, seed: int) -> list[str]:
    """The id of each visit: 32 hexadecimal digits, the same for the same day and seed."""
    rng = np.random.default_rng([seed, day.date.toordinal(), 3])
    raw = rng.bytes(16 * len(day.visits.start))
    return [raw[place : place + 16].hex() for place in range(0, len(raw), 16)]


class Teller:
    """Events of one day. ``proofs`` gives the voices that a product's page shows first; ``paid`` the recorded
    order of a visit."""

    def __init__(
        self,
        day: Day,
        *,
        seed: int,
        ids: Ids,
        prices: Ints,
        proofs: Mapping[int, Sequence[int]],
        paid: Mapping[int, Written],
    ) -> None:
        self.day, self.ids, self.prices, self.proofs, self.paid = day, ids, prices, proofs, paid
        self.rng = np.random.default_rng([seed, day.date.toordinal(), 4])
        self.start = start_of(day.date)
        self.visit_id = visit_ids(day, seed=seed)
        self._keys = iter(())  # type: Iterator[UUID]

    def events(self) -> Iterator[Event]:
        """Every event of the day, visit by visit, then the machines'."""
        looks = self.day.looks
        first = np.searchsorted(looks.visit, np.arange(len(self.day.visits.start) + 1))
        checked_out = set(self.day.checkouts.tolist())
        for visit in range(len(self.day.visits.start)):
            tell = self._visit(visit)
            yield from self._landing(visit, tell)
            for look in range(first[visit], first[visit + 1]):
                yield from self._look(look, tell)
            if visit in checked_out:
                yield from self._checkout(visit, int(looks.second[first[visit + 1] - 1]), tell)
        yield from self._machines()

    def _key(self) -> UUID:
        found = next(self._keys, None)
        if found is None:
            raw = self.rng.bytes(16 * 4096)
            self._keys = (UUID(bytes=raw[place : place + 16], version=4) for place in range(0, len(raw), 16))
            found = next(self._keys)
        return found

    def _visit(self, visit: int) -> "Callable[..., Event]":
        """Makes events of one visit."""
        visits = self.day.visits
        visitor = int(visits.visitor[visit])
        shared: dict[str, Any] = {
            "visit": self.visit_id[visit],
            "visitor": f"sim-{visitor:06d}" if visitor >= 0 else None,
            "locale": LOCALES[int(visits.locale[visit])],
            "device": DEVICES[int(visits.device[visit])],
            "provenance": SIMULATED,
        }

        def tell(kind: Kind, second: float, **fields: Any) -> Event:
            return Event(id=self._key(), kind=kind, at=self.start + timedelta(seconds=second), **shared, **fields)

        return tell

    def _landing(self, visit: int, tell: "Callable[..., Event]") -> Iterator[Event]:
        visits = self.day.visits
        landing, second = int(visits.landing[visit]), int(visits.start[visit])
        home = f"/{LOCALES[int(visits.locale[visit])]}/"
        referrer = REFERRERS[int(visits.referrer[visit])]
        if landing == HOME:
            yield tell(Kind.PAGE_VIEW, second, path=home, surface="home", referrer=referrer)
        elif landing == LIST:
            yield tell(Kind.PAGE_VIEW, second, path=f"{home}products/", surface="plp", referrer=referrer)
            yield tell(Kind.LIST_VIEW, second, path=f"{home}products/", surface="plp", referrer=referrer)

    def _look(self, look: int, tell: "Callable[..., Event]") -> Iterator[Event]:
        looks, visits = self.day.looks, self.day.visits
        product, second, visit = int(looks.product[look]), int(looks.second[look]), int(looks.visit[look])
        shown = bool(visits.shown_proof[visit])
        about: dict[str, Any] = {
            "product_id": self.ids.products[product],
            "path": f"/{LOCALES[int(visits.locale[visit])]}/products/{pieces()[product].slug}/",
        }
        landed_here = int(visits.landing[visit]) not in (HOME, LIST) and (look == 0 or looks.visit[look - 1] != visit)
        referrer = REFERRERS[int(visits.referrer[visit])] if landed_here else ""
        surface = SHOWN if shown else HOLDOUT
        yield tell(Kind.PAGE_VIEW, second, surface=surface, referrer=referrer, **about)
        yield tell(Kind.PRODUCT_VIEW, second, surface=surface, referrer=referrer, **about)
        proofs = self.proofs.get(product, ())
        if looks.seen[look] and proofs:
            count = 1 + int(self.rng.integers(0, min(_PROOFS_SEEN, len(proofs))))
            seen = tuple(proofs[:count])
            yield tell(Kind.PROOF_VIEW, second + 8, surface="pdp", voice_ids=seen, **about)
            if looks.clicked[look]:
                chosen = seen[int(self.rng.integers(0, count))]
                yield tell(Kind.PROOF_CLICK, second + 15, surface="pdp", voice_ids=(chosen,), **about)
        if looks.need[look] != NO_NEED:
            yield tell(Kind.ASK, second + 22, surface="ask", answered=bool(looks.answered[look]), **about)
        if looks.variant[look] >= 0:
            value = int(self.prices[product])
            yield tell(Kind.ADD_TO_CART, second + 40, surface=surface, value_minor=value, **about)

    def _checkout(self, visit: int, last: int, tell: "Callable[..., Event]") -> Iterator[Event]:
        home = f"/{LOCALES[int(self.day.visits.locale[visit])]}/"
        yield tell(Kind.PAGE_VIEW, last + 60, path=f"{home}checkout/", surface="checkout")
        yield tell(Kind.CHECKOUT_START, last + 60, path=f"{home}checkout/", surface="checkout")
        written = self.paid.get(visit)
        if written is not None and written.past.paid_at is not None:
            yield tell(
                Kind.ORDER,
                (written.past.paid_at - self.start).total_seconds(),
                order_id=written.order_id,
                value_minor=written.total_minor,
                product_ids=written.product_ids,
            )

    def _machines(self) -> Iterator[Event]:
        for pages in self.day.bots:
            name = self.rng.bytes(16).hex()
            second = int(self.rng.integers(0, 86_000))
            for page in range(int(pages)):
                piece = pieces()[int(self.rng.integers(0, len(pieces())))]
                yield Event(
                    id=self._key(),
                    kind=Kind.PAGE_VIEW,
                    at=self.start + timedelta(seconds=min(second + page, 86_399)),
                    visit=name,
                    path=f"/en/products/{piece.slug}/",
                    surface="pdp",
                    bot=True,
                    bot_sign="agent",
                    provenance=SIMULATED,
                )


def submitted(bought: Iterable[Bought], plans: Sequence[Planned], *, ids: Ids, seed: int) -> Iterator[Event]:
    """The reviews that were written after a delivery, each in a visit of its own."""
    rng = np.random.default_rng([seed, 7])
    for review in bought:
        planned = plans[review.order]
        yield Event(
            id=UUID(bytes=rng.bytes(16), version=4),
            kind=Kind.REVIEW_SUBMIT,
            at=review.at,
            visit=rng.bytes(16).hex(),
            product_id=ids.products[review.product],
            surface="form",
            locale=planned.locale,
            device=DEVICES[0],
            provenance=SIMULATED,
        )
