"""What is personal is let go: of customers who were erased, of cards taken back, of purchases that never came about.

Amounts, articles and the papers of an order stay, as accounting law demands. Which column holds something personal, and
what becomes of it, is listed in tests/test_forgetting.py, which fails for a new column that nobody has thought about.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, F, Func, JSONField, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, JSONObject

from parvis.core.errors import NotFound
from parvis.core.tasks import app
from parvis.domains.checkout import models, ports
from parvis.domains.checkout.actions import moves
from parvis.domains.checkout.contracts import OrderState
from parvis.domains.checkout.models.carts import OPEN
from parvis.domains.checkout.models.sessions import EXPIRED
from parvis.domains.checkout.models.sessions import OPEN as SESSION_OPEN
from parvis.domains.checkout.ports import SavedCardToken

BATCH = 1000
_CLOSED = (OrderState.DELIVERED.value, OrderState.CANCELLED.value, OrderState.REFUNDED.value)
_EMPTY_SESSION: dict[str, Any] = {
    **{name: {} for name in ("details", "consents", "attribution", "cancel_reason")},
    "visit": None,
    "next_url": "",
}
# What a dispute's evidence says of the person; the rest is about articles, days and amounts.
_OF_THE_PERSON = ("customer_name", "customer_email", "shipping_address", "tracking")


class _Digest(Func):
    """Of an address, as people.CustomerErased carries it."""

    template = "encode(sha256(convert_to(lower(trim(%(expressions)s)), 'UTF8')), 'hex')"
    output_field = CharField()


class _WithoutWords(Func):
    """A trail's detail without what people wrote and without parcels' numbers."""

    template = "(%(expressions)s - 'note' - 'tracking')"
    output_field = JSONField()


def forget_card(*, card_id: int, customer_id: int, at: datetime) -> None:
    """The customer takes a kept card back: gone here and at the provider. Raises NotFound for somebody else's."""
    row = models.SavedCard.objects.filter(id=card_id, customer_id=customer_id, removed_at=None).first()
    if row is None:
        raise NotFound(kind="card", key=card_id)
    with transaction.atomic():
        models.SavedCard.objects.filter(id=row.id).update(removed_at=at)
        _forget_at_provider([row.token])


def forget_customer(*, customer_id: int, address_digest: str = "", at: datetime) -> None:
    """A customer was erased: what they kept and left goes, and what is personal in their closed orders. Orders
    under way keep the address until they are closed (upkeep.tidy).

    ``address_digest`` is of the address they were known by (people.CustomerErased): by it goes also what is under no
    customer, since it was left before there was one, or by somebody who did not sign in.
    """
    with transaction.atomic():
        cards = models.SavedCard.objects.filter(customer_id=customer_id)
        tokens = list(cards.filter(removed_at=None).values_list("token", flat=True))
        cards.delete()
        models.MemberStatus.objects.filter(customer_id=customer_id).delete()
        models.Cart.objects.filter(customer_id=customer_id, state=OPEN).delete()
        models.Cart.objects.filter(customer_id=customer_id).update(visit=None)
        _empty(_idle(models.Session.objects.filter(customer_id=customer_id)))
        if address_digest:
            _forget_address(address_digest)
        orders = models.Order.objects.filter(customer_id=customer_id).exclude(email="")
        for order_id in orders.exclude(state__in=_CLOSED).values_list("id", flat=True):
            moves.trail(order_id, "erasure_asked", at=at)
        _clear(orders.filter(state__in=_CLOSED))
        _forget_at_provider(tokens)


def clear_closed(*, at: datetime) -> None:
    """Nightly: erasures that waited for the end of an order, or of a dispute about it, are done."""
    asked = models.OrderEvent.objects.filter(order=OuterRef("pk"), kind="erasure_asked")
    _clear(models.Order.objects.filter(Exists(asked), state__in=_CLOSED).exclude(email=""))
    named = Q(evidence__has_any_keys=list(_OF_THE_PERSON))
    over = models.Dispute.objects.filter(named, payment__order__email="", closed_at__isnull=False)
    for row in over:
        kept = {key: said for key, said in row.evidence.items() if key not in _OF_THE_PERSON}
        models.Dispute.objects.filter(id=row.id).update(evidence=kept)


