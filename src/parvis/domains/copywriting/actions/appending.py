"""A new version of a draft: only on top of the one that was read."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parvis.core.errors import Conflict
from parvis.domains.copywriting import models
from parvis.domains.copywriting.contracts import Draft, DraftState, Part, RefKind, Sentence, Written
from parvis.domains.copywriting.queries.drafts import draft as draft_of


class Edited(Conflict):
    """Somebody saved a version since this one was read: nothing was overwritten."""

    code = "copy_edited"
    template = "Somebody has changed this draft since you opened it (version %(version)s now)."


@dataclass(frozen=True, kw_only=True, slots=True)
class Hand:
    """Who wrote a version, and with what."""

    written: Written
    actor_id: int | None
    actor_name: str
    seed: int = 0
    profile: int = 0
    model: str = ""
    cost_minor: Decimal | None = None
    latency_ms: int | None = None


@transaction.atomic
def append(
    *,
    draft_id: int,
    base: int,
    parts: Mapping[Part, Sequence[Sentence]],
    by: Hand,
    at: datetime,
) -> Draft:
    """Make version ``base`` + 1, when ``base`` is still the present one. Raises Edited, NotFound."""
    blocked = sum(not each.stands for several in parts.values() for each in several)
    changed = models.Draft.objects.filter(pk=draft_id, version=base).update(
        version=base + 1, state=DraftState.DRAFT, blocked=blocked, approved_version=None, approved_by="",
        approved_by_id=None, approved_at=None, losses=[], lost_at=None, changed_at=at, checked_at=at,
    )  # fmt: skip
    if not changed:
        raise Edited(version=draft_of(draft_id).version)
    models.DraftVersion.objects.create(
        draft_id=draft_id, number=base + 1, parts=stored(parts), by=by.written, actor_id=by.actor_id,
        actor_name=by.actor_name[:150], model=by.model[:120], cost_minor=by.cost_minor, latency_ms=by.latency_ms,
        seed=by.seed, profile=by.profile, at=at,
    )  # fmt: skip
    refs = [ref for several in parts.values() for each in several for ref in each.refs]
    leant = {ref.voice_id for ref in refs if ref.kind is RefKind.VOICE and ref.voice_id}
    models.Leaning.objects.bulk_create(
        [models.Leaning(draft_id=draft_id, voice_id=voice_id) for voice_id in sorted(leant)], ignore_conflicts=True
    )
    return draft_of(draft_id)


def stored(parts: Mapping[Part, Sequence[Sentence]]) -> dict[str, list[dict[str, object]]]:
    """Parts as they are kept."""
    return {
        part.value: [
            {
                "text": each.text,
                "refs": [{**asdict(ref), "kind": ref.kind.value, "numbers": list(ref.numbers)} for ref in each.refs],
                "faults": [{"kind": fault.kind.value, "detail": dict(fault.detail)} for fault in each.faults],
            }
            for each in several
        ]
        for part, several in parts.items()
    }
