"""Public reviews as proofs and leanings, written many at a time.

Two statements for any number of rows, from JSON: building as many ORM objects would cost several times the rest.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from parvis.domains.evidence import rules
from parvis.domains.evidence.actions.passages import review_frame
from parvis.domains.evidence.models import Lesson
from parvis.domains.voices.contracts import Voice, VoiceKind
from parvis.science import proof_quotes, text

_PROOFS = """
INSERT INTO evidence_proof (voice_id, product_id, score, reasons, stars, submitted_at, language, verified, has_text,
  has_photo, has_video, traits, simulated)
SELECT voice_id, product_id, score, reasons, stars, submitted_at, language, verified, has_text, has_photo, has_video,
  traits, simulated
FROM json_to_recordset(%s::json) AS row(voice_id bigint, product_id bigint, score float8, reasons varchar[],
  stars smallint, submitted_at timestamptz, language varchar, verified boolean, has_text boolean, has_photo boolean,
  has_video boolean, traits varchar[], simulated varchar[])
ON CONFLICT (voice_id) DO UPDATE SET product_id = excluded.product_id, score = excluded.score,
  reasons = excluded.reasons, stars = excluded.stars, submitted_at = excluded.submitted_at,
  language = excluded.language, verified = excluded.verified, has_text = excluded.has_text,
  has_photo = excluded.has_photo, has_video = excluded.has_video, traits = excluded.traits,
  simulated = excluded.simulated
"""
_LEANINGS = """
INSERT INTO evidence_leaning (proof_id, product_id, aspect, polarity, score, start, "end", quote)
SELECT proof_id, product_id, aspect, polarity, score, start, "end", quote
FROM json_to_recordset(%s::json) AS row(proof_id bigint, product_id bigint, aspect varchar, polarity float8,
  score float8, start int, "end" int, quote varchar)
"""
_Span = tuple[str, str, proof_quotes.Claim]  # aspect, sign, where and how much


def write(public: Sequence[Voice]) -> set[int]:
    """Write proofs and leanings of public reviews; returns their products."""
    reviews = [voice for voice in public if voice.kind is VoiceKind.REVIEW and voice.product_id is not None]
    if not reviews:
        return set()
    taught = dict(Lesson.objects.filter(voice_id__in=[v.id for v in reviews]).values_list("voice_id", "shift"))
    ranked = text.rank_reviews(review_frame(reviews, taught)).select("score", "reasons").rows()
    proofs: list[dict[str, Any]] = []
    leanings: list[dict[str, Any]] = []
    for voice, (score, reasons) in zip(reviews, ranked, strict=True):
        spans = _spans(voice)
        proofs.append(_proof(voice, score, reasons, spans))
        claims = [claim for _, _, claim in spans]
        leanings += [
            _leaning(voice, score, span, [claim for claim in claims if claim is not span[2]]) for span in spans
        ]
    with connection.cursor() as cursor:
        cursor.execute(_PROOFS, [json.dumps(proofs)])
        cursor.execute("DELETE FROM evidence_leaning WHERE proof_id = ANY(%s)", [[voice.id for voice in reviews]])
        cursor.execute(_LEANINGS, [json.dumps(leanings)])
    return {proof["product_id"] for proof in proofs}


def _proof(voice: Voice, score: float, reasons: Sequence[str], spans: Sequence[_Span]) -> dict[str, Any]:
    return {
        "voice_id": voice.id,
        "product_id": voice.product_id,
        "score": score,
        "reasons": list(reasons),
        "stars": voice.stars,
        "submitted_at": voice.submitted_at.isoformat(),
        "language": voice.language,
        "verified": voice.verified,
        "has_text": bool(voice.text.strip()),
        "has_photo": bool(voice.media),
        "has_video": voice.video is not None and voice.video.shown,
        "traits": sorted({f"{aspect}:{sign}" for aspect, sign, *_ in spans}),
        "simulated": sorted(name for name, origin in voice.provenance.items() if origin == "simulated"),
    }


def _leaning(voice: Voice, score: float, span: _Span, others: Sequence[proof_quotes.Claim]) -> dict[str, Any]:
    aspect, _, claim = span
    worth = proof_quotes.worth(voice.text, claim, others=others, usefulness=score)
    fit = worth > 0 and rules.quotable(aspect, claim.polarity, voice.stars)
    return {
        "proof_id": voice.id,
        "product_id": voice.product_id,
        "aspect": aspect,
        "polarity": claim.polarity,
        "score": worth,
        "start": claim.start,
        "end": claim.end,
        "quote": rules.shorten(" ".join(voice.text[claim.start : claim.end].split())) if fit else "",
    }


def _says(text: str, claim: proof_quotes.Claim) -> tuple[bool, bool, float]:
    """How clearly a passage says its claim: whole before cut off, judging before naming, then by how much it leans."""
    judges = claim.to <= claim.at or not proof_quotes.names_only(text[claim.at : claim.to])
    return proof_quotes.finished(text, claim.end), judges, abs(claim.polarity)


def _spans(voice: Voice) -> list[_Span]:
    """The strongest span of each (aspect, leaning) of a voice: a review counts once each way."""
    best: dict[tuple[str, str], _Span] = {}
    for span in voice.reading.aspects if voice.reading else ():
        sign = rules.sign_of(span.polarity)
        if sign is None or not 0 <= span.start < span.end <= len(voice.text):
            continue
        known = best.get((span.aspect, sign))
        claim = proof_quotes.Claim(
            start=span.start, end=span.end, at=span.at, to=span.to, polarity=span.polarity
        )  # fmt: skip
        if known is None or _says(voice.text, claim) > _says(voice.text, known[2]):
            best[span.aspect, sign] = (span.aspect, sign, claim)
    return list(best.values())
