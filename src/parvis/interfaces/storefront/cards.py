"""From what the domains say to what the design system draws."""

from collections.abc import Iterable, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from parvis.domains.catalog.contracts import Product
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import AspectCount, Proof, Summary
from parvis.domains.voices.contracts import AuthorRole, Voice
from parvis.domains.voices.web import incentive_label
from parvis.interfaces.design.films import film
from parvis.interfaces.design.shapes import FilmCard, Opinion, Photo, ProductCard, ReviewCard
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.storefront.traits import traits


def product_cards(
    products: Iterable[Product], summaries: Mapping[int, Summary], *, proofs: Mapping[int, str] | None = None
) -> list[ProductCard]:
    """One card a product, with the words that others found most useful."""
    return [_product_card(product, summaries.get(product.id), (proofs or {}).get(product.id)) for product in products]


def _product_card(product: Product, summary: Summary | None, proof: str | None) -> ProductCard:
    point = best_quote(summary) if summary else None
    return ProductCard(
        product_id=product.id,
        url=reverse("storefront:product", kwargs={"slug": product.slug}),
        name=product.name,
        kind=product.category_name,
        price=product.price_from,
        price_was=product.price_was,
        image_url=product.image_url,
        average=summary.average if summary else None,
        reviews=summary.count if summary else 0,
        badge="" if product.in_stock else gettext("Pre-order") if product.preorder else gettext("Sold out"),
        proof=proof or (point.quote if point else ""),
        proof_voice=point.voice_id if point and not proof else 0,
        films=summary.with_video if summary else 0,
        simulated_price="price" in product.provenance,
    )


FEWEST_WORDS = 4  # a quote of fewer does not stand for itself on a card


def best_quote(summary: Summary) -> AspectCount | None:
    """The most shared point in favour whose quote says something by itself; None when nobody's does."""
    quoted = [point for point in summary.pros if point.quote]
    return next((point for point in quoted if len(point.quote.split()) >= FEWEST_WORDS), None)


def photos(voice: Voice) -> list[Photo]:
    """The photos of a voice."""
    alt = gettext("Photo by %(author)s") % {"author": voice.author_name or gettext("a customer")}
    return [
        Photo(url=shot.url, thumb=shot.thumb_url, alt=shot.alt or alt, width=shot.width, height=shot.height)
        for shot in voice.media
    ]


def author(voice: Voice) -> str:
    """The name to show; people may speak without one. The demo's authors have no name, only their real age."""
    return author_name(voice.author_name, voice.age, voice.provenance)


def author_name(name: str, age: int | None, provenance: Mapping[str, str]) -> str:
    """The same from its parts."""
    if age and provenance.get("author_name") == "simulated":
        return gettext("Shopper, %(age)d") % {"age": age}
    return name or gettext("Anonymous")


def simulated(provenance: Mapping[str, str]) -> list[str]:
    """The simulated attributes of a voice, in words."""
    known = {
        "submitted_at": gettext("the date"),
        "verified": gettext("the verified purchase"),
        "author_name": gettext("the name"),
        "size_worn": gettext("the size worn"),
        "fit_felt": gettext("the fit"),
        "height_cm": gettext("the height"),
        "experienced_on": gettext("the date of use"),
        "incentive": gettext("the incentive"),
        "order_ref": gettext("the order"),
        "photos": gettext("the photos"),
    }
    named = [known[key] for key in provenance if key in known and provenance[key] == "simulated"]
    return list(dict.fromkeys(named))


def written(provenance: Mapping[str, str]) -> bool:
    """Whether nobody said this: it was written for a demonstration."""
    return provenance.get("text", "").startswith("written")


def attributes(voice: Voice) -> list[tuple[str, str]]:
    """What the author says of themselves and the fit, as names and values."""
    found: list[tuple[str, str]] = []
    if voice.size_worn:
        found.append((gettext("Size worn"), voice.size_worn))
    if voice.fit_felt is not None:
        fits = {-1: gettext("runs small"), 0: gettext("true to size"), 1: gettext("runs large")}
        found.append((gettext("Fit"), fits[voice.fit_felt]))
    if voice.height_cm:
        found.append((gettext("Height"), f"{voice.height_cm} cm"))
    if voice.age:
        found.append((gettext("Age"), str(voice.age)))
    return found + traits(voice)


