"""Tables: conversations, their turns, and the passages shown in them. No words of a voice are copied."""

from parvis.domains.assistant.models.conversation import Conversation, Turn
from parvis.domains.assistant.models.moving import MovedConversation
from parvis.domains.assistant.models.passage import Passage

__all__ = ["Conversation", "MovedConversation", "Passage", "Turn"]
