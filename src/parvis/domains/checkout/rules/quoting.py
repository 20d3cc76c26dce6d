"""What a cart costs: pure, from what is known of the cart, the ways to ship, the tax and the offers of the brand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from parvis.core.money import Money
from parvis.domains.checkout.contracts import (
    Adjustment,
    AdjustmentKind,
    Benefit,
    Cart,
    CartLine,
    GiftCard,
    GiftCardShare,
    Promotion,
    Quote,
    QuoteLine,
    ShippingMethod,
    ShippingOffer,
    TaxTable,
    Totals,
)
from parvis.domains.checkout.rules import answers, offer_words, promotions, shipping, taxes
from parvis.domains.checkout.rules.promotions import Buyer, Chosen, Stack, Taken
from parvis.domains.checkout.rules.reductions import Goods

WEEKEND = (5, 6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What was read for a quote: the promotions that run and those whose code was typed, the gift cards by what the
    cart keeps of their codes, and who buys."""

    promotions: Sequence[Promotion] = ()
    cards: Mapping[str, GiftCard] = field(default_factory=dict)
    buyer: Buyer = field(default_factory=Buyer)
    taxes: TaxTable = field(default_factory=TaxTable)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Priced:
    """A cart by one way to ship."""

    chosen: Chosen
    taxed: taxes.Taxed
    totals: Totals
    cards: tuple[GiftCardShare, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """What is the same for every way to ship."""

    cart: Cart
    country: str
    goods: tuple[Goods, ...]
    points: tuple[int, ...]
    standard: int
    taxed_in: str
    stacks: tuple[Stack, ...]
    cards: tuple[GiftCard, ...]


def quote(
    *,
    cart: Cart,
    country: str,
    methods: Sequence[ShippingMethod],
    chosen: str = "",
    known: Known | None = None,
    at: datetime,
) -> Quote:
    """The quote of a cart for ``country``, with the way to ship called ``chosen`` (else the first that serves it).
    ``at`` is in the shop's time zone: days of delivery are counted from its day."""
    known = known or Known()
    goods = tuple(_goods(line) for line in cart.lines)
    refused = {
        each.id: promotions.refusal(each, goods, buyer=known.buyer, currency=cart.currency, at=at)
        for each in known.promotions
    }
    applying = [each for each in known.promotions if refused[each.id] is None]
    case = _Case(
        cart=cart,
        country=country,
        goods=goods,
        points=tuple(
            taxes.rate_for(known.taxes, country, category=line.category, department=line.department)
            for line in cart.lines
        ),
        standard=taxes.rate_for(known.taxes, country),
        taxed_in=taxes.taxed_in(known.taxes, country),
        stacks=promotions.combine(goods, applying),
        cards=answers.usable(cart, known.cards, at=at),
    )
    serving = shipping.serving(methods, country)
    method = next((each for each in serving if each.key == chosen), serving[0] if serving else None)
    priced = {each.key: _priced(case, each) for each in serving}
    counts = priced[method.key] if method is not None else _priced(case, None)
    stack = counts.chosen.stack
    return Quote(
        country=country,
        lines=tuple(_line(case, counts, index) for index in range(len(goods))),
        totals=counts.totals,
        chosen=method.key if method is not None else "",
        offers=tuple(_offer(each, priced[each.key].totals, at.date()) for each in serving),
        adjustments=tuple(_adjustment(case, each, counts.chosen, applying) for each in stack.taken),
        answers=answers.answers(cart, known.promotions, known.cards, refused, counts.chosen, at=at),
        gift_cards=counts.cards,
        taxes=counts.taxed.shares,
    )


def _goods(line: CartLine) -> Goods:
    return Goods(
        variant_id=line.variant_id,
        product_id=line.product_id,
        category=line.category,
        department=line.department,
        unit_minor=line.unit.amount_minor,
        quantity=line.quantity,
        reduced=line.was is not None,
    )


def _priced(case: _Case, method: ShippingMethod | None) -> _Priced:
    """The cart by one way to ship: the best combination for it, its tax, and what gift cards pay of it."""
    chosen = promotions.choose(
        case.stacks, lambda goods: 0 if method is None else shipping.price(method, case.country, goods)
    )
    stack, currency = chosen.stack, case.cart.currency
    taxed = taxes.taxed(
        list(zip(stack.paid, case.points, strict=True)),
        stack.shipping_minor,
        standard=case.standard,
        country=case.taxed_in,
        currency=currency,
    )
    cards = _shares(case.cards, stack.total, currency)
    goods = sum(stack.paid)
    free_from = shipping.free_from(method, case.country) if method is not None else None
    missing = max(0, free_from - goods) if free_from is not None and stack.shipping_minor else 0
    subtotal = sum(line.worth for line in case.goods)
    totals = Totals(
        subtotal=Money(subtotal, currency),
        shipping=Money(stack.shipping_minor, currency),
        discount=Money(subtotal - goods, currency),
        tax=Money(taxed.total, currency),
        total=Money(stack.total, currency),
        tax_basis_points=taxes.main_rate(taxed.shares, case.standard),
        gift_cards=Money(sum(card.used.amount_minor for card in cards), currency),
        to_free_shipping=Money(missing, currency) if missing else None,
    )
    return _Priced(chosen=chosen, taxed=taxed, totals=totals, cards=cards)


def _shares(cards: Sequence[GiftCard], total: int, currency: str) -> tuple[GiftCardShare, ...]:
    """What each card pays, in their order, never more than is due."""
    left, shares = total, []
    for card in cards:
        used = min(left, card.balance.amount_minor)
        left -= used
        shares.append(GiftCardShare(id=card.id, last4=card.last4, balance=card.balance, used=Money(used, currency)))
    return tuple(shares)


def _line(case: _Case, priced: _Priced, index: int) -> QuoteLine:
    line, paid = case.cart.lines[index], priced.chosen.stack.paid[index]
    currency, subtotal = case.cart.currency, line.total
    return QuoteLine(
        variant_id=line.variant_id,
        quantity=line.quantity,
        unit=line.unit,
        was=line.was,
        subtotal=subtotal,
        discount=Money(subtotal.amount_minor - paid, currency),
        total=Money(paid, currency),
        tax=Money(priced.taxed.lines[index], currency),
        basis_points=case.points[index],
    )


def _adjustment(case: _Case, taken: Taken, chosen: Chosen, applying: Sequence[Promotion]) -> Adjustment:
    promotion, terms = taken.promotion, taken.promotion.terms
    words = offer_words.reason(promotion, _beaten(promotion, chosen, applying))
    return Adjustment(
        kind=terms.kind,
        key=promotion.key,
        name_en=terms.name_en,
        name_fr=terms.name_fr,
        amount=Money(taken.amount, case.cart.currency),
        lines={line.variant_id: less for line, less in zip(case.goods, taken.lines, strict=True) if less},
        shipping_minor=taken.shipping_minor,
        code=terms.code,
        reason_en=words.en,
        reason_fr=words.fr,
    )


_STEP = {AdjustmentKind.CREATOR: AdjustmentKind.CODE}


def _beaten(promotion: Promotion, chosen: Chosen, applying: Sequence[Promotion]) -> list[Promotion]:
    """Promotions of the same step that could have counted instead, and would have left a higher total."""
    if promotion.terms.benefit is Benefit.FREE_SHIPPING:
        return []
    counted = {taken.promotion.id for taken in chosen.stack.taken}
    kind = promotion.terms.kind
    step = _STEP.get(kind, kind)
    return [
        each
        for each in applying
        if each.id not in counted
        and chosen.best_with.get(each.id, 0) > chosen.stack.total
        and _STEP.get(each.terms.kind, each.terms.kind) is step
        and step is not AdjustmentKind.BUNDLE
    ]


def _offer(method: ShippingMethod, totals: Totals, today: date) -> ShippingOffer:
    low, high = method.days
    return ShippingOffer(
        method=method, totals=totals, earliest=working_day(today, low), latest=working_day(today, high)
    )


def working_day(start: date, days: int) -> date:
    """The day that is ``days`` working days (Monday to Friday) after ``start``."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() not in WEEKEND
    return day
