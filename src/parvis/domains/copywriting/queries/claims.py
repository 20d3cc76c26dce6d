"""Claims that are barred, and what proves some of them."""

from parvis.domains.copywriting import models
from parvis.domains.copywriting.contracts import ClaimFamily, ClaimProof
from parvis.domains.copywriting.rules import claims


def claim_families() -> tuple[ClaimFamily, ...]:
    """Every family of barred claims with its law."""
    return tuple(claims.families().values())


def claim_proofs() -> tuple[ClaimProof, ...]:
    """Documents that prove claims, the latest first; ended ones left out."""
    rows = models.ClaimProof.objects.filter(ended_at=None).order_by("-at", "-id")
    return tuple(
        ClaimProof(
            id=row.pk, family=row.family, words=row.words, product_id=row.product_id, reference=row.reference,
            until=row.until, actor_name=row.actor_name, at=row.at,
        )
        for row in rows
    )  # fmt: skip
