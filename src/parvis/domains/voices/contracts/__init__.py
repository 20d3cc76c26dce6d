"""What others see of a voice: frozen values, enums and events.

A voice is public only in the state ``published``. Events tell that something happened; since they are delivered at
least once and by several workers, a listener looks at the voice's present state (``queries.voices``) and acts on that.
"""

from parvis.domains.voices.contracts.events import (
    VoiceHeld,
    VoicePublished,
    VoiceReceived,
    VoiceRefused,
    VoiceWithdrawn,
    VotesChanged,
)
from parvis.domains.voices.contracts.kinds import (
    AuthorRole,
    DecidedBy,
    ImportState,
    Origin,
    Outcome,
    Reason,
    VoiceKind,
    VoiceState,
)
from parvis.domains.voices.contracts.results import (
    Decided,
    DecisionConflict,
    Examined,
    ImportRun,
    PublicationDelay,
    QuestionThread,
    QueueCounts,
    QueueFilters,
    QueueItem,
    Received,
    RejectedRow,
    Rejection,
)
from parvis.domains.voices.contracts.values import (
    AspectSpan,
    Decision,
    Media,
    NewVoice,
    Reading,
    Span,
    Voice,
)

__all__ = [
    "AspectSpan",
    "AuthorRole",
    "Decided",
    "DecidedBy",
    "Decision",
    "DecisionConflict",
    "Examined",
    "ImportRun",
    "ImportState",
    "Media",
    "NewVoice",
    "Origin",
    "Outcome",
    "PublicationDelay",
    "QuestionThread",
    "QueueCounts",
    "QueueFilters",
    "QueueItem",
    "Reading",
    "Reason",
    "Received",
    "RejectedRow",
    "Rejection",
    "Span",
    "Voice",
    "VoiceHeld",
    "VoiceKind",
    "VoicePublished",
    "VoiceReceived",
    "VoiceRefused",
    "VoiceState",
    "VoiceWithdrawn",
    "VotesChanged",
]
