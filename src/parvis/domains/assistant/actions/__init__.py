"""What can be done with conversations: one verb each, keyword-only, with its time."""

from parvis.domains.assistant.actions.asking import ask
from parvis.domains.assistant.actions.conversing import adopt, begin, begin_once
from parvis.domains.assistant.actions.forgetting import forget_customer, forget_old, forget_voices
from parvis.domains.assistant.actions.handing_over import answer_as_person, hand_over
from parvis.domains.assistant.actions.judging import judge, note_added, note_public
from parvis.domains.assistant.actions.live import ask_in_room, begin_in_room
from parvis.domains.assistant.actions.moving import move_back, move_customer
from parvis.domains.assistant.actions.writing import write

__all__ = [
    "adopt",
    "answer_as_person",
    "ask",
    "ask_in_room",
    "begin",
    "begin_in_room",
    "begin_once",
    "forget_customer",
    "forget_old",
    "forget_voices",
    "hand_over",
    "judge",
    "move_back",
    "move_customer",
    "note_added",
    "note_public",
    "write",
]
