"""After an upgrade whose code derives something new or otherwise: everything is derived anew, slice by slice, while
the shop runs on what it has. Nobody has to think of it, the start waits for nothing, and a stopped worker goes on."""

from datetime import datetime

from django.db import transaction

from parvis.domains.evidence.actions import summing
from parvis.domains.evidence.actions.refresh import lock, refresh
from parvis.domains.evidence.models import ProductProof, Renewal
from parvis.domains.voices import queries as voices

# Raise it when proofs, their quotes, sums or what is withheld are derived otherwise. A new shape of the index has a
# name of its own (queries.files.SHAPE) and is rebuilt at once, since nothing can be searched without it.
DERIVED = 1
VOICES, PRODUCTS = "voices", "products"


def renew(*, at: datetime, limit: int = 300) -> int:
    """The next slice of what an older version derived; how many voices or products it held, 0 when nothing is left."""
    if Renewal.objects.filter(id=1, version=DERIVED).exists():
        return 0
    with transaction.atomic():
        lock()  # before the row, as everybody who derives
        row, _made = Renewal.objects.select_for_update().get_or_create(id=1)
        if row.version is None:  # what there is, this code has derived
            _done(row)
        if row.version == DERIVED:
            return 0
        if row.phase == VOICES:
            ids = [voice.id for voice in voices.published_after(row.after, limit=limit)]
            refresh(ids, at=at)
        else:
            rows = ProductProof.objects.filter(product_id__gt=row.after).order_by("product_id")
            ids = list(rows.values_list("product_id", flat=True)[:limit])
            summing.sum_up(ids, at=at)
        if ids:
            row.after = ids[-1]
        elif row.phase == VOICES:
            row.phase, row.after = PRODUCTS, 0
        else:
            _done(row)
        row.save()
        return max(len(ids), 1)


def renewed() -> None:
    """Everything has just been derived by this version."""
    row, _made = Renewal.objects.get_or_create(id=1)
    _done(row)


def _done(row: Renewal) -> None:
    row.version, row.phase, row.after = DERIVED, VOICES, 0
    row.save()
