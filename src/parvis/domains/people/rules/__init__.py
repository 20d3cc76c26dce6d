"""Pure decisions about people: who may do what, the wording of consents, tokens, and who may be one person."""

from parvis.domains.people.rules.agents import LONGEST_PROFILE, agent_key, clean_profile, host_of
from parvis.domains.people.rules.identity import combined_consent, email_key, names_agree, phone_key, strength
from parvis.domains.people.rules.people import (
    TEXT_VERSION,
    TOKEN_MARK,
    WORDINGS,
    clean_email,
    digest,
    erased_email,
    permissions_of,
    wording,
)

__all__ = [
    "LONGEST_PROFILE",
    "TEXT_VERSION",
    "TOKEN_MARK",
    "WORDINGS",
    "agent_key",
    "clean_email",
    "clean_profile",
    "combined_consent",
    "digest",
    "email_key",
    "erased_email",
    "host_of",
    "names_agree",
    "permissions_of",
    "phone_key",
    "strength",
    "wording",
]
