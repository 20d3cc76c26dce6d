"""The kinds, states, outcomes and reasons of voices."""

from collections.abc import Mapping
from enum import StrEnum


class VoiceKind(StrEnum):
    """What sort of thing was said."""

    REVIEW = "review"
    QUESTION = "question"
    ANSWER = "answer"
    COMMENT = "comment"


class VoiceState(StrEnum):
    """Where a voice stands; only ``published`` is public."""

    HELD = "held"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What a decision does."""

    PUBLISH = "publish"
    HOLD = "hold"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"

    @property
    def state(self) -> VoiceState:
        """The state that this outcome leads to."""
        return _STATE_AFTER[self]


_STATE_AFTER: Mapping[Outcome, VoiceState] = {
    Outcome.PUBLISH: VoiceState.PUBLISHED,
    Outcome.HOLD: VoiceState.HELD,
    Outcome.REFUSE: VoiceState.REFUSED,
    Outcome.WITHDRAW: VoiceState.WITHDRAWN,
}


class DecidedBy(StrEnum):
    """Who decided: the rules with their models, a member of the team, or the author about the own voice."""

    MACHINE = "machine"
    PERSON = "person"
    AUTHOR = "author"


class Origin(StrEnum):
    """Where the voice came in."""

    STOREFRONT = "storefront"
    IMPORT = "import"
    API = "api"
    DEMO = "demo"


class AuthorRole(StrEnum):
    """In which role the author speaks; shown as a label."""

    SHOPPER = "shopper"
    OWNER = "owner"
    BRAND = "brand"


class Reason(StrEnum):
    """Grounds of a decision. Their labels in French and English are in ``web.reason_label``."""

    # published
    SOUND = "sound"
    APPROVED = "approved"
    # held: a person looks
    TOXICITY_UNSURE = "toxicity_unsure"
    SPAM_UNSURE = "spam_unsure"
    PERSONAL_DATA = "personal_data"
    LINKS = "links"
    LANGUAGE = "language"
    TOO_SHORT = "too_short"
    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"
    BURST = "burst"
    INTEREST_UNSURE = "interest_unsure"
    STARS_CONTRADICT = "stars_contradict"
    PHOTO_UNSEEN = "photo_unseen"
    WATCHED_WORDS = "watched_words"
    NOT_READ = "not_read"
    SECOND_LOOK = "second_look"
    # refused
    TOXIC = "toxic"
    SPAM = "spam"
    OFF_TOPIC = "off_topic"
    NOT_GENUINE = "not_genuine"
    INTEREST = "interest"
    UNLAWFUL = "unlawful"
    RIGHTS = "rights"
    # withdrawn
    AUTHOR_REQUEST = "author_request"
    ERASURE = "erasure"
    # any
    OTHER = "other"


class ImportState(StrEnum):
    """How far an import is: a draft has its columns still to be confirmed, then it may be tried without taking
    anything (checking, checked), then it is queued."""

    DRAFT = "draft"
    CHECKING = "checking"
    CHECKED = "checked"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class AppealState(StrEnum):
    """What became of an appeal: the decision stands, or was reversed; or the voice is gone."""

    OPEN = "open"
    UPHELD = "upheld"
    REVERSED = "reversed"
    LAPSED = "lapsed"


class ReporterRole(StrEnum):
    """Who reports a voice: anybody, who makes or sells the product, or the brand's own team."""

    VISITOR = "visitor"
    SELLER = "seller"
    TEAM = "team"


class ReportState(StrEnum):
    """What became of a report: the voice stays as it was, or it was taken down."""

    OPEN = "open"
    KEPT = "kept"
    REMOVED = "removed"


class RedecidingState(StrEnum):
    """How far a pass over waiting voices is, after a change of policy."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class DateOrder(StrEnum):
    """What 03/04/2026 means in a file: the 3rd of April or the 4th of March."""

    DAY = "day"
    MONTH = "month"


class Desk(StrEnum):
    """What the team looks at, each in its turn."""

    HELD = "held"
    SECOND = "second"
    APPEALS = "appeals"
    REPORTS = "reports"
    CHECKS = "checks"
    BURSTS = "bursts"
