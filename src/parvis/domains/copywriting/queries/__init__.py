"""What can be read of copywriting."""

from parvis.domains.copywriting.queries.checking import checked, evidence_of
from parvis.domains.copywriting.queries.claims import claim_families, claim_proofs
from parvis.domains.copywriting.queries.drafts import (
    counts,
    differences,
    draft,
    drafts,
    drafts_leaning_on,
    drafts_of,
    losing,
    publications,
    publishable,
    unchecked,
    version,
    versions,
)
from parvis.domains.copywriting.queries.export import csv_lines, markdown
from parvis.domains.copywriting.queries.facts import facts_text
from parvis.domains.copywriting.queries.material import material
from parvis.domains.copywriting.queries.tone import brand_texts, examples, profile, profile_version, profile_versions

__all__ = [
    "brand_texts",
    "checked",
    "claim_families",
    "claim_proofs",
    "counts",
    "csv_lines",
    "differences",
    "draft",
    "drafts",
    "drafts_leaning_on",
    "drafts_of",
    "evidence_of",
    "examples",
    "facts_text",
    "losing",
    "markdown",
    "material",
    "profile",
    "profile_version",
    "profile_versions",
    "publications",
    "publishable",
    "unchecked",
    "version",
    "versions",
]
