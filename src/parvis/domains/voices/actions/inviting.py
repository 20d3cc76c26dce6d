"""Invitations from the delivery of an order to the day when they ask no more.

Every step is a conditional change of a locked row and asks for its mail under a key made of the invitation's id: run
twice, or by two workers, it changes nothing the second time.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.conf import settings as project
from django.db import connection, transaction

from parvis.core.errors import NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.contracts import Order, OrderLine
from parvis.domains.messaging import actions as messaging
from parvis.domains.people import queries as people
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.contracts import (
    LIVING,
    InvitationSettings,
    InvitationState,
    StopReason,
    VoiceKind,
    VoiceState,
)

LIVE = [state.value for state in LIVING]


def mail_keys(invitation_id: int) -> tuple[str, str]:
    """The keys of the invitation's mail and of its reminder."""
    return f"invitation:{invitation_id}", f"invitation:{invitation_id}:reminder"


def schedule_invitations(
    *, order_ids: Iterable[int], at: datetime, provenance: Mapping[str, str] | None = None
) -> tuple[int, ...]:
    """Plan an invitation for each delivered order that has none; returns the ids of the new ones.

    Nothing is planned while invitations are switched off, for an erased customer, or when everything in the order was
    given back or reviewed already.
    """
    settings = queries.invitation_settings()
    if not settings.active:
        return ()
    made = []
    for order_id in order_ids:
        try:
            order = checkout.order(order_id)
        except NotFound:
            continue
        with transaction.atomic():
            new = _plan(order, settings, at=at, provenance=provenance or {})
        made += [new] if new is not None else []
    return tuple(made)


def _plan(order: Order, settings: InvitationSettings, *, at: datetime, provenance: Mapping[str, str]) -> int | None:
    lines = _to_review(order)
    reader = people.customer(order.customer_id) if order.customer_id is not None else None
    if not lines or reader is None or reader.erased or order.delivered_at is None:
        return None
    kinds = [item.category_key for item in catalog.products(lines, locale="en").values()]
    due = rules.first_moment(
        placed_at=order.placed_at,
        delivered_at=order.delivered_at,
        delay_days=rules.delay_of(settings, kinds),
        zone=project.TIME_ZONE,
    )
    simulated = {"invitation": "simulated"} if order.provenance else {}
    row = models.Invitation(
        order_id=order.id,
        customer_id=reader.id,
        locale=order.locale,
        placed_at=order.placed_at,
        delivered_at=order.delivered_at,
        due_at=due,
        created_at=at,
        provenance={**simulated, **provenance},
    )
    if models.Invitation.objects.filter(order_id=order.id).exists():
        return None
    models.Invitation.objects.bulk_create([row], ignore_conflicts=True)
    kept = models.Invitation.objects.select_for_update().get(order_id=order.id)
    products = [
        models.InvitedProduct(
            invitation=kept, product_id=line.product_id, line_ref=f"{order.number}/{line.id}", size=line.size
        )
        for line in lines.values()
    ]
    models.InvitedProduct.objects.bulk_create(products, ignore_conflicts=True)
    return kept.pk


def _to_review(order: Order) -> dict[int, OrderLine]:
    """By product, a line of the order that was kept and is not reviewed yet by who bought it."""
    kept = {line.product_id: line for line in order.lines if line.refunded_quantity < line.quantity}
    if order.customer_id is None or not kept:
        return {}
    said = reviews_by(order.customer_id, list(kept))
    return {product_id: line for product_id, line in kept.items() if product_id not in said}


def reviews_by(customer_id: int, product_ids: Sequence[int]) -> dict[int, int]:
    """The reviews of these products by a customer, whatever became of them: product -> voice."""
    rows = models.Voice.objects.filter(customer_id=customer_id, product_id__in=product_ids, kind=VoiceKind.REVIEW)
    rows = rows.exclude(state=VoiceState.WITHDRAWN).order_by("id")
    return {product_id: voice_id for product_id, voice_id in rows.values_list("product_id", "id") if product_id}


# -- asking no more ---------------------------------------------------------------------------------------------


_ANSWERED = """
UPDATE voices_invitedproduct AS invited SET voice_id = voice.id, answered_at = %s
FROM voices_voice AS voice, voices_invitation AS invitation
WHERE voice.id = ANY(%s) AND voice.kind = 'review' AND invited.voice_id IS NULL
  AND invited.product_id = voice.product_id AND invitation.id = invited.invitation_id
  AND invitation.customer_id = voice.customer_id
RETURNING invited.invitation_id
"""


