"""Ask for a mail: it is written with the change that it tells of, and goes out afterwards."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from parvis.core.errors import Invalid, NotFound, ParvisError
from parvis.core.tasks import app
from parvis.domains.messaging import models, queries, rules
from parvis.domains.messaging.actions.rendering import render
from parvis.domains.messaging.contracts import Ground, MessageState, Purpose, Queued
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Customer

log = structlog.get_logger("parvis.mail")
# A mail that asks something is stale after this, if the limit a person keeps it waiting.
STALE_AFTER = timedelta(days=14)


class BadKey(ParvisError):
    """``key`` holds something else than letters, digits and ``:._-``."""

    code = "bad_key"
    status = 422
    template = "%(key)s cannot be the key of a mail."


@transaction.atomic
def send(  # noqa: PLR0913 - a mail has that many parts
    *,
    key: str,
    template: str,
    purpose: Purpose,
    at: datetime,
    to_customer_id: int | None = None,
    to_email: str = "",
    locale: str = "",
    context: Mapping[str, Any] | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    provenance: Mapping[str, str] | None = None,
    stop_url: str = "",
) -> Queued:
    """Write a mail that goes out at ``due_at`` (default: at once, after the commit).

    The same ``key`` again changes nothing and gives the first mail back. To a customer (whose address and language
    are looked up) or to an address. Who is erased, or has refused this kind of mail, gets none: it is kept as
    suppressed, with its ground and without a word. ``context`` holds plain values for the templates, see
    :func:`rendering.render`; templates of other domains are theirs ("voices/mail/invitation"). ``stop_url`` is where
    one POST without a cookie ends service mail of this kind (RFC 8058); mail that asks or sells has its own.

    Raises :class:`BadKey`, Invalid without a reader, NotFound for an unknown customer.
    """
    if not rules.good_key(key):
        raise BadKey(key=key[:150])
    known = models.Message.objects.filter(key=key).first()
    if known is not None:
        return _queued(known, new=False)
    reader = _reader(to_customer_id)
    address = (reader.email if reader else to_email).strip().lower()
    if not address:
        raise Invalid(field="to_email", problem="give a customer or an address")
    row = models.Message(
        key=key,
        mail_id=rules.new_mail_id(),
        template=template,
        purpose=purpose.value,
        customer_id=to_customer_id,
        to_email=address,
        address_digest=rules.digest(address),
        locale=_language(locale or (reader.locale if reader else "")),
        provenance=dict(provenance or {}),
        stop_url=stop_url,
        created_at=at,
        due_at=due_at or at,
        expires_at=expires_at or (None if purpose is Purpose.SERVICE else (due_at or at) + STALE_AFTER),
    )
    ground = _refused(reader, row)
    if ground is None:
        _write(row, context or {})
    else:
        row.state, row.ground, row.to_email = MessageState.SUPPRESSED, ground, ""
    # Two at once: the key decides, and the second finds the first.
    models.Message.objects.bulk_create([row], ignore_conflicts=True)
    kept = models.Message.objects.get(key=key)
    if kept.state == MessageState.WAITING and kept.due_at <= at:
        transaction.on_commit(wake)
    return _queued(kept, new=True)


def _reader(customer_id: int | None) -> Customer | None:
    if customer_id is None:
        return None
    found = people.customer(customer_id)
    if found is None:
        raise NotFound(kind="customer", key=customer_id)
    return found


def _refused(reader: Customer | None, row: models.Message) -> Ground | None:
    """What is plain already now; the rest is asked at the moment of sending."""
    if reader is not None and reader.erased:
        return Ground.ERASED
    purpose = Purpose(row.purpose)
    if purpose is Purpose.SERVICE:
        return None
    return queries.refused_for(queries.digests_of(row.customer_id, row.address_digest), purpose)


def _write(row: models.Message, context: Mapping[str, Any]) -> None:
    address = "" if row.purpose == Purpose.SERVICE else unsubscribe_url(row.key)
    made = render(row.template, context, locale=row.locale, purpose=Purpose(row.purpose), unsubscribe_url=address)
    row.subject, row.text, row.html = made.subject, made.text, made.html


def unsubscribe_url(key: str) -> str:
    """Where the reader of the mail under ``key`` refuses further ones."""
    return f"{settings.PUBLIC_URL}{rules.UNSUBSCRIBE_PATH}{queries.unsubscribe_token(key)}/"


def _language(locale: str) -> str:
    return "fr" if locale.lower().startswith("fr") else "en"


def _queued(row: models.Message, *, new: bool) -> Queued:
    ground = Ground(row.ground) if row.ground else None
    return Queued(message_id=row.pk, state=MessageState(row.state), ground=ground, new=new)


def cancel(*, keys: Iterable[str], at: datetime) -> int:
    """Do not send these mails after all, if they have not gone yet; returns how many that were."""
    waiting = models.Message.objects.filter(key__in=list(keys), state=MessageState.WAITING.value)
    return waiting.update(state=MessageState.SUPPRESSED, ground=Ground.CANCELLED, due_at=at)


@transaction.atomic
def send_again(*, message_id: int, at: datetime) -> Queued:
    """A person wants a failed or unsure mail tried again. Raises NotFound when there is no such mail to send."""
    again = (MessageState.FAILED.value, MessageState.UNSURE.value)
    row = models.Message.objects.select_for_update().filter(id=message_id, state__in=again).first()
    if row is None:
        raise NotFound(kind="unsent message", key=message_id)
    row.state, row.attempts, row.due_at, row.expires_at, row.error = MessageState.WAITING, 0, at, None, ""
    row.save(update_fields=["state", "attempts", "due_at", "expires_at", "error"])
    transaction.on_commit(wake)
    return _queued(row, new=False)


def wake() -> None:
    """Ask the worker to send what is due, by name: tasks are above actions."""
    try:
        app.configure_task("messaging.send_due", queueing_lock="messaging.send_due").defer()
    except AlreadyEnqueued:
        log.debug("a sender is already asked for")
