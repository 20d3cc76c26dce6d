"""How a file is read, what is seen of it before anything is taken, and what taking it would do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from parvis.domains.voices.contracts.kinds import DateOrder


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPlan:
    """How the rows of a file become voices. ``columns``: header (or path in a JSON object) -> our column; headers
    that are absent are not used. ``kind``: of every row, "" when the rows say it. ``about_shop``: the rows speak of the
    shop and of no product. ``product``: what every row is about when the rows name none. ``source`` keeps apart the
    ids of different platforms; it is also where the voices were first published when ``syndicated``."""

    layout: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    dates: DateOrder = DateOrder.DAY
    kind: str = ""
    about_shop: bool = False
    product: str = ""
    source: str = ""
    syndicated: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPreview:
    """The beginning of a file: its headers, its first rows as they are, and the plan proposed for it.

    ``layout_name`` is the platform it was recognised as, "" for none. ``remembered``: the plan is the one that was used
    for the last file with these headers. ``doubtful_dates``: examples whose order the file does not show.
    """

    format: str
    encoding: str
    headers: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    plan: ImportPlan
    layout_name: str = ""
    remembered: bool = False
    doubtful_dates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportCheck:
    """What importing a file would do, found out without taking anything. ``reasons``: code of a rejection -> rows.
    ``unmatched``: products that are named and not known, with their rows, the most frequent first. ``whole``: the file
    was read to its end; of a larger one only the beginning is tried."""

    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    replies: int = 0
    photos: int = 0
    people: int = 0
    verified: int = 0
    incentives: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    unmatched: tuple[tuple[str, int], ...] = ()
    examples: tuple[Mapping[str, Any], ...] = ()
    whole: bool = True
