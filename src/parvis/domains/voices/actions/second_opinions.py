"""A language model's opinion on a voice that the machine held: asked outside of any transaction, kept as advice.

Only masked words leave the house: no name, no address, no customer. The opinion never refuses a voice. Where the brand
has said so (``release``), a voice that the machine leaned to publish and was merely unsure of is published when the
opinion agrees; see :mod:`parvis.domains.voices.rules.opinions`.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Q

from parvis.core import outbox
from parvis.core.language_model import BadAnswer, BudgetSpent, Completion, LanguageModel, Message, ModelUnavailable
from parvis.core.tasks import SLOW, app
from parvis.domains.catalog import queries as catalog
from parvis.domains.voices import models, queries
from parvis.domains.voices.actions.policies import policy_in_force
from parvis.domains.voices.contracts import DecidedBy, Outcome, Reason, Voice, VoicePublished, VoiceState
from parvis.domains.voices.contracts.opinions import OpinionState
from parvis.domains.voices.rules import OpinionMode
from parvis.domains.voices.rules import opinions as rules

MOST_ATTEMPTS = 4
LOST_AFTER = timedelta(minutes=10)  # a worker was killed while it asked
PURPOSE = "second_opinion"
log = structlog.get_logger("parvis.opinions")


@dataclass(frozen=True, slots=True)
class _Asked:
    """The words that the model saw (masked), and the decision that held the voice."""

    voice: Voice
    decision_id: int
    grounds: frozenset[Reason]


def ask_opinions(
    voice_ids: Sequence[int],
    *,
    model: LanguageModel,
    mode: OpinionMode | None = None,
    timeout: float = 20.0,
    at: datetime,
) -> int:
    """Ask about these voices one after the other; those that are not held by the machine, too long, or asked about
    already are left out. Returns how many opinions were given.

    Must run outside of a transaction: a model takes seconds. ``mode`` None: what the policy in force says. When the
    model cannot be reached or the day's budget is spent, the rest is left for :func:`left`. Safe to repeat and to run
    in several workers at once.
    """
    given = 0
    for voice_id in voice_ids:
        asked = _claim(voice_id, model, at)
        if asked is None:
            continue
        try:
            answer = _ask(asked, model, timeout)
        except ModelUnavailable as error:
            _fail(voice_id, error)
            if isinstance(error, BadAnswer):
                continue
            log.warning("no second opinions for now", why=error.code)
            break  # the next question would wait as long for nothing
        given += _keep(asked, answer, model, mode, at)
    return given


def left(*, at: datetime, limit: int = 50) -> list[int]:
    """Held voices still without an opinion, the longest waiting first: their task was lost, failed, or came before
    there was a model or a budget."""
    held = models.Voice.objects.filter(
        state=VoiceState.HELD, decided_by=DecidedBy.MACHINE, examined_at__isnull=False
    ).exclude(title="", text="")
    again = Q(opinion__state=OpinionState.FAILED, opinion__retry=True, opinion__attempts__lt=MOST_ATTEMPTS) & Q(
        opinion__asked_at__lt=at - LOST_AFTER
    )
    lost = Q(opinion__state=OpinionState.ASKED, opinion__asked_at__lt=at - LOST_AFTER)
    waiting = held.filter(Q(opinion__isnull=True) | again | lost).order_by("id")
    return list(waiting.values_list("id", flat=True)[:limit])


def ask_again(*, voice_id: int) -> None:
    """Ask in the background about one voice, once more if it failed, however often."""
    models.Opinion.objects.filter(voice_id=voice_id, state=OpinionState.FAILED).delete()
    # by name: tasks are above actions
    app.configure_task("voices.second_opinions", lock=SLOW).defer(voice_ids=[voice_id])


# -- asking ---------------------------------------------------------------------------------------------------

_CLAIM = """
INSERT INTO voices_opinion AS opinion (voice_id, state, model, asked_at, attempts, error, retry, suggests, ground,
  findings, passages, why, confidence, suspect, acted, tokens_in, tokens_out, cost_minor, latency_ms)
VALUES (%(voice)s, 'asked', %(model)s, %(at)s, 1, '', true, '', '', '{}', '[]', '{}', 0, false, false, 0, 0, 0, 0)
ON CONFLICT (voice_id) DO UPDATE
  SET state = 'asked', model = excluded.model, asked_at = excluded.asked_at, attempts = opinion.attempts + 1, error = ''
  WHERE (opinion.state = 'failed' AND opinion.retry AND opinion.attempts < %(most)s)
     OR (opinion.state = 'asked' AND opinion.asked_at < %(lost)s)
