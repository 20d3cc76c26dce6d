"""Pure decisions about voices: what is admitted, what is personal, what is published, how a cell is written."""

from parvis.domains.voices.rules.admission import (
    LIMITS,
    AnswersNothing,
    ControlCharacters,
    DateInFuture,
    DateTooOld,
    NotAChoice,
    NotAdmitted,
    NotAnAddress,
    NothingSaid,
    OutOfRange,
    StarsMissing,
    TooLong,
    UnknownParent,
    UnknownProduct,
    UnreadableCharacters,
    admit,
    content_ref,
    fingerprint,
)
from parvis.domains.voices.rules.cells import neutralise_cell
from parvis.domains.voices.rules.personal import link_spans, masked, personal_spans
from parvis.domains.voices.rules.verdict import Policy, Subject, Verdict, verdict

__all__ = [
    "LIMITS",
    "AnswersNothing",
    "ControlCharacters",
    "DateInFuture",
    "DateTooOld",
    "NotAChoice",
    "NotAdmitted",
    "NotAnAddress",
    "NothingSaid",
    "OutOfRange",
    "Policy",
    "StarsMissing",
    "Subject",
    "TooLong",
    "UnknownParent",
    "UnknownProduct",
    "UnreadableCharacters",
    "Verdict",
    "admit",
    "content_ref",
    "fingerprint",
    "link_spans",
    "masked",
    "neutralise_cell",
    "personal_spans",
    "verdict",
]
