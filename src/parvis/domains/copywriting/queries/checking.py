"""Sentences judged against what is known of a product now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from parvis.domains.copywriting import models
from parvis.domains.copywriting.contracts import Material, Part, Profile, Ref, RefKind, Sentence
from parvis.domains.copywriting.queries.material import material as material_of
from parvis.domains.copywriting.rules import judging
from parvis.domains.copywriting.rules.composing import Line
from parvis.domains.voices import queries as voices
from parvis.science import support

_LEANT_ON = 60  # passages of voices that a sentence is compared with


def evidence_of(product_id: int, language: str, *, at: datetime, material: Material | None = None) -> judging.Evidence:
    """What sentences about a product may lean on, read once for any number of sentences."""
    known = material or material_of(product_id, language)
    facts = [Ref(kind=RefKind.FACT, key=key, quote=text) for key, text in known.facts.items()]
    read = _aspects([ref.quote for ref in facts], language, known.kind)
    pairs = [
        (ref, _source(n, ref.quote, language, aspects))
        for n, (ref, aspects) in enumerate(zip(facts, read, strict=True))
    ]
    pairs += [_counted(known, n) for n in range(len(known.counts))]
    for ref in [each for each in known.said if each.key.count("/") == 2][:_LEANT_ON]:
        aspect, _, sign = ref.key.rpartition("/")[2].partition(":")
        pairs.append(
            (
                ref,
                _source(
                    ref.voice_id,
                    ref.quote,
                    known.languages.get(ref.voice_id, ""),
                    [(aspect, 1.0 if sign == "pro" else -1.0)],
                ),
            )
        )
    rows = models.ClaimProof.objects.filter(ended_at=None).exclude(until__lte=at)
    proofs = rows.filter(product__isnull=True) | rows.filter(product_id=product_id)
    return judging.Evidence(material=known, supports=tuple(pairs), proofs=tuple(proofs.values_list("family", "words")))


def _counted(known: Material, number: int) -> tuple[Ref, support.Source]:
    count = known.counts[number]
    text = judging.count_text(count, known.labels, known.language)
    ref = Ref(
        kind=RefKind.COUNT,
        key=f"count/{count.aspect}:{count.sign}",
        quote=text,
        numbers=(count.count, count.against, count.reviews),
    )
    sign = 1.0 if count.sign == "pro" else -1.0
    return ref, _source(number, text, known.language, [(count.aspect, sign)])


def _source(rank: int, text: str, language: str, aspects: Sequence[tuple[str, float]]) -> support.Source:
    return support.Source(rank=rank, text=text, language=language, aspects=aspects)


def checked(
    parts: Mapping[Part, Sequence[Line]], *, evidence: judging.Evidence, profile: Profile
) -> dict[Part, tuple[Sentence, ...]]:
    """Every line judged; all are read together."""
    lines = [(part, line) for part, several in parts.items() for line in several if line.text.strip()]
    material = evidence.material
    read = _aspects([line.text for _part, line in lines], material.language, material.kind)
    made: dict[Part, list[Sentence]] = {part: [] for part in parts}
    for (part, line), aspects in zip(lines, read, strict=True):
        made[part].append(
            judging.judge(line.text, evidence=evidence, profile=profile, aspects=aspects, cited=line.keys)
        )
    return {part: tuple(sentences) for part, sentences in made.items()}


def _aspects(texts: Sequence[str], language: str, kind: str | None) -> list[list[tuple[str, float]]]:
    import polars as pl

    from parvis.science import text

    if not texts:
        return []
    schema: dict[str, Any] = {"id": pl.Int64, "text": pl.String, "language": pl.String, "kind": pl.String}
    rows = [(n, each, language, kind) for n, each in enumerate(texts)]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    read = text.read(frame, aspects=voices.reading_set().cues)
    return [[(each["aspect"], each["polarity"]) for each in found] for found in read["aspects"]]