RETURNING voice_id
"""


def _claim(voice_id: int, model: LanguageModel, at: datetime) -> _Asked | None:
    """Take the question on, unless another worker has or there is nothing to ask."""
    with transaction.atomic():
        row = models.Voice.objects.select_for_update(no_key=True).filter(id=voice_id).first()
        if row is None or row.state != VoiceState.HELD or row.decided_by != DecidedBy.MACHINE:
            return None
        voice = queries.voice(voice_id)
        decision = models.Decision.objects.filter(voice_id=voice_id).order_by("-id").first()
        if decision is None or not (voice.title or voice.text) or len(voice.title + voice.text) > rules.LONGEST:
            return None
        given: dict[str, Any] = {
            "voice": voice_id,
            "model": model.name[:120],
            "at": at,
            "most": MOST_ATTEMPTS,
            "lost": at - LOST_AFTER,
        }
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, given)
            if cursor.fetchone() is None:
                return None
    return _Asked(voice=voice, decision_id=decision.pk, grounds=rules.grounds_of(decision.reason, decision.note))


def _ask(asked: _Asked, model: LanguageModel, timeout: float) -> Completion:
    voice = asked.voice
    found = catalog.products([voice.product_id], locale="en") if voice.product_id else {}
    product = found[voice.product_id].name if voice.product_id in found else "-"
    words = rules.question(
        kind=voice.kind,
        product=product,
        title=voice.title,
        text=voice.text,
        stars=voice.stars,
        mark=secrets.token_hex(16),
    )
    return model.complete(
        system=rules.SYSTEM,
        messages=[Message(role="user", text=words)],
        schema=rules.SCHEMA,
        max_tokens=rules.MAX_TOKENS,
        timeout=timeout,
        purpose=PURPOSE,
    )


def _fail(voice_id: int, error: ModelUnavailable) -> None:
    spent = isinstance(error, BudgetSpent)
    row = models.Opinion.objects.filter(voice_id=voice_id, state=OpinionState.ASKED)
    if spent:
        row.delete()  # it was not asked: it stays in line for tomorrow
        return
    row.update(state=OpinionState.FAILED, error=error.code, retry=error.retry)


# -- keeping --------------------------------------------------------------------------------------------------


def _keep(asked: _Asked, answer: Completion, model: LanguageModel, given: OpinionMode | None, at: datetime) -> bool:
    """Write the opinion down, and release the voice where that is allowed. A voice that was erased, withdrawn or
    decided about while the model thought is left as it is; of an erased one nothing is kept."""
    voice = asked.voice
    judged = rules.judge(answer.json or {}, title=voice.title, text=voice.text)
    with transaction.atomic():
        row = models.Voice.objects.select_for_update(no_key=True).get(id=voice.id)
        latest = models.Decision.objects.filter(voice_id=voice.id).order_by("-id").values_list("id", flat=True).first()
        mine = models.Opinion.objects.filter(voice_id=voice.id, state=OpinionState.ASKED)
        if row.state == VoiceState.WITHDRAWN or not (row.title or row.text):
            mine.delete()
            return False
        policy_id, policy = policy_in_force(at=at)
        mode = queries.opinion_mode(policy) if given is None else given
        undecided = row.state == VoiceState.HELD and latest == asked.decision_id
        release = (
            mode is OpinionMode.RELEASE
            and undecided
            and rules.may_release(judged, reading=voice.reading, grounds=asked.grounds)
        )
        mine.update(**_columns(judged, answer, at), acted=release)
        if release:
            # a mode handed in (a test, a trial) is none of the versions that were saved
            _publish(row, voice, judged, model, policy_id if given is None else None, at)
    return True


def _columns(judged: rules.Judged, answer: Completion, at: datetime) -> dict[str, object]:
    return {
        "state": OpinionState.GIVEN,
        "given_at": at + timedelta(milliseconds=answer.latency_ms),
        "suggests": judged.suggests,
        "ground": judged.ground or "",
        "findings": {name: finding.value for name, finding in judged.findings},
        "passages": [[each.field, each.start, each.end] for each in judged.passages],
        "why": dict(judged.why),
        "confidence": judged.confidence,
        "suspect": judged.suspect,
        "tokens_in": answer.tokens_in,
        "tokens_out": answer.tokens_out,
        "cost_minor": answer.cost_minor,
        "latency_ms": answer.latency_ms,
    }


def _publish(
    row: models.Voice, voice: Voice, judged: rules.Judged, model: LanguageModel, policy_id: int | None, at: datetime
) -> None:
    """A line of the machine in the trail, with both models named, and the voice made public."""
    reading = voice.reading
    scores = {} if reading is None else {"toxicity": reading.toxicity, "spam": reading.spam}
    models.Decision.objects.create(
        voice_id=row.pk,
        outcome=Outcome.PUBLISH,
        by=DecidedBy.MACHINE,
        reason=Reason.SOUND,
        note=rules.NOTE,
        policy_id=policy_id,
        model=f"{reading.model if reading else ''} + {model.name}"[:80],
        scores={**scores, "certainty": round(judged.confidence, 4)},
        state_before=VoiceState.HELD,
        state_after=VoiceState.PUBLISHED,
        published_before=row.published_at,
        at=at,
    )
    row.state, row.reason, row.decided_by, row.decided_at = VoiceState.PUBLISHED, Reason.SOUND, DecidedBy.MACHINE, at
    row.published_at = row.published_at or at
    row.save(update_fields=["state", "reason", "decided_by", "decided_at", "published_at"])
    outbox.publish(VoicePublished(voice_id=row.pk, kind=row.kind, product_id=row.product_id), at=at)
