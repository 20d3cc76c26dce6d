"""The next best reviews: where one more voice would help shoppers most, and what clicks have taught."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from parvis.core.clock import now
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries
from parvis.domains.evidence.contracts import Lack, Want
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame

SHOWN = 40


@require_GET
@requires(Permission.VOICES_VIEW)
def next_reviews(request: HttpRequest) -> HttpResponse:
    """GET ?category= : products by what their next review is worth, each with what its proof lacks."""
    locale, chosen = frame.locale(), request.GET.get("category", "")
    categories = catalog.categories(locale)
    known = chosen in {row.key for row in categories}
    found = queries.lacking(at=now(), locale=locale, categories=[chosen] if known else (), limit=SHOWN)
    products = catalog.products([each.product_id for each in found], locale=locale)
    names = queries.labels(locale)
    learnt = queries.learning()
    context: dict[str, Any] = {
        "heading": _("Next best reviews"),
        "rows": [
            {
                "product": products[each.product_id],
                "viewed": marks.number(each.viewed),
                "reviews": marks.number(each.reviews),
                "newest": each.newest,
                "lacks": [_words(lack, names) for lack in each.lacks],
            }
            for each in found
            if each.product_id in products
        ],
        "categories": [("", _("All categories")), *((row.key, row.name) for row in categories)],
        "category": chosen if known else "",
        "learnt": learnt,
        "learnt_words": _learnt(learnt.reviews, learnt.moved),
    }
    return frame.page(request, "studio/next_reviews.html", context, room="next_reviews")


def _learnt(reviews: int, moved: int) -> str:
    seen = ngettext("%(n)s review seen at a known place", "%(n)s reviews seen at a known place", reviews)
    sure = ngettext("%(n)s surely helps more or less than its product’s others",
                    "%(n)s surely help more or less than their products’ others", moved)  # fmt: skip
    return f"{seen % {'n': marks.number(reviews)}} · {sure % {'n': marks.number(moved)}}"


_KINDS = {Want.FIRST: "negative", Want.FEW: "caution", Want.QUESTION: "caution", Want.OLD: "caution"}


def _words(lack: Lack, names: Mapping[str, str]) -> dict[str, str]:
    """A lack in words, with the badge it wears."""
    few = ngettext("Only %(n)s review with text", "Only %(n)s reviews with text", lack.count)
    asked = ngettext("%(n)s question nobody has answered", "%(n)s questions nobody has answered", lack.count)
    spoken = ngettext("%(aspect)s: %(n)s review", "%(aspect)s: %(n)s reviews", lack.count)
    words = {
        Want.FIRST: _("Nobody has reviewed it"),
        Want.FEW: few,
        Want.QUESTION: asked,
        Want.OLD: _("The newest is over six months old"),
        Want.PHOTO: _("No photo"),
        Want.ASPECT: spoken if lack.count else _("%(aspect)s: nobody has said"),
    }[lack.want]
    filled = {"n": marks.number(lack.count), "aspect": names.get(lack.aspect, lack.aspect)}
    return {"kind": _KINDS.get(lack.want, ""), "words": words % filled}
