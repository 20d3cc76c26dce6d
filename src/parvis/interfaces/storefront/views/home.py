"""The home page: what people say first, then what they say it of."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from parvis.core.clock import now
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Channel
from parvis.interfaces.storefront import strips, structured
from parvis.interfaces.storefront.cards import best_quote, film_cards, product_cards
from parvis.interfaces.storefront.pages import categories, page
from parvis.interfaces.storefront.reader import locale

SHOWN = 8
SHOTS = 12
FILMS = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The best rated products (of those with enough reviews to say), the most reviewed ones, and the ways in."""
    talked = evidence.ranked(by="count", limit=SHOWN)
    loved = [key for key in evidence.ranked(by="rating", limit=SHOWN + len(talked)) if key not in talked][:SHOWN]
    filmed = evidence.filmed(at=now(), limit=FILMS)
    shown = dict.fromkeys(key for proof in filmed if (key := proof.voice.product_id) is not None)
    found = catalog.products([*talked, *loved, *shown], locale=locale())
    summaries = evidence.summaries(found)
    cards = {card.product_id: card for card in product_cards(found.values(), summaries)}
    said = {key: best_quote(summaries[key]) for key in loved if key in cards and key in summaries}
    quotes = [{"point": point, "card": cards[key]} for key, point in said.items() if point is not None]
    newest = [] if cards else catalog.search(sort="new", locale=locale(), limit=SHOWN).items
    context = {
        "loved": [cards[key] for key in loved if key in cards],
        "talked": [cards[key] for key in talked if key in cards],
        "films": film_cards(filmed, products=found),
        "filmed": [cards[key] for key in shown if key in cards][:4],
        "newest": product_cards(newest, {}),
        "quotes": quotes[:3],
        "shots": strips.pictures(evidence.gallery(channel=Channel.SITE, at=now(), kind="photo", limit=SHOTS)),
        "categories": categories(),
        "structured": structured.home(),
    }
    return page(request, "storefront/home.html", context)


@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """ "/": the home page in the visitor's language."""
    response = redirect("storefront:home")
    response["Vary"] = "Accept-Language, Cookie"
    return response
