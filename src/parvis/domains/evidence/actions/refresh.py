"""Follow voices: what is public becomes proof, what no longer is is taken back. Idempotent.

All writers take one lock: the index has one writer, and a product's summary is not computed twice at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from parvis.domains.evidence import rules
from parvis.domains.evidence.actions import passages, summing
from parvis.domains.evidence.models import Leaning, Proof
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice, VoiceKind
from parvis.science import text

_LOCK = 7272


@transaction.atomic
def refresh(voice_ids: Iterable[int], *, at: datetime) -> int:
    """Bring proofs, summaries and index in line with the present state of these voices; returns how many are public.

    The index follows before the commit: should the transaction fail, its next try repairs the index, and until then
    every answer is checked against the voices themselves.
    """
    ids = sorted(set(voice_ids))
    if not ids:
        return 0
    lock()
    found = voices.voices(ids)
    public = [voice for voice in found.values() if voice.is_public]
    gone = [voice_id for voice_id in ids if voice_id not in found or not found[voice_id].is_public]
    products = set(Proof.objects.filter(voice_id__in=ids).values_list("product_id", flat=True))
    Proof.objects.filter(voice_id__in=gone).delete()
    products |= write(public)
    summing.sum_up(products, at=at)
    passages.follow(public, gone)
    return len(public)


def lock() -> None:
    """Let one writer at a time change evidence, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def write(public: Sequence[Voice]) -> set[int]:
    """Write proofs and leanings of public reviews; returns their products."""
    reviews = [voice for voice in public if voice.kind is VoiceKind.REVIEW and voice.product_id is not None]
    if not reviews:
        return set()
    ranked = text.rank_reviews(passages.review_frame(reviews)).select("score", "reasons").rows()
    rows = [_proof(voice, score, reasons) for voice, (score, reasons) in zip(reviews, ranked, strict=True)]
    updated = [field.name for field in Proof._meta.concrete_fields if not field.primary_key]
    Proof.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["voice"], update_fields=updated, batch_size=1000
    )
    Leaning.objects.filter(proof_id__in=[voice.id for voice in reviews]).delete()
    leanings = [each for voice, row in zip(reviews, rows, strict=True) for each in _leanings(voice, row.score)]
    Leaning.objects.bulk_create(leanings, batch_size=2000)
    return {voice.product_id for voice in reviews if voice.product_id is not None}


def _proof(voice: Voice, score: float, reasons: Sequence[str]) -> Proof:
    return Proof(
        voice_id=voice.id,
        product_id=_product(voice),
        score=score,
        reasons=list(reasons),
        stars=voice.stars,
        submitted_at=voice.submitted_at,
        language=voice.language,
        verified=voice.verified,
        has_text=bool(voice.text.strip()),
        has_photo=bool(voice.media),
        traits=sorted({f"{aspect}:{sign}" for aspect, sign, *_ in _leaning_spans(voice)}),
        simulated=sorted(name for name, origin in voice.provenance.items() if origin == "simulated"),
    )


def _product(voice: Voice) -> int:
    if voice.product_id is None:
        raise ValueError(f"review {voice.id} is about no product")
    return voice.product_id


def _leaning_spans(voice: Voice) -> list[tuple[str, str, float, int, int]]:
    """The strongest span of each (aspect, leaning) of a voice: a review counts once each way."""
    best: dict[tuple[str, str], tuple[str, str, float, int, int]] = {}
    for span in voice.reading.aspects if voice.reading else ():
        sign = rules.sign_of(span.polarity)
        if sign is None or not 0 <= span.start < span.end <= len(voice.text):
            continue
        known = best.get((span.aspect, sign))
        if known is None or abs(span.polarity) > abs(known[2]):
            best[span.aspect, sign] = (span.aspect, sign, span.polarity, span.start, span.end)
    return list(best.values())


def _leanings(voice: Voice, score: float) -> list[Leaning]:
    return [
        Leaning(
            proof_id=voice.id,
            product_id=_product(voice),
            aspect=aspect,
            polarity=polarity,
            score=score,
            start=start,
            end=end,
            quote=rules.shorten(voice.text[start:end].strip()),
        )
        for aspect, _, polarity, start, end in _leaning_spans(voice)
    ]
