"""What other domains and interfaces see of people: plain, frozen, free of Django."""

from parvis.domains.people.contracts.agents import (
    Agent,
    AgentPolicy,
    Token,
)
from parvis.domains.people.contracts.events import (
    AgentResumed,
    AgentStopped,
    ConsentChanged,
    CustomerErased,
    CustomersMerged,
    CustomersSplit,
)
from parvis.domains.people.contracts.grants import Access, Assistant, Grant, GrantScope, Tokens
from parvis.domains.people.contracts.people import (
    Address,
    AuditEntry,
    ConsentRecord,
    Customer,
    Evidence,
    EvidenceKind,
    Identity,
    Likeness,
    Merge,
    NewCustomer,
    Staff,
    Strength,
)
from parvis.domains.people.contracts.words import (
    Permission,
    Purpose,
    Role,
    Scope,
)

__all__ = [
    "Access",
    "Address",
    "Agent",
    "AgentPolicy",
    "AgentResumed",
    "AgentStopped",
    "Assistant",
    "AuditEntry",
    "ConsentChanged",
    "ConsentRecord",
    "Customer",
    "CustomerErased",
    "CustomersMerged",
    "CustomersSplit",
    "Evidence",
    "EvidenceKind",
    "Grant",
    "GrantScope",
    "Identity",
    "Likeness",
    "Merge",
    "NewCustomer",
    "Permission",
    "Purpose",
    "Role",
    "Scope",
    "Staff",
    "Strength",
    "Token",
    "Tokens",
]
