"""Reads of invitations, campaigns and of what nobody has said yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core import signing
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from parvis.core.errors import NotFound
from parvis.core.pagination import Page, decode_cursor, encode_cursor
from parvis.domains.catalog import queries as catalog
from parvis.domains.messaging import queries as messaging
from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import (
    Campaign,
    Invitation,
    InvitationCounts,
    InvitationSettings,
    InvitationState,
    InvitedProduct,
    OpenQuestion,
    OwnerRequest,
    StopReason,
    VoiceKind,
    VoiceState,
)
from parvis.domains.voices.queries import shape

_REVIEWING = signing.Signer(salt="voices.invitation", sep=".")
_ANSWERING = signing.Signer(salt="voices.owner", sep=".")
_SAMPLE = 1500
_SPOKEN_OF = 0.02


def invitation_settings() -> InvitationSettings:
    """What the brand decided about invitations."""
    row = models.InvitationSettings.objects.filter(id=1).first()
    if row is None:
        return InvitationSettings()
    return InvitationSettings(**{name: getattr(row, name) for name in InvitationSettings.__dataclass_fields__})


def campaigns() -> tuple[Campaign, ...]:
    """All campaigns, the latest first."""
    return tuple(to_campaign(row) for row in models.Campaign.objects.order_by("-starts_on", "-id"))


def to_campaign(row: models.Campaign) -> Campaign:
    return Campaign(
        id=row.pk,
        name=row.name,
        incentive=row.incentive,
        categories=tuple(row.categories),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        active=row.active,
    )


# -- invitations ----------------------------------------------------------------------------------------------


def invitation(invitation_id: int) -> Invitation:
    """An invitation; raises NotFound. Two statements."""
    row = models.Invitation.objects.filter(id=invitation_id).first()
    if row is None:
        raise NotFound(kind="invitation", key=invitation_id)
    return to_invitation(row)


def invitation_of_order(order_id: int) -> Invitation | None:
    """The invitation of an order, if there is one."""
    row = models.Invitation.objects.filter(order_id=order_id).first()
    return to_invitation(row) if row else None


def invitations(
    *, states: Sequence[InvitationState] = (), cursor: str | None = None, limit: int = 50
) -> Page[Invitation]:
    """Invitations, the latest made first. Two statements a page. Raises BadCursor."""
    rows = models.Invitation.objects.order_by("-id").prefetch_related("products")
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    if cursor:
        (last,) = decode_cursor(cursor, length=1)
        rows = rows.filter(id__lt=int(last))
    found = list(rows[: limit + 1])
    shown = found[:limit]
    following = encode_cursor(shown[-1].pk) if len(found) > limit else None
    return Page(items=tuple(to_invitation(row) for row in shown), next=following)


def invitation_counts(*, since: datetime, until: datetime) -> InvitationCounts:
    """What came of the invitations whose first mail was asked for from ``since`` to ``until``. Three statements."""
    sent = models.Invitation.objects.filter(sent_at__gte=since, sent_at__lt=until)
    whole = sent.aggregate(
        sent=Count("id"),
        opened=Count("id", filter=Q(opened_at__isnull=False)),
        reminded=Count("id", filter=Q(reminded_at__isnull=False)),
        unsubscribed=Count("id", filter=Q(stop_reason=StopReason.UNSUBSCRIBED.value)),
    )
    asked = models.InvitedProduct.objects.filter(invitation__in=sent, dropped=False).aggregate(
        invited=Count("id"), reviewed=Count("id", filter=Q(answered_at__isnull=False))
    )
    mail = messaging.mail_counts(since=since, until=until, templates=(rules.INVITATION_MAIL,))
    came = {"mails": mail.sent, "delivered": mail.delivered, "complaints": mail.complaints}
    return InvitationCounts(**whole, **asked, **came, returned=mail.bounced + mail.lost)


def invitation_states() -> dict[InvitationState, int]:
    """How many invitations stand in each state."""
    rows = models.Invitation.objects.order_by().values_list("state").annotate(count=Count("id"))
    return {InvitationState(state): count for state, count in rows}


def invitation_token(invitation_id: int) -> str:
    """The signed part of the address of an invitation's form."""
    return _REVIEWING.sign(str(invitation_id))


