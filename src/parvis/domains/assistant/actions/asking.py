"""A question is asked: understood, answered from what is there, kept once."""

from datetime import datetime

from django.db import transaction

from parvis.core.errors import NotFound
from parvis.domains.assistant import models, queries
from parvis.domains.assistant.actions import regrading
from parvis.domains.assistant.contracts import Asker, Intent, Outcome, Turn
from parvis.domains.assistant.queries.answering import Asking, Hit, Reply, compose
from parvis.domains.assistant.rules import grading, understanding
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product
from parvis.domains.checkout.contracts import Cart
from parvis.domains.evidence import actions as evidence
from parvis.domains.evidence.contracts import Heard
from parvis.domains.voices import queries as voices

_OF_PRODUCTS = frozenset({Intent.EVIDENCE, Intent.SHOW, Intent.SIZE, Intent.DELIVERY, Intent.RETURN})


def ask(
    *,
    token: str,
    key: str,
    question: str,
    locale: str,
    at: datetime,
    product_id: int | None = None,
    cart: Cart | None = None,
    aspect: str = "",
) -> Turn:
    """Answer ``question`` in the conversation of ``token``, about ``product_id`` where there is one.

    The same ``key`` again gives the same turn: a form sent twice, a retry, an agent that lost the answer. The answer is
    made before the conversation is held, so that two windows wait for each other only for the writing. ``aspect`` is
    that of a suggestion which was taken. Raises NotFound, ``QuestionTooLong``, ``NothingAsked``.
    """
    said = understanding.clean(question)
    row = models.Conversation.objects.filter(token=token).first()
    if row is None:
        raise NotFound(kind="conversation", key="")
    known = models.Turn.objects.filter(conversation=row, key=key[:80]).first()
    if known is not None:
        return queries.turn(row.pk, known.number)
    asking = _asking(row, said, locale=locale, at=at, product_id=product_id, cart=cart, aspect=aspect)
    number = _keep(row.pk, key[:80], asking, compose(asking), at=at)
    return queries.turn(row.pk, number)


def _asking(
    row: models.Conversation,
    said: str,
    *,
    locale: str,
    at: datetime,
    product_id: int | None,
    cart: Cart | None,
    aspect: str,
) -> Asking:
    before = models.Turn.objects.filter(conversation=row, asker=Asker.SHOPPER).order_by("-number")
    last = before.exclude(outcome=Outcome.GREETED).first()
    item = _product(product_id, locale)
    kind = voices.category_kinds().get(item.category_key, "") if item else ""
    earlier = None
    if last is not None and last.product_id == product_id:
        earlier = understanding.understand(last.text, locale=locale, kind=kind, on_product=item is not None)
    asked = understanding.understand(said, locale=locale, kind=kind, on_product=item is not None, before=earlier)
    seen = before.values_list("reply", flat=True)[:12]
    return Asking(
        asked=asked,
        locale=locale,
        at=at,
        product=item,
        kind=kind,
        cart=cart,
        customer_id=row.customer_id,
        aspect=aspect if aspect in {each.key for each in voices.aspects()} else "",
        known=frozenset(each for reply in seen for each in reply.get("about", ())),
    )


def _product(product_id: int | None, locale: str) -> Product | None:
    if product_id is None:
        return None
    item = catalog.products([product_id], locale=locale).get(product_id)
    if item is None:
        raise NotFound(kind="product", key=product_id)
    return item


@transaction.atomic
def _keep(conversation_id: int, key: str, asking: Asking, reply: Reply, *, at: datetime) -> int:
    """Write the turn after all others of the conversation; the number of the one that was there when the key was."""
    row = regrading.locked(pk=conversation_id)
    twin = models.Turn.objects.filter(conversation=row, key=key).first()
    if twin is not None:
        return twin.number
    asked = asking.asked
    graded = grading.by_rules(reply.outcome)
    turn = models.Turn.objects.create(
        conversation=row,
        number=row.turns + 1,
        key=key,
        text=asked.asked,
        language=asked.language[:8],
        intent=asked.intent.value,
        outcome=reply.outcome.value,
        certainty=reply.certainty,
        product_id=asking.product.id if asking.product else None,
        reply=reply.stored(),
        at=at,
        resolution=graded.value,
        graded=graded.value,
    )
    public = voices.public_among([hit.voice_id for hit in reply.hits if hit.voice_id])
    standing = [hit for hit in reply.hits if hit.document or hit.voice_id in public]
    models.Passage.objects.bulk_create(_passage(turn, rank, hit) for rank, hit in enumerate(standing, 1))
    _heard(turn, asking.locale)
    _asked_again(row, turn)
    row.turns, row.last_at = turn.number, at
    row.product_id = turn.product_id or row.product_id
    regrading.follow(row, at=at)
    return turn.number


def _heard(turn: models.Turn, locale: str) -> None:
    """What is asked of products counts among frequent questions; what is asked of one's own order does not."""
    if turn.intent in _OF_PRODUCTS:
        heard = Heard(
            ref=f"assistant:{turn.pk}", text=turn.text, language=turn.language or locale, product_id=turn.product_id,
            asked_at=turn.at,
        )  # fmt: skip
        evidence.hear([heard])


def _passage(turn: models.Turn, rank: int, hit: Hit) -> models.Passage:
    return models.Passage(
        turn=turn,
        rank=rank,
        kind=hit.kind,
        voice_id=hit.voice_id or None,
        field=hit.field,
        words=hit.words,
        document=hit.document[:200],
        page=hit.page,
        head=hit.head[:300],
        start=hit.start,
        end=hit.end,
        polarity=hit.polarity,
        side=hit.side.value,
        clip_from=hit.clip_from,
        clip_to=hit.clip_to,
    )


def _asked_again(row: models.Conversation, turn: models.Turn) -> None:
    """Who asks the same again was not helped by the answer before, unless she said that she was."""
    last = models.Turn.objects.filter(conversation=row, number=turn.number - 1, asker=Asker.SHOPPER).first()
    if last is None or last.product_id != turn.product_id or turn.intent == Intent.SMALLTALK:
        return
    if not grading.same_again(turn.text, last.text):
        return
    last.graded = grading.by_rules(
        Outcome(last.outcome), asked_again=True, added=last.added_variant_id is not None
    ).value
    if not last.word:
        last.resolution = last.graded
    last.save(update_fields=["graded", "resolution"])
