"""Reads of outgoing mail."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.core import signing
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from parvis.core.errors import NotFound
from parvis.core.pagination import Page, decode_cursor, encode_cursor
from parvis.domains.messaging import contracts, models, rules
from parvis.domains.messaging.contracts import Ground, Limits, MessageFilters, MessageState, NoticeKind, Purpose
from parvis.domains.people import queries as people

_SIGNER = signing.Signer(salt="messaging.unsubscribe", sep="~")


def message(message_id: int) -> contracts.Message:
    """A mail by id; raises NotFound."""
    row = models.Message.objects.filter(id=message_id).first()
    if row is None:
        raise NotFound(kind="message", key=message_id)
    return to_message(row)


def message_by_key(key: str) -> contracts.Message | None:
    """The mail under this key, or None."""
    row = models.Message.objects.filter(key=key).first()
    return to_message(row) if row else None


def messages(
    filters: MessageFilters | None = None, cursor: str | None = None, *, limit: int = 50
) -> Page[contracts.Message]:
    """Mails, newest first, a page at a time. Raises BadCursor."""
    rows = _filtered(filters or MessageFilters()).order_by("-id")
    if cursor:
        (last,) = decode_cursor(cursor, length=1)
        rows = rows.filter(id__lt=int(last))
    found = list(rows[: limit + 1])
    shown = found[:limit]
    following = encode_cursor(shown[-1].id) if len(found) > limit else None
    return Page(items=tuple(to_message(row) for row in shown), next=following)


def counts(filters: MessageFilters | None = None) -> dict[MessageState, int]:
    """How many mails stand in each state, for tabs."""
    rows = _filtered(filters or MessageFilters()).order_by().values_list("state").annotate(count=Count("id"))
    return {MessageState(state): count for state, count in rows}


def _filtered(wanted: MessageFilters) -> "QuerySet[models.Message]":
    rows = models.Message.objects.all()
    if wanted.states:
        rows = rows.filter(state__in=[state.value for state in wanted.states])
    if wanted.purpose is not None:
        rows = rows.filter(purpose=wanted.purpose.value)
    if wanted.template:
        rows = rows.filter(template=wanted.template)
    if wanted.customer_id is not None:
        rows = rows.filter(customer_id=wanted.customer_id)
    if wanted.text.strip():
        text = wanted.text.strip()
        rows = rows.filter(Q(subject__icontains=text) | Q(to_email__icontains=text))
    return rows


def notices(message_id: int) -> tuple[contracts.Notice, ...]:
    """What came back of a mail, oldest first."""
    rows = models.Notice.objects.filter(message_id=message_id).order_by("at", "id")
    return tuple(
        contracts.Notice(
            id=row.pk,
            message_id=message_id,
            kind=NoticeKind(row.kind),
            code=row.code,
            told=row.told,
            source=row.source,
            at=row.at,
        )
        for row in rows
    )


def mail_counts(*, since: datetime, until: datetime, templates: Sequence[str] = ()) -> contracts.MailCounts:
    """What became of the mails handed over from ``since`` to ``until``, of these templates (default: all).
    ``bounced`` and ``lost`` are those that came back after they were taken. One statement."""
    rows = models.Message.objects.filter(sent_at__gte=since, sent_at__lt=until)
    if templates:
        rows = rows.filter(template__in=list(templates))
    told = {
        "delivered": NoticeKind.DELIVERED,
        "bounced": NoticeKind.BOUNCED,
        "lost": NoticeKind.LOST,
        "complaints": NoticeKind.COMPLAINT,
    }
    counted = rows.aggregate(
        sent=Count("id"),
        **{
            name: Count("id", filter=Exists(models.Notice.objects.filter(message=OuterRef("pk"), kind=kind.value)))
            for name, kind in told.items()
        },
    )
    return contracts.MailCounts(**counted)


def unsubscribe_token(key: str) -> str:
    """The signed part of a mail's unsubscribe address."""
    return _SIGNER.sign(key)


