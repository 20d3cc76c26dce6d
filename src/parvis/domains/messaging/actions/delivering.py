"""Mail goes out: claimed in one short transaction, handed over outside of any, settled in another.

A sender that dies after the claim leaves a mail of which nobody knows whether it went. The transport is asked; one
that cannot tell (SMTP) leaves the mail ``unsure`` for a person to see, because sending it twice is worse than late.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction

from parvis.core import locks, outbox
from parvis.domains.messaging import models, ports, queries, rules
from parvis.domains.messaging.actions.refusing import refuse
from parvis.domains.messaging.actions.sending import unsubscribe_url
from parvis.domains.messaging.contracts import Ground, MessageLost, MessageSent, MessageState, Purpose
from parvis.domains.messaging.ports import Mail, MailRefused, MailUnavailable, MailUnsure
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Purpose as Agreed

log = structlog.get_logger("parvis.mail")


@dataclass(frozen=True)
class Sent:
    """How a round went."""

    sent: int = 0
    postponed: int = 0
    suppressed: int = 0
    lost: int = 0

    @property
    def any(self) -> bool:
        return bool(self.sent or self.postponed or self.suppressed or self.lost)


def send_due(*, at: datetime, limit: int = 200) -> Sent:
    """Send what is due, at most ``limit`` mails. Safe in several workers at once."""
    tally = {"sent": 0, "postponed": 0, "suppressed": 0, "lost": 0}
    for _ in range(limit):
        what = _send_one(at)
        if what is None:
            break
        tally[what] += 1
    return Sent(**tally)


def _send_one(at: datetime) -> str | None:
    """Take the next mail through; None when nothing is due."""
    claimed, what = _claim(at)
    if claimed is None:
        return what
    return _settle(claimed, _hand_over(_mail(claimed)), at)


def _hand_over(mail: Mail) -> "_Answer":
    try:
        return _Answer(MessageState.SENT, reference=ports.transport().send(mail))
    except MailRefused as error:
        return _Answer(MessageState.BOUNCED, error=str(error))
    except MailUnsure as error:
        return _Answer(MessageState.UNSURE, error=str(error))
    except MailUnavailable as error:
        return _Answer(MessageState.WAITING, error=str(error))


@dataclass(frozen=True)
class _Answer:
    """What the transport said: the state it asks for (``WAITING``: try again)."""

    state: MessageState
    reference: str = ""
    error: str = ""


@transaction.atomic
def _claim(at: datetime) -> tuple[models.Message | None, str | None]:
    """The next due mail that may go, marked as being sent; or what was decided about it instead."""
    due = models.Message.objects.filter(state=MessageState.WAITING.value, due_at__lte=at).order_by("due_at", "id")
    row = due.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return None, None
    _alone_with(row.address_digest)
    leave = rules.leave(
        Purpose(row.purpose), _standing(row, at), limits=queries.limits(), expires_at=row.expires_at, at=at
    )
    if leave.ground is not None:
        row.state, row.ground = MessageState.SUPPRESSED, leave.ground
        if leave.ground is Ground.ERASED:
            row.to_email = row.text = row.html = row.subject = ""
        row.save(update_fields=["state", "ground", "to_email", "text", "html", "subject"])
        return None, "suppressed"
    if leave.until is not None:
        row.due_at = leave.until
        row.save(update_fields=["due_at"])
        return None, "postponed"
    row.state, row.attempts = MessageState.SENDING, row.attempts + 1
    row.claimed_until, row.handed_at = at + rules.LEASE, at
    row.save(update_fields=["state", "attempts", "claimed_until", "handed_at"])
    return row, None


def _alone_with(address_digest: str) -> None:
    """One mail a reader at a time until the commit, or two workers could both find room under the limit."""
    locks.hold(int.from_bytes(bytes.fromhex(address_digest[:16]), "big", signed=True))


def _standing(row: models.Message, at: datetime) -> rules.Standing:
    purpose = Purpose(row.purpose)
    reader = people.customer(row.customer_id) if row.customer_id is not None else None
    erased = reader is not None and reader.erased
    if purpose is Purpose.SERVICE:
        return rules.Standing(erased=erased)
    agreed = None
    if purpose is Purpose.MARKETING and reader is not None:
        agreed = people.consent(purpose=Agreed.MARKETING, customer_id=reader.id)
    digests = queries.digests_of(row.customer_id, row.address_digest)
    return rules.Standing(
        erased=erased,
        refused=queries.refused_for(digests, purpose),
        consents=agreed,
        recent=queries.recent_for(digests, at=at),
    )


def _mail(row: models.Message) -> Mail:
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    stop = row.stop_url if row.purpose == Purpose.SERVICE else unsubscribe_url(row.key)
    if stop:
        # RFC 8058: the mail program itself offers the button, and one POST to this address is enough.
        headers["List-Unsubscribe"] = f"<{stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return Mail(
        message_id=_message_id(row),
        to=row.to_email,
        subject=row.subject,
        text=row.text,
        html=row.html,
        locale=row.locale,
        headers=headers,
    )


def _message_id(row: models.Message) -> str:
    return f"<{row.mail_id}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"


@transaction.atomic
def _settle(claimed: models.Message, answer: _Answer, at: datetime) -> str:
    """Write down how the hand-over went, unless somebody else has settled this claim."""
    mine = {"id": claimed.pk, "state": MessageState.SENDING.value, "attempts": claimed.attempts}
    row = models.Message.objects.select_for_update(of=("self",)).filter(**mine).first()
    if row is None:
        return "lost"
    row.claimed_until, row.error, row.reference = None, answer.error[:300], answer.reference[:255]
    row.state = answer.state
    if answer.state is MessageState.WAITING and row.attempts > len(rules.WAITS):
        row.state = MessageState.FAILED
    if row.state is MessageState.WAITING:
        row.due_at, row.handed_at = at + rules.WAITS[row.attempts - 1], None
    if row.state is MessageState.SENT:
        row.sent_at = at
    row.save(update_fields=["state", "sent_at", "due_at", "claimed_until", "error", "reference", "handed_at"])
    _tell(row, at)
    return {MessageState.SENT: "sent", MessageState.WAITING: "postponed"}.get(MessageState(row.state), "lost")


def _tell(row: models.Message, at: datetime) -> None:
    """Those who listen, and the log."""
    if row.state is MessageState.SENT:
        outbox.publish(MessageSent(message_id=row.pk, key=row.key, customer_id=row.customer_id), at=at)
        return
    log.warning("mail not taken", mail=row.pk, state=str(row.state), attempts=row.attempts, told=row.error)
    if row.state in (MessageState.BOUNCED, MessageState.FAILED):
        bounced = row.state is MessageState.BOUNCED
        if bounced and row.address_digest:
            refuse(row.address_digest, ground=Ground.BOUNCED_BEFORE, source="mail server", at=at)
        told = MessageLost(message_id=row.pk, key=row.key, customer_id=row.customer_id, bounced=bounced)
        outbox.publish(told, at=at)


def recover(*, at: datetime) -> int:
    """Settle mails whose sender died: sent if the transport has it, waiting if it has not, else unsure. The transport
    is asked outside of any transaction."""
    abandoned = models.Message.objects.filter(state=MessageState.SENDING.value, claimed_until__lt=at)
    return sum(_laid_to_rest(row, ports.transport().took(_message_id(row)), at) for row in list(abandoned))


@transaction.atomic
def _laid_to_rest(found: models.Message, took: bool | None, at: datetime) -> int:
    """1; 0 when another worker was faster."""
    mine = {"id": found.pk, "state": MessageState.SENDING.value, "attempts": found.attempts}
    row = models.Message.objects.select_for_update(skip_locked=True, of=("self",)).filter(**mine).first()
    if row is None:
        return 0
    row.claimed_until = None
    if took:
        row.state, row.sent_at = MessageState.SENT, at
        outbox.publish(MessageSent(message_id=row.pk, key=row.key, customer_id=row.customer_id), at=at)
    elif took is None:
        row.state, row.error = MessageState.UNSURE, "the sender ended before the mail server had answered"
    else:
        row.state, row.due_at, row.handed_at = MessageState.WAITING, at, None
    row.save(update_fields=["state", "sent_at", "due_at", "claimed_until", "error", "handed_at"])
    log.warning("mail of a dead sender", mail=row.pk, state=str(row.state))
    return 1
