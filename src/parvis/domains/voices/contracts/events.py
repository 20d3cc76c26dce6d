"""What happened to a voice, for those who listen."""

from dataclasses import dataclass
from typing import ClassVar

from parvis.core.events import Event, declare


@declare
@dataclass(frozen=True, kw_only=True)
class VoiceReceived(Event):
    """A voice was saved as held."""

    name: ClassVar[str] = "voices.received"
    voice_id: int
    kind: str
    product_id: int | None


@declare
@dataclass(frozen=True, kw_only=True)
class VoicePublished(Event):
    """A voice became public; its reading exists by then."""

    name: ClassVar[str] = "voices.published"
    voice_id: int
    kind: str
    product_id: int | None


@declare
@dataclass(frozen=True, kw_only=True)
class VoiceReread(Event):
    """A public voice was read anew and its reading says something else: what is derived from it follows."""

    name: ClassVar[str] = "voices.reread"
    voice_id: int
    kind: str
    product_id: int | None


@declare
@dataclass(frozen=True, kw_only=True)
class VoiceHeld(Event):
    """A voice waits for a person."""

    name: ClassVar[str] = "voices.held"
    voice_id: int


@declare
@dataclass(frozen=True, kw_only=True)
class VoiceRefused(Event):
    """A voice was refused."""

    name: ClassVar[str] = "voices.refused"
    voice_id: int


@declare
@dataclass(frozen=True, kw_only=True)
class VoiceWithdrawn(Event):
    """A voice that was public is no longer (withdrawn, refused or held again), or its author took it back: whatever
    was derived from it has to go."""

    name: ClassVar[str] = "voices.withdrawn"
    voice_id: int
    kind: str
    product_id: int | None


@declare
@dataclass(frozen=True, kw_only=True)
class VotesChanged(Event):
    """The votes of a voice moved."""

    name: ClassVar[str] = "voices.votes_changed"
    voice_id: int
    product_id: int | None


@declare
@dataclass(frozen=True, kw_only=True)
class PolicyChanged(Event):
    """The brand saved a new version of its policy of moderation."""

    name: ClassVar[str] = "voices.policy_changed"
    version: int


@declare
@dataclass(frozen=True, kw_only=True)
class VoiceReported(Event):
    """Somebody reported a voice; a person has to look at it."""

    name: ClassVar[str] = "voices.reported"
    report_id: int
    voice_id: int


@declare
@dataclass(frozen=True, kw_only=True)
class ReportAnswered(Event):
    """A person decided about a report: kept or removed."""

    name: ClassVar[str] = "voices.report_answered"
    report_id: int
    voice_id: int
    state: str


@declare
@dataclass(frozen=True, kw_only=True)
class AppealAnswered(Event):
    """A person answered an author's appeal: upheld or reversed."""

    name: ClassVar[str] = "voices.appeal_answered"
    appeal_id: int
    voice_id: int
    state: str
