"""What can be done with voices: one verb each, keyword-only, with its time."""

from parvis.domains.voices.actions.deciding import AlreadyDecided, CannotUndo, decide, undo, withdraw
from parvis.domains.voices.actions.erasing import erase_customer
from parvis.domains.voices.actions.examining import examine, examine_pending
from parvis.domains.voices.actions.importing import continue_import, import_file, store_import
from parvis.domains.voices.actions.photos import BadPhoto
from parvis.domains.voices.actions.policies import PolicyMoved, policy_in_force, save_policy
from parvis.domains.voices.actions.proposals import take_back as take_proposal_back
from parvis.domains.voices.actions.readings import Reader, read_again
from parvis.domains.voices.actions.receiving import receive, receive_many
from parvis.domains.voices.actions.voting import OwnVoice, vote

__all__ = [
    "AlreadyDecided",
    "BadPhoto",
    "CannotUndo",
    "OwnVoice",
    "PolicyMoved",
    "Reader",
    "continue_import",
    "decide",
    "erase_customer",
    "examine",
    "examine_pending",
    "import_file",
    "policy_in_force",
    "read_again",
    "receive",
    "receive_many",
    "save_policy",
    "store_import",
    "take_proposal_back",
    "undo",
    "vote",
    "withdraw",
]
