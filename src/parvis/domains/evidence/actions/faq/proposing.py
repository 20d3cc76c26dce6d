"""Once a month (and on request): what do people ask, and what would answer it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
import structlog
from django.conf import settings
from django.db import transaction

from parvis.core import locks
from parvis.core.clock import now
from parvis.core.locks import Lock
from parvis.domains.evidence import queries, rules
from parvis.domains.evidence.actions.faq import composing
from parvis.domains.evidence.contracts import FaqRun, FaqState
from parvis.domains.evidence.models import FaqAsked, FaqEntry, FaqGathering, FaqHeard, FaqNeed, FaqSupport, FaqVersion
from parvis.domains.evidence.queries import files
from parvis.domains.voices import queries as voices
from parvis.science.retrieval import group_questions

log = structlog.get_logger("parvis.evidence")
_MOST_HEARD = 20_000


def start_faq(*, at: datetime, actor_id: int | None = None) -> int:
    """Note that a look at the questions begins, for :func:`propose_faq`; the one under way when there is one."""
    with transaction.atomic():
        locks.hold(Lock.QUESTIONS)
        under_way = FaqGathering.objects.filter(ended_at=None, started_at__gte=at - rules.GATHERING).first()
        return int((under_way or FaqGathering.objects.create(actor_id=actor_id, started_at=at)).pk)


def propose_faq(*, at: datetime, gathering_id: int | None = None) -> FaqRun:
    """Group the questions of the last two years, propose an entry for each need and language that has none yet, and
    give new askers to needs that are known. What somebody decided is never touched. Idempotent; one run at a time."""
    run = FaqGathering.objects.get(pk=gathering_id or start_faq(at=at))
    asked = _asked(at - timedelta(days=rules.KEPT_DAYS))
    groups, central = _groups(asked)
    with transaction.atomic():
        locks.hold(Lock.QUESTIONS)
        needs = _needs(groups, asked, central, at=at)
    proposed = unanswered = 0
    for need in needs:
        made, left = _entries(need, at=at)
        proposed, unanswered = proposed + made, unanswered + left
        if proposed >= rules.MOST_PROPOSED:
            break
    run.questions, run.needs, run.proposed, run.unanswered = len(asked), len(needs), proposed, unanswered
    run.ended_at = now()
    run.save()
    log.info("frequent questions", questions=run.questions, needs=run.needs, proposed=proposed, unanswered=unanswered)
    return queries.to_faq_run(run, at=at)


@dataclass(frozen=True, slots=True)
class _Question:
    """A question of either kind, as grouping wants it."""

    asker: rules.Asker
    text: str
    language: str
    product_id: int | None
    at: datetime


def _asked(since: datetime) -> list[_Question]:
    """Everything that was asked since then, with voices and in private; the latest first."""
    said = [
        _Question(rules.Asker(False, voice.id), voice.text, voice.language, voice.product_id, voice.submitted_at)
        for voice in voices.asked_since(since)
    ]
    heard = [
        _Question(rules.Asker(True, row.pk), row.text, row.language, row.product_id, row.asked_at)
        for row in FaqHeard.objects.filter(asked_at__gte=since).order_by("-asked_at", "-id")[:_MOST_HEARD]
    ]
    return sorted([*said, *heard], key=lambda each: each.at, reverse=True)


def _groups(asked: Sequence[_Question]) -> tuple[list[list[_Question]], dict[rules.Asker, float]]:
    frame = pl.DataFrame(
        {
            "id": list(range(len(asked))),
            "text": [each.text for each in asked],
            "language": [each.language or None for each in asked],
        },
        schema={"id": pl.Int64, "text": pl.String, "language": pl.String},
    )
    found = group_questions(frame, encoder=files.encoder())
    groups: dict[int, list[_Question]] = {}
    for each, group in zip(asked, found["group"], strict=True):
        if group is not None:
            groups.setdefault(group, []).append(each)
    central = zip((each.asker for each in asked), found["centrality"].fill_null(0.0), strict=True)
    return list(groups.values()), dict(central)


def _needs(
    groups: Sequence[Sequence[_Question]],
    asked: Sequence[_Question],
    central: Mapping[rules.Asker, float],
    *,
    at: datetime,
) -> list[FaqNeed]:
    """Needs in the tables, each with everybody who asked; the most asked first."""
    categories = composing.category_of({each.product_id for each in asked if each.product_id is not None})
    known = _known()
    found: dict[int, tuple[int, FaqNeed]] = {}
    for group in groups:
        held = {each.asker: each for each in group}
        askings = [
            rules.Asking(each.asker, each.product_id, categories.get(each.product_id or 0, "")) for each in group
        ]
        for scope in rules.scoped(askings):
            need = _need(scope, known.get((scope.product_id is None, scope.product_id), {}), at=at)
            found[need.pk] = (len(scope.askers), need)
            _put_asked(need, [held[asker] for asker in scope.askers], central)
    return [need for _, need in sorted(found.values(), key=lambda pair: (-pair[0], pair[1].pk))]


def _put_asked(need: FaqNeed, asked: Sequence[_Question], central: Mapping[rules.Asker, float]) -> None:
    for private, column in ((False, "voice"), (True, "heard")):
        FaqAsked.objects.bulk_create(
            [
                FaqAsked(
                    need=need, **{f"{column}_id": each.asker.id}, language=each.language,
                    centrality=central.get(each.asker, 0.0), asked_at=each.at,
                )
                for each in asked if each.asker.private is private
            ],
            update_conflicts=True, unique_fields=["need", column], update_fields=["centrality", "language"],
        )  # fmt: skip


def _known() -> dict[tuple[bool, int | None], dict[rules.Asker, int]]:
    """Need by who asked, among needs of a product and among wider ones."""
    found: dict[tuple[bool, int | None], dict[rules.Asker, int]] = {}
    rows = FaqAsked.objects.values_list("need_id", "need__product_id", "voice_id", "heard_id")
    for need, product, voice, heard in rows:
        asker = rules.Asker(False, voice) if voice is not None else rules.Asker(True, heard or 0)
        found.setdefault((product is None, product), {})[asker] = need
    return found


def _need(scope: rules.Scoped, known: Mapping[rules.Asker, int], *, at: datetime) -> FaqNeed:
    held = rules.same_need(scope.askers, known)
    if held is not None:
        return FaqNeed.objects.get(pk=held)
    return FaqNeed.objects.create(product_id=scope.product_id, category_key=scope.category_key, created_at=at)


def _entries(need: FaqNeed, *, at: datetime) -> tuple[int, int]:
    """Propose the languages that lack an entry; returns how many were, and how many nobody has answered."""
    made = left = 0
    wordings = queries.faq_wordings(need.pk)
    for locale, _name in settings.LANGUAGES:
        entry = FaqEntry.objects.filter(need=need, locale=locale).first()
        if entry is not None and entry.state in (FaqState.APPROVED, FaqState.DECLINED):
            continue
        own = [each for each in wordings if each.language == locale and len(each.text) <= rules.LONGEST_QUESTION]
        # Words that were said in public first: those said in private stand only until somebody of the team reads them.
        question = next((each.text for each in sorted(own, key=lambda each: each.voice_id is None)), "")
        if not question:
            continue
        draft = composing.compose(
            question, locale=locale, product_id=need.product_id,
            asked_about=[each.product_id for each in wordings if each.product_id is not None],
            asked_ids=composing.same_thing(wordings, need.product_id),
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
