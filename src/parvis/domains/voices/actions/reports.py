"""Visitors, sellers and the team report voices; a person looks, and the answer goes back."""

import hashlib
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import NotFound
from parvis.domains.people import queries as people
from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import NewReport, Report, ReporterRole, VoiceReported, VoiceState
from parvis.domains.voices.queries.reports import to_report


def report(new: NewReport, *, at: datetime) -> Report:
    """Take a report. The voice stays as it is until a person has looked. The same report sent twice is one.

    Raises BadReport, and NotFound for a voice that the reporter cannot see (not public; the team sees all).
    """
    new = rules.admit_report(new)
    row = models.Voice.objects.filter(id=new.voice_id).first()
    hidden = row is None or (row.state != VoiceState.PUBLISHED and new.role is not ReporterRole.TEAM)
    if row is None or hidden:
        raise NotFound(kind="voice", key=new.voice_id)
    key = new.key or _key(new)
    with transaction.atomic():
        made, created = models.Report.objects.get_or_create(
            key=key,
            defaults={
                "voice_id": new.voice_id,
                "role": new.role,
                "ground": new.ground,
                "notice": new.notice,
                "why": new.why.strip(),
                "url": new.url[:500],
                "name": new.name.strip()[:120],
                "email": new.email.strip().lower()[:254],
                "locale": "fr" if new.locale == "fr" else "en",
                "good_faith": new.good_faith,
                "staff_id": new.staff_id,
                "customer_id": new.customer_id or _customer(new.email),
                "at": at,
            },
        )
        if created:
            outbox.publish(VoiceReported(report_id=made.pk, voice_id=made.voice_id), at=at)
    return to_report(made)


def forget_reporters(*, before: datetime) -> int:
    """Empty name and e-mail of who reported, where the answer was given before then: the report stays, the person
    goes. Returns how many."""
    known = models.Report.objects.filter(answered_at__lt=before).exclude(name="", email="")
    return known.update(name="", email="")


def _customer(email: str) -> int | None:
    """Whose address it is, so that the report forgets its author when that customer is forgotten."""
    found = people.customer_by_email(email) if email.strip() else None
    return found.id if found is not None else None


def _key(new: NewReport) -> str:
    said = replace(new, url="", key="", customer_id=None)
    return hashlib.sha256(repr(said).encode()).hexdigest()
