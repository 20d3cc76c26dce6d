"""Who says no is heard at once, and by one click."""

from datetime import datetime

from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import Invalid, NotFound
from parvis.domains.messaging import models, queries, rules
from parvis.domains.messaging.contracts import Ground, Limits, MessageState, Purpose, Unsubscribed
from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
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


@transaction.atomic
def set_asking(*, customer_id: int, wanted: bool, source: str, at: datetime) -> bool:
    """Whether a customer wants to be asked for reviews and answers; returns whether that was a change.

    Wanting it again takes back their own refusals, at every address of theirs, never a bounce. Raises NotFound.
    """
    reader = people_queries.customer(customer_id)
    if reader is None or reader.erased:
        raise NotFound(kind="customer", key=customer_id)
    digests = queries.digests_of(customer_id, rules.digest(reader.email))
    if wanted:
        theirs = models.Refusal.objects.filter(address_digest__in=digests, purpose=Purpose.OPINION.value)
        return bool(theirs.filter(ground=Ground.UNSUBSCRIBED.value).delete()[0])
    if queries.refused_for(digests, Purpose.OPINION) is Ground.UNSUBSCRIBED:
        return False
    refuse(digests[0], ground=Ground.UNSUBSCRIBED, source=source, at=at, purpose=Purpose.OPINION)
    outbox.publish(Unsubscribed(customer_id=customer_id, purpose=Purpose.OPINION), at=at)
    return True


def _digest_of(message_id: int) -> str:
    return models.Message.objects.values_list("address_digest", flat=True).get(id=message_id)


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
