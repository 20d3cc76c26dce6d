"""What the brand decides about invitations, each change with its trail."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from parvis.core.errors import Invalid, NotFound
from parvis.domains.people import actions as people
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.contracts import Campaign, InvitationSettings

_LIMITS = {"subject_en": 150, "subject_fr": 150, "opening_en": 1000, "opening_fr": 1000}


@transaction.atomic
def set_invitations(*, wanted: InvitationSettings, actor_id: int | None, at: datetime) -> InvitationSettings:
    """Change when and in which words customers are asked. Raises Invalid naming the field that is out of bounds.

    Invitations planned already keep their day.
    """
    rules.check_settings(wanted)
    for field, most in _LIMITS.items():
        if len(getattr(wanted, field)) > most:
            raise Invalid(field=field, problem=f"at most {most} characters")
    before = queries.invitation_settings()
    if before == wanted:
        return wanted
    values = {**asdict(wanted), "delays": dict(wanted.delays), "updated_at": at}
    models.InvitationSettings.objects.update_or_create(id=1, defaults=values)
    old, new = asdict(before), asdict(wanted)
    changed = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    people.note(
        actor_id=actor_id, verb="invitations.settings", subject_kind="invitations", subject_id=1, detail=changed, at=at
    )
    return wanted


@transaction.atomic
def start_campaign(
    *,
    name: str,
    incentive: str,
    categories: Sequence[str] = (),
    starts_on: date,
    ends_on: date | None = None,
    actor_id: int | None,
    at: datetime,
) -> Campaign:
    """Promise something with the invitations of some days. It is promised for any review, good or bad, and shown with
    each that comes of it. Raises Invalid without a name or an incentive, or when it ends before it starts."""
    if not name.strip():
        raise Invalid(field="name", problem="give the campaign a name")
    if not incentive.strip():
        raise Invalid(field="incentive", problem="say what is promised")
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(field="ends_on", problem="it cannot end before it starts")
    row = models.Campaign.objects.create(
        name=name.strip()[:120],
        incentive=incentive.strip()[:200],
        categories=list(categories),
        starts_on=starts_on,
        ends_on=ends_on,
        created_by_id=actor_id,
        created_at=at,
    )
    detail = {"name": row.name, "incentive": row.incentive, "from": starts_on.isoformat()}
    people.note(
        actor_id=actor_id, verb="campaign.started", subject_kind="campaign", subject_id=row.pk, detail=detail, at=at
    )
    return queries.to_campaign(row)


@transaction.atomic
def end_campaign(*, campaign_id: int, actor_id: int | None, at: datetime) -> None:
    """Promise it no more; what was promised is kept. Doing it twice is harmless. Raises NotFound."""
    row = models.Campaign.objects.select_for_update(of=("self",)).filter(id=campaign_id).first()
    if row is None:
        raise NotFound(kind="campaign", key=campaign_id)
    if row.active:
        row.active = False
        row.save(update_fields=["active"])
        people.note(actor_id=actor_id, verb="campaign.ended", subject_kind="campaign", subject_id=row.pk, at=at)
