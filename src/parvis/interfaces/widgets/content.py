"""What a widget shows: proofs in the order drawn for its reader, photos and videos that are cleared for other sites."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from parvis.core.errors import NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Channel, Ordered, Placement, Proof, Summary, Widget, WidgetKind
from parvis.domains.evidence.web import structured
from parvis.domains.voices.contracts import Voice
from parvis.domains.voices.web import incentive_label
from parvis.interfaces.design import marks
from parvis.interfaces.design.films import film
from parvis.interfaces.storefront import cards
from parvis.interfaces.storefront.reader import locale
from parvis.science.proof_quotes import opening

QUOTED = 170  # characters that fit on a card
# Reserved before anything is there, so that nothing moves when it comes: pixels, as the style sheet has them.
HEIGHTS = {WidgetKind.RATING: 32, WidgetKind.QUOTES: 300, WidgetKind.PHOTOS: 284, WidgetKind.VIDEOS: 404}
STARS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One proof of a widget."""

    voice_id: int
    url: str
    author: str
    at: datetime
    stars: int | None = None
    star_words: str = ""
    star_marks: str = ""
    title: str = ""
    text: str = ""
    language: str = ""
    notes: Sequence[str] = ()
    image: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0
    length: str = ""
    place: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """Everything that the templates of a widget are given. ``height`` in pixels."""

    widget: Widget
    product: Product
    url: str
    summary: Summary | None
    cards: Sequence[Card]
    height: int
    plan: int = 0
    bucket: int = 0
    average: str = ""
    average_marks: str = ""
    average_words: str = ""
    count: str = ""
    handled_url: str = ""
    graph: dict[str, Any] = field(default_factory=dict)


def product_id_of(widget: Widget, ref: str) -> int:
    """The product that a page means by ``ref``: our address of it, its name in the other system, or an article number.
    A widget made for one product shows that one. Raises NotFound."""
    if widget.product_id is not None:
        return widget.product_id
    found = catalog.products_by_ref([ref]).get(ref) if ref.isprintable() and len(ref) <= 200 else None
    if found is None:
        raise NotFound(kind="product", key=ref[:80])
    return found


def content(widget: Widget, product_id: int, *, bucket: int, at: datetime) -> Content:
    """What the widget shows of a product, in the language that is active. Raises NotFound."""
    product = catalog.products([product_id], locale=locale()).get(product_id)
    if product is None:
        raise NotFound(kind="product", key=product_id)
    summary = evidence.summary(product_id)
    url = f"{settings.PUBLIC_URL}{reverse('storefront:product', kwargs={'slug': product.slug})}"
    drawn: Ordered | None = None
    if widget.kind is WidgetKind.QUOTES:
        orders = evidence.ordered([product_id], placement=Placement.WIDGET, bucket=bucket, limit=widget.shown)
        drawn = orders.get(product_id)
        shown = quote_cards(drawn.proofs, url) if drawn else []
    elif widget.kind is WidgetKind.RATING:
        shown = []
    else:
        shown = _shots(widget, product_id, url, at=at)
    average = summary.average if summary else None
    return Content(
        widget=widget, product=product, url=url, summary=summary, cards=shown, height=HEIGHTS[widget.kind],
        plan=drawn.plan if drawn else 0, bucket=drawn.bucket if drawn else bucket,
        average=marks.number(average, 1) if average is not None else "",
        average_marks=star_marks(average), average_words=star_words(average),
        count=counted(summary.count if summary else 0),
        handled_url=f"{settings.PUBLIC_URL}{reverse('storefront:reviews_policy')}",
        graph=_graph(product, url, summary, drawn, shown) if widget.structured else {},
    )  # fmt: skip


