"""Products: the list, one product's words and state, and its variants at a glance."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parvis.core.clock import now
from parvis.core.money import Money
from parvis.core.numbers import page_number
from parvis.domains.catalog import actions, queries
from parvis.domains.catalog.contracts import NewProduct, NewVariant, ProductRecord, ProductState, Variant
from parvis.domains.checkout import queries as checkout
from parvis.domains.people import actions as people_actions
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design.shapes import Pages
from parvis.interfaces.studio import frame
from parvis.interfaces.studio.fields import AmountField, StudioForm, offer

PAGE = 40
LOW = 5
_SORTS = (
    ("relevance", gettext_lazy("Best match")),
    ("name", gettext_lazy("Name")),
    ("price", gettext_lazy("Price, low first")),
    ("-price", gettext_lazy("Price, high first")),
    ("new", gettext_lazy("Newest")),
)
_TEXTS = ("name_en", "name_fr", "description_en", "description_fr", "brand")


@require_GET
@requires(Permission.CATALOG_VIEW)
def product_list(request: HttpRequest) -> HttpResponse:
    """GET ?q=&category=&state=&stock=&sort=&page= : products with their price and stock."""
    data, locale = request.GET, frame.locale()
    state = data.get("state", "active")
    number = page_number(data.get("page", ""), most=100_000)
    text, sort = data.get("q", "").strip()[:100], data.get("sort", "")
    found = queries.search(
        text=text,
        categories=[data["category"]] if data.get("category") else (),
        in_stock=data.get("stock") == "in",
        state=None if state == "all" else ProductState.ARCHIVED if state == "archived" else ProductState.ACTIVE,
        sort=sort if sort in dict(_SORTS) else ("relevance" if text else "name"),
        locale=locale,
        offset=(number - 1) * PAGE,
        limit=PAGE,
    )
    stock = queries.variants_of([product.id for product in found.items], locale=locale)
    context = {
        "heading": _("Products"),
        "rows": [(product, _stock(stock.get(product.id, ()))) for product in found.items],
        "total": found.total,
        "loosened": found.loosened,
        "pages": Pages(number, found.total, PAGE),
        "categories": [("", _("All categories")), *((row.key, row.name) for row in queries.categories(locale))],
        "states": [("active", _("On sale")), ("archived", _("Archived")), ("all", pgettext("products", "All"))],
        "stocks": [("", pgettext("products", "All")), ("in", _("In stock"))],
        "sorts": _SORTS,
        "chosen": {"q": text, "category": data.get("category", ""), "state": state, "stock": data.get("stock", "")},
        "sort": sort or ("relevance" if text else "name"),
        "filtered": any(data.get(name) for name in ("q", "category", "state", "stock")),
    }
    return frame.page(request, "studio/products.html", context, room="products")


def _stock(variants: tuple[Variant, ...]) -> dict[str, Any]:
    """The stock of a product in one glance."""
    return {
        "available": sum(variant.available for variant in variants),
        "variants": len(variants),
        "out": sum(variant.available == 0 for variant in variants),
        "low": sum(0 < variant.available <= LOW for variant in variants),
    }


# -- one product ----------------------------------------------------------------------------------------------


class ProductForm(StudioForm):
    """The words of a product in both languages."""

    name_en = forms.CharField(label=gettext_lazy("Name, in English"), required=False, max_length=200)
    name_fr = forms.CharField(label=gettext_lazy("Name, in French"), required=False, max_length=200)
    description_en = forms.CharField(
        label=gettext_lazy("Description, in English"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    description_fr = forms.CharField(
        label=gettext_lazy("Description, in French"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    brand = forms.CharField(label=gettext_lazy("Brand"), required=False, max_length=120)
    category_key = forms.ChoiceField(label=gettext_lazy("Category"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.key, row.name) for row in queries.categories(frame.locale())]
        offer(self, "category_key", choices)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not said.get("name_en") and not said.get("name_fr"):
            self.add_error("name_en", _("A product has a name in one language at least."))
        return said


class NewProductForm(ProductForm):
    """A product with its first variant; more are added by import or by the API."""

    sku = forms.CharField(
        label=gettext_lazy("SKU of the first variant"),
        max_length=60,
        help_text=gettext_lazy("What the variant is called in your own systems; it is never used twice."),
    )
    gtin = forms.CharField(label=gettext_lazy("Barcode number (GTIN: EAN, UPC)"), required=False, max_length=20)
    size = forms.CharField(label=gettext_lazy("Size"), required=False, max_length=20)
    colour_en = forms.CharField(label=gettext_lazy("Colour, in English"), required=False, max_length=60)
    colour_fr = forms.CharField(label=gettext_lazy("Colour, in French"), required=False, max_length=60)
    price = AmountField(label=gettext_lazy("Price, tax included"))
    on_hand = forms.IntegerField(label=gettext_lazy("Pieces on hand"), min_value=0, max_value=1_000_000, initial=0)


@require_GET
@requires(Permission.CATALOG_VIEW)
def product_page(request: HttpRequest, product_id: int) -> HttpResponse:
    """GET: a product, its variants, its words."""
    record = queries.record(product_id)
    return _show(request, record, ProductForm(initial=_initial(record)))


@require_POST
@requires(Permission.CATALOG_EDIT)
def edit(request: HttpRequest, product_id: int) -> HttpResponse:
    """POST: change the words; 422 with what is wrong."""
    record = queries.record(product_id)
    form = ProductForm(request.POST)
    if not form.is_valid():
        return _show(request, record, form, status=422)
    said, staff, at = form.cleaned_data, frame.staff_of(request), now()
    changed = [name for name in (*_TEXTS, "category_key") if said[name] != getattr(record, name)]
    problem = frame.attempt(
        lambda: actions.update_product(
            product_id=product_id,
            texts={name: said[name] for name in _TEXTS if name in changed},
            category_key=said["category_key"] if "category_key" in changed else None,
            actor_id=staff.account_id,
            at=at,
        )
    )
    if problem:
        form.add_error(None, problem)
        return _show(request, record, form, status=409)
    return frame.done(request, _("Saved."), _address(product_id))


@require_POST
@requires(Permission.CATALOG_EDIT)
def set_state(request: HttpRequest, product_id: int) -> HttpResponse:
    """POST state: take a product off sale, or put it back."""
    archived = request.POST.get("state") == ProductState.ARCHIVED
    state = ProductState.ARCHIVED if archived else ProductState.ACTIVE
    staff = frame.staff_of(request)
    problem = frame.attempt(
        lambda: actions.update_product(product_id=product_id, state=state, actor_id=staff.account_id, at=now())
    )
    if problem:
        return frame.failed(request, problem, _address(product_id))
    words = _("Off sale; its address answers no more.") if archived else _("On sale again.")
    return frame.done(request, words, _address(product_id))


@require_http_methods(["GET", "POST"])
@requires(Permission.CATALOG_EDIT)
def create(request: HttpRequest) -> HttpResponse:
    """GET: an empty form. POST: a new product with one variant."""
    form = NewProductForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made: list[ProductRecord] = []
            problem = frame.attempt(lambda: made.append(actions.create_product(_new(form.cleaned_data), at=now())))
            if not problem:
                people_actions.note(
                    actor_id=frame.staff_of(request).account_id,
                    verb="product.created",
                    subject_kind="product",
                    subject_id=made[0].id,
                    at=now(),
                )
                return frame.done(request, _("Created."), _address(made[0].id))
            form.add_error(None, problem)
            status = 409
    context = {"heading": _("New product"), "form": form}
    return frame.page(request, "studio/product_new.html", context, room="products", status=status)


def _new(said: dict[str, Any]) -> NewProduct:
    variant = NewVariant(
        sku=said["sku"],
        price_minor=said["price"],
        size=said["size"],
        colour_key=said["colour_en"].lower().replace(" ", "-"),
        colour_en=said["colour_en"],
        colour_fr=said["colour_fr"],
        on_hand=said["on_hand"],
        gtin=said["gtin"],
    )
    texts = {name: said[name] for name in _TEXTS}
    return NewProduct(category_key=said["category_key"], variants=(variant,), **texts)


def _show(request: HttpRequest, record: ProductRecord, form: ProductForm, *, status: int = 200) -> HttpResponse:
    detail = queries.product(record.id, locale=frame.locale(), archived=True)
    entries = people.audit("product", record.id)
    waiting = checkout.waiting([variant.id for variant in detail.variants])
    context = {
        "heading": detail.product.name,
        "product": detail.product,
        "record": record,
        "form": form,
        "variants": [(variant, waiting.get(variant.id, 0)) for variant in detail.variants],
        "waiting": sum(waiting.values()),
        "audit": entries[:10],
        "worth": _worth(detail.variants),
    }
    return frame.page(request, "studio/product.html", context, room="products", status=status)


def _worth(variants: tuple[Variant, ...]) -> Money | None:
    """What the pieces on hand would sell for."""
    if not variants:
        return None
    total = sum(variant.price.amount_minor * variant.on_hand for variant in variants)
    return Money(total, variants[0].price.currency)


def _initial(record: ProductRecord) -> dict[str, str]:
    return {name: getattr(record, name) for name in (*_TEXTS, "category_key")}


def _address(product_id: int) -> str:
    return reverse("studio:product", args=[product_id])
