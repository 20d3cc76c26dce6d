"""Legal texts by their kind and version."""

from parvis.core.errors import NotFound
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts.legal import LegalKind, LegalText


def to_legal(row: models.LegalText) -> LegalText:
    return LegalText(
        kind=LegalKind(row.kind),
        version=row.version,
        text_en=row.text_en,
        text_fr=row.text_fr,
        own=row.own,
        actor_id=row.actor_id,
        at=row.at,
    )


def legal_text(kind: LegalKind, version: int) -> LegalText:
    """One version, as it was. Raises NotFound."""
    row = models.LegalText.objects.filter(kind=kind.value, version=version).first()
    if row is None:
        raise NotFound(kind="legal text", key=f"{kind.value} {version}")
    return to_legal(row)


def legal_versions(kind: LegalKind) -> tuple[LegalText, ...]:
    """All versions, the newest first."""
    return tuple(to_legal(row) for row in models.LegalText.objects.filter(kind=kind.value))
