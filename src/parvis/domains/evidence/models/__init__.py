"""Derived tables of evidence, one file a subject."""

from parvis.domains.evidence.models.lesson import Lesson
from parvis.domains.evidence.models.proof import Leaning, ProductProof, Proof, Tally

__all__ = ["Leaning", "Lesson", "ProductProof", "Proof", "Tally"]
