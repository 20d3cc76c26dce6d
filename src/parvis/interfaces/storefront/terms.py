"""Questions that the shop itself answers, from its own terms: what delivery costs and takes, and sending back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from parvis.core.money import Money
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import WITHDRAWAL_DAYS
from parvis.interfaces.design import marks
from parvis.science.retrieval.analysis import folded

# Beginnings of words, folded, in both languages: a question in one may be asked on a page of the other.
_DELIVERY = re.compile(
    r"\b(?:shipp|deliver|postage|parcel|livraison|livrer|livre[sz]?\b|livrable)"
    r"|\b(?:expedi|colis|frais de port|frais d.envoi)"
)
_RETURNS = re.compile(
    r"\b(?:returns?\b|returned|returning|send (?:it |them )?back|refund|money back|withdraw|change my mind|retours?\b"
    r"|retourn|renvoy|renvoi|rembours|retract|change d.avis|echang|exchang)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A way of delivery in words; ``price`` None is free, ``free_from`` None never is."""

    name: str
    price: Money | None
    free_from: Money | None
    days: tuple[int, int]
    countries: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What the shop says to a question: ways of delivery when it is about them, days to change one's mind."""

    ways: Sequence[Way] = ()
    withdrawal_days: int = 0


def answer(question: str, *, locale: str) -> Terms | None:
    """The terms that a question is about, as they stand in the shop's settings; None when it is about none."""
    asked = " ".join(folded(question))
    delivery, returns = _DELIVERY.search(asked), _RETURNS.search(asked)
    if not delivery and not returns:
        return None
    return Terms(ways=_ways(locale) if delivery else (), withdrawal_days=WITHDRAWAL_DAYS if returns else 0)


def _ways(locale: str) -> list[Way]:
    currency = settings.CURRENCY
    return [
        Way(
            name=method.name(locale),
            price=Money(method.price_minor, currency) if method.price_minor else None,
            free_from=Money(method.free_from_minor, currency) if method.free_from_minor else None,
            days=method.days,
            countries=", ".join(sorted(marks.country(code) for code in method.countries)),
        )
        for method in queries.shipping_methods()
    ]
