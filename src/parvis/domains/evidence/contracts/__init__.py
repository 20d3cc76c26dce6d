"""What others see of evidence, one file a subject."""

from parvis.domains.evidence.contracts.proof import (
    Answer,
    AspectCount,
    Health,
    Highlight,
    Lack,
    Learning,
    NextReview,
    Order,
    Proof,
    Quote,
    Shown,
    Sign,
    Spoken,
    Summary,
    Want,
)

__all__ = [
    "Answer",
    "AspectCount",
    "Health",
    "Highlight",
    "Lack",
    "Learning",
    "NextReview",
    "Order",
    "Proof",
    "Quote",
    "Shown",
    "Sign",
    "Spoken",
    "Summary",
    "Want",
]
