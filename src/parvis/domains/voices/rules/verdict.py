"""Publish, hold or refuse: one pure function, its policy as data.

The machine decides alone only where it is sure; everything else waits for a person with the reason that stopped it.
Praise and complaint are judged by the same rules: no threshold looks at whether a voice is favourable.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from parvis.domains.voices.contracts import Outcome, Reading, Reason, VoiceKind
from parvis.domains.voices.rules.personal import link_spans
from parvis.domains.voices.rules.policy import Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """The voice as the verdict needs it. ``duplicate_of`` is an earlier voice with the same words by someone else,
    ``burst`` whether several people have just sent nearly the same; ``disclosed``: what its author got is said.
    """

    kind: VoiceKind = VoiceKind.REVIEW
    title: str = ""
    text: str = ""
    stars: int | None = None
    language: str = ""
    duplicate_of: int | None = None
    photos: int = 0
    burst: bool = False
    disclosed: bool = False


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
    scores = reading.toxicity, reading.spam
    return conclude(grounds, *scores, policy, language=reading.language, words=bool(words))


def conclude(
    found: Iterable[Reason], toxicity: float, spam: float, policy: Policy, *, language: str = "", words: bool = True
) -> Verdict:
    """The verdict on what was seen (``found``, without doubts of models) and on the two scores. What is seen and
    scored is kept with each decision: a decision of the past can be reached again from it, under its own policy."""
    seen = tuple(reason for reason in found if reason not in SCORED)
    (hold_toxicity, refuse_toxicity), (hold_spam, refuse_spam) = policy.limits(language)
    unsure = (
        (Reason.TOXICITY_UNSURE, toxicity, hold_toxicity),
        (Reason.SPAM_UNSURE, spam, hold_spam),
    )
    doubts = tuple(reason for reason, score, limit in unsure if words and score >= limit)
    grounds = (*(r for r in seen if r in _BEFORE_DOUBTS), *doubts, *(r for r in seen if r not in _BEFORE_DOUBTS))
    if words and policy.machine_refuses and not UNREAD.intersection(grounds):
        for reason, score, limit in ((Reason.TOXIC, toxicity, refuse_toxicity), (Reason.SPAM, spam, refuse_spam)):
            if score >= limit:
                return Verdict(outcome=Outcome.REFUSE, reason=reason, certainty=score, grounds=(reason, *grounds))
    if grounds:
        certainty = _held_certainty(toxicity, spam, grounds)
        return Verdict(outcome=Outcome.HOLD, reason=grounds[0], certainty=certainty, grounds=grounds)
    certainty = 1 - max(toxicity, spam) if words else 1.0
    if not policy.machine_publishes:
        reason = Reason.SECOND_LOOK
        return Verdict(outcome=Outcome.HOLD, reason=reason, certainty=certainty, grounds=(reason,))
    return Verdict(outcome=Outcome.PUBLISH, reason=Reason.SOUND, certainty=certainty, grounds=(Reason.SOUND,))


SCORED = frozenset(
    {Reason.TOXIC, Reason.SPAM, Reason.TOXICITY_UNSURE, Reason.SPAM_UNSURE, Reason.SOUND, Reason.SECOND_LOOK}
)
"""Grounds that follow from the scores and the policy; all others are seen in the voice itself."""
# What is seen for certain and comes before what a model doubts; the rest comes after.
_BEFORE_DOUBTS = frozenset(
    {Reason.PERSONAL_DATA, Reason.UNREADABLE, Reason.TOO_SHORT, Reason.LANGUAGE, Reason.WATCHED_WORDS, Reason.LINKS}
)
UNREAD = frozenset({Reason.TOO_SHORT, Reason.LANGUAGE, Reason.UNREADABLE})
"""Nothing is refused that the models cannot read well."""


def _grounds(reading: Reading, voice: Subject, words: str, policy: Policy) -> tuple[Reason, ...]:
    found = (
        (Reason.PERSONAL_DATA, policy.hold_personal_data and bool(reading.personal)),
        (Reason.UNREADABLE, unreadable(words, policy)),
        *_doubts_about_words(reading, voice, words, policy),
        (Reason.WATCHED_WORDS, bool(policy.watched_words) and _watched(words, policy.watched_words)),
        (Reason.LINKS, policy.hold_links and bool(link_spans(voice.text) or link_spans(voice.title))),
        (Reason.BURST, policy.hold_bursts and voice.burst),
        (Reason.DUPLICATE, policy.hold_duplicates and voice.duplicate_of is not None),
        (Reason.STARS_CONTRADICT, bool(words) and _contradicts(reading, voice, policy)),
        (Reason.INTEREST_UNSURE, policy.hold_interest and _undisclosed(reading, voice, policy)),
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


def _undisclosed(reading: Reading, voice: Subject, policy: Policy) -> bool:
    """Words that betray an interest, where nothing beside the voice tells of it."""
    return reading.interest >= policy.interest_from and not voice.disclosed


def _watched(words: str, watched: tuple[str, ...]) -> bool:
    """Whether a word or phrase that the brand watches is said, whole words only, whatever its case and accents."""
    said = f" {_folded(words)} "
    return any(f" {_folded(word)} " in said for word in watched if word.strip())


def _folded(words: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", plain))


def _held_certainty(toxicity: float, spam: float, grounds: tuple[Reason, ...]) -> float:
    if grounds[0] is Reason.TOXICITY_UNSURE:
        return 1 - abs(2 * toxicity - 1)
    if grounds[0] is Reason.SPAM_UNSURE:
        return 1 - abs(2 * spam - 1)
    return 1.0
