"""Frequent questions: propose them from what people ask, decide on them, and follow their voices."""

from parvis.domains.evidence.actions.faq.deciding import (
    approve_faq,
    decline_faq,
    recompose_faq,
    retract_faq,
    translate_faq,
)
from parvis.domains.evidence.actions.faq.following import follow_faq
from parvis.domains.evidence.actions.faq.hearing import hear, unhear
from parvis.domains.evidence.actions.faq.proposing import propose_faq, start_faq

__all__ = [
    "approve_faq",
    "decline_faq",
    "follow_faq",
    "hear",
    "propose_faq",
    "recompose_faq",
    "retract_faq",
    "start_faq",
    "translate_faq",
    "unhear",
]
