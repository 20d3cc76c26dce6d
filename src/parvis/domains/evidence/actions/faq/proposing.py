"""Once a month (and on request): what do people ask, and what would answer it?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl
import structlog
from django.conf import settings
from django.db import connection, transaction

from parvis.domains.evidence import rules
from parvis.domains.evidence.actions.faq import composing
from parvis.domains.evidence.contracts import FaqRun, FaqState
from parvis.domains.evidence.models import FaqAsked, FaqEntry, FaqNeed, FaqSupport, FaqVersion
from parvis.domains.evidence.queries import files
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice
from parvis.science.retrieval import group_questions

log = structlog.get_logger("parvis.evidence")
_LOCK = 7273


def propose_faq(*, at: datetime) -> FaqRun:
    """Group the questions of the last two years, propose an entry for each need and language that has none yet, and
    give new askers to needs that are known. What somebody decided is never touched. Idempotent; one run at a time."""
    asked = voices.asked_since(at - timedelta(days=rules.KEPT_DAYS))
    groups, central = _groups(asked)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        needs = _needs(groups, asked, central, at=at)
    proposed = unanswered = 0
    for need in needs:
        made, left = _entries(need, at=at)
        proposed, unanswered = proposed + made, unanswered + left
    run = FaqRun(questions=len(asked), needs=len(needs), proposed=proposed, unanswered=unanswered)
    log.info("frequent questions", questions=run.questions, needs=run.needs, proposed=proposed, unanswered=unanswered)
    return run


def _groups(asked: Sequence[Voice]) -> tuple[list[list[Voice]], dict[int, float]]:
    frame = pl.DataFrame(
        {
            "id": [voice.id for voice in asked],
            "text": [voice.text for voice in asked],
            "language": [voice.language or None for voice in asked],
        },
        schema={"id": pl.Int64, "text": pl.String, "language": pl.String},
    )
    found = group_questions(frame, encoder=files.encoder())
    groups: dict[int, list[Voice]] = {}
    for voice, group in zip(asked, found["group"], strict=True):
        if group is not None:
            groups.setdefault(group, []).append(voice)
    return list(groups.values()), dict(zip(found["id"], found["centrality"].fill_null(0.0), strict=True))


def _needs(
    groups: Sequence[Sequence[Voice]], asked: Sequence[Voice], central: dict[int, float], *, at: datetime
) -> list[FaqNeed]:
    """Needs in the tables, each with everybody who asked."""
    categories = composing.category_of({voice.product_id for voice in asked if voice.product_id is not None})
    by_id = {voice.id: voice for voice in asked}
    known = _known()
    found: dict[int, FaqNeed] = {}
    for group in groups:
        askings = [
            rules.Asking(voice.id, voice.product_id, categories.get(voice.product_id or 0, "")) for voice in group
        ]
        for scope in rules.scoped(askings):
            need = _need(scope, known.get((scope.product_id is None, scope.product_id), {}), at=at)
            found[need.pk] = need
            FaqAsked.objects.bulk_create(
                [
                    FaqAsked(
                        need=need, voice_id=voice_id, language=by_id[voice_id].language,
                        centrality=central.get(voice_id, 0.0), asked_at=by_id[voice_id].submitted_at,
                    )
                    for voice_id in scope.voice_ids
                ],
                update_conflicts=True, unique_fields=["need", "voice"], update_fields=["centrality", "language"],
            )  # fmt: skip
    return list(found.values())


def _known() -> dict[tuple[bool, int | None], dict[int, int]]:
    """Need by voice, among needs of a product and among wider ones."""
    found: dict[tuple[bool, int | None], dict[int, int]] = {}
    for need, product, voice in FaqAsked.objects.values_list("need_id", "need__product_id", "voice_id"):
        found.setdefault((product is None, product), {})[voice] = need
    return found


def _need(scope: rules.Scoped, known: dict[int, int], *, at: datetime) -> FaqNeed:
    held = rules.same_need(scope.voice_ids, known)
    if held is not None:
        return FaqNeed.objects.get(pk=held)
    return FaqNeed.objects.create(product_id=scope.product_id, category_key=scope.category_key, created_at=at)


def _entries(need: FaqNeed, *, at: datetime) -> tuple[int, int]:
    """Propose the languages that lack an entry; returns how many were, and how many nobody has answered."""
    made = left = 0
    wordings = list(need.asked.order_by("-centrality", "-asked_at"))
    spoken = voices.voices([each.voice_id for each in wordings])
    about = [spoken[each.voice_id].product_id for each in wordings if each.voice_id in spoken]
    for locale, _name in settings.LANGUAGES:
        entry = FaqEntry.objects.filter(need=need, locale=locale).first()
        if entry is not None and entry.state in (FaqState.APPROVED, FaqState.DECLINED):
            continue
        own = [each.voice_id for each in wordings if each.language == locale and each.voice_id in spoken]
        question = next((spoken[each].text.strip() for each in own if spoken[each].is_public), "")
        if not question or len(question) > rules.LONGEST_QUESTION:
            continue
        draft = composing.compose(
            question, locale=locale, product_id=need.product_id,
            asked_about=[product for product in about if product is not None],
            asked_ids=[each.voice_id for each in wordings],
        )  # fmt: skip
        if not draft.supports:
            left += 1
            continue
        made += write_proposal(need, entry, locale=locale, question=question, draft=draft, at=at)
    return made, left


@transaction.atomic
def write_proposal(
    need: FaqNeed, entry: FaqEntry | None, *, locale: str, question: str, draft: composing.Draft, at: datetime
) -> int:
    """Write a proposal, new or in place of one that waits or was retracted; 1 when it says something new."""
    if entry is not None and (entry.question, entry.answer) == (question, draft.answer):
        return 0
    if entry is None:
        entry, fresh = FaqEntry.objects.get_or_create(
            need=need, locale=locale,
            defaults={
                "state": FaqState.PROPOSED, "question": question, "answer": draft.answer, "proposed_at": at,
                "checked_at": at, "changed_at": at,
            },
        )  # fmt: skip
        if not fresh:
            return 0
    else:
        entry.revision += 1
        entry.state, entry.reason, entry.question, entry.answer = FaqState.PROPOSED, "", question, draft.answer
        entry.proposed_at = entry.changed_at = at
        entry.save()
    put_supports(entry, draft)
    keep_version(entry, actor_id=None, at=at)
    return 1


def put_supports(entry: FaqEntry, draft: composing.Draft) -> None:
    """The voices that an entry rests on, in place of those before."""
    entry.supports.all().delete()
    FaqSupport.objects.bulk_create(
        FaqSupport(entry=entry, voice_id=each.voice_id, quote=each.quote, polarity=each.polarity, place=place)
        for place, each in enumerate(draft.supports)
    )


def keep_version(entry: FaqEntry, *, actor_id: int | None, at: datetime) -> None:
    """Write down what the entry says now."""
    FaqVersion.objects.create(
        entry=entry, revision=entry.revision, state=entry.state, question=entry.question, answer=entry.answer,
        reason=entry.reason, actor_id=actor_id, at=at,
    )  # fmt: skip
