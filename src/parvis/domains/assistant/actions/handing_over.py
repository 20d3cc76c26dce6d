"""A person takes over, with everything that was said and shown."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import Invalid
from parvis.domains.assistant import models
from parvis.domains.assistant.actions import regrading
from parvis.domains.assistant.contracts import Asker, HandedOver, Intent, Outcome, Resolution
from parvis.domains.assistant.rules import understanding
from parvis.domains.messaging import actions as mail
from parvis.domains.messaging.contracts import Purpose
from parvis.domains.people import actions as people

MAX_ANSWER = 5000
_MAIL = "assistant/mail/answered"


@transaction.atomic
def hand_over(
    *, token: str, at: datetime, email: str = "", words: str = "", key: str = "", variant_ids: Sequence[int] = ()
) -> None:
    """Ask for a person, once however often it is pressed while one is awaited. ``email`` is where the answer may also
    go; ``words`` what the shopper adds. Raises NotFound, Invalid."""
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise Invalid(field="email", problem="is no e-mail address") from error
    said = understanding.clean(words) if words.strip() else ""
    row = regrading.locked(token=token)
    if key and models.Turn.objects.filter(conversation=row, key=key[:80]).exists():
        return
    waits = row.handed_over_at is not None and (row.answered_at is None or row.answered_at < row.handed_over_at)
    row.contact_email = email or row.contact_email
    if said or not waits:
        _say(row, said, key=key or f"over:{uuid4()}", at=at)
    if not waits:
        row.handed_over_at = at
        outbox.publish(_context(row, variant_ids), at=at)
    regrading.follow(row, at=at)


def _say(row: models.Conversation, words: str, *, key: str, at: datetime) -> None:
    row.turns += 1
    row.last_at = at
    models.Turn.objects.create(
        conversation=row,
        number=row.turns,
        key=key[:80],
        text=words,
        language=row.locale,
        intent=Intent.HUMAN,
        outcome=Outcome.WAITING,
        product_id=row.product_id,
        at=at,
        resolution=Resolution.HANDED_OVER,
        graded=Resolution.HANDED_OVER,
    )


def _context(row: models.Conversation, variant_ids: Sequence[int]) -> HandedOver:
    turns = list(models.Turn.objects.filter(conversation=row).order_by("number"))
    shown = models.Passage.objects.filter(turn__in=turns, voice__isnull=False).order_by("turn_id", "rank")
    return HandedOver(
        conversation_id=row.pk,
        customer_id=row.customer_id,
        product_ids=_each([*(key for turn in turns for key in _products(turn)), *([row.product_id or 0])]),
        variant_ids=_each(variant_ids),
        order_ids=_each(int(key) for turn in turns for key in turn.reply.get("orders", ())),
        voice_ids=_each(key for key in shown.values_list("voice_id", flat=True) if key),
        locale=row.locale,
        questions=sum(turn.asker == Asker.SHOPPER for turn in turns),
    )


def _products(turn: models.Turn) -> list[int]:
    """What a question was about, and what it was compared with or shown beside."""
    shown = [*turn.reply.get("compared", ()), *turn.reply.get("cards", ())]
    return [turn.product_id or 0, *(int(key) for key in shown)]


def _each(ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(key for key in ids if key))


@transaction.atomic
def answer_as_person(*, conversation_id: int, text: str, key: str, actor_id: int, at: datetime) -> None:
    """Somebody of the team answers; the shopper reads it in the conversation. The same key answers once."""
    said = text.strip()
    if not said:
        raise Invalid(field="text", problem="is empty")
    row = regrading.locked(pk=conversation_id)
    if models.Turn.objects.filter(conversation=row, key=key[:80]).exists():
        return
    row.turns += 1
    row.last_at = row.answered_at = at
    models.Turn.objects.create(
        conversation=row,
        number=row.turns,
        key=key[:80],
        asker=Asker.PERSON,
        text=said[:MAX_ANSWER],
        language=row.locale,
        intent=Intent.HUMAN,
        outcome=Outcome.ANSWERED,
        product_id=row.product_id,
        at=at,
        resolution=Resolution.HANDED_OVER,
        graded=Resolution.HANDED_OVER,
    )
    people.note(actor_id=actor_id, verb="assistant.answered", subject_kind="conversation", subject_id=row.pk, at=at)
    regrading.follow(row, at=at)
    _tell(row, said[:MAX_ANSWER], at=at)


def _tell(row: models.Conversation, said: str, *, at: datetime) -> None:
    """Also by mail, to the address left for it, or the customer's own."""
    if not row.contact_email and row.customer_id is None:
        return
    mail.send(
        key=f"assistant:{row.pk}:{row.turns}",
        template=_MAIL,
        purpose=Purpose.SERVICE,
        at=at,
        to_customer_id=None if row.contact_email else row.customer_id,
        to_email=row.contact_email,
        locale=row.locale,
        context={"answer": said, "url": f"{settings.PUBLIC_URL}/{row.locale}/assistant/"},
    )
