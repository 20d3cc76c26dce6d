"""All reviews of a product, filtered and sorted; votes."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.core.clock import now
from parvis.core.numbers import page_number
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Order, Sign, Summary
from parvis.domains.voices import actions, queries
from parvis.interfaces.design import shapes
from parvis.interfaces.storefront import cards, structured
from parvis.interfaces.storefront.pages import VOTING, limit, page, voter_of
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.storefront.views.product import crumbs_of, verdict
from parvis.interfaces.storefront.views.reporting import home_of

SIZE = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Filters of the reviews page; unknown values are left out."""

    sort: Order
    aspect: str
    polarity: str
    stars: int | None
    photo: bool
    video: bool
    verified: bool
    language: str
    number: int

    @classmethod
    def read(cls, request: HttpRequest) -> "Asked":
        query = request.GET
        sort, stars, number = query.get("sort", ""), query.get("stars", ""), query.get("page", "")
        aspect = query.get("aspect", "")
        known = aspect in evidence.labels(locale()) and ":" not in aspect
        return cls(
            sort=Order(sort) if sort in set(Order) else Order.USEFUL,
            aspect=aspect if known else "",
            polarity=query.get("polarity", "") if known and query.get("polarity") in set(Sign) else "",
            stars=int(stars) if stars in set("12345") else None,
            photo=query.get("photo") == "1",
            video=query.get("video") == "1",
            verified=query.get("verified") == "1",
            language=query.get("language", "") if query.get("language") in ("fr", "en") else "",
            number=page_number(number, most=1000),
        )

    @property
    def filtered(self) -> bool:
        return bool(self.aspect or self.stars or self.photo or self.video or self.verified or self.language)


@require_safe
def reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of reviews. htmx gets the same page and takes the part it wants."""
    detail = catalog.product_by_slug(slug, locale=locale())
    asked = Asked.read(request)
    summary = evidence.summary(detail.product.id)
    shown = evidence.shown_for(
        detail.product.id,
        sort=asked.sort,
        aspect=asked.aspect or None,
        polarity=asked.polarity or None,
        stars=asked.stars,
        language=asked.language or None,
        with_photo=asked.photo,
        with_video=asked.video,
        verified=asked.verified,
        offset=(asked.number - 1) * SIZE,
        limit=SIZE,
    )
    voted = queries.votes_of(voter_of(request, at=now()), [proof.voice.id for proof in shown.proofs])
    url = reverse("storefront:reviews", kwargs={"slug": slug})
    context: dict[str, Any] = {
        "product": detail.product,
        "summary": summary,
        "asked": asked,
        "shown": shown,
        "first": (asked.number - 1) * SIZE + 1,
        "reviews": cards.review_cards(shown.proofs, voted=voted, explain=asked.sort is Order.USEFUL),
        "pages": shapes.Pages(asked.number, shown.total, SIZE),
        "chips": _chips(summary, asked),
        "sorts": _sorts(),
        "what": _what(asked),
        "canonical": url if asked.number == 1 else f"{url}?page={asked.number}",
        "structured": structured.product_reviews(detail, summary, shown.proofs, crumbs_of(detail.product)),
        **verdict(summary, url),
    }
    return page(request, "storefront/reviews.html", context)


def _chips(summary: Summary | None, asked: Asked) -> list[dict[str, Any]]:
    """The aspects that people speak of most on this product."""
    if summary is None:
        return []
    names = evidence.labels(locale())
    counts: dict[str, int] = {}
    for point in (*summary.pros, *summary.cons):
        counts[point.aspect] = counts.get(point.aspect, 0) + point.count
    order = sorted(counts, key=lambda aspect: -counts[aspect])
    if asked.aspect and asked.aspect not in counts:
        order.insert(0, asked.aspect)
    return [
        {
            "value": aspect,
            "label": names.get(aspect, aspect),
            "count": counts.get(aspect),
            "chosen": aspect == asked.aspect,
        }
        for aspect in order[:10]
    ]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("useful", gettext("Most useful first")),
        ("recent", gettext("Most recent first")),
        ("high", gettext("Best ratings first")),
        ("low", gettext("Worst ratings first")),
    ]


def _what(asked: Asked) -> str:
    """The filter in words, for the heading and for screen readers."""
    names = evidence.labels(locale())
    parts = []
    if asked.aspect:
        key = f"{asked.aspect}:{asked.polarity}" if asked.polarity else asked.aspect
        parts.append(names.get(key, asked.aspect))
    if asked.stars:
        parts.append(gettext("%(stars)d stars") % {"stars": asked.stars})
    if asked.photo:
        parts.append(gettext("with photos"))
    if asked.video:
        parts.append(gettext("with a video"))
    if asked.verified:
        parts.append(gettext("verified purchases"))
    return ", ".join(parts)


@never_cache
@require_POST
def vote(request: HttpRequest, voice_id: int) -> HttpResponse:
    """Helpful, not helpful, or taken back. A script gets the counts, a form goes back to the review."""
    at = now()
    limit(request, VOTING, at=at)
    given = request.POST.get("value", "")
    value = int(given) if given in ("-1", "0", "1") else 0
    try:
        up, down = actions.vote(voice_id=voice_id, voter=voter_of(request, at=at), value=value, at=at)
    except actions.OwnVoice:
        told = gettext("You cannot vote on what you wrote yourself.")
        if _by_script(request):
            return JsonResponse({"message": told}, status=409)
        messages.warning(request, told)
        return redirect(home_of(queries.voice(voice_id)))
    if _by_script(request):
        return JsonResponse({"up": up, "down": down})
    return redirect(home_of(queries.voice(voice_id)))


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"
