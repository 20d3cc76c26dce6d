"""What comes back after a mail was handed over: returned, taken, called unwanted."""

from datetime import datetime

import structlog
from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import NotFound
from parvis.domains.messaging import models, queries, rules
from parvis.domains.messaging.actions.refusing import REFUSABLE, refuse
from parvis.domains.messaging.contracts import (
    Ground,
    MessageLost,
    MessageState,
    NewNotice,
    NoticeKind,
    Purpose,
    Unsubscribed,
)
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Purpose as Agreed

log = structlog.get_logger("parvis.mail")
# What was handed over and may still turn out otherwise.
_OPEN = (MessageState.SENT, MessageState.UNSURE)


@transaction.atomic
def take_notice(new: NewNotice, *, at: datetime) -> bool:
    """News of a mail, once for each ``event`` however often and from however many sides it is told; whether it was new.

    A dead address and a complaint end all further mail that asks or sells; three mails in a row that were lost count
    as a dead address. Raises NotFound for a mail that is not ours.
    """
    row = models.Message.objects.select_for_update(of=("self",)).filter(mail_id=new.mail_id).first()
    if row is None or not new.mail_id:
        raise NotFound(kind="message", key=new.mail_id[:40])
    event = new.event[:200]
    # The mail's row is locked: of several deliveries of one event the first writes, the others find it.
    if models.Notice.objects.filter(event=event).exists():
        return False
    told = "" if _emptied(row) else new.told[:300]
    models.Notice.objects.create(
        event=event, message=row, kind=new.kind.value, code=new.code[:20], told=told, source=new.source[:60], at=at
    )
    _follow(row, new, at=at)
    log.info("news of a mail", mail=row.pk, kind=new.kind.value, code=new.code[:20])
    return True


def record_bounce(*, key: str, told: str, complaint: bool = False, at: datetime) -> None:
    """The mail under ``key`` came back, or was called unwanted (``complaint``): for who reads the bounce box with their
    own eyes. Twice is once. Raises NotFound."""
    row = models.Message.objects.filter(key=key).first()
    if row is None:
        raise NotFound(kind="message", key=key)
    kind = NoticeKind.COMPLAINT if complaint else NoticeKind.BOUNCED
    event = f"by hand:{kind.value}:{row.mail_id}"
    take_notice(NewNotice(event=event, kind=kind, mail_id=row.mail_id, told=told, source="by hand"), at=at)


def _emptied(row: models.Message) -> bool:
    """The mail's words are gone, with what they said of a person: nothing personal is written to it again."""
    return not row.text and not row.html


def _follow(row: models.Message, new: NewNotice, *, at: datetime) -> None:
    match new.kind:
        case NoticeKind.DELIVERED:
            if row.state == MessageState.UNSURE:
                row.state, row.sent_at, row.error = MessageState.SENT, at, ""
                row.save(update_fields=["state", "sent_at", "error"])
        case NoticeKind.BOUNCED:
            _came_back(row, new, MessageState.BOUNCED, at=at)
            _give_up(row, source="bounce", at=at)
        case NoticeKind.LOST:
            _came_back(row, new, MessageState.FAILED, at=at)
            if _lost_again(row, at=at):
                _give_up(row, source="lost mail", at=at)
        case NoticeKind.COMPLAINT:
            _complained(row, at=at)


def _came_back(row: models.Message, new: NewNotice, state: MessageState, *, at: datetime) -> None:
    if row.state not in _OPEN:
        return
    row.state = state
    row.error = "" if _emptied(row) else " ".join(part for part in (new.code, new.told) if part)[:300]
    row.save(update_fields=["state", "error"])
    bounced = state is MessageState.BOUNCED
    outbox.publish(MessageLost(message_id=row.pk, key=row.key, customer_id=row.customer_id, bounced=bounced), at=at)


def _give_up(row: models.Message, *, source: str, at: datetime) -> None:
    if row.address_digest:
        refuse(row.address_digest, ground=Ground.BOUNCED_BEFORE, source=source, at=at)


def _lost_again(row: models.Message, *, at: datetime) -> bool:
    """Whether the latest mails to this address were all lost."""
    if not row.address_digest:
        return False
    latest = models.Message.objects.filter(
        address_digest=row.address_digest, handed_at__gte=at - rules.LOST_WITHIN, handed_at__lte=at
    ).order_by("-handed_at", "-id")[: rules.LOST_IN_A_ROW]
    lost = [
        message.state == MessageState.FAILED and message.notices.filter(kind=NoticeKind.LOST).exists()
        for message in latest
    ]
    return len(lost) == rules.LOST_IN_A_ROW and all(lost)


def _complained(row: models.Message, *, at: datetime) -> None:
    """Who calls a mail unwanted gets none that asks or sells any more."""
    if not row.address_digest:
        return
    for purpose in REFUSABLE:
        known = queries.refusals_of([row.address_digest], purpose)
        refuse(row.address_digest, ground=Ground.UNSUBSCRIBED, source="complaint", at=at, purpose=purpose)
        if known:
            continue
        if purpose is Purpose.MARKETING and row.customer_id is not None:
            people.record_consent(
                purpose=Agreed.MARKETING, granted=False, source="complaint", customer_id=row.customer_id, at=at
            )
        outbox.publish(Unsubscribed(customer_id=row.customer_id, purpose=purpose), at=at)
