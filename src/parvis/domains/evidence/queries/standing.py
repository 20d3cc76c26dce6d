"""One text that changes with all that is derived for a product: what kept pages are known by."""

from django.db import connection

# Proofs of the product, and the frequent questions its page may show: its own, its category's and the shop's.
DERIVED = """
concat_ws('|', (SELECT revision FROM evidence_productproof WHERE product_id = %s),
  (SELECT concat_ws(':', count(*), max(entry.changed_at), sum(entry.revision))
   FROM evidence_faqentry entry JOIN evidence_faqneed need ON need.id = entry.need_id
   WHERE entry.state = 'approved' AND (need.product_id IS NULL OR need.product_id = %s)))
"""


def revision(product_id: int) -> str:
    """A text that changes with all that is derived for a product: its proofs, and frequent questions that its page may
    show. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {DERIVED}", [product_id, product_id])
        return str(cursor.fetchone()[0])
