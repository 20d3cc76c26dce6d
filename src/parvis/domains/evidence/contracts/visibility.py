"""What others see of being found: rules for crawlers, looks of bots, simulations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class CrawlerPolicy:
    """Whether a known program may read the shop; ``decided`` False: the default of its purpose."""

    crawler: str
    maker: str
    purpose: str
    allowed: bool
    decided: bool
    changed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What a page gave to a program. ``changes``: (what, before, now) against what it gave before; ``since`` is when it
    began to look so, ``checked_at`` when it was last fetched."""

    bot: str
    path: str
    status: int
    since: datetime
    checked_at: datetime
    seen: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """The score 0..100 of a product's page. ``given``: (rule, points, most points, where it is mended), what costs most
    first; ``errors`` are faults of its structured data."""

    product_id: int
    language: str
    path: str
    score: float
    given: tuple[tuple[str, float, int, str], ...]
    errors: tuple[str, ...]
    audited_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditSum:
    """All audits of a language: how many, their mean, and by rule the pages that lose points and how many they lose."""

    count: int
    mean: float | None
    lost: tuple[tuple[str, int, float, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Simulated:
    """A kept run of the answer-engine simulator."""

    id: int
    name: str
    given: Mapping[str, Any]
    result: Mapping[str, Any]
    made_at: datetime