def quote_cards(proofs: Sequence[Proof], url: str, *, length: int = QUOTED) -> list[Card]:
    """Reviews as cards; each leads to the whole review on the product's page."""
    found = []
    for place, proof in enumerate(proofs, 1):
        voice = proof.voice
        found.append(
            Card(
                voice_id=voice.id, url=f"{url}#voice-{voice.id}", author=cards.author(voice), at=voice.submitted_at,
                stars=voice.stars, star_words=star_words(voice.stars), star_marks=star_marks(voice.stars),
                title=voice.title, text=opening(voice.text, length=max(60, length - len(voice.title))),
                language=voice.language if voice.language != locale() else "", notes=notes(voice), place=place,
            )
        )  # fmt: skip
    return found


def _shots(widget: Widget, product_id: int, url: str, *, at: datetime) -> list[Card]:
    kind = "photo" if widget.kind is WidgetKind.PHOTOS else "video"
    shots = evidence.gallery(
        [product_id], channel=Channel.WIDGET, at=at, territory=widget.territory, kind=kind, limit=widget.shown
    )
    found = []
    for place, shot in enumerate(shots, 1):
        voice, author = shot.voice, cards.author(shot.voice)
        seen = film(shot.video, author=author) if shot.video else None
        image, width, height = ("", 0, 0)
        alt, length = gettext("Photo by %(author)s") % {"author": author}, ""
        if shot.photo:
            image, width, height = shot.photo.thumb_url, shot.photo.width, shot.photo.height
            alt = shot.photo.alt or alt
        elif seen:
            image, width, height, alt, length = seen.poster, seen.width, seen.height, seen.label, seen.length
        found.append(
            Card(
                voice_id=voice.id, url=f"{url}#voice-{voice.id}", author=author, at=voice.submitted_at,
                stars=voice.stars, star_words=star_words(voice.stars), star_marks=star_marks(voice.stars),
                notes=notes(voice), image=f"{settings.PUBLIC_URL}{image}", alt=alt, width=width, height=height,
                length=length, place=place,
            )
        )  # fmt: skip
    return found


def notes(voice: Voice) -> list[str]:
    """What the law and honesty want said beside a review, in words."""
    simulated = "verified" in voice.provenance
    found = []
    if cards.written(voice.provenance):
        found.append(gettext("written for the demonstration"))
    elif voice.verified:
        found.append(gettext("verified purchase (simulated)") if simulated else gettext("verified purchase"))
    if any(origin == "simulated" for origin in voice.provenance.values()):
        found.append(gettext("partly simulated"))
    if voice.incentive:
        found.append(gettext("received something in exchange: %(what)s") % {"what": incentive_label(voice.incentive)})
    if voice.syndicated_from:
        found.append(gettext("first published on %(where)s") % {"where": voice.syndicated_from})
    return found


def star_marks(value: float | None) -> str:
    """Stars as characters, which mails and old browsers draw too; empty without a value."""
    if value is None:
        return ""
    full = max(0, min(STARS, int(value + 0.5)))
    return "★" * full + "☆" * (STARS - full)


def star_words(value: float | None) -> str:
    """Stars as assistive technology says them."""
    if value is None:
        return ""
    return gettext("%(value)s out of 5 stars") % {"value": marks.number(value, 0 if value == int(value) else 1)}


def counted(count: int) -> str:
    """ "12 reviews"."""
    return ngettext("%(count)s review", "%(count)s reviews", count) % {"count": marks.number(count)}


_SAID = ("@type", "@id", "author", "datePublished", "name", "reviewRating", "inLanguage")


def _graph(
    product: Product, url: str, summary: Summary | None, drawn: Ordered | None, shown: Sequence[Card]
) -> dict[str, Any]:
    """The product with its rating and the reviews that are shown, in the words that are shown, for the page that
    embeds them."""
    rating = structured.rating(summary)
    if not rating:
        return {}
    node: dict[str, Any] = {"@context": "https://schema.org", "@type": "Product", "@id": f"{url}#product"}
    node |= {"name": product.name, "url": url, **rating}
    reviews = []
    for proof, card in zip(drawn.proofs if drawn else (), shown, strict=False):
        told = structured.review(proof.voice, url=url, anonymous=gettext("A customer"))
        reviews.append({key: told[key] for key in _SAID if key in told} | {"reviewBody": card.text})
    return node | ({"review": reviews} if reviews else {})
