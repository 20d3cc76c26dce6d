"""What a customer lets an assistant do: the programs that ask, what was granted, and what a token stands for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parvis.domains.people.contracts.agents import Agent


class GrantScope(StrEnum):
    """What a customer can allow, each on its own."""

    ORDERS = "orders:read"  # see my orders
    CHECKOUT = "checkout:prepare"  # prepare purchases with my details; I confirm each one myself


@dataclass(frozen=True, kw_only=True, slots=True)
class Assistant:
    """A program that may ask customers for something. ``client_id`` is its name in OAuth: an https address where it
    tells about itself (``described``), or a name that we gave it. Its ``name`` is its own word. ``redirects`` are where
    answers may go. ``agent_id`` is there once somebody has allowed it something."""

    id: int
    client_id: str
    name: str
    home: str
    redirects: tuple[str, ...]
    described: bool
    agent_id: int | None
    created_at: datetime
    fresh_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What a customer has allowed an assistant."""

    id: int
    account_id: int
    assistant: Assistant
    scopes: frozenset[GrantScope]
    granted_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """What a valid access token stands for now. ``customer_id`` None: the account has no confirmed address yet."""

    grant_id: int
    account_id: int
    customer_id: int | None
    agent: Agent
    scopes: frozenset[GrantScope]
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """A fresh pair; nobody can read either again. ``seconds`` is how long the access token lives."""

    access: str
    refresh: str
    seconds: int
    scopes: frozenset[GrantScope]
