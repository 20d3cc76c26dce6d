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
from parvis.domains.voices.rules.grounds import GROUNDS
from parvis.domains.voices.rules.personal import link_spans, masked, personal_spans
from parvis.domains.voices.rules.policy import BadPolicy, Policy, TwoPeople, changed, from_data, to_data
from parvis.domains.voices.rules.priority import drawn, look_by, openness, worth
from parvis.domains.voices.rules.verdict import SCORED, Subject, Verdict, conclude, verdict

__all__ = [
    "GROUNDS",
    "LIMITS",
    "SCORED",
    "AnswersNothing",
    "BadPolicy",
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
    "TwoPeople",
    "UnknownParent",
    "UnknownProduct",
    "UnreadableCharacters",
    "Verdict",
    "admit",
    "changed",
    "conclude",
    "content_ref",
    "drawn",
    "fingerprint",
    "from_data",
    "link_spans",
    "look_by",
    "masked",
    "neutralise_cell",
    "openness",
    "personal_spans",
    "to_data",
    "verdict",
    "worth",
]
