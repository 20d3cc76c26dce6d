"""What can be read of conversations."""

from parvis.domains.assistant.queries.asides import aside
from parvis.domains.assistant.queries.conversations import (
    conversation,
    conversation_by_token,
    conversations_of,
    known_token,
    revision,
    turn,
)
from parvis.domains.assistant.queries.figures import figures, unsaid
from parvis.domains.assistant.queries.lists import conversations, waiting
from parvis.domains.assistant.queries.sizes import size_advice

__all__ = [
    "aside",
    "conversation",
    "conversation_by_token",
    "conversations",
    "conversations_of",
    "figures",
    "known_token",
    "revision",
    "size_advice",
    "turn",
    "unsaid",
    "waiting",
]
