"""Which needs are frequent, and when an answer has lost what it rests on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parvis.domains.evidence.contracts import FaqReason

LEAST = 2  # people who ask before a question is frequent
_PRODUCTS = 3  # products asked about from which a need is its category's
_OF_ONE = 0.6  # share of the askers that makes one category theirs
LONGEST_QUESTION, LONGEST_ANSWER = 300, 2_000
SHOWN_SUPPORTS = 5
KEPT_DAYS = 730  # questions older than this are no longer asked
_OLD = timedelta(days=365)


@dataclass(frozen=True)
class Asking:
    """One question of a group: who asked about what."""

    voice_id: int
    product_id: int | None
    category_key: str


@dataclass(frozen=True)
class Scoped:
    """A need with what it is about, and the voices that asked it."""

    product_id: int | None
    category_key: str
    voice_ids: tuple[int, ...]


def scoped(group: Sequence[Asking]) -> list[Scoped]:
    """The needs that a group of like questions stands for: one for each product that several ask about; and one for
    the category, or the shop, when several products are asked about or several ask about none."""
    products = Counter(each.product_id for each in group if each.product_id is not None)
    found = [
        Scoped(product, "", tuple(each.voice_id for each in group if each.product_id == product))
        for product, count in products.items()
        if count >= LEAST
    ]
    whole = len(group) - sum(products.values())
    if len(group) >= LEAST and (len(products) >= _PRODUCTS or whole >= LEAST):
        category, count = Counter(each.category_key for each in group).most_common(1)[0]
        of_one = category if count >= _OF_ONE * len(group) else ""
        found.append(Scoped(None, of_one, tuple(each.voice_id for each in group)))
    return found


def same_need(voice_ids: Sequence[int], known: Mapping[int, int]) -> int | None:
    """The need that most of these voices already belong to (``known`` by voice), if any."""
    held = Counter(known[voice_id] for voice_id in voice_ids if voice_id in known)
    return held.most_common(1)[0][0] if held else None


def lost_reason(*, left: int, at_approval: int, quoted: bool) -> FaqReason | None:
    """Why an approved answer must leave the page: less than half of its voices are left, or its own text quotes one
    that is gone."""
    if quoted:
        return FaqReason.QUOTED
    return FaqReason.SUPPORT if left == 0 or left * 2 < at_approval else None


def look_again(*, left: int, at_approval: int, checked_at: datetime, at: datetime) -> FaqReason | None:
    """Why somebody should look at an approved answer again, if at all."""
    if left < at_approval:
        return FaqReason.SUPPORT
    return FaqReason.OLD if checked_at < at - _OLD else None
