"""What the larger components are given: frozen shapes that any interface fills from the doors of the domains.

A page makes one of these for each card and includes the matching template once. All words are already in the reader's
language, all amounts are ``Money``; nothing here is HTML, save the fields whose type says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from django.utils.safestring import SafeString

from parvis.core.money import Money
from parvis.interfaces.design.films import Film
from parvis.interfaces.design.passages import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductCard:
    """`{% include "design/product_card.html" with card=card %}`."""

    url: str
    name: str
    price: Money
    price_was: Money | None = None
    kind: str = ""
    image_url: str = ""
    drawing: SafeString | None = None
    average: float | None = None
    reviews: int = 0
    badge: str = ""
    proof: str = ""
    proof_voice: int = 0
    reason: str = ""
    simulated_price: bool = False
    product_id: int = 0
    films: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """A photograph of a voice: the page opens ``url`` in full, shows ``thumb``."""

    url: str
    thumb: str
    alt: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewCard:
    """`{% include "design/review_card.html" with review=card %}`.

    ``spans`` are (start, end, aspect, polarity) in code points of ``text``; ``attributes`` are (name, value) pairs in
    words; ``reasons`` say why the review stands where it stands; ``simulated`` names the simulated attributes in words;
    ``written``: no customer wrote it, it belongs to a demonstration.
    ``vote_url`` empty hides the vote; the buttons belong to one form of the page, so that a hundred reviews need one
    token: put `{% include "design/vote_form.html" %}` once on the page.
    """

    id: int
    text: str
    author: str
    stars: int | None = None
    title: str = ""
    at: datetime | None = None
    experienced_on: object | None = None
    verified: bool = False
    incentive: str = ""
    syndicated_from: str = ""
    syndicated_url: str = ""
    language: str = ""
    spans: Sequence[Span] = ()
    reasons: Sequence[str] = ()
    attributes: Sequence[tuple[str, str]] = ()
    photos: Sequence[Photo] = ()
    film: Film | None = None
    votes_up: int = 0
    votes_down: int = 0
    voted: int = 0
    vote_url: str = ""
    report_url: str = ""
    url: str = ""
    simulated: Sequence[str] = ()
    written: bool = False
    answer: str = ""
    answer_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FilmCard:
    """`{% include "design/film_card.html" with card=card %}`: a film, who made it, and what they found. ``about`` and
    ``about_url`` name the product where the page is not the product's own; ``url`` leads to the whole review."""

    voice_id: int
    film: Film
    author: str
    title: str
    stars: int | None = None
    facts: Sequence[str] = ()
    url: str = ""
    about: str = ""
    about_url: str = ""
    written: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RatingBar:
    """One row of the distribution: ``share`` of 0..1, ``url`` filters by these stars."""

    stars: int
    count: int
    share: float
    url: str = ""
    current: bool = False


def rating_bars(
    distribution: Sequence[int], urls: Sequence[str] = (), current: int | None = None
) -> tuple[RatingBar, ...]:
    """Rows from five stars down to one; ``distribution`` and ``urls`` count from one star up."""
    total = sum(distribution) or 1
    return tuple(
        RatingBar(
            stars=star,
            count=distribution[star - 1],
            share=distribution[star - 1] / total,
            url=urls[star - 1] if urls else "",
            current=current == star,
        )
        for star in range(len(distribution), 0, -1)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Opinion:
    """An aspect that voices praise or regret: how many, one quotation, where to read them."""

    label: str
    count: int
    quote: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A value of a facet."""

    value: str
    label: str
    count: int | None = None
    chosen: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Facet:
    """A facet: checkboxes when ``many``, radios otherwise."""

    name: str
    label: str
    choices: Sequence[Choice]
    many: bool = True
    open: bool = True
    help: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """A line of a timeline."""

    title: str
    at: datetime
    icon: str = "check"
    body: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """Numbered pages of a list: ``number`` from 1, ``total`` items, ``size`` a page."""

    number: int
    total: int
    size: int
    window: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        near = {1, self.count, *range(max(1, self.number - 1), min(self.count, self.number + 1) + 1)}
        shown: list[int] = []
        for page in sorted(near):
            if shown and page - shown[-1] > 1:
                shown.append(0 if page - shown[-1] > 2 else page - 1)
            shown.append(page)
        object.__setattr__(self, "window", tuple(shown))

    @property
    def count(self) -> int:
        """Number of pages, at least one."""
        return max(1, ceil(self.total / self.size))

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1
