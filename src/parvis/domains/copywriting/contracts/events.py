"""What happened to copy."""

from dataclasses import dataclass
from typing import ClassVar

from parvis.core.events import Event, declare


@declare
@dataclass(frozen=True, kw_only=True)
class CopyApproved(Event):
    """A person approved a version of a draft."""

    name: ClassVar[str] = "copywriting.approved"
    draft_id: int
    product_id: int
    language: str
    version: int


@declare
@dataclass(frozen=True, kw_only=True)
class CopyPublished(Event):
    """An approved version was written in the catalogue."""

    name: ClassVar[str] = "copywriting.published"
    draft_id: int
    product_id: int
    language: str
    version: int


@declare
@dataclass(frozen=True, kw_only=True)
class CopyUndone(Event):
    """What was published was taken back; the catalogue has its earlier words."""

    name: ClassVar[str] = "copywriting.undone"
    draft_id: int
    product_id: int
    language: str
    version: int


@declare
@dataclass(frozen=True, kw_only=True)
class CopySupportLost(Event):
    """Sentences of a draft lost what they lean on; nothing was changed by itself."""

    name: ClassVar[str] = "copywriting.support_lost"
    draft_id: int
    product_id: int
    language: str
    sentences: int
