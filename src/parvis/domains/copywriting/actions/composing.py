"""Drafts made by templates, changed by people, taken back to an earlier version."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from parvis.core.errors import Invalid
from parvis.domains.copywriting import models, queries
from parvis.domains.copywriting.actions.appending import Hand, append
from parvis.domains.copywriting.contracts import Draft, DraftState, Kind, Part, Written, part_keys
from parvis.domains.copywriting.rules import composing
from parvis.domains.copywriting.rules.composing import Line
from parvis.science import support

LONGEST = 6_000
_ONE_LINE = frozenset({Part.TITLE})


def compose(
    *,
    product_id: int,
    language: str,
    kind: Kind | str,
    actor_id: int | None,
    actor_name: str,
    at: datetime,
    seed: int = 1,
    provenance: Mapping[str, str] | None = None,
) -> Draft:
    """A new draft by templates; the same for the same seed, facts, voices and profile. Raises Invalid, NotFound."""
    if language not in ("fr", "en"):
        raise Invalid(field="language", problem="fr or en")
    wanted = Kind(kind)
    profile = queries.profile(language)
    evidence = queries.evidence_of(product_id, language, at=at)
    lines = composing.compose(wanted, material=evidence.material, profile=profile, seed=seed)
    parts = queries.checked(lines, evidence=evidence, profile=profile)
    with transaction.atomic():
        row = models.Draft.objects.create(
            product_id=product_id, language=language, kind=wanted, state=DraftState.DRAFT, created_at=at,
            changed_at=at, provenance=dict(provenance or {}),
        )  # fmt: skip
        return append(
            draft_id=row.pk,
            base=0,
            parts=parts,
            at=at,
            by=Hand(
                written=Written.TEMPLATES, actor_id=actor_id, actor_name=actor_name, seed=seed, profile=profile.version
            ),
        )


def compose_again(*, draft_id: int, base: int, seed: int, actor_id: int | None, actor_name: str, at: datetime) -> Draft:
    """Another version by templates. Raises Edited, NotFound."""
    found = queries.draft(draft_id)
    profile = queries.profile(found.language)
    evidence = queries.evidence_of(found.product_id, found.language, at=at)
    lines = composing.compose(found.kind, material=evidence.material, profile=profile, seed=seed)
    parts = queries.checked(lines, evidence=evidence, profile=profile)
    return append(
        draft_id=draft_id,
        base=base,
        parts=parts,
        at=at,
        by=Hand(
            written=Written.TEMPLATES, actor_id=actor_id, actor_name=actor_name, seed=seed, profile=profile.version
        ),
    )


def save(
    *, draft_id: int, base: int, texts: Mapping[Part, str], actor_id: int | None, actor_name: str, at: datetime
) -> Draft:
    """Keep what a person wrote as a new version, each sentence judged; parts left out stay. The same words make no new
    version. Raises Edited, Invalid, NotFound."""
    found = queries.draft(draft_id)
    for text in texts.values():
        if len(text) > LONGEST:
            raise Invalid(field="text", problem=f"at most {LONGEST} characters")
    lines: dict[Part, Sequence[Line]] = {}
    changed = False
    for part in part_keys("text" if found.kind is Kind.TEXT else "script"):
        kept = " ".join(each.text for each in found.current.parts.get(part, ()))
        text = " ".join(texts.get(part, kept).replace("\0", "").split())
        changed = changed or text != kept
        lines[part] = cut(part, text)
    if not changed and base == found.version:
        return found
    profile = queries.profile(found.language)
    evidence = queries.evidence_of(found.product_id, found.language, at=at)
    parts = queries.checked(lines, evidence=evidence, profile=profile)
    return append(
        draft_id=draft_id,
        base=base,
        parts=parts,
        at=at,
        by=Hand(written=Written.PERSON, actor_id=actor_id, actor_name=actor_name, profile=profile.version),
    )


def restore(*, draft_id: int, base: int, number: int, actor_id: int | None, actor_name: str, at: datetime) -> Draft:
    """Make an earlier version the present one again, as a new version, judged by what is known now."""
    earlier = queries.version(draft_id, number)
    texts = {part: " ".join(each.text for each in several) for part, several in earlier.parts.items()}
    return save(draft_id=draft_id, base=base, texts=texts, actor_id=actor_id, actor_name=actor_name, at=at)


def cut(part: Part, text: str) -> list[Line]:
    """A part as lines to judge."""
    if part in _ONE_LINE:
        return [Line(text=text)] if text else []
    return [Line(text=each) for each in support.sentences(text)]
