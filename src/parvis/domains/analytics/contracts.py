"""What other domains and interfaces see of analytics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

Locale = Literal["fr", "en"]
CONSENT_COOKIE = "parvis_consent"
VISITOR_COOKIE = "parvis_visitor"
SIMULATED = "simulated"


class Kind(StrEnum):
    """What can happen; docs/events.md says when each is sent and by whom."""

    PAGE_VIEW = "page_view"
    LIST_VIEW = "list_view"
    PRODUCT_VIEW = "product_view"
    PROOF_VIEW = "proof_view"
    PROOF_CLICK = "proof_click"
    ASK = "ask"
    ADD_TO_CART = "add_to_cart"
    CHECKOUT_START = "checkout_start"
    ORDER = "order"
    REVIEW_SUBMIT = "review_submit"


# What a browser may say of itself; the rest is told by the server, which knows it for sure.
CLIENT_KINDS = frozenset(
    {Kind.PAGE_VIEW, Kind.LIST_VIEW, Kind.PRODUCT_VIEW, Kind.PROOF_VIEW, Kind.PROOF_CLICK, Kind.CHECKOUT_START}
)


class BotSign(StrEnum):
    """Why an event counts as a machine's."""

    AGENT = "agent"  # the user agent names a crawler, a tool or a monitor, or is missing
    HEADLESS = "headless"  # a browser driven by a program
    SPEED = "speed"  # faster than a person reads


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One thing that happened.

    ``id`` dedupes: the same id recorded again changes nothing. ``visit`` groups what one browser did in one day
    ("" when unknown), ``visitor`` spans days and exists only with consent. ``product_ids`` are the products of an
    order; ``product_id`` is the one looked at. ``voice_ids`` are the voices of a proof. ``referrer`` is a host
    name only. ``value_minor`` is in the shop's currency. ``answered`` belongs to asks. ``provenance`` is ""
    or "simulated".
    """

    id: UUID
    kind: Kind
    at: datetime
    visit: str = ""
    visitor: str | None = None
    product_id: int | None = None
    product_ids: tuple[int, ...] = ()
    voice_ids: tuple[int, ...] = ()
    surface: str = ""
    path: str = ""
    referrer: str = ""
    locale: str = ""
    device: str = ""
    value_minor: int | None = None
    order_id: int | None = None
    answered: bool | None = None
    bot: bool = False
    bot_sign: str = ""
    provenance: str = ""


# -- metrics --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """The same words in both languages."""

    en: str
    fr: str

    def in_(self, locale: str) -> str:
        """The text in ``locale`` ("fr…" or anything else, which gives English)."""
        return self.fr if locale.startswith("fr") else self.en


class MetricKind(StrEnum):
    """The shape of a metric, which decides how it is counted and how sure it can be."""

    COUNT = "count"
    PROPORTION = "proportion"
    RATE = "rate"
    MEAN = "mean"
    DURATION = "duration"
    DIFFERENCE = "difference"


class Unit(StrEnum):
    """What a figure is measured in. ``SHARE`` 0..1; ``POINTS`` a difference of two shares or rates; ``PER_VISIT`` and
    ``PER_ORDER`` so many for each; ``MONEY`` minor units of the shop's currency; ``SECONDS`` a length of time."""

    VISITS = "visits"
    VIEWS = "views"
    ORDERS = "orders"
    INVITATIONS = "invitations"
    SHARE = "share"
    POINTS = "points"
    PER_VISIT = "per_visit"
    PER_ORDER = "per_order"
    MONEY = "money"
    SECONDS = "seconds"


class Group(StrEnum):
    """Where a metric belongs in the catalogue."""

    VISITS = "visits"
    PROOF = "proof"
    SALES = "sales"
    VOICES = "voices"
    INVITATIONS = "invitations"
    PRODUCT = "product"


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """A published definition: what is counted, over what, without whom, and how sure the figure is.

    ``better`` is what the brand hopes for: "up", "down", or "" when neither is good in itself. ``association`` marks a
    comparison of groups that chose themselves: a link, not an effect.
    """

    key: str
    group: Group
    kind: MetricKind
    unit: Unit
    name: Text
    definition: Text
    numerator: Text
    denominator: Text
    exclusions: Text
    interval: Text
    better: str = "up"
    association: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A metric's value over a period, with its 95 % interval.

    ``value``, ``low`` and ``high`` are None when the denominator is zero: nobody can say. A count has no limits: it is
    counted, not estimated. ``numerator`` and ``denominator`` are what was counted (for a mean: the sum and the count;
    for a duration or a difference: None and the count).
    """

    metric: str
    value: float | None
    low: float | None
    high: float | None
    numerator: float | None
    denominator: float


class Verdict(StrEnum):
    """Whether a change can be told from chance."""

    UP = "up"
    DOWN = "down"
    UNCLEAR = "unclear"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """``now`` against ``before``: the difference (same unit as the metric) with its 95 % interval and the verdict.

    ``relative`` is the difference over the earlier value (None when that is zero or unknown).
    """

    metric: str
    before: Figure
    now: Figure
    difference: float | None
    low: float | None
    high: float | None
    relative: float | None
    verdict: Verdict
    words: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelStep:
    """Visits that reached a step; ``share`` of all visits and ``of_previous`` of the visits at the step before."""

    key: str
    name: Text
    visits: int
    share: Figure
    of_previous: Figure


@dataclass(frozen=True, kw_only=True, slots=True)
class Bots:
    """Machines, counted apart: they are in no other figure."""

    visits: int
    events: int
    share_of_events: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """The loop at a glance over the days [since, until), against [compare_since, compare_until).

    ``as_of``: everything received before it is counted (None when nothing ever was). ``simulated_share``: share of
    the counted visits that come from the behaviour model rather than from people.
    """

    since: date
    until: date
    compare_since: date
    compare_until: date
    time_zone: str
    currency: str
    as_of: datetime | None
    funnel: tuple[FunnelStep, ...]
    figures: Mapping[str, Figure]
    changes: tuple[Change, ...]
    bots: Bots
    simulated_share: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A day of a series."""

    day: date
    figure: Figure


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A metric day by day over [since, until); days without events have empty figures."""

    metric: Metric
    points: tuple[Point, ...]
    as_of: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductRow:
    """What visits did with one product: counts of visits, and shares with intervals.

    ``viewed``, ``proof_seen``, ``proof_clicked``, ``asked``, ``added``, ``ordered`` are visits. ``simulated_share``
    is of the visits that viewed it.
    """

    product_id: int
    viewed: int
    proof_seen: int
    proof_clicked: int
    asked: int
    added: int
    ordered: int
    simulated_share: float | None
    figures: Mapping[str, Figure] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofRow:
    """How one voice did as proof: visits that saw it, visits that clicked it among those, with the interval."""

    voice_id: int
    seen: int
    clicked: int
    click_through: Figure


@dataclass(frozen=True, kw_only=True, slots=True)
class Referred:
    """Visits that an assistant sent (``assistant`` "others": everybody else), those that looked at a product,
    those that ordered, those that are ``simulated``, and what they paid. ``conversion``: the share that ordered, with
    its interval."""

    assistant: str
    visits: int
    product_visits: int
    ordered: int
    revenue_minor: int
    simulated: int
    conversion: Figure


@dataclass(frozen=True, kw_only=True, slots=True)
class Crawled:
    """Pages that a program read, and how many of them were refused or broken."""

    bot: str
    maker: str
    hits: int
    failed: int
    last_at: datetime
