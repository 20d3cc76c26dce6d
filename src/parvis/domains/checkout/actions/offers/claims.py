"""What an order takes of promotions and gift cards, and what it gives back when it ends.

Rows are locked in one order everywhere: the order, then promotions, then gift cards, each by id, then the stock.
"""

from datetime import datetime, timedelta

from django.db.models import Sum

from parvis.core import locks
from parvis.core.errors import Conflict
from parvis.domains.checkout import models
from parvis.domains.checkout.actions.offers.gift_cards import move
from parvis.domains.checkout.contracts import GiftEntryKind, Quote, RefundState
from parvis.domains.checkout.queries import offers as queries

# A card that expired while its money was in an order can be used for this long after it came back.
AFTER_RETURN = timedelta(days=90)


class OfferGone(Conflict):
    """What the quote counted on has just gone: the last use of a code, or the balance of a gift card."""

    code = "offer_gone"
    template = "%(what)s can no longer be used."


def claim(order: models.Order, quote: Quote, *, at: datetime) -> None:
    """Take what the quote counts on, or nothing: :class:`OfferGone` (the caller's transaction then ends)."""
    amounts = {each.key: each.amount.amount_minor for each in quote.adjustments}
    if amounts:
        _claim_promotions(order, amounts, at=at)
    for share in sorted(quote.gift_cards, key=lambda share: share.id):
        if share.used and not _spend(order, share.id, share.used.amount_minor, at=at):
            raise OfferGone(what=f"•••• {share.last4}", reason="gone")


def _claim_promotions(order: models.Order, amounts: dict[str, int], *, at: datetime) -> None:
    rows = list(models.Promotion.objects.filter(key__in=amounts).order_by("id"))
    counted = [row.id for row in rows if row.max_uses is not None]
    if counted:  # only these are queued for: a promotion without a limit is nobody's bottleneck
        list(models.Promotion.objects.select_for_update().filter(id__in=counted).order_by("id").values_list("id"))
    for row in rows:
        if row.max_per_customer is not None:
            _wait_for_customer(row.id, order)
    live = models.PromotionUse.objects.filter(released_at__isnull=True)
    for row in rows:
        if row.max_uses is not None and live.filter(promotion_id=row.id).count() >= row.max_uses:
            raise OfferGone(what=row.code or row.key, reason="used up")
    once = [row for row in rows if row.max_per_customer is not None]
    used = queries.uses_by([row.id for row in once], customer_id=order.customer_id, email=order.email)
    for row in once:
        if row.max_per_customer is not None and used.get(row.id, 0) >= row.max_per_customer:
            raise OfferGone(what=row.code or row.key, reason="used before")
    models.PromotionUse.objects.bulk_create(
        models.PromotionUse(promotion=row, order=order, amount_minor=amounts[row.key], at=at) for row in rows
    )


def _wait_for_customer(promotion_id: int, order: models.Order) -> None:
    """Two orders of one person with the same promotion go one after the other; nobody else waits."""
    told = {"customer": order.customer_id, "email": order.email}
    for who in [f"{kind} {value}" for kind, value in told.items() if value]:  # a stranger is not every other stranger
        locks.hold(locks.of(f"promotion {promotion_id} {who}"))


def _spend(order: models.Order, card_id: int, amount_minor: int, *, at: datetime) -> bool:
    return move(card_id, GiftEntryKind.SPENT, -amount_minor, order_id=order.id, at=at)


def release(order: models.Order, *, at: datetime) -> None:
    """The locked order ended unpaid: its promotions can be used again and its gift cards have their money back.
    Doing it twice changes nothing."""
    order.promotion_uses.filter(released_at__isnull=True).update(released_at=at)
    give_back(order, _spent(order), key=f"release-{order.id}", at=at)


def retake(order: models.Order, *, at: datetime) -> None:
    """The order lives again, for its money came late: what was released is taken once more. The uses of a promotion
    count again even where its last one went to somebody else meanwhile: this buyer was promised the price. Raises
    :class:`OfferGone` when a gift card has less than it paid; the caller's transaction then ends."""
    owed = order.gift_minor - sum(_spent_by_card(order).values())
    for card_id, amount in sorted(_released_by_card(order).items()):
        part = min(owed, amount)
        if part > 0 and not _spend(order, card_id, part, at=at):
            raise OfferGone(what="a gift card", reason="gone")
        owed -= max(part, 0)
    if owed > 0:
        raise OfferGone(what="a gift card", reason="gone")
    order.promotion_uses.filter(released_at__isnull=False).update(released_at=None)


def can_retake(order: models.Order) -> bool:
    """Whether the gift cards of a released order still hold what they paid."""
    released = _released_by_card(order)
    balances = dict(models.GiftCard.objects.filter(id__in=released).values_list("id", "balance_minor"))
    return all(balances.get(card_id, 0) >= amount for card_id, amount in released.items())


def give_back(order: models.Order, amount_minor: int, *, key: str, actor_id: int | None = None, at: datetime) -> int:
    """Give an amount back to the gift cards of a locked order, the one that paid last first, never more than each has
    paid. Returns what was given back; under a ``key`` that was used nothing more is."""
    if amount_minor <= 0 or models.GiftEntry.objects.filter(key__startswith=f"{key}:").exists():
        return 0
    left = amount_minor
    for card_id, spent in sorted(_spent_by_card(order).items(), reverse=True):
        part = min(left, spent)
        if part <= 0:
            continue
        row = models.GiftCard.objects.select_for_update().get(id=card_id)
        if row.expires_at is not None and row.expires_at < at + AFTER_RETURN:
            models.GiftCard.objects.filter(id=card_id).update(expires_at=at + AFTER_RETURN)
        kind, entry = GiftEntryKind.RETURNED, f"{key}:{card_id}"
        move(card_id, kind, part, order_id=order.id, key=entry, actor_id=actor_id, at=at)
        left -= part
    return amount_minor - left


def gift_left(order: models.Order) -> int:
    """What gift cards have paid of an order and have not had back."""
    return _spent(order)


def gift_free(order: models.Order) -> int:
    """What of that is in no refund that is under way. The order is locked."""
    pending = models.Refund.objects.filter(payment__order=order, state=RefundState.PENDING.value)
    return _spent(order) - (pending.aggregate(sum=Sum("gift_minor"))["sum"] or 0) if order.gift_minor else 0


def _spent(order: models.Order) -> int:
    return sum(_spent_by_card(order).values())


def _spent_by_card(order: models.Order) -> dict[int, int]:
    """Card id -> what it has paid of the order and not had back."""
    sums = order.gift_entries.order_by().values_list("card_id").annotate(sum=Sum("amount_minor"))
    return {card_id: -total for card_id, total in sums if total < 0}


def _released_by_card(order: models.Order) -> dict[int, int]:
    """Card id -> what it had back when the order was released."""
    back = order.gift_entries.filter(kind=GiftEntryKind.RETURNED.value, key__startswith="release-")
    spent = _spent_by_card(order)
    sums = back.order_by().values_list("card_id").annotate(sum=Sum("amount_minor"))
    return {card_id: total for card_id, total in sums if card_id not in spent}
