"""Answers made of what is there: voices, the catalogue, the shop's terms, the shopper's own cart and orders."""

from parvis.domains.assistant.queries.answering.compose import compose
from parvis.domains.assistant.queries.answering.reply import Asking, Hit, Reply

__all__ = ["Asking", "Hit", "Reply", "compose"]
