"""What others see of copywriting, one file a subject."""

from parvis.domains.copywriting.contracts.claims import Barred, ClaimFamily, ClaimProof, Verdict
from parvis.domains.copywriting.contracts.drafts import (
    Draft,
    DraftRow,
    DraftState,
    DraftVersion,
    Kind,
    Loss,
    Publication,
    Written,
)
from parvis.domains.copywriting.contracts.events import CopyApproved, CopyPublished, CopySupportLost, CopyUndone
from parvis.domains.copywriting.contracts.sentences import (
    Count,
    Fault,
    FaultKind,
    Material,
    Part,
    Ref,
    RefKind,
    Sentence,
    part_keys,
)
from parvis.domains.copywriting.contracts.tone import BrandText, Profile, Rules

__all__ = [
    "Barred",
    "BrandText",
    "ClaimFamily",
    "ClaimProof",
    "CopyApproved",
    "CopyPublished",
    "CopySupportLost",
    "CopyUndone",
    "Count",
    "Draft",
    "DraftRow",
    "DraftState",
    "DraftVersion",
    "Fault",
    "FaultKind",
    "Kind",
    "Loss",
    "Material",
    "Part",
    "Profile",
    "Publication",
    "Ref",
    "RefKind",
    "Rules",
    "Sentence",
    "Verdict",
    "Written",
    "part_keys",
]
