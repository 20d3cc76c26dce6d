"""How many lean which way on some aspects of a product, whatever else is said of it."""

from collections.abc import Iterable, Mapping

from parvis.domains.evidence.contracts import AspectCount
from parvis.domains.evidence.models import ProductProof
from parvis.domains.evidence.queries.summary import to_point


def points(wanted: Mapping[int, Iterable[str]]) -> dict[int, tuple[AspectCount, ...]]:
    """Of each product, the leanings on its ``wanted`` aspects, the most shared first. One statement."""
    asked = {product_id: frozenset(aspects) for product_id, aspects in wanted.items()}
    if not asked:
        return {}
    rows = ProductProof.objects.filter(product_id__in=asked).values_list("product_id", "aspects")
    return {
        product_id: tuple(to_point(each) for each in stored if each["aspect"] in asked[product_id])
        for product_id, stored in rows
    }
