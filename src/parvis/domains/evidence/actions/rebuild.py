"""Derive everything anew: after damage, a change of models, or a restore."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from parvis.domains.evidence.actions import passages, proofs, renewing, summing, vectors, withholding
from parvis.domains.evidence.actions.refresh import lock
from parvis.domains.evidence.models import ProductProof, Proof
from parvis.domains.evidence.ports import PassageIndex, shared_index
from parvis.domains.voices import queries as voices
from parvis.science.retrieval import Index

Progress = Callable[[int, int], None]


@transaction.atomic
def rebuild(*, at: datetime, progress: Progress | None = None) -> int:
    """Proofs, summaries and a new index from all public voices; the old index serves until the new one is whole.

    Returns how many voices were gone through. Memory stays that of one batch.
    """
    lock()
    total = voices.count_published()
    index, place = _new()
    for facts in passages.all_facts():
        index.add(facts)
    Proof.objects.all().delete()
    products: set[int] = set(ProductProof.objects.values_list("product_id", flat=True))
    done = 0
    for batch in voices.stream_published():
        ids = [voice.id for voice in batch]
        if withholding.settle(ids, at=at):
            batch = tuple(voices.voices(ids).values())  # noqa: PLW2901 - the same voices, as they may be shown
        products |= proofs.write(batch)
        frame = passages.passage_frame(batch)
        if frame.height:
            index.add(frame)
        done += len(batch)
        if progress is not None:
            progress(done, total)
    summing.sum_up(products, at=at)
    renewing.renewed()
    if isinstance(index, Index) and place is not None:
        vectors.keep(index)
        # While the lock is held: a batch that follows voices next must find the new index, not the old one. Should the
        # commit fail, the new index is as true as the old: both hold what voices say.
        passages.switch_to(place)
    return done


def _new() -> tuple[PassageIndex, Path | None]:
    """An index with the shop's terms: in a new folder, or the shared one (readers see the old until the commit)."""
    shared = shared_index()
    if shared is not None:
        shared.clear()
        shared.add(passages.terms())
        return shared, None
    place = passages.new_folder()
    return Index.build(passages.terms(), path=place), place
