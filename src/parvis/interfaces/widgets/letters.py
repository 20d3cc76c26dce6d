"""Proof in newsletters: tables and styles that stand in each tag, stars as characters, no script and no tracking."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Placement
from parvis.interfaces.design import marks
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.widgets.content import counted, quote_cards, star_marks, star_words

QUOTED = 220


def block(product_ids: Sequence[int], *, at: datetime) -> str:
    """The block in the language that is active: of each product its stars, its most useful quote and the way to it.

    Photos are left out: a mail cannot be taken back when a right ends. Products without reviews are left out too.
    """
    products = catalog.products(product_ids, locale=locale())
    summaries = evidence.summaries(product_ids)
    orders = evidence.ordered(product_ids, placement=Placement.STRIP, bucket=0, limit=1)
    rows = []
    for key in product_ids:
        if key not in products or key not in summaries or key not in orders:
            continue
        product, summary = products[key], summaries[key]
        url = f"{settings.PUBLIC_URL}{reverse('storefront:product', kwargs={'slug': product.slug})}"
        rows.append(
            {
                "product": product,
                "url": f"{url}?utm_source=newsletter&utm_medium=email",
                "average": marks.number(summary.average, 1) if summary.average is not None else "",
                "marks": star_marks(summary.average),
                "words": star_words(summary.average),
                "count": counted(summary.count),
                "quote": quote_cards(orders[key].proofs, url, length=QUOTED)[0],
            }
        )
    handled = f"{settings.PUBLIC_URL}{reverse('storefront:reviews_policy')}"
    context = {"rows": rows, "handled_url": handled, "at": at, "language": locale()}
    return render_to_string("widgets/letter.html", context).strip() + "\n"
