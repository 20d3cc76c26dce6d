"""Understanding texts: read voices, sort texts by label, put the most useful reviews first. French and English."""

from parvis.science.text.aspects import names as aspect_names
from parvis.science.text.cues import CUE_COLUMNS, cue_table
from parvis.science.text.duplicates import bursts, near_duplicates
from parvis.science.text.kinds import kind_names, kind_of, kinds
from parvis.science.text.labels import classify
from parvis.science.text.model_cards import Card, Measure, cards
from parvis.science.text.own import OwnStars, Taught, fit
from parvis.science.text.own_trial import Compared, compare
from parvis.science.text.reading import MAX_CHARS, read
from parvis.science.text.usefulness import rank_reviews, reason_phrases, reason_words
from parvis.science.text.version import model_version

__all__ = [
    "CUE_COLUMNS",
    "MAX_CHARS",
    "Card",
    "Compared",
    "Measure",
    "OwnStars",
    "Taught",
    "aspect_names",
    "bursts",
    "cards",
    "classify",
    "compare",
    "cue_table",
    "fit",
    "kind_names",
    "kind_of",
    "kinds",
    "model_version",
    "near_duplicates",
    "rank_reviews",
    "read",
    "reason_phrases",
    "reason_words",
]
