"""A few quotes of a product, in the order drawn for this visit, and photos and videos of those who have it.

A product's page is kept for everybody alike; what is drawn for a visit is put in afterwards, from a part that is kept
for all visits of the same bucket.
"""

import hashlib
from collections.abc import Iterable, Sequence

from django.core.cache import cache, caches
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from parvis.core.clock import now
from parvis.domains.catalog.contracts import Product
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Channel, Ordered, OrderPlan, Placement, Proof, Shot
from parvis.interfaces.design.films import film
from parvis.interfaces.storefront import cards
from parvis.interfaces.storefront.pages import visit
from parvis.interfaces.storefront.reader import locale
from parvis.science.proof_quotes import opening

MARK = "%quotes-drawn-for-this-visit%"
REVIEWS = 8  # on the first page, of which the quotes are
SHOWN, LENGTH, SHOTS = 6, 170, 10
KEPT_SECONDS, PLAN_SECONDS = 300, 60


def bucket(request: HttpRequest) -> int:
    """The bucket of this visit."""
    return evidence.bucket_of(visit(request, at=now()))


class Strip:
    """The quotes of a product for one answer. What they are made of is read once, with the page's own reads."""

    def __init__(self, request: HttpRequest, *, slug: str, product_id: int, said: str) -> None:
        self.request = request
        self.slug = slug
        self.product_id = product_id
        self.said = said  # the fingerprint of the product's voices
        self._standing: tuple[str, OrderPlan | None] | None = None

    @property
    def standing(self) -> tuple[str, OrderPlan | None]:
        """The revision of what is derived for the product, and its plan."""
        if self._standing is None:
            self._standing = evidence.standing(self.product_id, placement=Placement.STRIP)
        return self._standing

    @property
    def plan(self) -> OrderPlan | None:
        """The plan, for pages that did not ask for the revision as it was a minute ago."""
        if self._standing is None:
            key = f"storefront.plan.{self.product_id}"
            self._standing = cache.get(key)
            if self._standing is None:
                cache.set(key, self.standing, PLAN_SECONDS)
        return self.standing[1]

    def remember(self, proofs: Sequence[Proof]) -> None:
        """Keep the proofs that the page has loaded, for the quotes of other buckets."""
        caches["pages"].set(self._key("proofs"), tuple(proofs), KEPT_SECONDS)

    def put_in(self, answer: HttpResponse) -> HttpResponse:
        """``answer`` with the quotes where their mark stands."""
        mark = MARK.encode()
        if mark in answer.content:
            answer.content = answer.content.replace(mark, self._part().encode())
        return answer

    def _key(self, *parts: object) -> str:
        told = repr((self.product_id, self.said, *parts))
        return "strip." + hashlib.sha256(told.encode()).hexdigest()

    def _part(self) -> str:
        drawn, plan = bucket(self.request), self.plan
        key = self._key(drawn, plan.id if plan else 0, locale(), now().date())
        known: str | None = caches["pages"].get(key)
        if known is None:
            known = self._made(plan, drawn)
            caches["pages"].set(key, known, KEPT_SECONDS)
        return known

    def _made(self, plan: OrderPlan | None, drawn: int) -> str:
        proofs: tuple[Proof, ...] | None = caches["pages"].get(self._key("proofs"))
        if proofs is None:
            proofs = evidence.shown_for(self.product_id, limit=REVIEWS).proofs
        said = [proof for proof in proofs if proof.voice.text]
        order = evidence.arranged(self.product_id, plan, said, bucket=drawn, limit=SHOWN)
        # videos have a place of their own on the page
        shots = self._photos() if any(proof.voice.media for proof in proofs) else ()
        url = reverse("storefront:reviews", kwargs={"slug": self.slug})
        context = {"strip": strip(order, url) if order.proofs else None, "shots": pictures(shots, url)}
        return render_to_string("storefront/strip.html", context)

    def _photos(self) -> tuple[Shot, ...]:
        return evidence.gallery([self.product_id], channel=Channel.SITE, at=now(), kind="photo", limit=SHOTS)


def strip(order: Ordered, url: str) -> dict[str, object]:
    """A product's quotes for `storefront/quotes.html`; each leads to the whole review."""
    return {
        "product_id": order.product_id,
        "surface": order.surface(Placement.STRIP),
        "quotes": [
            {
                "voice_id": proof.voice.id,
                "stars": proof.voice.stars,
                "text": opening(proof.voice.text, length=LENGTH),
                "language": proof.voice.language if proof.voice.language != locale() else "",
                "author": cards.author(proof.voice),
                "verified": proof.voice.verified and "verified" not in proof.voice.provenance,
                "incentive": bool(proof.voice.incentive),
                "written": cards.written(proof.voice.provenance),
                "url": f"{url}#voice-{proof.voice.id}",
            }
            for proof in order.proofs
        ],
    }


def one_each(request: HttpRequest, products: Iterable[Product]) -> list[dict[str, object]]:
    """One quote of each product, for lists of products that somebody has chosen already."""
    listed = list(products)
    if not listed:  # a cart of what has sold out
        return []
    orders = evidence.ordered(
        [product.id for product in listed], placement=Placement.STRIP, bucket=bucket(request), limit=1
    )
    found = []
    for product in listed:
        if product.id in orders:
            url = reverse("storefront:reviews", kwargs={"slug": product.slug})
            found.append(strip(orders[product.id], url) | {"name": product.name})
    return found


def pictures(shots: Iterable[Shot], url: str = "") -> list[dict[str, object]]:
    """Photos and videos for `storefront/shots.html`."""
    found: list[dict[str, object]] = []
    for shot in shots:
        author = cards.author(shot.voice)
        seen = film(shot.video, author=author) if shot.video else None
        photo = next((each for each in cards.photos(shot.voice) if shot.photo and each.url == shot.photo.url), None)
        if seen is None and photo is None:
            continue
        found.append(
            {
                "voice_id": shot.voice.id,
                "product_id": shot.voice.product_id,
                "film": seen,
                "photo": photo,
                "author": author,
                "url": f"{url}#voice-{shot.voice.id}" if url else "",
            }
        )
    return found
