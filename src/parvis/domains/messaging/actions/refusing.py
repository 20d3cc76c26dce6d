"""Who says no is heard at once, and by one click."""

from datetime import datetime

from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import Invalid, NotFound
from parvis.domains.messaging import models, queries
from parvis.domains.messaging.contracts import Ground, Limits, MessageLost, MessageState, Purpose, Unsubscribed
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Purpose as Agreed

REFUSABLE = (Purpose.OPINION, Purpose.MARKETING)


def refuse(address_digest: str, *, ground: Ground, source: str, at: datetime, purpose: Purpose | None = None) -> None:
    """Remember that an address gets no mail of this purpose (default: of every purpose but service), and drop what
    waits. A ground that was there first stays."""
    purposes = REFUSABLE if purpose is None else (purpose,)
    models.Refusal.objects.bulk_create(
        [
            models.Refusal(address_digest=address_digest, purpose=each.value, ground=ground.value, source=source, at=at)
            for each in purposes
        ],
        ignore_conflicts=True,
    )
    waiting = models.Message.objects.filter(address_digest=address_digest, state=MessageState.WAITING.value)
    waiting.filter(purpose__in=[each.value for each in purposes]).update(
        state=MessageState.SUPPRESSED, ground=ground.value
    )


@transaction.atomic
def unsubscribe(*, token: str, source: str, at: datetime) -> Purpose:
    """The reader of a mail wants no more of its kind; returns the kind. Doing it twice is harmless.

    Raises NotFound for a link that we did not sign, Invalid for service mail, which cannot be refused.
    """
    message = queries.message_of_token(token)
    if message.purpose is Purpose.SERVICE:
        raise Invalid(field="purpose", problem="mail about what you asked us to do cannot be refused")
    address_digest = _digest_of(message.id)
    if not address_digest:  # erased since: there is nobody left to write to
        return message.purpose
    known = queries.refusals_of([address_digest], message.purpose)
    refuse(address_digest, ground=Ground.UNSUBSCRIBED, source=source, at=at, purpose=message.purpose)
    if message.purpose is Purpose.MARKETING and message.customer_id is not None:
        people.record_consent(
            purpose=Agreed.MARKETING, granted=False, source=source, customer_id=message.customer_id, at=at
        )
    if not known:
        outbox.publish(Unsubscribed(customer_id=message.customer_id, purpose=message.purpose), at=at)
    return message.purpose


@transaction.atomic
def resubscribe(*, token: str, at: datetime) -> Purpose:
    """It was a mistake: take the reader's own refusal back (never an erasure or a bounce). Raises NotFound.

    Consent to be sold something is not given back by it: that is asked where consent is asked.
    """
    message = queries.message_of_token(token)
    mine = models.Refusal.objects.filter(
        address_digest=_digest_of(message.id), purpose=message.purpose.value, ground=Ground.UNSUBSCRIBED.value
    )
    mine.filter(at__lte=at).delete()
    return message.purpose


def _digest_of(message_id: int) -> str:
    return models.Message.objects.values_list("address_digest", flat=True).get(id=message_id)


@transaction.atomic
def record_bounce(*, key: str, told: str, complaint: bool = False, at: datetime) -> None:
    """A mail that was sent came back, or was reported as unwanted (``complaint``). Raises NotFound.

    For whoever reads the brand's bounce box or its provider's webhook; the same bounce twice is one.
    """
    row = models.Message.objects.select_for_update(of=("self",)).filter(key=key).first()
    if row is None:
        raise NotFound(kind="message", key=key)
    if row.state == MessageState.BOUNCED:
        return
    row.error = told[:300]
    if not complaint:
        row.state = MessageState.BOUNCED
    row.save(update_fields=["state", "error"])
    if row.address_digest:
        ground = Ground.UNSUBSCRIBED if complaint else Ground.BOUNCED_BEFORE
        refuse(row.address_digest, ground=ground, source="complaint" if complaint else "bounce", at=at)
    outbox.publish(
        MessageLost(message_id=row.pk, key=row.key, customer_id=row.customer_id, bounced=not complaint), at=at
    )


@transaction.atomic
def set_limits(*, messages: int, days: int, actor_id: int | None, at: datetime) -> Limits:
    """How often one person may be asked. Raises Invalid outside of 1 to 20 mails and 1 to 90 days."""
    if not 1 <= messages <= 20:
        raise Invalid(field="messages", problem="give a number from 1 to 20")
    if not 1 <= days <= 90:
        raise Invalid(field="days", problem="give a number from 1 to 90")
    before = queries.limits()
    wanted = Limits(messages=messages, days=days)
    if before != wanted:
        values = {"cap_messages": messages, "cap_days": days, "updated_at": at}
        models.MessagingSettings.objects.update_or_create(id=1, defaults=values)
        people.note(
            actor_id=actor_id,
            verb="messaging.limits",
            subject_kind="messaging",
            subject_id=1,
            detail={"before": [before.messages, before.days], "now": [messages, days]},
            at=at,
        )
    return wanted
