"""Which needs are frequent, and when an answer has lost what it rests on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from parvis.domains.evidence.contracts import FaqReason

LEAST = 2  # people who ask before a question is frequent
MOST_PROPOSED = 60  # entries proposed in one run: what a person can read at a sitting, the most asked first
_PRODUCTS = 3  # products asked about from which a need is its category's
_CATEGORY_LEAST = 5  # people who ask about them
LONGEST_QUESTION, LONGEST_ANSWER = 300, 2_000
SHOWN_SUPPORTS = 5
KEPT_DAYS = 730  # questions older than this are no longer asked
_OLD = timedelta(days=365)
GATHERING = timedelta(minutes=30)  # a look at the questions that has not ended by then never will


class Asker(NamedTuple):
    """Who asked: a voice, or a question heard in private."""

    private: bool
    id: int


@dataclass(frozen=True)
class Asking:
    """One question of a group: who asked about what."""

    asker: Asker
    product_id: int | None
    category_key: str


@dataclass(frozen=True)
class Scoped:
    """A need with what it is about, and who asked it."""

    product_id: int | None
    category_key: str
    askers: tuple[Asker, ...]


def scoped(group: Sequence[Asking]) -> list[Scoped]:
    """The needs that a group of like questions stands for: one for each product that several ask about; one for each
    category in which several products are asked about; and one for the shop when several ask about no product. What a
    dress is like says nothing of shoes: questions about products never make a need of the whole shop."""
    by_product: dict[int, list[Asker]] = {}
    by_category: dict[str, list[Asking]] = {}
    whole = [each.asker for each in group if each.product_id is None]
    for each in group:
        if each.product_id is not None:
            by_product.setdefault(each.product_id, []).append(each.asker)
            by_category.setdefault(each.category_key, []).append(each)
    found = [Scoped(product, "", tuple(askers)) for product, askers in by_product.items() if len(askers) >= LEAST]
    for category, asked in by_category.items():
        products = {each.product_id for each in asked}
        if category and len(products) >= _PRODUCTS and len(asked) >= _CATEGORY_LEAST:
            found.append(Scoped(None, category, tuple(each.asker for each in asked)))
    if len(whole) >= LEAST:
        found.append(Scoped(None, "", tuple(whole)))
    return found


def same_need(askers: Sequence[Asker], known: Mapping[Asker, int]) -> int | None:
    """The need that most of these already belong to (``known`` by who asked), if any."""
    held = Counter(known[asker] for asker in askers if asker in known)
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
