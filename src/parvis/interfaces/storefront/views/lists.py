"""The product list: search in names and in what people say, filters that say what they would give, sorting."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from parvis.core.clock import now
from parvis.core.numbers import page_number
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import ProductList, Sort
from parvis.domains.evidence import queries as evidence
from parvis.interfaces.design import shapes
from parvis.interfaces.storefront import searching, structured
from parvis.interfaces.storefront.cards import product_cards
from parvis.interfaces.storefront.pages import SEARCHING, categories, limit, page
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.storefront.searching import quoted
from parvis.science.text import kind_of

SIZE = 24
LEADING = 200  # how many of the most reviewed lead an unsorted list
TRAITS = 14
TALKED = 4
RATINGS = ("4.5", "4", "3")
_SORTS = {"price": Sort.PRICE, "-price": Sort.PRICE_DOWN, "new": Sort.NEW, "name": Sort.NAME}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a shopper asked the list for; anything unknown is left out."""

    text: str = ""
    categories: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    rating: str = ""
    in_stock: bool = False
    video: bool = False
    low: int | None = None
    high: int | None = None
    sort: str = ""
    spoken: bool = False
    exact: bool = False
    odd_price: str = ""
    swapped: bool = False
    number: int = 1

    @classmethod
    def read(cls, query: QueryDict) -> "Wanted":
        """The query of the address; hostile values do no harm."""
        names = evidence.labels(locale())
        number = query.get("page", "")
        low, high = _amount(query.get("low")), _amount(query.get("high"))
        swapped = low is not None and high is not None and low > high
        odd = [given for name in ("low", "high") if (given := query.get(name, "").strip()) and _amount(given) is None]
        return cls(
            text=searching.clean(query.get("q", "")),
            categories=tuple(query.getlist("category"))[:30],
            departments=tuple(query.getlist("department"))[:10],
            traits=tuple(trait for trait in dict.fromkeys(query.getlist("aspect")) if trait in names and ":" in trait)[
                :8
            ],
            rating=query.get("rating", "") if query.get("rating") in RATINGS else "",
            in_stock=query.get("in_stock") == "1",
            video=query.get("video") == "1",
            low=high if swapped else low,
            high=low if swapped else high,
            odd_price=odd[0].replace("\x00", "")[:40] if odd else "",
            swapped=swapped,
            sort=query.get("sort", "") if query.get("sort") in (*_SORTS, "rating", "reviews") else "",
            spoken=query.get("in") == "reviews",
            exact=query.get("exact") == "1",
            number=page_number(number, most=400),
        )

    @property
    def low_shown(self) -> str:
        """The lower bound as typed."""
        return "" if self.low is None else str(self.low // 100)

    @property
    def high_shown(self) -> str:
        """The upper bound as typed."""
        return "" if self.high is None else str(self.high // 100)

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list beside the words searched for."""
        return bool(
            self.categories
            or self.departments
            or self.traits
            or self.rating
            or self.in_stock
            or self.video
            or self.low is not None
            or self.high is not None
        )


def _amount(text: str | None) -> int | None:
    """Whole currency units typed by a person as minor units; None for anything else."""
    text = (text or "").strip().removesuffix("€").strip()
    return int(text) * 100 if text.isascii() and text.isdigit() and len(text) < 7 else None


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """The list, or its results alone when htmx asks."""
    wanted = Wanted.read(request.GET)
    if wanted.text:
        limit(request, SEARCHING, at=now())
    search = searching.search(wanted.text, locale=locale(), exact=wanted.exact)
    if search.text and not wanted.spoken and not search.named and search.spoken.products:
        # No name says it, but people do: show what they speak of.
        wanted = replace(wanted, spoken=True)
    found = _find(wanted, search)
    summaries = evidence.summaries([item.id for item in found.items])
    nothing = bool(wanted.text) and not found.total and not search.found
    context: dict[str, Any] = {
        "wanted": wanted,
        "found": found,
        "search": search,
        "said": quoted(search.spoken.words),
        "unsaid": quoted(search.spoken.missing),
        "nothing": nothing,
        "cards": product_cards(found.items, summaries),
        "pages": shapes.Pages(wanted.number, found.total, SIZE),
        "facets": _facets(wanted, found),
        "chosen": _chosen(wanted, request.GET),
        "names_url": _changed(request.GET, "in", None),
        "spoken_url": _changed(request.GET, "in", "reviews"),
        "exact_url": _changed(request.GET, "exact", "1"),
        "unfiltered_url": f"?{urlencode({'q': wanted.text})}" if wanted.text else "?",
        "sorts": _sorts(wanted),
        "spoken_count": len(search.spoken.products),
        "title": _title(wanted),
        "skincare": _of_skincare(wanted),
        "canonical": _canonical(wanted),
        "structured": structured.products(
            found.items, name=_title(wanted), first=(wanted.number - 1) * SIZE + 1, crumbs=_crumbs(wanted)
        ),
    }
    if nothing:
        context |= {"categories": categories(), "talked": _talked()}
    return page(request, "storefront/products.html", context)


def _canonical(wanted: Wanted) -> str:
    """The one address of what is essentially the same list: a category or department and the page; a search or a
    narrower choice is not for engines."""
    kept = QueryDict(mutable=True)
    if len(wanted.categories) == 1:
        kept["category"] = wanted.categories[0]
    elif len(wanted.departments) == 1:
        kept["department"] = wanted.departments[0]
    if wanted.number > 1:
        kept["page"] = str(wanted.number)
    return reverse("storefront:products") + (f"?{kept.urlencode()}" if kept else "")


def _crumbs(wanted: Wanted) -> list[tuple[str, str]]:
    return [(gettext("Home"), reverse("storefront:home")), (_title(wanted), _canonical(wanted))]


def _talked() -> list[shapes.ProductCard]:
    """What to look at when nothing was found: the most reviewed products."""
    ids = evidence.ranked(by="count", limit=TALKED)
    found = catalog.products(ids, locale=locale())
    return product_cards([found[key] for key in ids if key in found], evidence.summaries(found))


def _find(wanted: Wanted, search: searching.Search) -> ProductList:
    ids = _ids(wanted, list(search.spoken.products))
    sort = _SORTS.get(wanted.sort, Sort.RELEVANCE)
    first: list[int] = []
    if ids is not None and sort is Sort.RELEVANCE and (wanted.spoken or wanted.sort):
        sort = Sort.GIVEN
    elif sort is Sort.RELEVANCE and not wanted.text:
        first = evidence.ranked(by="count", limit=LEADING)
    return catalog.search(
        text="" if wanted.spoken else search.text,
        categories=wanted.categories,
        departments=wanted.departments,
        in_stock=wanted.in_stock,
        price=(wanted.low, wanted.high) if wanted.low is not None or wanted.high is not None else None,
        ids=ids,
        sort=sort,
        first=first,
        locale=locale(),
        offset=(wanted.number - 1) * SIZE,
        limit=SIZE,
        exact=search.exact,
        # Facets of what people say count within what was found; the whole shop is counted without a list of ids.
        with_ids=bool(wanted.text) or wanted.filtered,
    )


def _ids(wanted: Wanted, spoken_ids: list[int]) -> list[int] | None:
    """The products that what people say leaves, in the order of the list; None when it leaves all."""
    kept: list[int] | None = None
    if wanted.spoken and wanted.text:
        kept = spoken_ids
    if wanted.rating or wanted.sort in ("rating", "reviews"):
        by = "count" if wanted.sort == "reviews" else "rating"
        rated = evidence.ranked(by=by, at_least=float(wanted.rating or 0))
        held = set(kept) if kept is not None else None
        # A chosen sort gives the order; otherwise what was searched for does.
        kept = rated if held is None else [key for key in rated if key in held]
    if wanted.traits:
        with_traits = evidence.products_with(wanted.traits)
        held = set(with_traits)
        kept = with_traits if kept is None else [key for key in kept if key in held]
    if wanted.video:
        filmed = evidence.with_video()
        held = set(filmed)
        kept = filmed if kept is None else [key for key in kept if key in held]
    return kept


def _facets(wanted: Wanted, found: ProductList) -> list[shapes.Facet]:
    names = evidence.labels(locale())
    counts = evidence.trait_counts(found.ids)
    traits = sorted(counts, key=lambda trait: -counts[trait])[:TRAITS]
    shown = [*wanted.traits, *(trait for trait in traits if trait not in wanted.traits)]
    kinds = [
        shapes.Choice(
            value=category.key,
            label=category.name,
            count=found.category_counts.get(category.key, 0),
            chosen=category.key in wanted.categories,
        )
        for category in categories()
        if found.category_counts.get(category.key) or category.key in wanted.categories
    ]
    stock = shapes.Choice(value="1", label=gettext("In stock"), count=found.in_stock_count, chosen=wanted.in_stock)
    return [
        shapes.Facet(name="category", label=gettext("Category"), choices=kinds),
        shapes.Facet(
            name="aspect",
            label=gettext("What people say"),
            help=gettext("Of the products found, how many have several reviews that say so."),
            choices=[
                shapes.Choice(
                    value=trait, label=names[trait], count=counts.get(trait, 0), chosen=trait in wanted.traits
                )
                for trait in shown
                if trait in names
            ],
        ),
        shapes.Facet(
            name="rating",
            label=gettext("Rating"),
            many=False,
            choices=[
                shapes.Choice(value="", label=gettext("Any"), chosen=not wanted.rating),
                *(
                    shapes.Choice(
                        value=rating,
                        label=gettext("%(stars)s stars and more") % {"stars": rating.replace(".", _point())},
                        chosen=rating == wanted.rating,
                    )
                    for rating in RATINGS
                ),
            ],
        ),
        shapes.Facet(name="in_stock", label=gettext("Availability"), choices=[stock]),
        *_filmed(wanted, found),
    ]


def _filmed(wanted: Wanted, found: ProductList) -> list[shapes.Facet]:
    """Products seen on video; nothing where there is none."""
    filmed = evidence.with_video()
    count = len(set(filmed) & set(found.ids)) if found.ids is not None else len(filmed)
    if not count and not wanted.video:
        return []
    seen = shapes.Choice(value="1", label=gettext("With a video"), count=count, chosen=wanted.video)
    return [shapes.Facet(name="video", label=gettext("Seen by others"), choices=[seen])]


def _point() -> str:
    return "," if locale() == "fr" else "."


def _changed(query: QueryDict, name: str, value: str | None) -> str:
    """The address of this list with one parameter set, or taken away."""
    changed = query.copy()
    changed.pop("page", None)
    changed.pop(name, None)
    if value is not None:
        changed[name] = value
    return f"?{changed.urlencode()}"


def _without(query: QueryDict, name: str, value: str) -> str:
    """The address of this list without one value of a parameter."""
    changed = query.copy()
    changed.pop("page", None)
    changed.setlist(name, [given for given in query.getlist(name) if given != value])
    return f"?{changed.urlencode()}"


def _chosen(wanted: Wanted, query: QueryDict) -> list[dict[str, str]]:
    """What narrows the list, each with the address that takes it away."""
    names = evidence.labels(locale())
    kinds = {category.key: category.name for category in categories()}
    chips = [{"name": "category", "value": key, "label": kinds[key]} for key in wanted.categories if key in kinds]
    chips += [{"name": "aspect", "value": trait, "label": names[trait]} for trait in wanted.traits]
    if wanted.rating:
        label = gettext("%(stars)s stars and more") % {"stars": wanted.rating.replace(".", _point())}
        chips.append({"name": "rating", "value": wanted.rating, "label": label})
    if wanted.in_stock:
        chips.append({"name": "in_stock", "value": "1", "label": gettext("In stock")})
    if wanted.video:
        chips.append({"name": "video", "value": "1", "label": gettext("With a video")})
    return [{"label": chip["label"], "url": _without(query, chip["name"], chip["value"])} for chip in chips]


def _sorts(wanted: Wanted) -> list[tuple[str, str]]:
    first = gettext("Most relevant") if wanted.text else gettext("Most talked about")
    return [
        ("", first),
        ("rating", gettext("Best rated")),
        ("reviews", gettext("Most reviewed")),
        ("price", gettext("Price, low to high")),
        ("-price", gettext("Price, high to low")),
        ("new", gettext("New first")),
        ("name", gettext("Name")),
    ]


def _of_skincare(wanted: Wanted) -> bool:
    """Whether what is listed is for the skin: nobody looks for a dress there."""
    chosen = [each for each in categories() if each.key in wanted.categories or each.department in wanted.departments]
    return bool(chosen) and all(kind_of(f"{each.name} {each.department_name}") == "beauty" for each in chosen)


def _title(wanted: Wanted) -> str:
    kinds = {category.key: category.name for category in categories()}
    chosen = [kinds[key] for key in wanted.categories if key in kinds]
    if wanted.text:
        return gettext("“%(text)s”") % {"text": wanted.text}
    if len(chosen) == 1:
        return chosen[0]
    parts = {category.department: category.department_name for category in categories()}
    if len(wanted.departments) == 1 and wanted.departments[0] in parts:
        return parts[wanted.departments[0]]
    return gettext("All products")
