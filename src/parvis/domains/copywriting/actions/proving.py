"""Documents that prove claims."""

from datetime import datetime

from django.db import transaction

from parvis.core.errors import Invalid, NotFound
from parvis.domains.copywriting import models
from parvis.domains.copywriting.contracts import Verdict
from parvis.domains.copywriting.rules import claims
from parvis.domains.people import actions as people


@transaction.atomic
def add_proof(
    *,
    family: str,
    words: str,
    reference: str,
    product_id: int | None,
    until: datetime | None,
    actor_id: int | None,
    actor_name: str,
    at: datetime,
) -> int:
    """Note the document that proves a claim. Raises Invalid where no proof can make the claim lawful here."""
    found = claims.families().get(family)
    if found is None or found.verdict is not Verdict.PROOF:
        raise Invalid(field="family", problem="no document makes claims of this family lawful")
    said = " ".join(words.split())[:120]
    if family not in {hit.family for language in ("en", "fr") for hit in claims.found(said, language)}:
        raise Invalid(field="words", problem="these words are no claim of this family")
    told = " ".join(reference.split())[:300]
    if len(told) < 5:
        raise Invalid(field="reference", problem="name the document: number, laboratory, date")
    row = models.ClaimProof.objects.create(
        family=family, words=said, product_id=product_id, reference=told, until=until, actor_id=actor_id,
        actor_name=actor_name[:150], at=at,
    )  # fmt: skip
    detail = {"family": family, "words": said, "reference": told}
    people.note(
        actor_id=actor_id, verb="copy.proof_added", subject_kind="claim", subject_id=str(row.pk), detail=detail, at=at
    )
    return row.pk


@transaction.atomic
def end_proof(*, proof_id: int, actor_id: int | None, at: datetime) -> None:
    """The document counts no more. Raises NotFound."""
    if not models.ClaimProof.objects.filter(pk=proof_id, ended_at=None).update(ended_at=at):
        raise NotFound(kind="proof", key=proof_id)
    people.note(
        actor_id=actor_id, verb="copy.proof_ended", subject_kind="claim", subject_id=str(proof_id), detail={}, at=at
    )
