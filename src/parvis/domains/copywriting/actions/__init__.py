"""What can be done with copy: one verb each, keyword-only, with its time."""

from parvis.domains.copywriting.actions.appending import Edited
from parvis.domains.copywriting.actions.composing import compose, compose_again, restore, save
from parvis.domains.copywriting.actions.deciding import Blocked, NotNow, approve, discard, send_back, submit
from parvis.domains.copywriting.actions.learning import (
    ProfileEdited,
    add_text,
    learn,
    remove_text,
    save_facts,
    set_rules,
)
from parvis.domains.copywriting.actions.proving import add_proof, end_proof
from parvis.domains.copywriting.actions.publishing import ChangedSince, publish, undo
from parvis.domains.copywriting.actions.rechecking import recheck, recheck_changed
from parvis.domains.copywriting.actions.writing import NoModel, write

__all__ = [
    "Blocked",
    "ChangedSince",
    "Edited",
    "NoModel",
    "NotNow",
    "ProfileEdited",
    "add_proof",
    "add_text",
    "approve",
    "compose",
    "compose_again",
    "discard",
    "end_proof",
    "learn",
    "publish",
    "recheck",
    "recheck_changed",
    "remove_text",
    "restore",
    "save",
    "save_facts",
    "send_back",
    "set_rules",
    "submit",
    "undo",
    "write",
]
