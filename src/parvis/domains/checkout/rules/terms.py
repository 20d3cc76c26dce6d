"""Whether a promotion can be as somebody wrote it."""

from dataclasses import dataclass
from enum import StrEnum

from parvis.domains.checkout.contracts import BUNDLES, AdjustmentKind, Benefit, Terms
from parvis.domains.checkout.rules import codes

MOST_MINOR = 100_000_00
MOST_PIECES = 20
MOST_SCOPE = 500
_TYPED = (AdjustmentKind.CODE, AdjustmentKind.CREATOR)


class TermsProblem(StrEnum):
    """Why a field of a promotion cannot stay as it is."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    CODE = "code"  # letters A to Z and digits only
    GIFT_SHAPE = "gift_shape"  # it looks like a gift card's
    NOT_WITH_KIND = "not_with_kind"
    OUT_OF_RANGE = "out_of_range"
    ORDER = "order"  # it ends before it begins


@dataclass(frozen=True, slots=True)
class TermsFault:
    field: str
    problem: TermsProblem


def faults(terms: Terms) -> list[TermsFault]:
    """What is wrong with a promotion, field by field; nothing when it can be kept."""
    found = [
        TermsFault(name, TermsProblem.TOO_LONG if text.strip() else TermsProblem.MISSING)
        for name, text in (("name_en", terms.name_en), ("name_fr", terms.name_fr))
        if not 0 < len(text.strip()) <= 80
    ]
    found += [*_code(terms), *_benefit(terms), *_limits(terms)]
    if terms.kind is AdjustmentKind.MEMBER and not terms.status:
        found.append(TermsFault("status", TermsProblem.MISSING))
    if terms.kind is AdjustmentKind.CREATOR and not terms.creator.strip():
        found.append(TermsFault("creator", TermsProblem.MISSING))
    return found


def _code(terms: Terms) -> list[TermsFault]:
    if not terms.code:
        return [TermsFault("code", TermsProblem.MISSING)] if terms.kind in _TYPED else []
    if terms.kind in (AdjustmentKind.PROMOTION, AdjustmentKind.BUNDLE):
        return [TermsFault("code", TermsProblem.NOT_WITH_KIND)]
    if not codes.is_plain(terms.code):
        return [TermsFault("code", TermsProblem.CODE)]
    return [TermsFault("code", TermsProblem.GIFT_SHAPE)] if codes.like_gift(terms.code) else []


def _benefit(terms: Terms) -> list[TermsFault]:
    if (terms.benefit in BUNDLES) is not (terms.kind is AdjustmentKind.BUNDLE):
        return [TermsFault("benefit", TermsProblem.NOT_WITH_KIND)]
    if terms.benefit is Benefit.PERCENTAGE and not 1 <= terms.value <= 10_000:
        return [TermsFault("value", TermsProblem.OUT_OF_RANGE)]
    if terms.benefit is Benefit.AMOUNT and not 1 <= terms.value <= MOST_MINOR:
        return [TermsFault("value", TermsProblem.OUT_OF_RANGE)]
    if terms.benefit is Benefit.N_FOR_M:
        found = [] if 2 <= terms.take <= MOST_PIECES else [TermsFault("take", TermsProblem.OUT_OF_RANGE)]
        return found if 1 <= terms.pay < terms.take else [*found, TermsFault("pay", TermsProblem.OUT_OF_RANGE)]
    if terms.benefit is Benefit.SET_PRICE:
        found = [] if 0 <= terms.value <= MOST_MINOR else [TermsFault("value", TermsProblem.OUT_OF_RANGE)]
        if terms.take == 0 and not 2 <= len(terms.products) <= MOST_PIECES:
            found.append(TermsFault("products", TermsProblem.OUT_OF_RANGE))
        if terms.take and not 2 <= terms.take <= MOST_PIECES:
            found.append(TermsFault("take", TermsProblem.OUT_OF_RANGE))
        return found
    return []


def _limits(terms: Terms) -> list[TermsFault]:
    found = []
    if not 0 <= terms.minimum_minor <= MOST_MINOR:
        found.append(TermsFault("minimum_minor", TermsProblem.OUT_OF_RANGE))
    if terms.starts_at is not None and terms.ends_at is not None and terms.ends_at <= terms.starts_at:
        found.append(TermsFault("ends_at", TermsProblem.ORDER))
    if terms.max_uses is not None and not 1 <= terms.max_uses <= 10_000_000:
        found.append(TermsFault("max_uses", TermsProblem.OUT_OF_RANGE))
    if terms.max_per_customer is not None and not 1 <= terms.max_per_customer <= 1000:
        found.append(TermsFault("max_per_customer", TermsProblem.OUT_OF_RANGE))
    if len(terms.products) > MOST_SCOPE:
        found.append(TermsFault("products", TermsProblem.OUT_OF_RANGE))
    if len(terms.categories) > MOST_SCOPE:
        found.append(TermsFault("categories", TermsProblem.OUT_OF_RANGE))
    return found
