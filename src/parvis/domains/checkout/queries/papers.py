"""Invoices and credit notes that were made."""

from parvis.core import prepared
from parvis.core.errors import NotFound
from parvis.core.money import Money
from parvis.core.prepared import Given
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import Paper, PaperKind

_PAPERS = prepared.Select(lambda: models.Paper.objects.filter(order=Given("order")).defer("pdf", "content"))


def papers(order_id: int) -> tuple[Paper, ...]:
    """The papers of an order, first to last. One statement."""
    return tuple(to_paper(row) for row in _PAPERS.rows(order=order_id))


def paper_file(paper_id: int) -> bytes:
    """The bytes of a paper, as they were made. Raises NotFound."""
    found = models.Paper.objects.filter(id=paper_id).values_list("pdf", flat=True).first()
    if found is None:
        raise NotFound(kind="paper", key=paper_id)
    return bytes(found)


def to_paper(row: models.Paper) -> Paper:
    return Paper(
        id=row.id,
        kind=PaperKind(row.kind),
        number=row.number,
        order_id=row.order_id,
        refund_id=row.refund_id,
        locale=row.locale,
        total=Money(row.total_minor, row.currency),
        sha256=row.sha256,
        issued_at=row.issued_at,
    )
