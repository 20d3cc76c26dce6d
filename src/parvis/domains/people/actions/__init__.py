"""What can be done with people: one verb each."""

from parvis.domains.people.actions.audit import note
from parvis.domains.people.actions.consents import record_consent
from parvis.domains.people.actions.customers import (
    BadEmail,
    add_identity,
    choose_language,
    delete_address,
    ensure_customer,
    ensure_customers,
    erase_customer,
    link_handles,
    save_address,
    update_profile,
)
from parvis.domains.people.actions.identities import (
    CannotMerge,
    CannotSplit,
    TwoAccounts,
    link_identity,
    merge_customers,
    not_same,
    note_likeness,
    split_customers,
    unlink_identity,
)
from parvis.domains.people.actions.staff import (
    AlreadyStaff,
    LastOwner,
    create_staff,
    deactivate_staff,
    reactivate_staff,
    require_two_factor,
    set_role,
)
from parvis.domains.people.actions.tokens import issue_token, revoke_token

__all__ = [
    "AlreadyStaff",
    "BadEmail",
    "CannotMerge",
    "CannotSplit",
    "LastOwner",
    "TwoAccounts",
    "add_identity",
    "choose_language",
    "create_staff",
    "deactivate_staff",
    "delete_address",
    "ensure_customer",
    "ensure_customers",
    "erase_customer",
    "issue_token",
    "link_handles",
    "link_identity",
    "merge_customers",
    "not_same",
    "note",
    "note_likeness",
    "reactivate_staff",
    "record_consent",
    "require_two_factor",
    "revoke_token",
    "save_address",
    "set_role",
    "split_customers",
    "unlink_identity",
    "update_profile",
]
