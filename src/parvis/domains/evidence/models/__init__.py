"""Derived tables of evidence, and what the team decides about proofs on pages; one file a subject."""

from parvis.domains.evidence.models.faq import (
    FaqAsked,
    FaqEntry,
    FaqGathering,
    FaqHeard,
    FaqNeed,
    FaqSupport,
    FaqVersion,
)
from parvis.domains.evidence.models.lesson import Lesson
from parvis.domains.evidence.models.placing import MediaRight, OrderPlan, Widget
from parvis.domains.evidence.models.proof import Leaning, ProductProof, Proof, Tally
from parvis.domains.evidence.models.renewal import Renewal
from parvis.domains.evidence.models.visibility import BotLook, CrawlerRule, PageAudit, Simulation

__all__ = [
    "BotLook",
    "CrawlerRule",
    "FaqAsked",
    "FaqEntry",
    "FaqGathering",
    "FaqHeard",
    "FaqNeed",
    "FaqSupport",
    "FaqVersion",
    "Leaning",
    "Lesson",
    "MediaRight",
    "OrderPlan",
    "PageAudit",
    "ProductProof",
    "Proof",
    "Renewal",
    "Simulation",
    "Tally",
    "Widget",
]