def forget_unbought(*, at: datetime) -> int:
    """Nightly: what was typed for a purchase that never came about goes after PARVIS_UNBOUGHT_DAYS: of checkouts that
    were left (an agent's too), and of orders that were never paid. Returns how many were emptied."""
    before = at - timedelta(days=settings.UNBOUGHT_DAYS)
    left = _idle(models.Session.objects.filter(updated_at__lt=before)).exclude(**_EMPTY_SESSION)
    unpaid = Q(order=None) | Q(order__state=OrderState.CANCELLED.value, order__paid_at=None)
    emptied = _empty(left.filter(unpaid))
    orders = models.Order.objects.filter(state=OrderState.CANCELLED.value, paid_at=None, cancelled_at__lt=before)
    return emptied + _clear(orders.exclude(email="", name=""))


def _idle(sessions: "QuerySet[models.Session]") -> "QuerySet[models.Session]":
    """Those behind which no order is under way."""
    return sessions.filter(Q(order=None) | Q(order__state__in=_CLOSED))


def _empty(sessions: "QuerySet[models.Session]") -> int:
    ids = list(sessions.values_list("id", flat=True))
    models.Session.objects.filter(id__in=ids, state=SESSION_OPEN, order=None).update(state=EXPIRED)
    return models.Session.objects.filter(id__in=ids).update(**_EMPTY_SESSION)


def _forget_address(digest: str) -> None:
    """What is under the address alone, and under no customer."""
    typed = _Digest(Coalesce(KeyTextTransform("email", "details"), Value("")))
    left = models.Session.objects.filter(customer=None, order=None).exclude(details={})
    _empty(left.annotate(typed=typed).filter(typed=digest))
    cards = models.GiftCard.objects.exclude(recipient="").annotate(typed=_Digest(F("recipient")))
    cards.filter(typed=digest).update(recipient="", note="")
    declared = models.Declaration.objects.filter(order=None).exclude(email="").annotate(typed=_Digest(F("email")))
    declared.filter(typed=digest).update(email="", name="", words="")


def _clear(orders: "QuerySet[models.Order]") -> int:
    """Empty what is personal in closed orders and in what hangs on them; returns how many orders."""
    ids = list(orders.values_list("id", flat=True))
    for first in range(0, len(ids), BATCH):
        with transaction.atomic():
            _clear_some(ids[first : first + BATCH])
    return len(ids)


def _clear_some(ids: Sequence[int]) -> None:
    country = JSONObject(country=Coalesce(KeyTextTransform("country", "address"), Value("")))
    models.Order.objects.filter(id__in=ids).update(email="", name="", address=country, tracking="", visit=None)
    models.OrderEvent.objects.filter(order_id__in=ids).update(detail=_WithoutWords(F("detail")))
    # What was made out to them stays on papers, as accounting law demands.
    models.Parcel.objects.filter(order_id__in=ids).update(tracking="")
    models.ParcelNews.objects.filter(parcel__order_id__in=ids).update(place="")
    models.Return.objects.filter(order_id__in=ids).update(note="", answer="")
    models.Declaration.objects.filter(order_id__in=ids).update(email="", name="", words="")
    models.Session.objects.filter(order_id__in=ids).update(**_EMPTY_SESSION)


def _forget_at_provider(tokens: Sequence[str]) -> None:
    """The worker is asked in the same transaction, by name (tasks are above), and tries until the provider answers."""
    for token in tokens:
        app.configure_task("checkout.forget_card").defer(token=token)


def forget_at_provider(*, token: str) -> None:
    """Delete a card at the provider; one that is gone already is no error. Not to be called inside a transaction.
    Raises ports.PaymentUnavailable."""
    ports.payments().forget_card(SavedCardToken(token=token))
