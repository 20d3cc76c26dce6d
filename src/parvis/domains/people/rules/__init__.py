"""Pure decisions about people: who may do what, the wording of consents, tokens, and who may be one person."""

from parvis.domains.people.rules.agents import LONGEST_PROFILE, SIGNING, agent_key, clean_profile, host_of
from parvis.domains.people.rules.grants import (
    LOOPBACK,
    MOST_REDIRECTS,
    described_by_itself,
    may_redirect,
    plausible_challenge,
    proves,
    redirect_parts,
)
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
    "LOOPBACK",
    "MOST_REDIRECTS",
    "SIGNING",
    "TEXT_VERSION",
    "TOKEN_MARK",
    "WORDINGS",
    "agent_key",
    "clean_email",
    "clean_profile",
    "combined_consent",
    "described_by_itself",
    "digest",
    "email_key",
    "erased_email",
    "host_of",
    "may_redirect",
    "names_agree",
    "permissions_of",
    "phone_key",
    "plausible_challenge",
    "proves",
    "redirect_parts",
    "strength",
    "wording",
]
