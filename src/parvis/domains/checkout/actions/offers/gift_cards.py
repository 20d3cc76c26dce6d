"""Gift cards: issued, topped up, blocked. Every change of a balance is a line of the card's ledger."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from parvis.core.errors import Conflict, Invalid, NotFound
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import GiftCard, GiftCardState, GiftEntryKind, Issued
from parvis.domains.checkout.queries.offers import to_card
from parvis.domains.checkout.rules import codes

MOST_MINOR = 1_000_00


class AlreadyIssued(Conflict):
    """A card was issued under this key before: its code is told once only."""

    code = "already_issued"
    template = "The card •••• %(last4)s was already issued by this request."


def issue_gift_card(
    *,
    amount_minor: int,
    recipient: str = "",
    note: str = "",
    expires_at: datetime | None = None,
    code: str = "",
    key: str | None = None,
    actor_id: int | None = None,
    at: datetime,
) -> Issued:
    """A new card with a balance in the shop's currency. The answer holds its code, which is kept nowhere: show it
    once, or send it. ``code`` is for cards that were printed elsewhere: 16 letters and digits of rules.codes.ALPHABET.
    Raises Invalid for an amount below one cent or above the most a card can hold, or a code of another shape;
    :class:`AlreadyIssued` for a ``key`` that was used."""
    _check_amount(amount_minor)
    printed = codes.normal(code)
    if printed and not codes.like_gift(printed):
        raise Invalid(field="code", problem="it is not the code of a gift card")
    if expires_at is not None and expires_at <= at:
        raise Invalid(field="expires_at", problem="it has passed")
    fresh = printed or codes.new_gift_code()
    try:
        with transaction.atomic():
            row = models.GiftCard.objects.create(
                code_hash=codes.gift_hash(fresh),
                last4=fresh[-4:],
                currency=settings.CURRENCY,
                initial_minor=amount_minor,
                balance_minor=0,
                recipient=recipient.strip().lower(),
                note=note.strip()[:200],
                key=key,
                issued_at=at,
                expires_at=expires_at,
            )
            move(row.id, GiftEntryKind.ISSUED, amount_minor, actor_id=actor_id, at=at)
    except IntegrityError:
        known = models.GiftCard.objects.filter(key=key).first() if key is not None else None
        if known is None:
            raise
        raise AlreadyIssued(last4=known.last4, reason="issued before") from None
    row.refresh_from_db()
    return Issued(card=to_card(row), code=codes.shown_gift_code(fresh))


@transaction.atomic
def top_up_gift_card(
    *,
    card_id: int,
    amount_minor: int,
    note: str = "",
    key: str | None = None,
    actor_id: int | None = None,
    at: datetime,
) -> GiftCard:
    """Put more on a card; the same ``key`` again puts nothing more. Raises NotFound, Invalid."""
    _check_amount(amount_minor)
    row = models.GiftCard.objects.select_for_update().filter(id=card_id).first()
    if row is None:
        raise NotFound(kind="gift card", key=card_id)
    if row.balance_minor + amount_minor > MOST_MINOR:
        raise Invalid(field="amount", problem="a card cannot hold so much")
    if key is None or not models.GiftEntry.objects.filter(key=key).exists():
        move(card_id, GiftEntryKind.TOPPED_UP, amount_minor, note=note, key=key, actor_id=actor_id, at=at)
    row.refresh_from_db()
    return to_card(row)


def block_gift_card(*, card_id: int) -> GiftCard:
    """The card pays nothing until it is unblocked (it was lost, or stolen). Raises NotFound."""
    return _turn(card_id, GiftCardState.BLOCKED)


def unblock_gift_card(*, card_id: int) -> GiftCard:
    """The card pays again. Raises NotFound."""
    return _turn(card_id, GiftCardState.ACTIVE)


def _turn(card_id: int, state: GiftCardState) -> GiftCard:
    models.GiftCard.objects.filter(id=card_id).update(state=state.value)
    row = models.GiftCard.objects.filter(id=card_id).first()
    if row is None:
        raise NotFound(kind="gift card", key=card_id)
    return to_card(row)


def _check_amount(amount_minor: int) -> None:
    if not 1 <= amount_minor <= MOST_MINOR:
        raise Invalid(field="amount", problem="give an amount that a card can hold")


def move(
    card_id: int,
    kind: GiftEntryKind,
    amount_minor: int,
    *,
    order_id: int | None = None,
    note: str = "",
    key: str | None = None,
    actor_id: int | None = None,
    at: datetime,
) -> bool:
    """Change a balance by a signed amount and write its line, in the caller's transaction. False, and nothing
    changed, when there is not enough on the card, or when it is blocked or has expired and should pay."""
    rows = models.GiftCard.objects.filter(id=card_id, balance_minor__gte=-amount_minor)
    if kind is GiftEntryKind.SPENT:
        rows = rows.filter(state=GiftCardState.ACTIVE.value).exclude(expires_at__lte=at)
    if not rows.update(balance_minor=F("balance_minor") + amount_minor):
        return False
    models.GiftEntry.objects.create(
        card_id=card_id,
        kind=kind.value,
        amount_minor=amount_minor,
        balance_minor=models.GiftCard.objects.values_list("balance_minor", flat=True).get(id=card_id),
        order_id=order_id,
        note=note.strip()[:200],
        key=key,
        actor_id=actor_id,
        at=at,
    )
    return True
