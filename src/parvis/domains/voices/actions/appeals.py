"""The author contests a decision; another person than the one who took it looks again and answers."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from parvis.core import outbox
from parvis.core.errors import NotFound
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.actions.deciding import decide
from parvis.domains.voices.contracts import (
    Appeal,
    AppealAnswered,
    AppealState,
    Outcome,
    Reason,
)
from parvis.domains.voices.queries.reports import appealable, to_appeal


def appeal(*, voice_id: int, text: str, at: datetime) -> Appeal:
    """Contest the decision by which a voice was refused or withdrawn, once, within the time of the policy. The caller
    has made sure that the author asks. Raises CannotAppeal, or BadReport when too little or too much is said."""
    said = text.strip()
    least, most = rules.APPEAL
    if not least <= len(said) <= most:
        raise rules.WrongLength(field="text", least=least, most=most)
    line = appealable(voice_id)
    if line is None:
        raise rules.CannotAppeal()
    if line.at < at - timedelta(days=queries.policy().appeal_days):
        raise rules.TooLate()
    try:
        with transaction.atomic():
            made = models.Appeal.objects.create(voice_id=voice_id, decision_id=line.id, text=said, at=at)
    except IntegrityError as error:
        raise rules.ContestedBefore() from error
    return to_appeal(made)


def answer_appeal(*, appeal_id: int, reverse: bool, answer: str, actor_id: int, at: datetime) -> Appeal:
    """Answer an appeal: publish after all, or let the decision stand, with words for the author either way.

    Who took the decision does not answer, unless nobody else of the team may moderate. Where the policy asks for two
    people to publish, the appeal stays open until the second one has. Raises SamePerson, AppealClosed when it was
    answered before, GroundsMissing without words, NotFound.
    """
    if not answer.strip():
        raise rules.GroundsMissing(field="answer")
    with transaction.atomic():
        row = models.Appeal.objects.select_for_update().select_related("decision").filter(id=appeal_id).first()
        if row is None:
            raise NotFound(kind="appeal", key=appeal_id)
        if row.state != AppealState.OPEN:
            raise rules.AppealClosed()
        if row.decision.actor_id == actor_id and _others(actor_id):
            raise rules.SamePerson()
        row.answer = answer.strip()[:2000]
        row.save(update_fields=["answer"])
        if reverse:
            decide(
                voice_ids=[row.voice_id],
                outcome=Outcome.PUBLISH,
                reason=Reason.APPROVED,
                note=row.answer,
                actor_id=actor_id,
                at=at,
                overturn=True,
            )
            row.refresh_from_db()
        else:
            row.state, row.actor_id, row.answered_at = AppealState.UPHELD, actor_id, at
            row.save(update_fields=["state", "actor", "answered_at"])
            outbox.publish(AppealAnswered(appeal_id=row.pk, voice_id=row.voice_id, state=row.state), at=at)
    return to_appeal(row)


def _others(actor_id: int) -> bool:
    team = people.all_staff()
    return any(one.active and one.account_id != actor_id and one.may(Permission.VOICES_MODERATE) for one in team)