def by_invitation_token(token: str, *, at: datetime) -> Invitation:
    """The invitation of a form's address. Raises NotFound for a token that we did not sign, one that has grown old,
    and for a person who has been erased."""
    try:
        found = invitation(int(_REVIEWING.unsign(token)))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound(kind="invitation", key="this link") from error
    old = found.sent_at is not None and found.sent_at < at - rules.LINK_KEPT
    if found.customer_id is None or old:
        raise NotFound(kind="invitation", key="this link")
    return found


def to_invitation(row: models.Invitation) -> Invitation:
    """A row with its products as a contract."""
    return Invitation(
        id=row.pk,
        order_id=row.order_id,
        customer_id=row.customer_id,
        locale=row.locale,
        state=InvitationState(row.state),
        stop_reason=StopReason(row.stop_reason) if row.stop_reason else None,
        incentive=row.incentive,
        campaign_id=row.campaign_id,
        products=tuple(_invited(each) for each in sorted(row.products.all(), key=lambda each: each.pk)),
        delivered_at=row.delivered_at,
        due_at=row.due_at,
        sent_at=row.sent_at,
        remind_at=row.remind_at,
        reminded_at=row.reminded_at,
        opened_at=row.opened_at,
        provenance=row.provenance,
    )


def _invited(row: models.InvitedProduct) -> InvitedProduct:
    asked = OpenQuestion(voice_id=row.question_id, aspect=row.aspect) if row.question_id or row.aspect else None
    return InvitedProduct(
        product_id=row.product_id,
        line_ref=row.line_ref,
        size=row.size,
        question=asked,
        voice_id=row.voice_id,
        dropped=row.dropped,
    )


# -- what nobody has said yet ---------------------------------------------------------------------------------


def unanswered(rows: "QuerySet[models.Voice]") -> "QuerySet[models.Voice]":
    """Public questions of ``rows`` to which nothing is answered, nor about to be."""
    answers = models.Voice.objects.filter(
        parent=OuterRef("pk"), kind=VoiceKind.ANSWER, state__in=(VoiceState.PUBLISHED, VoiceState.HELD)
    )
    return rows.filter(~Exists(answers), kind=VoiceKind.QUESTION, state=VoiceState.PUBLISHED)


def unanswered_counts(product_ids: Sequence[int]) -> dict[int, int]:
    """How many public questions about each product nobody has answered; products without any are left out."""
    rows = unanswered(models.Voice.objects.filter(product_id__in=list(product_ids)))
    counted = rows.order_by().values("product_id").annotate(waiting=Count("id"))
    return dict(counted.values_list("product_id", "waiting"))


Spoken = dict[str, dict[str, int]]
"""What people speak of, by category: worth keeping while many invitations are written."""


def open_questions(product_ids: Sequence[int], *, locale: str, known: Spoken | None = None) -> dict[int, OpenQuestion]:
    """For each product the one thing to ask its owners: the question that has waited longest without an answer,
    one in their language first; else the aspect with the least proof. Products without either are left out.
    ``known`` keeps what was looked up for categories from one call to the next."""
    asked = models.Voice.objects.filter(product_id__in=list(product_ids))
    waiting = shape.load(unanswered(asked).order_by("submitted_at", "id")[:200], photos=False)
    found: dict[int, OpenQuestion] = {}
    for voice in sorted(waiting, key=lambda voice: voice.language != locale):
        if voice.product_id is not None:
            found.setdefault(voice.product_id, OpenQuestion(voice_id=voice.id, text=voice.text))
    rest = [product_id for product_id in product_ids if product_id not in found]
    found.update({key: OpenQuestion(aspect=aspect) for key, aspect in least_proven(rest, known=known).items()})
    return found


def least_proven(product_ids: Sequence[int], *, known: Spoken | None = None) -> dict[int, str]:
    """By product, the aspect that people speak of in its category and hardly of it."""
    if not product_ids:
        return {}
    products = catalog.products(product_ids, locale="en")
    spoken = _aspects_by_product(list(product_ids))
    candidates = {} if known is None else known
    for key in {item.category_key for item in products.values()} - candidates.keys():
        candidates[key] = _aspects_of_category(key)
    chosen = {
        key: rules.least_proven(spoken.get(key, {}), candidates[item.category_key]) for key, item in products.items()
    }
    return {key: aspect for key, aspect in chosen.items() if aspect}