def note_reviews(*, voice_ids: Sequence[int], at: datetime) -> None:
    """Reviews have come in: invitations that asked for them are answered. One statement, usually without a row."""
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, [at, list(voice_ids)])
        touched = {row[0] for row in cursor.fetchall()}
    for invitation_id in sorted(touched):
        finish(_locked(invitation_id), at=at)


def refresh_orders(*, order_ids: Iterable[int], at: datetime) -> None:
    """Something came back from these orders: what was given back is no longer asked about."""
    for order_id in order_ids:
        row = models.Invitation.objects.filter(order_id=order_id, state__in=LIVE).first()
        if row is not None:
            with transaction.atomic():
                recheck(_locked(row.pk), at=at)


def stop_customer(*, customer_id: int, reason: StopReason, at: datetime) -> int:
    """Ask this customer nothing more; returns how many invitations that ends."""
    theirs = models.Invitation.objects.filter(customer_id=customer_id, state__in=LIVE)
    ids = list(theirs.order_by("id").values_list("id", flat=True))
    for invitation_id in ids:
        with transaction.atomic():
            stop(_locked(invitation_id), reason, at=at)
    if reason is StopReason.ERASED:
        models.Invitation.objects.filter(customer_id=customer_id).update(customer=None)
        models.OwnerRequest.objects.filter(customer_id=customer_id).delete()
    return len(ids)


def stop_by_mail(*, key: str, at: datetime) -> None:
    """The mail under this key will not arrive: its invitation asks no more."""
    number = key.removeprefix("invitation:").partition(":")[0]
    if not key.startswith("invitation:") or not number.isdigit():
        return
    with transaction.atomic():
        row = _locked(int(number))
        if row is not None:
            stop(row, StopReason.UNREACHABLE, at=at)


def note_opened(*, invitation_id: int, at: datetime) -> None:
    """The form was opened."""
    models.Invitation.objects.filter(id=invitation_id).update(opened_at=at)


def _locked(invitation_id: int) -> models.Invitation | None:
    return models.Invitation.objects.select_for_update(of=("self",)).filter(id=invitation_id).first()


def recheck(row: models.Invitation | None, *, at: datetime) -> bool:
    """Look again at a locked invitation: what was given back or reviewed meanwhile, who was erased. Whether there is
    still something to ask."""
    if row is None or row.state not in LIVE:
        return False
    reader = people.customer(row.customer_id) if row.customer_id is not None else None
    if reader is None or reader.erased:
        stop(row, StopReason.ERASED, at=at)
        return False
    order = checkout.order(row.order_id)
    kept = {line.product_id for line in order.lines if line.refunded_quantity < line.quantity}
    row.products.exclude(product_id__in=kept).update(dropped=True)
    said = reviews_by(reader.id, list(kept))
    for invited in row.products.filter(voice=None, product_id__in=list(said)):
        models.InvitedProduct.objects.filter(id=invited.pk).update(voice_id=said[invited.product_id], answered_at=at)
    return not finish(row, at=at)


def finish(row: models.Invitation | None, *, at: datetime) -> bool:
    """End a locked invitation when nothing is left to ask; whether it has ended."""
    if row is None or row.state not in LIVE:
        return True
    asked = list(row.products.values_list("dropped", "answered_at"))
    if any(not dropped and answered is None for dropped, answered in asked):
        return False
    answered = any(moment is not None for _, moment in asked)
    if answered and row.sent_at is not None:
        models.Invitation.objects.filter(id=row.pk).update(state=InvitationState.DONE, stopped_at=at)
        row.state = InvitationState.DONE
        messaging.cancel(keys=mail_keys(row.pk), at=at)
    else:
        stop(row, StopReason.REVIEWED if answered else StopReason.REFUNDED, at=at)
    return True


def stop(row: models.Invitation | None, reason: StopReason, *, at: datetime) -> None:
    """End a locked invitation without having got what it asked for."""
    if row is None or row.state not in LIVE:
        return
    row.state, row.stop_reason, row.stopped_at = InvitationState.STOPPED, reason, at
    row.save(update_fields=["state", "stop_reason", "stopped_at"])
    messaging.cancel(keys=mail_keys(row.pk), at=at)
