"""Promotions, gift cards, statuses and taxes as they stand."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from parvis.core.errors import NotFound
from parvis.core.money import Money
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import (
    AdjustmentKind,
    Benefit,
    GiftCard,
    GiftCardState,
    GiftEntry,
    GiftEntryKind,
    Promotion,
    PromotionRow,
    TaxTable,
    Terms,
)
from parvis.domains.checkout.queries.unchanged import unchanged
from parvis.domains.checkout.rules import codes
from parvis.domains.checkout.rules.orders import BOUGHT

SHOWN = 100


def _live_uses() -> Any:
    """How many orders that stand have a promotion, counted only where that is limited."""
    live = models.PromotionUse.objects.filter(promotion=OuterRef("pk"), released_at__isnull=True)
    counted = live.order_by().values("promotion").annotate(count=Count("id")).values("count")
    return Coalesce(Subquery(counted), 0)


def promotions_for(typed: Sequence[str], *, at: datetime) -> tuple[Promotion, ...]:
    """The promotions that run for everybody, and those whose code was typed, whatever their state. One statement."""
    if not typed:
        everybodys = unchanged("promotions for everybody", _for_everybody)
        if all(
            each.terms.max_uses is None for each in everybodys
        ):  # how often the others were used changes all the time
            return tuple(each for each in everybodys if _runs(each, at))
    running = (Q(starts_at=None) | Q(starts_at__lte=at)) & (Q(ends_at=None) | Q(ends_at__gt=at))
    free = Q(code="", stopped_at__isnull=True) & running
    rows = models.Promotion.objects.filter(free | Q(code__in=typed) if typed else free)
    found: dict[str, Promotion] = {}
    for row in rows.annotate(used=_live_uses()).order_by("id"):
        promotion = to_promotion(row)
        if not promotion.terms.code:
            found[promotion.key] = promotion
            continue
        known = found.get(promotion.terms.code)  # of several with one code the one that was not stopped, else the last
        if known is None or known.stopped_at is not None:
            found[promotion.terms.code] = promotion
    return tuple(sorted(found.values(), key=lambda each: each.id))


def _for_everybody() -> tuple[Promotion, ...]:
    rows = models.Promotion.objects.filter(code="", stopped_at__isnull=True)
    return tuple(to_promotion(row) for row in rows.annotate(used=_live_uses()).order_by("id"))


def _runs(promotion: Promotion, at: datetime) -> bool:
    begins, ends = promotion.terms.starts_at, promotion.terms.ends_at
    return (begins is None or begins <= at) and (ends is None or ends > at)


def uses_by(promotion_ids: Iterable[int], *, customer_id: int | None, email: str) -> dict[int, int]:
    """How often a buyer has used promotions, by promotion id. One statement, none when nothing is known of them."""
    theirs = Q()
    if customer_id is not None:
        theirs |= Q(order__customer_id=customer_id)
    if email.strip():
        theirs |= Q(order__email=email.strip().lower())
    wanted = list(promotion_ids)
    if not theirs or not wanted:
        return {}
    live = models.PromotionUse.objects.filter(theirs, promotion_id__in=wanted, released_at__isnull=True)
    return dict(live.order_by().values_list("promotion_id").annotate(count=Count("id")))


def statuses(customer_id: int, *, at: datetime) -> frozenset[str]:
    """The statuses that a customer holds. One statement."""
    held = models.MemberStatus.objects.filter(customer_id=customer_id, since__lte=at)
    return frozenset(held.filter(Q(until=None) | Q(until__gt=at)).values_list("status", flat=True))


def to_promotion(row: models.Promotion) -> Promotion:
    """The contract of a row; ``used`` when the row was read with it."""
    return Promotion(
        id=row.id,
        key=row.key,
        currency=row.currency,
        revision=row.revision,
        used=getattr(row, "used", 0),
        stopped_at=row.stopped_at,
        terms=Terms(
            kind=AdjustmentKind(row.kind),
            benefit=Benefit(row.benefit),
            name_en=row.name_en,
            name_fr=row.name_fr,
            value=row.value,
            code=row.code,
            products=tuple(row.products),
            categories=tuple(row.categories),
            full_price_only=row.full_price_only,
            take=row.take,
            pay=row.pay,
            minimum_minor=row.minimum_minor,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            max_uses=row.max_uses,
            max_per_customer=row.max_per_customer,
            exclusive=row.exclusive,
            status=row.status,
            creator=row.creator,
        ),
    )


def promotion(promotion_id: int) -> Promotion:
    """One promotion. Raises NotFound."""
    row = models.Promotion.objects.filter(id=promotion_id).annotate(used=_live_uses()).first()
    if row is None:
        raise NotFound(kind="promotion", key=promotion_id)
    return to_promotion(row)


def promotion_rows() -> tuple[PromotionRow, ...]:
    """All promotions, the newest first, with the orders and money behind each. Two statements."""
    rows = list(models.Promotion.objects.annotate(used=_live_uses()).order_by("-id"))
    bought = models.PromotionUse.objects.filter(
        released_at__isnull=True, order__state__in=[state.value for state in BOUGHT]
    )
    sums = {
        found["promotion_id"]: found
        for found in bought.order_by()
        .values("promotion_id")
        .annotate(orders=Count("id"), revenue=Sum("order__total_minor"), given=Sum("amount_minor"))
    }
    nothing = {"orders": 0, "revenue": 0, "given": 0}
    return tuple(
        PromotionRow(
            promotion=to_promotion(row),
            orders=sums.get(row.id, nothing)["orders"],
            revenue=Money(sums.get(row.id, nothing)["revenue"], row.currency),
            given=Money(sums.get(row.id, nothing)["given"], row.currency),
        )
        for row in rows
    )


# -- gift cards -------------------------------------------------------------------------------------------------


def cards_of(kept: Iterable[str]) -> dict[str, GiftCard]:
    """Gift cards by what carts keep of their codes. One statement, none without such a code."""
    hashes = {code.removeprefix(codes.GIFT): code for code in kept if code.startswith(codes.GIFT)}
    if not hashes:
        return {}
    return {hashes[row.code_hash]: to_card(row) for row in models.GiftCard.objects.filter(code_hash__in=hashes)}


def to_card(row: models.GiftCard) -> GiftCard:
    return GiftCard(
        id=row.id,
        last4=row.last4,
        state=GiftCardState(row.state),
        balance=Money(row.balance_minor, row.currency),
        initial=Money(row.initial_minor, row.currency),
        recipient=row.recipient,
        note=row.note,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
    )


def gift_card(card_id: int) -> GiftCard:
    """One card. Raises NotFound."""
    row = models.GiftCard.objects.filter(id=card_id).first()
    if row is None:
        raise NotFound(kind="gift card", key=card_id)
    return to_card(row)


def gift_cards(last4: str = "", *, limit: int = SHOWN) -> tuple[GiftCard, ...]:
    """Cards, the newest first; by the last four characters of their code where given."""
    rows: QuerySet[models.GiftCard] = models.GiftCard.objects.order_by("-issued_at", "-id")
    wanted = codes.normal(last4)[-4:]
    if last4.strip():
        rows = rows.filter(last4=wanted)
    return tuple(to_card(row) for row in rows[:limit])


def gift_ledger(card_id: int) -> tuple[GiftEntry, ...]:
    """All that happened to a card's balance, oldest first."""
    rows = models.GiftEntry.objects.filter(card_id=card_id).select_related("order", "card")
    return tuple(
        GiftEntry(
            kind=GiftEntryKind(row.kind),
            amount=Money(row.amount_minor, row.card.currency),
            balance=Money(row.balance_minor, row.card.currency),
            order_id=row.order_id,
            order_number=row.order.number if row.order is not None else "",
            actor_id=row.actor_id,
            note=row.note,
            at=row.at,
        )
        for row in rows
    )


def gift_liability() -> Money:
    """What all cards together can still pay."""
    owed = models.GiftCard.objects.filter(currency=settings.CURRENCY).aggregate(owed=Sum("balance_minor"))["owed"]
    return Money(owed or 0, settings.CURRENCY)


# -- taxes ------------------------------------------------------------------------------------------------------


def tax_table() -> TaxTable:
    """The brand's tax table, or the one of a fresh shop. One statement."""

    def load() -> TaxTable:
        row = models.TaxSetup.objects.first()
        if row is None:
            return TaxTable()
        return TaxTable(home=row.home, oss=row.oss, rates=row.rates, reduced=row.reduced, revision=row.revision)

    return unchanged("taxes", load)