def review_cards(
    proofs: Sequence[Proof], *, voted: Mapping[int, int] | None = None, explain: bool = True
) -> list[ReviewCard]:
    """Proofs as cards. ``explain`` shows why each stands where it stands (when sorted by usefulness)."""
    names = evidence.labels(locale())
    return [
        review_card(
            proof.voice,
            spans=[
                (mark.start, mark.end, names.get(mark.aspect, mark.aspect), mark.polarity) for mark in proof.highlights
            ],
            reasons=evidence.reason_words(proof.reasons, locale()) if explain else [],
            voted=(voted or {}).get(proof.voice.id, 0),
        )
        for proof in proofs
    ]


def review_card(
    voice: Voice,
    *,
    spans: Sequence[Sequence[object]] = (),
    reasons: Sequence[str] = (),
    voted: int = 0,
    public: bool = True,
) -> ReviewCard:
    """A voice as a card; ``public`` shows the buttons to vote and report."""
    ours = {"voice_id": voice.id}
    return ReviewCard(
        id=voice.id,
        title=voice.title,
        text=voice.text,
        author=author(voice),
        stars=voice.stars,
        at=voice.submitted_at,
        experienced_on=voice.experienced_on,
        verified=voice.verified,
        incentive=incentive_label(voice.incentive),
        syndicated_from=voice.syndicated_from,
        syndicated_url=voice.syndicated_url,
        language=voice.language if voice.language != locale() else "",
        spans=spans,
        reasons=reasons,
        attributes=attributes(voice),
        photos=photos(voice),
        film=film(voice.video, author=author(voice)) if voice.video and voice.video.shown and public else None,
        votes_up=voice.votes_up,
        votes_down=voice.votes_down,
        voted=voted,
        vote_url=reverse("storefront:vote", kwargs=ours) if public else "",
        report_url=reverse("storefront:report", kwargs=ours) if public else "",
        simulated=simulated(voice.provenance),
        written=written(voice.provenance),
    )


def film_cards(proofs: Iterable[Proof], *, products: Mapping[int, Product] | None = None) -> list[FilmCard]:
    """Films of reviews. ``products``: where they are shown beside other products, whose film each is."""
    made = []
    for proof in proofs:
        voice = proof.voice
        shown = film(voice.video, author=author(voice)) if voice.video and voice.video.shown else None
        if shown is None:
            continue
        about = (products or {}).get(voice.product_id or 0)
        there = reverse("storefront:product", kwargs={"slug": about.slug}) if about else ""
        made.append(
            FilmCard(
                voice_id=voice.id,
                film=shown,
                author=author(voice),
                title=voice.title,
                stars=voice.stars,
                facts=[value for _, value in traits(voice)],
                url=f"{there}#voice-{voice.id}",
                about=about.name if about else "",
                about_url=there,
                written=written(voice.provenance),
            )
        )
    return made


def opinions(points: Sequence[AspectCount], *, url: str) -> list[Opinion]:
    """Pros or cons as a list; each leads to the reviews that say so."""
    names = evidence.labels(locale())
    return [
        Opinion(
            label=names.get(point.trait, point.aspect),
            count=point.count,
            quote=point.quote,
            url=f"{url}?aspect={point.aspect}&polarity={point.sign}",
        )
        for point in points
    ]


def role(voice: Voice) -> str:
    """In which role an answer speaks."""
    known = {
        AuthorRole.BRAND: gettext("Answer of the brand"),
        AuthorRole.OWNER: gettext("Owns this product"),
        AuthorRole.SHOPPER: "",
    }
    return known[voice.author_role]


def reviews_in_words(count: int) -> str:
    """ "12 reviews"."""
    return ngettext("%(count)d review", "%(count)d reviews", count) % {"count": count}
