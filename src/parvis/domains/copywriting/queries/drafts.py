"""Drafts, their versions, and what was published."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count as Number
from django.db.models import Q

from parvis.core.errors import NotFound
from parvis.domains.copywriting import models
from parvis.domains.copywriting.contracts import (
    Draft,
    DraftRow,
    DraftState,
    DraftVersion,
    Fault,
    FaultKind,
    Kind,
    Loss,
    Part,
    Publication,
    Ref,
    RefKind,
    Sentence,
    Written,
    part_keys,
)
from parvis.domains.copywriting.rules.diffing import Piece, diff

_LIVE = (DraftState.DRAFT, DraftState.WAITING, DraftState.APPROVED, DraftState.PUBLISHED)


def draft(draft_id: int) -> Draft:
    """One draft with its present version. Two statements. Raises NotFound."""
    row = models.Draft.objects.filter(pk=draft_id).first()
    if row is None:
        raise NotFound(kind="draft", key=draft_id)
    return as_draft(row, version(draft_id, row.version))


def version(draft_id: int, number: int) -> DraftVersion:
    """One version. Raises NotFound."""
    row = models.DraftVersion.objects.filter(draft_id=draft_id, number=number).first()
    if row is None:
        raise NotFound(kind="version", key=number)
    return as_version(row)


def versions(draft_id: int) -> tuple[DraftVersion, ...]:
    """Every version, the latest first."""
    return tuple(as_version(row) for row in models.DraftVersion.objects.filter(draft_id=draft_id).order_by("-number"))


def drafts(
    *, state: str | None = None, lost: bool = False, product_id: int | None = None, offset: int = 0, limit: int = 30
) -> tuple[tuple[DraftRow, ...], int]:
    """Drafts and how many there are in all, those that lost support first, then the latest changed. Two statements."""
    rows = models.Draft.objects.filter(state=state) if state else models.Draft.objects.filter(state__in=_LIVE)
    if lost:
        rows = rows.filter(lost_at__isnull=False)
    if product_id is not None:
        rows = rows.filter(product_id=product_id)
    found = rows.order_by("lost_at", "-changed_at", "-id")[offset : offset + limit]
    return tuple(_as_row(row) for row in found), rows.count()


def counts() -> Mapping[str, int]:
    """How many drafts stand in each state, and "lost" how many have lost support. One statement."""
    states = {state.value: Number("pk", filter=Q(state=state.value)) for state in DraftState}
    lost = Number("pk", filter=Q(lost_at__isnull=False) & ~Q(state=DraftState.DISCARDED))
    found: dict[str, int] = models.Draft.objects.aggregate(**states, lost=lost)
    return found


def losing(product_ids: Iterable[int]) -> dict[int, int]:
    """A draft that has lost support by product."""
    rows = models.Draft.objects.filter(product_id__in=list(product_ids), lost_at__isnull=False).exclude(
        state=DraftState.DISCARDED
    )
    return dict(rows.values_list("product_id", "pk"))


def drafts_leaning_on(voice_ids: Iterable[int]) -> list[int]:
    """Ids of drafts in use that lean on these voices."""
    rows = models.Leaning.objects.filter(voice_id__in=list(voice_ids), draft__state__in=_LIVE)
    return sorted(set(rows.values_list("draft_id", flat=True)))


def drafts_of(product_ids: Iterable[int]) -> list[int]:
    """Ids of drafts in use of these products."""
    rows = models.Draft.objects.filter(product_id__in=list(product_ids), state__in=_LIVE)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def unchecked(changed: Mapping[int, datetime]) -> list[int]:
    """Drafts in use that were last checked before what people say of their product changed."""
    rows = models.Draft.objects.filter(product_id__in=list(changed), state__in=_LIVE)
    return [
        pk
        for pk, product_id, at in rows.order_by("pk").values_list("pk", "product_id", "checked_at")
        if at is None or at < changed[product_id]
    ]


def products_in_use() -> list[int]:
    """Products of which there are drafts."""
    rows = models.Draft.objects.filter(state__in=_LIVE)
    return sorted(set(rows.values_list("product_id", flat=True)))


def publications(draft_id: int) -> tuple[Publication, ...]:
    """What was published of a draft, the latest first."""
    rows = models.Publication.objects.filter(draft_id=draft_id).order_by("-at", "-pk")
    return tuple(
        Publication(
            id=row.pk, draft_id=row.draft_id, version=row.version, before=row.before, after=row.after,
            actor_name=row.actor_name, at=row.at, undone_at=row.undone_at, undone_by=row.undone_by,
        )
        for row in rows
    )  # fmt: skip


def differences(before: DraftVersion, after: DraftVersion) -> dict[Part, tuple[Piece, ...]]:
    """What changed, part by part, word by word; parts that did not change are absent."""
    found = {}
    for part in dict.fromkeys((*before.parts, *after.parts)):
        old, new = _whole(before, part), _whole(after, part)
        if old != new:
            found[part] = diff(old, new)
    return found


def _whole(found: DraftVersion, part: Part) -> str:
    return " ".join(each.text for each in found.parts.get(part, ()))


def publishable(found: DraftVersion, language: str, *, title: bool) -> dict[str, str]:
    """Fields of the catalogue and what they would hold."""
    fields = {f"description_{language}": found.text(Part.LONG)}
    if title and found.text(Part.TITLE):
        fields[f"name_{language}"] = found.text(Part.TITLE)
    return fields


# -- rows as contracts ----------------------------------------------------------------------------------------


def as_draft(row: models.Draft, current: DraftVersion) -> Draft:
    """A row as a contract."""
    return Draft(
        id=row.pk, product_id=row.product_id, language=row.language, kind=Kind(row.kind), state=DraftState(row.state),
        version=row.version, current=current, approved_version=row.approved_version, approved_by=row.approved_by,
        approved_at=row.approved_at, losses=tuple(Loss(**{**each, "part": Part(each["part"])}) for each in row.losses),
        lost_at=row.lost_at, created_at=row.created_at, changed_at=row.changed_at, provenance=row.provenance,
    )  # fmt: skip


def _as_row(row: models.Draft) -> DraftRow:
    return DraftRow(
        id=row.pk, product_id=row.product_id, language=row.language, kind=Kind(row.kind), state=DraftState(row.state),
        blocked=row.blocked, losses=len(row.losses), changed_at=row.changed_at, simulated=bool(row.provenance),
    )  # fmt: skip


def as_version(row: models.DraftVersion) -> DraftVersion:
    """A row as a contract, its parts in their order."""
    kept = {Part(key): tuple(as_sentence(each) for each in several) for key, several in row.parts.items()}
    order = part_keys("text" if Part.TITLE in kept else "script")
    return DraftVersion(
        number=row.number, parts={part: kept.get(part, ()) for part in order}, by=Written(row.by),
        actor_id=row.actor_id, actor_name=row.actor_name, model=row.model, cost_minor=row.cost_minor,
        latency_ms=row.latency_ms, seed=row.seed, profile=row.profile, at=row.at,
    )  # fmt: skip


def as_sentence(stored: Mapping[str, Any]) -> Sentence:
    """A stored sentence as a contract."""
    return Sentence(
        text=stored["text"],
        refs=tuple(
            Ref(**{**each, "kind": RefKind(each["kind"]), "numbers": tuple(each.get("numbers", ()))})
            for each in stored.get("refs", ())
        ),
        faults=tuple(
            Fault(kind=FaultKind(each["kind"]), detail=each.get("detail", {})) for each in stored.get("faults", ())
        ),
    )
