"""Questions without answer are put to people who own the product, few of them and seldom."""

from datetime import datetime

from django.conf import settings as project
from django.db import transaction

from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import queries as checkout
from parvis.domains.messaging import actions as messaging
from parvis.domains.messaging.contracts import MessageState, Purpose
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Customer
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.contracts import Voice

MAIL = "voices/mail/owner_question"
_CANDIDATES = 40


def ask_owners(*, at: datetime, limit: int = 30) -> int:
    """Put questions that have waited long enough to owners of the product; returns how many were asked.

    Those who received it last come first, since they use it now. Nobody is asked a question twice, nor two questions
    within a month, nor the own question.
    """
    settings = queries.invitation_settings()
    if not settings.owners_active:
        return 0
    asked = 0
    waiting = queries.questions_to_put(
        at=at, after_hours=settings.owners_after_hours, each=settings.owners_each, limit=limit
    )
    for question_id, product_id, wanted in waiting:
        asked += _ask(question_id, product_id, min(wanted, limit - asked), at=at)
        if asked >= limit:
            break
    return asked


def _ask(question_id: int, product_id: int, wanted: int, *, at: datetime) -> int:
    question = queries.voice(question_id)
    owners = checkout.owners_of(product_id, delivered_before=at, limit=_CANDIDATES)
    rested = _rested([owner for owner in owners if owner != question.customer_id], at=at)
    readers = people.customers(rested)
    asked = 0
    for owner in rested:
        if asked >= wanted:
            break
        reader = readers.get(owner)
        if reader is not None and not reader.erased:
            asked += _put(question, reader, at=at)
    return asked


def _rested(owners: list[int], *, at: datetime) -> list[int]:
    recent = models.OwnerRequest.objects.filter(customer_id__in=owners, asked_at__gt=at - rules.OWNER_REST)
    busy = set(recent.values_list("customer_id", flat=True))
    return [owner for owner in owners if owner not in busy]


@transaction.atomic
def _put(question: Voice, reader: Customer, *, at: datetime) -> int:
    """Ask one owner; 1 when a mail goes out. Who has refused such mail is remembered as asked, and not counted."""
    row, new = models.OwnerRequest.objects.get_or_create(
        question_id=question.id, customer_id=reader.id, defaults={"asked_at": at}
    )
    product = catalog.products([question.product_id or 0], locale=reader.locale).get(question.product_id or 0)
    if not new or product is None:
        return 0
    path = rules.ANSWER_PATH % {"locale": reader.locale, "token": queries.owner_token(row.pk)}
    queued = messaging.send(
        key=f"owner:{row.pk}",
        template=MAIL,
        purpose=Purpose.OPINION,
        to_customer_id=reader.id,
        context={
            "name": rules.first_name(reader.name),
            "question": question.text,
            "language": question.language,
            "product": product.name,
            "image": f"{project.PUBLIC_URL}{product.image_url}" if product.image_url else "",
            "url": f"{project.PUBLIC_URL}{path}",
        },
        at=at,
        provenance=reader.provenance,
    )
    return int(queued.state is not MessageState.SUPPRESSED)


def note_answer(*, request_id: int, voice_id: int, at: datetime) -> None:
    """An owner has answered."""
    row = models.OwnerRequest.objects.filter(id=request_id, answered_at=None)
    row.update(answer_id=voice_id, answered_at=at)
