"""What is answered to each code that was typed: it counts, or why not and what is missing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from parvis.domains.checkout.contracts import (
    AdjustmentKind,
    Benefit,
    Cart,
    CodeAnswer,
    CodeProblem,
    GiftCard,
    GiftCardState,
    Promotion,
)
from parvis.domains.checkout.rules import codes, offer_words
from parvis.domains.checkout.rules.promotions import Chosen, Refusal

_NEVER = datetime.max.replace(tzinfo=UTC)
_GOODS_CODES = (AdjustmentKind.CODE, AdjustmentKind.CREATOR)


def usable(cart: Cart, cards: Mapping[str, GiftCard], *, at: datetime) -> tuple[GiftCard, ...]:
    """The gift cards that can pay, those that expire first first: the order in which they were typed does not count."""
    mine = {card.id: card for code in cart.codes if (card := cards.get(code)) is not None}
    able = [card for card in mine.values() if card_problem(card, cart.currency, at=at) is None]
    return tuple(sorted(able, key=lambda card: (card.expires_at or _NEVER, card.id)))


def card_problem(card: GiftCard, currency: str, *, at: datetime) -> CodeProblem | None:
    """Why a gift card cannot pay, or None."""
    if card.state is GiftCardState.BLOCKED:
        return CodeProblem.BLOCKED
    if card.expires_at is not None and at >= card.expires_at:
        return CodeProblem.EXPIRED
    if card.balance.currency != currency:
        return CodeProblem.CURRENCY
    return CodeProblem.EMPTY if card.balance.amount_minor <= 0 else None


def answers(
    cart: Cart,
    promotions: Sequence[Promotion],
    cards: Mapping[str, GiftCard],
    refused: Mapping[int, Refusal | None],
    chosen: Chosen,
    *,
    at: datetime,
) -> tuple[CodeAnswer, ...]:
    """An answer to each code of the cart, in the order of the codes, each code once."""
    by_code = {each.terms.code: each for each in promotions if each.terms.code}
    said = []
    for code in dict.fromkeys(cart.codes):
        card = cards.get(code)
        promotion = by_code.get(code)
        if card is not None:
            problem = card_problem(card, cart.currency, at=at)
            said.append(CodeAnswer(code=codes.masked(card.last4), problem=problem, gift_card=True))
        elif promotion is not None:
            said.append(_of_promotion(promotion, refused[promotion.id], chosen))
        elif code.startswith(codes.GIFT):
            said.append(CodeAnswer(code=codes.masked(""), problem=CodeProblem.UNKNOWN, gift_card=True))
        else:
            said.append(CodeAnswer(code=code, problem=CodeProblem.UNKNOWN, gift_card=codes.is_masked(code)))
    return tuple(said)


def _of_promotion(promotion: Promotion, refusal: Refusal | None, chosen: Chosen) -> CodeAnswer:
    code = promotion.terms.code
    if refusal is not None:
        detail: dict[str, str | int] = {}
        if refusal.problem is CodeProblem.BELOW_MINIMUM:
            detail = {"missing_minor": refusal.missing_minor, "minimum_minor": promotion.terms.minimum_minor}
        if refusal.problem is CodeProblem.NOT_YET and promotion.terms.starts_at is not None:
            detail = {"from": promotion.terms.starts_at.isoformat()}
        return CodeAnswer(code=code, problem=refusal.problem, detail=detail)
    if any(taken.promotion.id == promotion.id for taken in chosen.stack.taken):
        return CodeAnswer(code=code)
    return CodeAnswer(code=code, problem=CodeProblem.NOT_COMBINED, detail=_instead(promotion, chosen))


def _instead(promotion: Promotion, chosen: Chosen) -> dict[str, str | int]:
    """What counts instead of a promotion that would apply, and how much more it takes off."""
    saves = max(0, chosen.best_with.get(promotion.id, chosen.stack.total) - chosen.stack.total)
    better = _better(promotion, chosen)
    if better is None:
        en, fr = offer_words.FREE_SHIPPING
        return {"with_en": en, "with_fr": fr, "saves_minor": saves}
    terms = better.terms
    return {
        "with": terms.code or better.key,
        "with_en": terms.name_en,
        "with_fr": terms.name_fr,
        "saves_minor": saves,
    }


def _better(promotion: Promotion, chosen: Chosen) -> Promotion | None:
    """The promotion that counts instead; None: delivery is free without it, and dearer or no cheaper with it."""
    taken = sorted(chosen.stack.taken, key=lambda each: (-each.amount, each.promotion.id))
    counted = [each.promotion for each in taken]
    exclusive = [each for each in counted if each.terms.exclusive]
    if exclusive:
        return exclusive[0]
    shipping = [each for each in counted if each.terms.benefit is Benefit.FREE_SHIPPING]
    if promotion.terms.benefit is Benefit.FREE_SHIPPING:
        return shipping[0] if shipping else None
    if promotion.terms.exclusive:
        return counted[0] if counted else None
    kind = promotion.terms.kind
    same = [
        each
        for each in counted
        if each not in shipping
        and (each.terms.kind is kind or (kind in _GOODS_CODES and each.terms.kind in _GOODS_CODES))
    ]
    if same:
        return same[0]
    nothing_left = not any(chosen.stack.paid)
    return counted[0] if counted and nothing_left else None
