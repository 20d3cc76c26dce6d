"""The assistant in pages: who holds which conversation, and its words in the reader's language."""

from parvis.domains.assistant.web.holding import COOKIE, current, current_token, hold
from parvis.domains.assistant.web.words import (
    filter_words,
    hint_words,
    intent_words,
    lead,
    outcome_words,
    resolution_words,
    size_rows,
    spoken_question,
    stated_words,
    suggestion_words,
    surface_words,
    word_words,
)

__all__ = [
    "COOKIE",
    "current",
    "current_token",
    "filter_words",
    "hint_words",
    "hold",
    "intent_words",
    "lead",
    "outcome_words",
    "resolution_words",
    "size_rows",
    "spoken_question",
    "stated_words",
    "suggestion_words",
    "surface_words",
    "word_words",
]
