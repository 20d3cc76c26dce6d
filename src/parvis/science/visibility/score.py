"""How fit a product page is to be found and quoted: a score of 100 by published rules, and what would raise it.

Each rule gives its points whole, in part, or not at all. The weights are our judgement, not measured on any engine:
what gives quotations, figures and sources weighs most (one published experiment on one engine found those to help),
and no rule can be met by words that nobody needs. docs/visibility.md prints this table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TITLE = (15, 70)
DESCRIPTION = (50, 170)
TEXT = 300  # characters of a description that answers what it is, of what, for whom
FRESH_DAYS = 180
REVIEWS, QUESTIONS, QUOTED = 5, 3, 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of a product page: ``page`` as :meth:`reader.Seen.facts` tells it, the rest from the records.

    ``newest_days``: age of the newest review, None without any; ``description``: characters of the catalogue's text."""

    status: int
    page: Mapping[str, Any]
    name: str
    description: int
    reviews: int
    with_text: int
    verified: int
    newest_days: int | None
    with_photo: int
    filmed: int
    questions: int
    answered: int
    answerers_allowed: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """``points`` at most; ``fix`` names the place where it can be mended (the studio knows their addresses)."""

    key: str
    points: int
    fix: str
    share: Callable[[Facts], float]


@dataclass(frozen=True, slots=True)
class Scored:
    """A rule with what it gave."""

    key: str
    points: float
    most: int
    fix: str


def _part(have: float, wanted: float) -> float:
    return min(1.0, max(0.0, have / wanted))


def _length(words: str, limits: tuple[int, int]) -> float:
    return 1.0 if limits[0] <= len(words) <= limits[1] else 0.5 if words else 0.0


def _kinds(facts: Facts, *names: str) -> float:
    held = facts.page.get("kinds", {})
    return sum(1 for name in names if held.get(name)) / len(names)


def _open(facts: Facts) -> float:
    return float(facts.status == 200 and "noindex" not in str(facts.page.get("robots", "")))


def _valid(facts: Facts) -> float:
    return float(bool(facts.page.get("documents")) and not facts.page.get("errors"))


def _fresh(facts: Facts) -> float:
    return 0.0 if facts.newest_days is None else 1.0 if facts.newest_days <= FRESH_DAYS else 0.3


def _names(facts: Facts) -> float:
    heading = " ".join(facts.page.get("headings", ())).casefold()
    return 0.5 * (facts.name.casefold() in heading) + 0.5 * _length(str(facts.page.get("title", "")), TITLE)


def _own(facts: Facts) -> float:
    return 0.5 * bool(facts.page.get("canonical")) + 0.5 * bool(facts.page.get("alternates", 0) >= 2)


RULES: tuple[Rule, ...] = (
    Rule("open", 10, "robots", _open),
    Rule("answerers", 6, "robots", lambda facts: float(facts.answerers_allowed)),
    Rule("valid", 10, "markup", _valid),
    Rule("offer", 8, "product", lambda facts: _kinds(facts, "Offer", "OfferShippingDetails", "MerchantReturnPolicy")),
    Rule("names", 5, "product", _names),
    Rule("summary", 4, "product", lambda facts: _length(str(facts.page.get("description", "")), DESCRIPTION)),
    Rule("described", 9, "product", lambda facts: _part(facts.description, TEXT)),
    Rule("own", 4, "markup", _own),
    Rule("rating", 6, "invite", lambda facts: float(bool(facts.page.get("rated")))),
    Rule("quoted", 12, "invite", lambda facts: _part(facts.page.get("kinds", {}).get("Review", 0), REVIEWS)),
    Rule("fresh", 6, "invite", _fresh),
    Rule("verified", 4, "invite", lambda facts: _part(facts.verified, max(1, facts.reviews) * 0.5)),
    Rule("answered", 10, "answer", lambda facts: _part(facts.answered, QUESTIONS)),
    Rule("pictures", 3, "invite", lambda facts: _part(facts.with_photo, 1)),
    Rule("films", 3, "invite", lambda facts: _part(facts.filmed, 1)),
)  # fmt: skip
MOST = sum(rule.points for rule in RULES)


def score(facts: Facts) -> tuple[float, tuple[Scored, ...]]:
    """The score 0..100, and what each rule gave, what costs most first."""
    given = [Scored(rule.key, rule.points * rule.share(facts), rule.points, rule.fix) for rule in RULES]
    total = 100 * sum(each.points for each in given) / MOST
    return round(total, 1), tuple(sorted(given, key=lambda each: each.points - each.most))
