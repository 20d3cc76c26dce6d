"""Follow voices: what is public becomes proof, what no longer is is taken back. Idempotent.

All writers take one lock: the index has one writer, and a product's summary is not computed twice at once.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from parvis.core import locks
from parvis.core.locks import Lock
from parvis.domains.evidence.actions import passages, proofs, summing, withholding
from parvis.domains.evidence.models import Proof
from parvis.domains.voices import queries as voices


@transaction.atomic
def refresh(voice_ids: Iterable[int], *, at: datetime) -> int:
    """Bring proofs, summaries and index in line with the present state of these voices; returns how many are public.

    The index follows before the commit: should the transaction fail, its next try repairs the index, and until then
    every answer is checked against the voices themselves.
    """
    asked = set(voice_ids)
    if not asked:
        return 0
    lock()
    # An answer is searched with the question it answers.
    ids = sorted(asked | voices.answers_to(asked))
    withholding.settle(ids, at=at)
    found = voices.voices(ids)
    public = [voice for voice in found.values() if voice.is_public]
    gone = [voice_id for voice_id in ids if voice_id not in found or not found[voice_id].is_public]
    before = summing.Contribution.of(ids)
    if gone:
        Proof.objects.filter(voice_id__in=gone).delete()
    proofs.write(public)
    summing.move(before, summing.Contribution.of(ids), at=at)
    passages.follow(public, gone)
    return len(public)


@transaction.atomic
def follow_products(product_ids: Iterable[int]) -> None:
    """Bring the searchable facts of these products in line with the catalogue."""
    lock()
    passages.follow_products(product_ids)


@transaction.atomic
def follow_policies() -> bool:
    """Bring the searchable terms of the shop in line with its settings; whether anything had changed."""
    lock()
    return passages.follow_policies()


def lock() -> None:
    """Let one writer at a time change evidence, until the end of the transaction."""
    locks.hold(Lock.EVIDENCE)
