"""An answer on its way: what was asked in which place, and what was found. Kept as plain values, without words of
others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from parvis.domains.assistant.contracts import Filter, Hint, Outcome, Side, Suggestion
from parvis.domains.assistant.rules.understanding import Understood
from parvis.domains.catalog.contracts import Product
from parvis.domains.checkout.contracts import Cart

PASSAGES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """A question in its place. ``kind`` of the product: clothing, beauty …; ``aspect``: a suggestion was taken."""

    asked: Understood
    locale: str
    at: datetime
    product: Product | None = None
    kind: str = ""
    cart: Cart | None = None
    customer_id: int | None = None
    aspect: str = ""
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A passage to show, by its place in a voice (``field`` title or text); with ``words`` where it is a moment of a
    video or the shop's own document (``voice_id`` 0 then, ``document``, ``page`` and ``head`` say which)."""

    voice_id: int
    start: int
    end: int
    polarity: float
    side: Side
    kind: str = "review"
    field: str = "text"
    clip_from: float | None = None
    clip_to: float | None = None
    words: str = ""
    document: str = ""
    page: str = ""
    head: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What was found. ``leans``: the question supposes an answer ("itchy?"). ``sizes`` are (voice, size, fit) of the
    people near the asked body."""

    outcome: Outcome
    certainty: float = 0.0
    hits: Sequence[Hit] = ()
    about: Sequence[str] = ()
    leans: bool = False
    filters: Sequence[Filter] = ()
    hints: Sequence[Hint] = ()
    sizes: Sequence[tuple[int, str, int | None]] = ()
    body: Mapping[str, Any] = field(default_factory=dict)
    compared: Sequence[int] = ()
    cards: Sequence[int] = ()
    orders: Sequence[int] = ()
    terms: Sequence[str] = ()
    next: Sequence[Suggestion] = ()

    def stored(self) -> dict[str, Any]:
        """Plain values for the turn; passages have their own table."""
        return {
            "about": list(self.about),
            "leans": self.leans,
            "filters": [[each.attribute, each.value] for each in self.filters],
            "hints": [each.value for each in self.hints],
            "sizes": [list(each) for each in self.sizes],
            "body": dict(self.body),
            "compared": list(self.compared),
            "cards": list(self.cards),
            "orders": list(self.orders),
            "terms": list(self.terms),
            "next": [[each.key, each.aspect] for each in self.next],
        }
