"""Find the passages that answer a question, with their quotes and the chance that they answer at all."""

from .errors import BadFilter, BadTable, BadVectors, IndexBusy, IndexCorrupt, RetrievalError
from .grouping import group_questions
from .index import Index
from .own_chance import OwnChance, teach
from .spelling import closest
from .spoken import NOTHING, Spoken

__all__ = [
    "NOTHING",
    "BadFilter",
    "BadTable",
    "BadVectors",
    "Index",
    "IndexBusy",
    "IndexCorrupt",
    "OwnChance",
    "RetrievalError",
    "Spoken",
    "closest",
    "group_questions",
    "teach",
]
