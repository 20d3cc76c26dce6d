"""The brand's policy of moderation: plain data with a version, read by the verdict, shown in public, replayed before a
change. Nothing in it can look at whether a voice is favourable."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from parvis.core.errors import Invalid
from parvis.domains.voices.contracts import Reason
from parvis.domains.voices.rules.grounds import GROUNDS

MOST_WORDS = 200


class BadPolicy(Invalid, ValueError):
    """A policy that contradicts itself, or lacks what the law asks for."""

    code = "bad_policy"
    template = "%(field)s: %(problem)s"

    def __str__(self) -> str:
        return Invalid.__str__(self)


class OpinionMode(StrEnum):
    """What opinions of a language model may do. ``release``: publish where machine and opinion agree that nothing is
    wrong."""

    OFF = "off"
    ADVISE = "advise"
    RELEASE = "release"


class TwoPeople(StrEnum):
    """What needs a second person of the team before it holds."""

    NOTHING = "nothing"
    REFUSALS = "refusals"
    EVERYTHING = "everything"


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What the machine may decide, what waits for a person, what is promised to the author, and on which grounds a
    voice may be refused.

    ``refuse_*`` must be plain cases; between ``hold_*`` and ``refuse_*`` people decide. Probabilities are calibrated
    0..1 (.5 = decide). ``by_language``: (hold, refuse) for both scores of a language, in place of the general ones, as
    calibration gives them. ``contradiction_stars`` is how many stars the text must sound away from the given ones, and
    ``contradiction_sentiment`` how strong the opposite feeling must be (0..1). ``tolerated_error`` is the share of the
    machine's decisions that may be wrong, ``sampled_share`` the share of all voices that a person checks whatever the
    machine said: without it no rate could be known. ``promise_hours`` is the longest time until a decision, the same
    for praise and complaint. ``burst_authors`` people who send nearly the same words within ``burst_hours`` are a
    burst; from ``interest_from`` (0..1) on, an interest is probable. ``second_opinions``: what a language model's
    opinion may do. ``grounds``: why a voice may be refused, in French and English as the author reads it.
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
    hold_bursts: bool = True
    burst_authors: int = 3
    burst_hours: int = 24
    hold_interest: bool = True
    interest_from: float = 0.5
    watched_words: tuple[str, ...] = ()
    machine_publishes: bool = True
    machine_refuses: bool = True
    by_language: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    tolerated_error: float = 0.02
    sampled_share: float = 0.02
    two_people: TwoPeople = TwoPeople.NOTHING
    promise_hours: int = 72
    appeal_days: int = 183
    second_opinions: OpinionMode = OpinionMode.ADVISE
    grounds: Mapping[Reason, Mapping[str, str]] = field(default_factory=lambda: GROUNDS)

    def __post_init__(self) -> None:
        for low, high in (("hold_toxicity", "refuse_toxicity"), ("hold_spam", "refuse_spam")):
            if not 0 <= getattr(self, low) <= getattr(self, high) <= 1:
                raise BadPolicy(field=low, problem=f"{low} must not be above {high}, both from 0 to 1")
        for language, (hold, refuse) in self.by_language.items():
            if not 0 <= hold <= refuse <= 1:
                raise BadPolicy(field="by_language", problem=f"{language}: hold must not be above refuse")
        for name, (least, most) in _RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise BadPolicy(field=name, problem=f"{name} lies between {least} and {most}")
        if not self.languages:
            raise BadPolicy(field="languages", problem="at least one language is read")
        if len(self.watched_words) > MOST_WORDS:
            raise BadPolicy(field="watched_words", problem=f"at most {MOST_WORDS} words or phrases")
        _check_grounds(self.grounds)

    def limits(self, language: str) -> tuple[tuple[float, float], tuple[float, float]]:
        """(hold, refuse) of toxicity and of spam for a text in this language."""
        own = self.by_language.get(language)
        if own is not None:
            return own, own
        return (self.hold_toxicity, self.refuse_toxicity), (self.hold_spam, self.refuse_spam)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(each.name for each in fields(cls))


_RANGES: Mapping[str, tuple[float, float]] = {
    "least_letters": (0, 200),
    "least_words": (0, 20),
    "longest_word": (20, 500),
    "most_marks_in_a_row": (1, 20),
    "contradiction_stars": (1, 5),
    "contradiction_sentiment": (0, 1),
    "sure_language_letters": (0, 200),
    "tolerated_error": (0.001, 0.2),
    "sampled_share": (0, 1),
    "burst_authors": (2, 10),
    "burst_hours": (1, 168),
    "interest_from": (0.05, 1),
    "promise_hours": (1, 720),  # the norm's month, at most
    "appeal_days": (183, 3650),  # six months at least, as the Digital Services Act asks
}
# The machine refuses on these: their words cannot be taken out.
_NEEDED = (Reason.TOXIC, Reason.SPAM, Reason.OTHER)


def _check_grounds(grounds: Mapping[Reason, Mapping[str, str]]) -> None:
    for reason in _NEEDED:
        if reason not in grounds:
            raise BadPolicy(field="grounds", problem=f"the ground {reason.value} is needed")
    for reason, words in grounds.items():
        if reason not in GROUNDS:
            raise BadPolicy(field="grounds", problem=f"{reason.value} is no ground for refusing")
        if not all(words.get(locale, "").strip() for locale in ("fr", "en")):
            raise BadPolicy(field="grounds", problem=f"the ground {reason.value} needs its words in French and English")


# What versions mean that were written before these rules existed.
_BEFORE: Mapping[str, Any] = {"hold_bursts": False, "hold_interest": False}


def to_data(policy: Policy) -> dict[str, Any]:
    """The policy as plain JSON, every field named, so that an old version keeps its meaning when defaults change."""
    data: dict[str, Any] = {name: getattr(policy, name) for name in Policy.names()}
    for name in ("languages", "watched_words"):
        data[name] = list(data[name])
    data["two_people"] = policy.two_people.value
    data["second_opinions"] = policy.second_opinions.value
    data["by_language"] = {language: list(pair) for language, pair in policy.by_language.items()}
    data["grounds"] = {reason.value: dict(words) for reason, words in policy.grounds.items()}
    return data


def from_data(data: Mapping[str, Any]) -> Policy:
    """The policy that :func:`to_data` wrote; fields of another version of Parvis are left out, and a rule that did not
    exist when it was written is off: nobody agreed to it. Raises BadPolicy."""
    known = {name: value for name, value in {**_BEFORE, **data}.items() if name in Policy.names()}
    try:
        for name in ("languages", "watched_words"):
            if name in known:
                known[name] = tuple(str(word) for word in known[name])
        if "by_language" in known:
            pairs = known["by_language"].items()
            known["by_language"] = {str(language): (float(hold), float(refuse)) for language, (hold, refuse) in pairs}
        if "two_people" in known:
            known["two_people"] = TwoPeople(known["two_people"])
        if "second_opinions" in known:
            known["second_opinions"] = OpinionMode(known["second_opinions"])
        if "grounds" in known:
            known["grounds"] = {Reason(key): dict(words) for key, words in known["grounds"].items()}
        return Policy(**known)
    except BadPolicy:
        raise
    except (AttributeError, TypeError, ValueError) as error:
        raise BadPolicy(field="policy", problem=str(error)) from error


def changed(before: Policy, after: Policy) -> tuple[str, ...]:
    """The names of the fields that differ."""
    return tuple(name for name in Policy.names() if getattr(before, name) != getattr(after, name))
