"""Publish, hold or refuse: one pure function, its thresholds as data.

The machine decides alone only where it is sure; everything else waits for a person with the reason that stopped it.
Praise and complaint are judged by the same rules: no threshold looks at whether a voice is favourable.
"""

import re
import unicodedata
from dataclasses import dataclass, fields

from parvis.domains.voices.contracts import Outcome, Reading, Reason, VoiceKind
from parvis.domains.voices.rules.personal import link_spans


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """Thresholds of the machine. ``refuse_*`` must be plain cases; between ``hold_*`` and ``refuse_*`` people decide.

    Probabilities are calibrated 0..1 (.5 = decide). ``contradiction_stars`` is how many stars the text must sound away
    from the given ones, and ``contradiction_sentiment`` how strong the opposite feeling must be (0..1).
    """

    hold_toxicity: float = 0.4
    refuse_toxicity: float = 0.97
    hold_spam: float = 0.4
    refuse_spam: float = 0.97
    languages: tuple[str, ...] = ("fr", "en")
    least_letters: int = 6
    least_words: int = 2
    longest_word: int = 60
    most_marks_in_a_row: int = 3
    contradiction_stars: float = 2.25
    contradiction_sentiment: float = 0.5
    sure_language_letters: int = 24
    hold_links: bool = True
    hold_personal_data: bool = True
    hold_duplicates: bool = True
    hold_photos: bool = True

    def __post_init__(self) -> None:
        for low, high in (("hold_toxicity", "refuse_toxicity"), ("hold_spam", "refuse_spam")):
            if not 0 <= getattr(self, low) <= getattr(self, high) <= 1:
                raise ValueError(f"{low} must not be above {high}, both from 0 to 1")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """The voice as the verdict needs it. ``duplicate_of`` is an earlier voice with the same words by someone else."""

    kind: VoiceKind = VoiceKind.REVIEW
    title: str = ""
    text: str = ""
    stars: int | None = None
    language: str = ""
    duplicate_of: int | None = None
    photos: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """``certainty`` 0..1 of the outcome; ``grounds`` are all reasons found, the first one is ``reason``."""

    outcome: Outcome
    reason: Reason
    certainty: float
    grounds: tuple[Reason, ...] = ()


# invisible characters that turn the direction of what follows
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def verdict(reading: Reading, voice: Subject, *, policy: Policy | None = None) -> Verdict:
    """Decide about ``voice`` by its ``reading``. Stars alone, without words, say nothing unlawful: they pass.

    The first ground is the reason: what is seen for certain comes before what a model doubts. Nothing is refused that
    the models cannot read well: few words, other languages, stacked marks.
    """
    policy = policy or Policy()
    words = f"{voice.title} {voice.text}".strip()
    grounds = _grounds(reading, voice, words, policy)
    if words and not _UNREAD.intersection(grounds):
        for score, limit, reason in (
            (reading.toxicity, policy.refuse_toxicity, Reason.TOXIC),
            (reading.spam, policy.refuse_spam, Reason.SPAM),
        ):
            if score >= limit:
                return Verdict(outcome=Outcome.REFUSE, reason=reason, certainty=score, grounds=(reason, *grounds))
    if grounds:
        certainty = _held_certainty(reading, grounds)
        return Verdict(outcome=Outcome.HOLD, reason=grounds[0], certainty=certainty, grounds=grounds)
    certainty = 1 - max(reading.toxicity, reading.spam) if words else 1.0
    return Verdict(outcome=Outcome.PUBLISH, reason=Reason.SOUND, certainty=certainty, grounds=(Reason.SOUND,))


_UNREAD = frozenset({Reason.TOO_SHORT, Reason.LANGUAGE, Reason.UNREADABLE})


def _grounds(reading: Reading, voice: Subject, words: str, policy: Policy) -> tuple[Reason, ...]:
    found = (
        (Reason.PERSONAL_DATA, policy.hold_personal_data and bool(reading.personal)),
        (Reason.UNREADABLE, unreadable(words, policy)),
        *_doubts_about_words(reading, voice, words, policy),
        (Reason.TOXICITY_UNSURE, bool(words) and reading.toxicity >= policy.hold_toxicity),
        (Reason.SPAM_UNSURE, bool(words) and reading.spam >= policy.hold_spam),
        (Reason.LINKS, policy.hold_links and bool(link_spans(voice.text) or link_spans(voice.title))),
        (Reason.DUPLICATE, policy.hold_duplicates and voice.duplicate_of is not None),
        (Reason.STARS_CONTRADICT, bool(words) and _contradicts(reading, voice, policy)),
        (Reason.PHOTO_UNSEEN, policy.hold_photos and voice.photos > 0),
    )
    return tuple(reason for reason, holds in found if holds)


def _doubts_about_words(
    reading: Reading, voice: Subject, words: str, policy: Policy
) -> tuple[tuple[Reason, bool], ...]:
    if not words:
        return ()
    letters = sum(map(str.isalpha, words[:200]))  # enough to tell few from many
    short = letters < policy.least_letters or len(words.split(None, policy.least_words)) < policy.least_words
    return ((Reason.TOO_SHORT, short), (Reason.LANGUAGE, not short and _foreign(reading, voice, letters, policy)))


def unreadable(words: str, policy: Policy) -> bool:
    """Stacked marks, endless words, turned direction: nothing a reader could read."""
    pieces = words.split()
    if max(map(len, pieces), default=0) > policy.longest_word and any(
        len(piece) > policy.longest_word and not link_spans(piece) for piece in pieces
    ):
        return True
    if words.isascii():
        return False
    return bool(_TURNING.search(words)) or _stacked(words, policy.most_marks_in_a_row)


def _stacked(words: str, most: int) -> bool:
    run = 0
    for character in words:
        run = run + 1 if character > "\u02ff" and unicodedata.category(character) in ("Mn", "Me") else 0
        if run > most:
            return True
    return False


def _foreign(reading: Reading, voice: Subject, letters: int, policy: Policy) -> bool:
    if reading.language in policy.languages:
        return False
    # few words can be any language: the one that the form was in is believed
    return not (letters < policy.sure_language_letters and voice.language in policy.languages)


def _contradicts(reading: Reading, voice: Subject, policy: Policy) -> bool:
    """Stars at one end, words strongly at the other; the same distance on both sides."""
    if voice.stars is None or abs(reading.stars - voice.stars) < policy.contradiction_stars:
        return False
    against = reading.sentiment if voice.stars < 3 else -reading.sentiment
    return voice.stars != 3 and against >= policy.contradiction_sentiment


def _held_certainty(reading: Reading, grounds: tuple[Reason, ...]) -> float:
    if grounds[0] is Reason.TOXICITY_UNSURE:
        return 1 - abs(2 * reading.toxicity - 1)
    if grounds[0] is Reason.SPAM_UNSURE:
        return 1 - abs(2 * reading.spam - 1)
    return 1.0
