"""What can be done with voices: one verb each, keyword-only, with its time."""

from parvis.domains.voices.actions.deciding import AlreadyDecided, CannotUndo, decide, undo, withdraw
from parvis.domains.voices.actions.erasing import erase_customer
from parvis.domains.voices.actions.examining import examine, examine_pending
from parvis.domains.voices.actions.importing import continue_import, import_file, store_import
from parvis.domains.voices.actions.photos import BadPhoto
from parvis.domains.voices.actions.readings import Reader, read_again
from parvis.domains.voices.actions.receiving import receive, receive_many
from parvis.domains.voices.actions.voting import OwnVoice, vote

__all__ = [
    "AlreadyDecided",
    "BadPhoto",
    "CannotUndo",
    "OwnVoice",
    "Reader",
    "continue_import",
    "decide",
    "erase_customer",
    "examine",
    "examine_pending",
    "import_file",
    "read_again",
    "receive",
    "receive_many",
    "store_import",
    "undo",
    "vote",
    "withdraw",
]
