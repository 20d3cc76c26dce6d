"""Invitations go out when their day has come, and remind once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as project
from django.db import transaction

from parvis.core.days import day_of
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product
from parvis.domains.messaging import actions as messaging
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import Ground, MessageState, Purpose, Queued
from parvis.domains.people import queries as people
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.actions import inviting
from parvis.domains.voices.contracts import InvitationSettings, InvitationState, OpenQuestion, StopReason
from parvis.science import text

INVITATION_MAIL = rules.INVITATION_MAIL
_STOPS = {
    Ground.ERASED: StopReason.ERASED,
    Ground.UNSUBSCRIBED: StopReason.UNSUBSCRIBED,
    Ground.BOUNCED_BEFORE: StopReason.UNREACHABLE,
}


def invite_due(*, at: datetime, limit: int = 200) -> int:
    """Ask for the mails of invitations whose day has come; returns how many. Nothing while switched off."""
    settings = queries.invitation_settings()
    sent = 0
    spoken: queries.Spoken = {}
    while settings.active and sent < limit:
        with transaction.atomic():
            due = models.Invitation.objects.filter(state=InvitationState.SCHEDULED.value, due_at__lte=at)
            row = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "id").first()
            if row is None:
                break
            _invite(row, settings, spoken, at=at)
        sent += 1
    return sent


def _invite(row: models.Invitation, settings: InvitationSettings, spoken: queries.Spoken, *, at: datetime) -> None:
    if row.due_at < at - rules.STALE_AFTER:
        inviting.stop(row, StopReason.EXPIRED, at=at)
    if not inviting.recheck(row, at=at):
        return
    products = _products(row)
    _choose_campaign(row, products, at=at)
    questions = _choose_questions(row, products, spoken)
    queued = _mail(row, products, settings, questions, reminder=False, at=at)
    if _refused(row, queued, at=at):
        return
    row.state, row.sent_at = InvitationState.INVITED, at
    if settings.reminder_days:
        row.remind_at = _remind_at(row, settings, at)
    row.save(update_fields=["state", "sent_at", "remind_at", "campaign", "incentive"])


def _remind_at(row: models.Invitation, settings: InvitationSettings, at: datetime) -> datetime:
    return rules.reminder_moment(
        placed_at=row.placed_at, sent_at=at, days=settings.reminder_days, zone=project.TIME_ZONE
    )


def _products(row: models.Invitation) -> dict[int, Product]:
    """What is still to be reviewed, in the order of the order; archived products are no longer asked about."""
    wanted = row.products.filter(dropped=False, answered_at=None).order_by("id")
    ids = list(wanted.values_list("product_id", flat=True))
    known = catalog.products(ids, locale=row.locale)
    return {product_id: known[product_id] for product_id in ids if product_id in known}


def _choose_campaign(row: models.Invitation, products: Mapping[int, Product], *, at: datetime) -> None:
    """What is promised is fixed with the first mail and never changed: the reviews that come of it carry it."""
    kinds = {item.category_key for item in products.values()}
    campaign = rules.campaign_for(queries.campaigns(), kinds, on=day_of(at))
    if campaign is not None:
        row.campaign_id, row.incentive = campaign.id, campaign.incentive


def _choose_questions(
    row: models.Invitation, products: Mapping[int, Product], spoken: queries.Spoken
) -> dict[int, OpenQuestion]:
    found = queries.open_questions(list(products), locale=row.locale, known=spoken)
    for product_id, question in found.items():
        row.products.filter(product_id=product_id).update(question=question.voice_id, aspect=question.aspect)
    return found


def _mail(
    row: models.Invitation,
    products: Mapping[int, Product],
    settings: InvitationSettings,
    questions: Mapping[int, OpenQuestion],
    *,
    reminder: bool,
    at: datetime,
) -> Queued:
    key = inviting.mail_keys(row.pk)[int(reminder)]
    reader = people.customer(row.customer_id) if row.customer_id is not None else None
    name = rules.first_name(reader.name) if reader else ""
    return messaging.send(
        key=key,
        template=INVITATION_MAIL,
        purpose=Purpose.OPINION,
        to_customer_id=row.customer_id,
        locale=row.locale,
        context=invitation_context(
            settings=settings,
            locale=row.locale,
            name=name,
            products=list(products.values()),
            questions=questions,
            incentive=row.incentive,
            url=review_url(row.pk, row.locale),
            reminder=reminder,
        ),
        at=at,
        provenance=row.provenance,
    )


def review_url(invitation_id: int, locale: str) -> str:
    """The address of an invitation's form."""
    path = rules.REVIEW_PATH % {"locale": locale, "token": queries.invitation_token(invitation_id)}
    return f"{project.PUBLIC_URL}{path}"