_ASPECTS = """
SELECT voice.product_id, aspect->>'aspect', count(DISTINCT voice.id)
FROM voices_voice voice JOIN voices_reading reading ON reading.voice_id = voice.id,
     LATERAL jsonb_array_elements(reading.aspects) aspect
WHERE voice.id IN ({voices}) GROUP BY 1, 2
"""
_OF_PRODUCTS = "SELECT id FROM voices_voice WHERE kind = 'review' AND state = 'published' AND product_id = ANY(%s)"


def _aspects_by_product(product_ids: list[int], *, limit: int = 0) -> dict[int, dict[str, int]]:
    """Public reviews by product and aspect; ``limit`` looks at the latest only."""
    voices = _OF_PRODUCTS + (f" ORDER BY id DESC LIMIT {int(limit)}" if limit else "")
    counts: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ASPECTS.format(voices=voices), [product_ids])
        for product_id, aspect, count in cursor.fetchall():
            spoken = counts.setdefault(product_id, {})
            asked = rules.asked_as(aspect)
            spoken[asked] = spoken.get(asked, 0) + count
    return counts


def _aspects_of_category(category_key: str) -> dict[str, int]:
    """What people speak of in a category: aspects named by at least one review in fifty of a sample of the latest."""
    siblings = catalog.search(categories=(category_key,), locale="en", limit=100)
    counts = _aspects_by_product([item.id for item in siblings.items], limit=_SAMPLE)
    total: dict[str, int] = {}
    for spoken in counts.values():
        for aspect, count in spoken.items():
            total[aspect] = total.get(aspect, 0) + count
    least = max(2, round(_SPOKEN_OF * sum(total.values())))
    return {aspect: count for aspect, count in total.items() if count >= least}


# -- questions put to owners ----------------------------------------------------------------------------------


def questions_to_put(*, at: datetime, after_hours: int, each: int, limit: int) -> tuple[tuple[int, int, int], ...]:
    """(question, product, owners still to be asked) for questions that have waited long enough, oldest first."""
    fresh = models.Voice.objects.filter(
        published_at__lte=at - timedelta(hours=after_hours), published_at__gt=at - rules.QUESTION_KEPT
    )
    asked = models.OwnerRequest.objects.filter(question=OuterRef("pk"))
    rows = unanswered(fresh).filter(product__isnull=False).order_by("published_at", "id")
    rows = rows.exclude(Exists(asked.filter(answered_at__isnull=False)))
    waiting = list(rows.values_list("id", "product_id")[:limit])
    known = models.OwnerRequest.objects.filter(question_id__in=[key for key, _ in waiting])
    counts = dict(known.values_list("question_id").annotate(Count("id")).order_by())
    found = ((key, product or 0, each - counts.get(key, 0)) for key, product in waiting)
    return tuple(row for row in found if row[2] > 0)


def owner_token(request_id: int) -> str:
    """The signed part of the address at which an owner answers."""
    return _ANSWERING.sign(str(request_id))


def by_owner_token(token: str, *, at: datetime) -> OwnerRequest:
    """The request of an answer's address. Raises NotFound when we did not sign it, when it has grown old, and when
    the question is no longer public."""
    try:
        key = int(_ANSWERING.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound(kind="question", key="this link") from error
    row = models.OwnerRequest.objects.filter(id=key, asked_at__gt=at - rules.LINK_KEPT).first()
    asked = models.Voice.objects.filter(id=row.question_id, state=VoiceState.PUBLISHED) if row else None
    questions = shape.load(asked, photos=False) if asked is not None else []
    if row is None or not questions:
        raise NotFound(kind="question", key="this link")
    return OwnerRequest(
        id=row.pk,
        question=questions[0],
        product_id=questions[0].product_id or 0,
        customer_id=row.customer_id,
        answer_id=row.answer_id,
        asked_at=row.asked_at,
    )
