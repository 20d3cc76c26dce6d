"""Structured data of the shop's pages: the same facts that people read there, for engines that answer questions."""

from collections.abc import Sequence

from django.conf import settings
from django.core.cache import cache
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from parvis.domains.catalog.contracts import Product, ProductDetail
from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.contracts import ShippingMethod
from parvis.domains.evidence.contracts import FaqEntry, Proof, Summary
from parvis.domains.evidence.web import clips, structured, threads
from parvis.domains.evidence.web.script import ld_json
from parvis.domains.evidence.web.shop import rated
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import QuestionThread, ShopRating, Voice
from parvis.interfaces.storefront.reader import locale

SHIPPING_KEPT = 60  # seconds


def site() -> structured.Site:
    """The shop as structured data names it, with the ways goods reach people."""
    methods: tuple[ShippingMethod, ...] | None = cache.get("storefront.shipping")
    if methods is None:
        methods = checkout.shipping_methods()
        cache.set("storefront.shipping", methods, SHIPPING_KEPT)
    return structured.Site(
        url=settings.PUBLIC_URL,
        name=settings.BRAND,
        locale=locale(),
        logo=static("design/img/mark.svg"),
        shipping=methods,
        countries=tuple(sorted({country for method in methods for country in method.countries})),
    )


def home() -> SafeString:
    """The brand and its shop."""
    shop = site()
    search = f"{reverse('storefront:products')}?q={{search_term_string}}"
    return ld_json(structured.graph(structured.organization(shop), structured.website(shop, search=search)))


def product(
    detail: ProductDetail,
    summary: Summary | None,
    proofs: Sequence[Proof],
    crumbs: Sequence[tuple[str, str]],
    asked: Sequence[QuestionThread] = (),
    frequent: Sequence[FaqEntry] = (),
) -> SafeString:
    """A product page with the reviews and questions that it shows, those of customers and the frequent ones."""
    shop, item, anonymous = site(), detail.product, gettext("A customer")
    path = reverse("storefront:product", kwargs={"slug": item.slug})
    film = gettext("Video review of %(product)s") % {"product": item.name}
    shown = [proof.voice.id for proof in proofs if proof.voice.video is not None and proof.voice.video.shown]
    node = structured.product(
        shop,
        detail,
        path=path,
        summary=summary,
        proofs=proofs,
        anonymous=anonymous,
        film_name=film,
        chapters={voice: clips.chapters_of(said) for voice, said in voices.cues(shown).items()} if shown else {},
    )
    about, page = f"{shop.absolute(path)}#product", shop.absolute(path)
    urls = [shop.absolute(question_path(item.slug, thread.question.id)) for thread in asked]
    questions = threads.question_list(asked, urls=urls, page=page, about=about, anonymous=anonymous, frequent=frequent)
    return ld_json(
        structured.graph(node, questions, structured.breadcrumbs(shop, crumbs), structured.organization(shop))
    )


def product_reviews(
    detail: ProductDetail, summary: Summary | None, proofs: Sequence[Proof], crumbs: Sequence[tuple[str, str]]
) -> SafeString:
    """A page of a product's reviews: the product as its own page has it, with the reviews of this one."""
    there = reverse("storefront:product", kwargs={"slug": detail.product.slug})
    *way, (name, _) = crumbs
    return product(detail, summary, proofs, [*way, (name, there), (gettext("Reviews"), "")])


def told(name: str, *, kind: str = "WebPage") -> SafeString:
    """A page that tells something of the shop itself (``kind``: a kind of WebPage), as its visitors find it."""
    shop = site()
    node = structured.web_page(shop, name=name, kind=kind)
    crumbs = [(gettext("Home"), reverse("storefront:home")), (name, "")]
    return ld_json(structured.graph(node, structured.breadcrumbs(shop, crumbs), structured.organization(shop)))


def question(item: Product, thread: QuestionThread, crumbs: Sequence[tuple[str, str]]) -> SafeString:
    """The page of one question."""
    shop = site()
    url = shop.absolute(question_path(item.slug, thread.question.id))
    there = shop.absolute(reverse("storefront:product", kwargs={"slug": item.slug}))
    about = {"@type": "Thing", "@id": f"{there}#product", "name": item.name, "url": there}
    node = threads.question_page(thread, url=url, about=about, anonymous=gettext("A customer"))
    return ld_json(structured.graph(node, structured.breadcrumbs(shop, crumbs)))


def question_path(slug: str, question_id: int) -> str:
    """The address of a question's own page."""
    return reverse("storefront:question_page", kwargs={"slug": slug, "question_id": question_id})


def shop_reviews(rating: ShopRating, voices: Sequence[Voice], crumbs: Sequence[tuple[str, str]]) -> SafeString:
    """The page of reviews of the shop: the brand with its rating. Search engines give no stars for what a shop says of
    itself; those who answer questions quote it."""
    shop = site()
    node = rated(shop, rating, voices, path=reverse("storefront:shop_reviews"), anonymous=gettext("A customer"))
    return ld_json(structured.graph(node, structured.breadcrumbs(shop, crumbs)))


def products(items: Sequence[Product], *, name: str, first: int, crumbs: Sequence[tuple[str, str]]) -> SafeString:
    """A list of products."""
    shop = site()
    listed = [(item, reverse("storefront:product", kwargs={"slug": item.slug})) for item in items]
    return ld_json(
        structured.graph(
            structured.item_list(shop, listed, name=name, first=first), structured.breadcrumbs(shop, crumbs)
        )
    )
