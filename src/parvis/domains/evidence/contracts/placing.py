"""Proofs on pages: orders that are drawn and learnt, photos and videos with their rights, widgets for other sites."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from parvis.domains.evidence.contracts.proof import Proof
from parvis.domains.voices.contracts import Media, Video, Voice


class Placement(StrEnum):
    """Where an order of quotes is learnt, each by itself."""

    STRIP = "strip"  # beside the product, on the shop's own pages
    WIDGET = "widget"  # on other sites


@dataclass(frozen=True, kw_only=True, slots=True)
class Ordered:
    """A product's proofs in the order drawn for somebody. ``plan`` 0: there is no plan, the order is by usefulness.
    ``arm``: "held_out", "drawn" or "useful"."""

    product_id: int
    plan: int
    bucket: int
    arm: str
    proofs: tuple[Proof, ...]

    def surface(self, placement: Placement) -> str:
        """What the event log is told; the place follows after a colon."""
        return f"{placement}.{self.plan}.{self.bucket}"


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPlan:
    """A plan in force: a list of voices for each bucket, the first ``held_out`` of which are not drawn."""

    id: int
    orders: tuple[tuple[int, ...], ...]
    held_out: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderReadout:
    """The drawn orders of a placement against the order by usefulness. Rates are visits that acted on a proof over
    visits that looked at one; None where nobody looked. ``low`` and ``high`` bound the difference at every look (95 %);
    ``verdict`` is "learnt_better", "held_out_better" or "keep_testing". ``sample_ratio_p``: see science.proof_order."""

    placement: Placement
    plans: int
    looked: int
    acted: int
    led: int
    held_out_looked: int
    held_out_acted: int
    held_out_led: int
    rate: float | None
    held_out_rate: float | None
    difference: float | None
    low: float | None
    high: float | None
    sample_ratio_p: float | None
    verdict: str


class Channel(StrEnum):
    """Where a photo or video may be shown."""

    SITE = "site"  # with its review, on the shop's own pages
    WIDGET = "widget"  # on other sites, through widgets
    MAIL = "mail"
    SOCIAL = "social"
    ADS = "ads"


class Basis(StrEnum):
    """What a right rests on."""

    CONSENT = "consent"  # the author said yes
    LICENCE = "licence"
    CONTRACT = "contract"


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaRight:
    """Leave to show a photo or video of a voice (``path`` empty: all of its) on ``channels``, in ``territories`` (none:
    everywhere), from ``starts_on`` to ``until`` inclusive. ``refused``: the opposite, on the channels named or all."""

    id: int
    voice_id: int
    path: str
    basis: Basis
    refused: bool
    holder: str
    channels: tuple[Channel, ...]
    territories: tuple[str, ...]
    starts_on: date | None
    until: date | None
    note: str
    at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A photo (``photo``) or video (``video``) of a public review, cleared for where it was asked for."""

    voice: Voice
    photo: Media | None = None
    video: Video | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaRights:
    """A voice with photos or a video, what is recorded about them, and on which channels they may be shown today."""

    voice: Voice
    rights: tuple[MediaRight, ...]
    cleared: tuple[Channel, ...]


class WidgetKind(StrEnum):
    """What a widget shows."""

    RATING = "rating"
    QUOTES = "quotes"
    PHOTOS = "photos"
    VIDEOS = "videos"


@dataclass(frozen=True, kw_only=True, slots=True)
class Widget:
    """Proof for another site; ``product_id`` None: the page that embeds it names the product. ``origins`` none: any
    site may show it. ``key`` is the signed part of its address."""

    id: int
    name: str
    kind: WidgetKind
    key: str
    origins: tuple[str, ...]
    product_id: int | None
    theme: str
    shown: int
    structured: bool
    territory: str
    active: bool
    created_at: datetime
    changed_at: datetime
