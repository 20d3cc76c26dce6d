"""Frequent questions: those on a page, those on the desk, one with its history."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, Max, Min, Q, QuerySet

from parvis.core.errors import NotFound
from parvis.domains.evidence import models, rules
from parvis.domains.evidence.contracts import (
    FaqAsked,
    FaqEntry,
    FaqReason,
    FaqRun,
    FaqScope,
    FaqState,
    FaqSupport,
    FaqVersion,
)
from parvis.domains.voices import queries as voices


def faq_for(
    *, locale: str, at: datetime, product_id: int | None = None, category_key: str = "", limit: int = 8
) -> tuple[FaqEntry, ...]:
    """Approved entries in a language: of a product, then of its category, then of the shop (without a product: all of
    the shop and of every category), the most asked first. Entries whose voices were withdrawn a moment ago are left
    out even before the event is handed over. Four statements."""
    rows = models.FaqEntry.objects.filter(state=FaqState.APPROVED, locale=locale)
    if product_id is not None:
        wider = Q(need__product_id__isnull=True, need__category_key__in=[category_key, ""])
        rows = rows.filter(Q(need__product_id=product_id) | wider)
    else:
        rows = rows.filter(need__product_id__isnull=True)
    found = [entry for entry in _read(rows, at=at) if _stands(entry)]
    rank = {FaqScope.PRODUCT: 0, FaqScope.CATEGORY: 1, FaqScope.SHOP: 2}
    return tuple(sorted(found, key=lambda entry: (rank[entry.scope], -entry.asked, entry.id))[:limit])


def faq_desk(*, state: FaqState, at: datetime, limit: int = 100) -> tuple[FaqEntry, ...]:
    """Entries in a state for the team: the most asked first. Four statements."""
    found = _read(models.FaqEntry.objects.filter(state=state), at=at)
    return tuple(sorted(found, key=lambda entry: (entry.look_again is None, -entry.asked, entry.id))[:limit])


def faq_entry(entry_id: int, *, at: datetime) -> FaqEntry:
    """One entry in any state. Raises NotFound."""
    found = _read(models.FaqEntry.objects.filter(pk=entry_id), at=at)
    if not found:
        raise NotFound(kind="frequent question", key=entry_id)
    return found[0]


def faq_counts() -> dict[FaqState, int]:
    """How many entries are in each state. One statement."""
    rows = models.FaqEntry.objects.values_list("state").annotate(Count("id")).order_by()
    return {FaqState(state): count for state, count in rows}


def faq_run(*, at: datetime) -> FaqRun | None:
    """The latest look at the questions. One statement."""
    row = models.FaqGathering.objects.order_by("-id").first()
    return to_faq_run(row, at=at) if row else None


def to_faq_run(row: models.FaqGathering, *, at: datetime) -> FaqRun:
    """A row as a contract."""
    return FaqRun(
        started_at=row.started_at, ended_at=row.ended_at,
        lost=row.ended_at is None and row.started_at < at - rules.GATHERING,
        questions=row.questions, needs=row.needs, proposed=row.proposed, unanswered=row.unanswered,
    )  # fmt: skip


def faq_siblings(need_id: int) -> dict[str, int]:
    """Entry by language of a need. One statement."""
    return dict(models.FaqEntry.objects.filter(need_id=need_id).values_list("locale", "id"))


def faq_asked(need_id: int, *, limit: int = 50) -> tuple[FaqAsked, ...]:
    """How people put it, the most typical first, each wording once: what is public, and what was asked in private (for
    the team's eyes). Two statements."""
    found: dict[str, FaqAsked] = {}
    for each in faq_wordings(need_id):
        found.setdefault(
            each.text.casefold(),
            FaqAsked(voice_id=each.voice_id, text=each.text, language=each.language, asked_at=each.asked_at),
        )
    return tuple(found.values())[:limit]


class Wording(NamedTuple):
    """How one person put it."""

    voice_id: int | None
    text: str
    language: str
    product_id: int | None
    asked_at: datetime


def faq_wordings(need_id: int, *, limit: int = 500) -> tuple[Wording, ...]:
    """How each person put a need, the most typical first, without voices that are not public. Two statements."""
    rows = models.FaqAsked.objects.filter(need_id=need_id).select_related("heard").order_by("-centrality", "-asked_at")
    listed = list(rows[:limit])
    spoken = voices.voices([row.voice_id for row in listed if row.voice_id is not None])
    found: list[Wording] = []
    for row in listed:
        voice = spoken.get(row.voice_id) if row.voice_id is not None else None
        if voice is not None and voice.is_public:
            found.append(Wording(voice.id, voice.text.strip(), row.language, voice.product_id, row.asked_at))
        elif row.heard is not None:
            found.append(Wording(None, row.heard.text, row.language, row.heard.product_id, row.asked_at))
    return tuple(found)


def faq_versions(entry_id: int) -> tuple[FaqVersion, ...]:
    """What an entry said, the latest first. One statement."""
    rows = models.FaqVersion.objects.filter(entry_id=entry_id).order_by("-revision")
    return tuple(
        FaqVersion(
            revision=row.revision, state=FaqState(row.state), question=row.question, answer=row.answer,
            reason=_reason(row.reason), actor_id=row.actor_id, at=row.at,
        )
        for row in rows
    )  # fmt: skip


def faq_unanswered(*, locale: str, limit: int = 50) -> tuple[tuple[int | None, str, int], ...]:
    """Needs without an entry in this language although somebody asked in it: (a voice that asked, or None when it was
    asked in private, the words, how many asked), the most asked first. Four statements."""
    rows = models.FaqNeed.objects.exclude(entries__locale=locale).annotate(n=Count("asked")).filter(n__gt=0)
    counts = dict(rows.order_by("-n", "id").values_list("id", "n")[:limit])
    asked = models.FaqAsked.objects.filter(need_id__in=counts, language=locale).select_related("heard")
    typical = {row.need_id: row for row in asked.order_by(F("voice_id").asc(nulls_first=True), "centrality")}
    spoken = voices.voices([row.voice_id for row in typical.values() if row.voice_id is not None])
    found: list[tuple[int | None, str, int]] = []
    for need, row in ((need, typical[need]) for need in counts if need in typical):
        voice = spoken.get(row.voice_id) if row.voice_id is not None else None
        if voice is not None and voice.is_public:
            found.append((voice.id, voice.text, counts[need]))
        elif row.heard is not None:
            found.append((None, row.heard.text, counts[need]))
    return tuple(found)


def _stands(entry: FaqEntry) -> bool:
    left = len(entry.supports)
    return rules.lost_reason(left=left, at_approval=left + entry.lost, quoted=False) is None


def _read(rows: "QuerySet[models.FaqEntry]", *, at: datetime) -> list[FaqEntry]:
    entries = list(rows.select_related("need"))
    asked = models.FaqAsked.objects.filter(need_id__in={entry.need_id for entry in entries}).values("need_id")
    times = {
        row["need_id"]: _Times(row["n"], row["private"], row["first"], row["last"])
        for row in asked.annotate(
            n=Count("id"), private=Count("heard"), first=Min("asked_at"), last=Max("asked_at")
        ).order_by()
    }
    supports = _supports([entry.pk for entry in entries])
    return [_to_entry(entry, times.get(entry.need_id, _NEVER), supports.get(entry.pk, ()), at=at) for entry in entries]


class _Times(NamedTuple):
    asked: int
    private: int
    first: datetime | None
    last: datetime | None


_NEVER = _Times(0, 0, None, None)


def _supports(entry_ids: Sequence[int]) -> dict[int, tuple[FaqSupport, ...]]:
    rows = list(models.FaqSupport.objects.filter(entry_id__in=entry_ids).order_by("entry_id", "place"))
    spoken = voices.voices({row.voice_id for row in rows})
    found: dict[int, list[FaqSupport]] = {}
    for row in rows:
        voice = spoken.get(row.voice_id)
        if voice is not None and voice.is_public:
            found.setdefault(row.entry_id, []).append(
                FaqSupport(
                    voice_id=voice.id, quote=row.quote, language=voice.language or "",
                    provenance=voice.provenance, polarity=row.polarity, author_name=voice.author_name,
                    submitted_at=voice.submitted_at, stars=voice.stars, verified=voice.verified,
                )
            )  # fmt: skip
    return {entry: tuple(listed) for entry, listed in found.items()}


def _to_entry(row: models.FaqEntry, times: _Times, supports: tuple[FaqSupport, ...], *, at: datetime) -> FaqEntry:
    need, left = row.need, len(supports)
    approved = row.state == FaqState.APPROVED
    scope = FaqScope.PRODUCT if need.product_id else FaqScope.CATEGORY if need.category_key else FaqScope.SHOP
    look = rules.look_again(left=left, at_approval=row.supports_at_approval, checked_at=row.checked_at, at=at)
    return FaqEntry(
        id=row.pk, need_id=need.pk, scope=scope, product_id=need.product_id, category_key=need.category_key,
        locale=row.locale, state=FaqState(row.state), question=row.question, answer=row.answer,
        asked=times.asked, asked_privately=times.private, first_asked_at=times.first, last_asked_at=times.last,
        supports=supports,
        lost=max(0, row.supports_at_approval - left), revision=row.revision, checked_at=row.checked_at,
        changed_at=row.changed_at, decided_by=row.decided_by, reason=_reason(row.reason),
        look_again=look if approved else None,
    )  # fmt: skip


def _reason(stored: str) -> FaqReason | None:
    return FaqReason(stored) if stored else None
