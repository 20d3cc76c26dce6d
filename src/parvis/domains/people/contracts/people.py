"""What others see of customers, the team and the trail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from parvis.domains.people.contracts.words import Permission, Purpose, Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """A person who buys or speaks; ``account_id`` is None for a guest. ``merged_into``: this record turned out to be
    that customer, who has all that was its own."""

    id: int
    email: str
    name: str
    locale: str
    account_id: int | None
    created_at: datetime
    erased: bool = False
    provenance: Mapping[str, str] = field(default_factory=dict)
    merged_into: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCustomer:
    """One row of :func:`actions.ensure_customers`."""

    email: str
    name: str = ""
    locale: str = "en"
    created_at: datetime | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Staff:
    """A member of the brand's team. ``two_factor``: has a second factor; ``two_factor_due``: must set one up first."""

    account_id: int
    email: str
    name: str
    locale: str
    role: Role
    permissions: frozenset[Permission]
    two_factor: bool
    two_factor_due: bool = False
    active: bool = True
    last_login: datetime | None = None

    def may(self, permission: Permission) -> bool:
        """Whether this person holds ``permission``."""
        return permission in self.permissions


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A postal address of a customer; ``country`` as two ISO 3166 letters."""

    id: int
    customer_id: int
    name: str
    line1: str
    line2: str
    postcode: str
    city: str
    region: str
    country: str
    phone: str
    default: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """The name a customer goes by on a channel ("instagram", "@claire")."""

    channel: str
    handle: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentRecord:
    """One answer to one question, as it was given: never changed, only followed by another."""

    id: int
    customer_id: int | None
    visitor: str | None
    purpose: Purpose
    granted: bool
    text_version: str
    source: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """Who did what to what. ``actor_id`` None: the machine did it."""

    id: int
    actor_id: int | None
    actor_name: str
    verb: str
    subject_kind: str
    subject_id: str
    detail: Mapping[str, Any]
    at: datetime


class EvidenceKind(StrEnum):
    """Why two customers may be one person. A name is none of them."""

    CONFIRMED = "confirmed"
    EMAIL = "email"
    HANDLE = "handle"
    ORDER = "order"
    PHONE = "phone"


class Strength(StrEnum):
    """How much speaks for it."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One thing two customers have in common: an address confirmed by both, one mailbox in two spellings, a handle, an
    order placed with the other's address, a telephone. ``detail`` is what it is."""

    kind: EvidenceKind
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """Two customers who may be one person. ``names_agree`` None: a name is missing."""

    first: Customer
    second: Customer
    evidence: tuple[Evidence, ...]
    strength: Strength
    names_agree: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """One customer's record put into another's; ``undone_at`` says when it was taken apart again."""

    id: int
    kept_id: int
    gone: Customer
    evidence: tuple[str, ...]
    note: str
    actor_id: int | None
    actor_name: str
    at: datetime
    undone_at: datetime | None = None
