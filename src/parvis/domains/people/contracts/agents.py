"""What others see of programs: shopping agents and the keys of programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from parvis.domains.people.contracts.words import Scope


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """A program that shops for people. ``key`` is its name in addresses and figures, ``profile_url`` where it tells
    its capabilities and keys. ``stopped_at`` is set while the brand has switched it off. ``burst`` requests at once,
    ``per_minute`` in the long run. ``signs``: it signs its requests with a secret that it shares with the shop.
    ``provenance`` marks what is simulated."""

    id: int
    key: str
    name: str
    profile_url: str | None
    created_at: datetime
    stopped_at: datetime | None = None
    stop_reason: str = ""
    burst: int = 120
    per_minute: int = 600
    signs: bool = False
    provenance: Mapping[str, str] = field(default_factory=dict)

    @property
    def stopped(self) -> bool:
        return self.stopped_at is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentPolicy:
    """The brand's word on all agents together. ``newcomers``: agents that nobody registered may come in by their
    signed profile. ``stopped_at``: every agent's door is closed."""

    newcomers: bool = True
    stopped_at: datetime | None = None
    stop_reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """An API token as it may be shown: never its secret. ``prefix`` is what people recognise it by.
    ``agent``: the program shops for people, see :class:`Agent`."""

    id: int
    name: str
    scopes: frozenset[Scope]
    account_id: int
    prefix: str = ""
    created_by: str = ""
    created_at: datetime | None = None
    last_used_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    agent: Agent | None = None
