"""Support that went: drafts are marked, never changed by themselves."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from parvis.core import outbox
from parvis.domains.copywriting import models, queries
from parvis.domains.copywriting.contracts import CopySupportLost, Part, RefKind, Sentence
from parvis.domains.copywriting.queries.drafts import products_in_use
from parvis.domains.copywriting.rules import judging
from parvis.domains.copywriting.rules.composing import Line
from parvis.domains.evidence import queries as evidence_queries
from parvis.science import intervals


def recheck(draft_ids: Iterable[int], *, at: datetime) -> int:
    """Judge the sentences of drafts anew; how many drafts have newly lost support. Repeating it does no harm."""
    return sum(_recheck(draft_id, at=at) for draft_id in dict.fromkeys(draft_ids))


def recheck_changed(*, at: datetime) -> int:
    """The same for drafts of products of which people have said more, or less, since the last look."""
    changed = evidence_queries.changed_at(products_in_use())
    return recheck(queries.unchecked(changed), at=at)


@transaction.atomic
def _recheck(draft_id: int, *, at: datetime) -> bool:
    row = models.Draft.objects.select_for_update().filter(pk=draft_id).first()
    if row is None:
        return False
    version = queries.version(draft_id, row.approved_version or row.version)
    profile = queries.profile(row.language)
    evidence = queries.evidence_of(row.product_id, row.language, at=at)
    standing = {part: [each for each in several if each.stands] for part, several in version.parts.items()}
    lines = {
        part: [Line(text=each.text) for each in several if not _counted(each)] for part, several in standing.items()
    }
    judged = queries.checked(lines, evidence=evidence, profile=profile)
    losses = [_loss(part, each) for part, several in judged.items() for each in several if not each.stands]
    losses += [
        {"part": part.value, "text": each.text, "fault": fault}
        for part, several in standing.items()
        for each in several
        if _counted(each) and (fault := _uncounted(each, evidence))
    ]
    fresh = bool(losses) and row.lost_at is None
    row.losses, row.checked_at = losses, at
    row.lost_at = (row.lost_at or at) if losses else None
    row.save(update_fields=["losses", "checked_at", "lost_at"])
    if fresh:
        event = CopySupportLost(
            draft_id=row.pk, product_id=row.product_id, language=row.language, sentences=len(losses)
        )
        outbox.publish(event, at=at)
    return fresh


def _counted(sentence: Sentence) -> bool:
    return any(ref.kind is RefKind.COUNT for ref in sentence.refs)


def _loss(part: Part, sentence: Sentence) -> dict[str, str]:
    return {"part": part.value, "text": sentence.text, "fault": sentence.faults[0].kind.value}


def _uncounted(sentence: Sentence, evidence: judging.Evidence) -> str:
    """A count that was said stands while at least as many say so, and those against have not become many. More voices
    on either side make it old, not untrue."""
    now = {f"count/{each.aspect}:{each.sign}": each for each in evidence.material.counts}
    for ref in sentence.refs:
        if ref.kind is RefKind.COUNT and ref.key == "count/all:pro" and evidence.material.reviews < ref.numbers[0]:
            return "number"
        if ref.kind is not RefKind.COUNT or ref.key == "count/all:pro":
            continue
        present = now.get(ref.key)
        count, against, _reviews = ref.numbers
        if present is None or present.count < count:
            return "unsupported"
        grown = present.against >= judging.FEWEST_AGAINST and present.against > against
        share = intervals.wilson(present.against, present.count + present.against)
        if ref.key.endswith(":pro") and grown and share.low >= judging.DISPUTED and present.against > 2 * against:
            return "contradicted"
    return ""
