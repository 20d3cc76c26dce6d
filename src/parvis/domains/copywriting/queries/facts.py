"""The facts of a product: what the catalogue states, without what was published from here."""

from parvis.domains.catalog import queries as catalog
from parvis.domains.copywriting import models


def facts_text(product_id: int, language: str) -> tuple[str, str, bool]:
    """(name, description, edited here) to take facts from. Four statements.

    A text published from a draft is no fact of the next one: then the words of before count. Raises NotFound.
    """
    record = catalog.record(product_id)
    name, description = getattr(record, f"name_{language}"), getattr(record, f"description_{language}")
    sheet = models.FactSheet.objects.filter(product_id=product_id, language=language).first()
    if sheet is None:
        return name, description, False
    rows = models.Publication.objects.filter(
        draft__product_id=product_id, draft__language=language, undone_at=None
    ).values_list("after", flat=True)
    ours = {value for after in rows for value in after.values()}
    kept_name = sheet.name if name in ours and sheet.name else name
    if sheet.edited:
        return kept_name, sheet.text, True
    return kept_name, sheet.text if description in ours else description, False