def invitation_context(
    *,
    settings: InvitationSettings,
    locale: str,
    name: str,
    products: list[Product],
    questions: Mapping[int, OpenQuestion],
    incentive: str,
    url: str,
    reminder: bool,
) -> dict[str, Any]:
    """What the templates of the invitation's mail need; also for the preview in the studio."""
    first = products[0].name if products else ""
    own = {
        "own_subject": settings.subject_fr if locale == "fr" else settings.subject_en,
        "opening": settings.opening_fr if locale == "fr" else settings.opening_en,
    }
    return {
        **{key: rules.filled(words, name=name, product=first) for key, words in own.items()},
        "name": name,
        "reminder": reminder,
        "incentive": incentive,
        "url": url,
        "products": [
            {
                "id": item.id,
                "name": item.name,
                "image": f"{project.PUBLIC_URL}{item.image_url}" if item.image_url else "",
                "question": questions[item.id].text if item.id in questions else "",
                "aspect": aspect_words(questions[item.id].aspect, locale) if item.id in questions else "",
                "url": f"{url}#product-{item.id}",
                "stars": [(star, f"{url}?product={item.id}&stars={star}#product-{item.id}") for star in range(1, 6)],
            }
            for item in products
        ],
    }


def aspect_words(aspect: str, locale: str) -> str:
    """How an aspect is called, for the middle of a sentence; its key when it has no name."""
    named = text.aspect_names([aspect]) if aspect else None
    if named is None or named.is_empty():
        return aspect.replace("_", " ")
    return str(named[f"name_{locale}"][0]).lower()


def _refused(row: models.Invitation, queued: Queued, *, at: datetime) -> bool:
    """Whether the reader cannot or will not be written to, which ends the invitation."""
    if queued.state is not MessageState.SUPPRESSED:
        return False
    reason = StopReason.EXPIRED if queued.ground is None else _STOPS.get(queued.ground, StopReason.EXPIRED)
    inviting.stop(row, reason, at=at)
    return True


# -- the one reminder -------------------------------------------------------------------------------------------


def remind_due(*, at: datetime, limit: int = 200) -> int:
    """Remind those whose day has come; returns how many invitations were looked at."""
    settings = queries.invitation_settings()
    seen = 0
    while settings.active and seen < limit:
        with transaction.atomic():
            due = models.Invitation.objects.filter(state=InvitationState.INVITED.value, remind_at__lte=at)
            row = due.select_for_update(skip_locked=True, of=("self",)).order_by("remind_at", "id").first()
            if row is None:
                break
            _remind(row, settings, at=at)
        seen += 1
    return seen


def _remind(row: models.Invitation, settings: InvitationSettings, *, at: datetime) -> None:
    if not inviting.recheck(row, at=at):
        return
    if not settings.reminder_days:
        models.Invitation.objects.filter(id=row.pk).update(remind_at=None)
        return
    later = _not_yet(row, at)
    if later is not None:
        models.Invitation.objects.filter(id=row.pk).update(remind_at=later)
        return
    if row.state not in inviting.LIVE:
        return
    products = _products(row)
    questions = _choose_questions(row, products, {})
    queued = _mail(row, products, settings, questions, reminder=True, at=at)
    if not _refused(row, queued, at=at):
        row.state, row.reminded_at, row.remind_at = InvitationState.REMINDED, at, None
        row.save(update_fields=["state", "reminded_at", "remind_at"])


def _not_yet(row: models.Invitation, at: datetime) -> datetime | None:
    """When to look again, if a reminder would come too soon: the first mail has not gone, or the form was opened
    within the last days. Ends the invitation when the first mail never went."""
    first = mails.message_by_key(inviting.mail_keys(row.pk)[0])
    if first is None or first.state in (MessageState.WAITING, MessageState.SENDING):
        return at + timedelta(days=3)
    if first.state is not MessageState.SENT:
        ground = first.ground
        reason = StopReason.UNREACHABLE if ground is None else _STOPS.get(ground, StopReason.EXPIRED)
        inviting.stop(row, reason, at=at)
        return None
    if row.opened_at is not None and row.opened_at > at - rules.OPENED_PATIENCE:
        return row.opened_at + rules.OPENED_PATIENCE
    return None
