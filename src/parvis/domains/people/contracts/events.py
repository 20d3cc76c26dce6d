"""What happened to people, for others to hear."""

from dataclasses import dataclass
from typing import ClassVar

from parvis.core.events import Event, declare
from parvis.domains.people.contracts.words import Purpose


@declare
@dataclass(frozen=True, kw_only=True)
class CustomersMerged(Event):
    """Two records are one person: whatever belongs to ``gone_id`` is from now on ``kept_id``'s."""

    name: ClassVar[str] = "people.customers_merged"
    kept_id: int
    gone_id: int
    merge_id: int


@declare
@dataclass(frozen=True, kw_only=True)
class CustomersSplit(Event):
    """A merge was taken apart: what came from ``gone_id`` with ``merge_id`` and is still ``kept_id``'s goes back."""

    name: ClassVar[str] = "people.customers_split"
    kept_id: int
    gone_id: int
    merge_id: int


@declare
@dataclass(frozen=True, kw_only=True)
class ConsentChanged(Event):
    """A person gave or withdrew a consent; exactly one of ``customer_id`` and ``visitor`` may be None."""

    name: ClassVar[str] = "people.consent_changed"
    customer_id: int | None
    visitor: str | None
    purpose: Purpose
    granted: bool


@declare
@dataclass(frozen=True, kw_only=True)
class CustomerErased(Event):
    """A customer asked to be forgotten: whoever keeps something personal of theirs lets it go. ``address_digest`` is
    the SHA-256 of the address they were known by, in small letters: to find what was left under no customer."""

    name: ClassVar[str] = "people.customer_erased"
    inside: ClassVar[frozenset[str]] = frozenset({"address_digest"})
    customer_id: int
    address_digest: str = ""


@declare
@dataclass(frozen=True, kw_only=True)
class AgentStopped(Event):
    """The brand switched a shopping agent off (None: all of them): none of its requests is answered any more."""

    name: ClassVar[str] = "people.agent_stopped"
    agent_id: int | None


@declare
@dataclass(frozen=True, kw_only=True)
class AgentResumed(Event):
    """A shopping agent (None: all that are not stopped themselves) may come in again."""

    name: ClassVar[str] = "people.agent_resumed"
    agent_id: int | None