def message_of_token(token: str) -> contracts.Message:
    """The mail of an unsubscribe address; raises NotFound for one that we did not sign."""
    try:
        key = _SIGNER.unsign(token)
    except signing.BadSignature as error:
        raise NotFound(kind="message", key="this link") from error
    found = message_by_key(key)
    if found is None:
        raise NotFound(kind="message", key="this link")
    return found


def refusal(email: str, purpose: Purpose) -> Ground | None:
    """Why this address gets no such mail; None: it may."""
    return refusals_of([rules.digest(email)], purpose).get(rules.digest(email))


def refusal_of_reader(message_id: int) -> Ground | None:
    """Why the reader of this mail gets no more of its kind, also when the mail itself was emptied since; None: may."""
    row = models.Message.objects.get(id=message_id)
    if not row.address_digest:
        return Ground.ERASED
    return refusals_of([row.address_digest], Purpose(row.purpose)).get(row.address_digest)


def refusals_of(digests: Iterable[str], purpose: Purpose) -> dict[str, Ground]:
    """Refusals among addresses (as digests). One statement."""
    rows = models.Refusal.objects.filter(address_digest__in=list(digests), purpose=purpose.value)
    return {digest: Ground(ground) for digest, ground in rows.values_list("address_digest", "ground")}


def limits() -> Limits:
    """How often a person may be asked."""
    row = models.MessagingSettings.objects.filter(id=1).first()
    return Limits(messages=row.cap_messages, days=row.cap_days) if row else Limits()


def digests_of(customer_id: int | None, address_digest: str) -> tuple[str, ...]:
    """Every address, as a digest, at which a person was written to: the given one first, then those of earlier
    addresses and of records that were found to be the same person."""
    if customer_id is None:
        return (address_digest,)
    same = {customer_id}
    for merge in people.merges_of(customer_id):
        if merge.undone_at is None:
            same |= {merge.kept_id, merge.gone.id}
    rows = models.Message.objects.filter(customer_id__in=same).exclude(address_digest="")
    others = set(rows.order_by().values_list("address_digest", flat=True).distinct()) - {address_digest}
    return (address_digest, *sorted(others))


def refused_for(digests: Sequence[str], purpose: Purpose) -> Ground | None:
    """Why a person (see :func:`digests_of`) gets no such mail. What they refused at another of their addresses counts
    here too; that another address bounced does not."""
    found = refusals_of(digests, purpose)
    own = found.pop(digests[0], None)
    return own or (Ground.UNSUBSCRIBED if Ground.UNSUBSCRIBED in found.values() else None)


def asking_refused(customer_id: int, email: str) -> Ground | None:
    """Why this customer is not asked for reviews and answers; None: they are."""
    return refused_for(digests_of(customer_id, rules.digest(email)), Purpose.OPINION)


def recent_for(digests: Sequence[str], *, at: datetime) -> tuple[datetime, ...]:
    """When mails that count against the limit were handed over for a person, within the limit's days."""
    since = at - timedelta(days=limits().days)
    rows = models.Message.objects.filter(address_digest__in=digests, handed_at__gte=since)
    rows = rows.exclude(purpose=Purpose.SERVICE.value).exclude(state=MessageState.BOUNCED.value)
    return tuple(moment for moment in rows.values_list("handed_at", flat=True) if moment is not None)


def to_message(row: models.Message) -> contracts.Message:
    """A row as a contract."""
    return contracts.Message(
        id=row.pk,
        key=row.key,
        template=row.template,
        purpose=Purpose(row.purpose),
        customer_id=row.customer_id,
        to_email=row.to_email,
        locale=row.locale,
        subject=row.subject,
        text=row.text,
        html=row.html,
        state=MessageState(row.state),
        ground=Ground(row.ground) if row.ground else None,
        attempts=row.attempts,
        error=row.error,
        created_at=row.created_at,
        due_at=row.due_at,
        sent_at=row.sent_at,
        provenance=row.provenance,
    )
