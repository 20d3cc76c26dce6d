"""A voice is withdrawn: answers that rest on it lose it, and leave the page when too little is left."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from parvis.domains.evidence import rules
from parvis.domains.evidence.actions.faq.proposing import keep_version
from parvis.domains.evidence.contracts import FaqReason, FaqState
from parvis.domains.evidence.models import FaqAsked, FaqEntry, FaqSupport
from parvis.domains.voices import queries as voices

_QUOTED = 16  # letters of a quote that stand in a text: shorter ones are common words


@transaction.atomic
def follow_faq(voice_ids: Iterable[int], *, at: datetime) -> int:
    """Take back what these voices supported or asked where they are no longer public; returns how many entries were
    retracted. Idempotent."""
    ids = set(voice_ids)
    gone = ids - voices.public_among(ids)
    if not gone:
        return 0
    FaqAsked.objects.filter(voice_id__in=gone).delete()
    lost: dict[int, list[str]] = {}
    for entry_id, quote in FaqSupport.objects.filter(voice_id__in=gone).values_list("entry_id", "quote"):
        lost.setdefault(entry_id, []).append(quote)
    retracted = 0
    for entry in FaqEntry.objects.select_for_update(no_key=True).filter(pk__in=lost).order_by("pk"):
        entry.supports.filter(voice_id__in=gone).delete()
        quoted = _forget(entry, lost[entry.pk])
        reason = rules.lost_reason(left=entry.supports.count(), at_approval=entry.supports_at_approval, quoted=quoted)
        if reason is not None and entry.state in (FaqState.APPROVED, FaqState.PROPOSED):
            _retract(entry, reason, at=at)
            retracted += 1
        else:
            entry.changed_at = at
            entry.save(update_fields=["changed_at"])
    return retracted


def _forget(entry: FaqEntry, quotes: Iterable[str]) -> bool:
    """Blank answers, of the entry and of its versions, that hold words of somebody who took them back; whether the
    entry's own did."""
    cores = [core for quote in quotes if len(core := _core(quote)) >= _QUOTED]
    for version in entry.versions.exclude(answer=""):
        if _holds(version.answer, cores):
            version.answer = ""
            version.save(update_fields=["answer"])
    quoted = _holds(entry.answer, cores)
    if quoted:
        entry.answer = ""
    return quoted


def _holds(answer: str, cores: Iterable[str]) -> bool:
    said = " ".join(answer.casefold().split())
    return any(core in said for core in cores)


def _core(quote: str) -> str:
    return " ".join(quote.casefold().split()).strip(" .…!")[:120]


def _retract(entry: FaqEntry, reason: FaqReason, *, at: datetime) -> None:
    entry.state, entry.reason = FaqState.RETRACTED, reason
    entry.revision += 1
    entry.changed_at = at
    entry.save()
    keep_version(entry, actor_id=None, at=at)
