"""Tables of copywriting, one file a subject."""

from parvis.domains.copywriting.models.claim import ClaimProof
from parvis.domains.copywriting.models.draft import Draft, DraftVersion, Leaning, Publication
from parvis.domains.copywriting.models.tone import BrandText, FactSheet, ToneProfile

__all__ = ["BrandText", "ClaimProof", "Draft", "DraftVersion", "FactSheet", "Leaning", "Publication", "ToneProfile"]
