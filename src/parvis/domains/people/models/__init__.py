"""Tables of people."""

from parvis.domains.people.models.agents import Agent, AgentPolicy, ApiToken
from parvis.domains.people.models.grants import Assistant, Grant, GrantSecret
from parvis.domains.people.models.people import (
    LOCALES,
    Account,
    AccountManager,
    Address,
    AuditEntry,
    Consent,
    Customer,
    Identity,
    Merge,
    Pair,
    StaffMember,
    StaffPolicy,
)

__all__ = [
    "LOCALES",
    "Account",
    "AccountManager",
    "Address",
    "Agent",
    "AgentPolicy",
    "ApiToken",
    "Assistant",
    "AuditEntry",
    "Consent",
    "Customer",
    "Grant",
    "GrantSecret",
    "Identity",
    "Merge",
    "Pair",
    "StaffMember",
    "StaffPolicy",
]
