"""Understanding texts: read voices, sort texts by label, put the most useful reviews first. French and English."""

from parvis.science.text.aspects import names as aspect_names
from parvis.science.text.labels import classify
from parvis.science.text.reading import MAX_CHARS, read
from parvis.science.text.usefulness import rank_reviews, reason_phrases, reason_words
from parvis.science.text.version import model_version

__all__ = [
    "MAX_CHARS",
    "aspect_names",
    "classify",
    "model_version",
    "rank_reviews",
    "read",
    "reason_phrases",
    "reason_words",
]
