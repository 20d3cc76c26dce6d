"""One variant: its stock with every movement, its price with its history and the lowest of the last 30 days."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.core.money import Money
from parvis.domains.catalog import actions, queries
from parvis.domains.catalog.contracts import Variant
from parvis.domains.checkout import queries as checkout
from parvis.domains.people import actions as people_actions
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame, pictures
from parvis.interfaces.studio.fields import AmountField, StudioForm, major_text

MOVEMENTS = 60


class StockForm(StudioForm):
    """One form for the three ways in which a person changes stock."""

    how = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        choices=(
            ("receive", gettext_lazy("Pieces came in")),
            ("adjust", gettext_lazy("Correct by a number (minus takes away)")),
            ("count", gettext_lazy("The shelf was counted")),
        ),
    )
    quantity = forms.IntegerField(label=gettext_lazy("Pieces"), min_value=-1_000_000, max_value=1_000_000)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy("Delivery note, breakage, inventory … it stays in the ledger."),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        how, quantity = said.get("how"), said.get("quantity")
        if quantity is None:
            return said
        if how == "receive" and quantity < 1:
            self.add_error("quantity", _("At least one piece came in."))
        if how == "adjust" and quantity == 0:
            self.add_error("quantity", _("A correction is not zero."))
        if how == "count" and quantity < 0:
            self.add_error("quantity", _("A count is not negative."))
        return said


class PriceForm(StudioForm):
    """A new price, from now on. One below half of ``before`` has to be confirmed: a slip of the comma sells at once."""

    amount = AmountField(label=gettext_lazy("New price, tax included"))
    reason = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=200)
    sure = forms.BooleanField(label=gettext_lazy("Yes, cut the price by more than half"), required=False)

    def __init__(self, *args: Any, before: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = before
        amount = self._typed()
        self.after = Money(amount, before.currency) if amount is not None else None
        if self.after is None or 2 * self.after.amount_minor >= before.amount_minor:
            del self.fields["sure"]

    def _typed(self) -> int | None:
        try:
            return int(self.fields["amount"].clean(self.data.get("amount"))) if self.is_bound else None
        except forms.ValidationError:
            return None

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if "sure" in self.fields and self.after is not None and not said.get("sure"):
            words = _("From %(before)s to %(after)s: tick this if it is meant.")
            self.add_error("sure", words % {"before": marks.money(self.before), "after": marks.money(self.after)})
        return said


class PreorderForm(StudioForm):
    """When it is expected, and how many may be promised; no day closes it."""

    on = forms.DateField(
        label=gettext_lazy("Expected on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: nothing (more) is sold ahead. Another day is told to everybody who ordered."),
    )
    limit = forms.IntegerField(
        label=gettext_lazy("At most so many pieces ahead"), min_value=0, max_value=1_000_000, required=False
    )


class GtinForm(StudioForm):
    """The number of the barcode."""

    gtin = forms.CharField(
        label=gettext_lazy("Barcode number (GTIN: EAN, UPC)"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("8, 12, 13 or 14 digits. Engines and other shops know the product by it."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@require_GET
@requires(Permission.CATALOG_VIEW)
def variant_page(request: HttpRequest, variant_id: int) -> HttpResponse:
    """GET: stock and price of a variant."""
    return _show(request, queries.variant(variant_id, locale=frame.locale()))


@require_POST
@requires(Permission.STOCK_EDIT)
def change_stock(request: HttpRequest, variant_id: int) -> HttpResponse:
    """POST how, quantity, reason: receive, adjust or count."""
    variant = queries.variant(variant_id, locale=frame.locale())
    form = StockForm(request.POST)
    if not form.is_valid():
        return _show(request, variant, stock_form=form, status=422)
    said, staff, at = form.cleaned_data, frame.staff_of(request), now()
    common: dict[str, Any] = {
        "variant_id": variant_id,
        "reason": said["reason"],
        "actor_id": staff.account_id,
        "at": at,
    }
    verbs = {
        "receive": lambda: actions.receive_stock(quantity=said["quantity"], **common),
        "adjust": lambda: actions.adjust_stock(quantity=said["quantity"], **common),
        "count": lambda: actions.count_stock(counted=said["quantity"], **common),
    }
    problem = frame.attempt(verbs[said["how"]])
    if problem:
        form.add_error(None, problem)
        return _show(request, variant, stock_form=form, status=409)
    verb = {"receive": "stock.received", "adjust": "stock.adjusted", "count": "stock.counted"}[said["how"]]
    _note(staff.account_id, verb, variant, {"quantity": said["quantity"], "reason": said["reason"]}, at)
    return frame.done(request, _("Stock changed."), _address(variant_id))


@require_POST
@requires(Permission.CATALOG_EDIT)
def change_price(request: HttpRequest, variant_id: int) -> HttpResponse:
    """POST amount, reason: the price from now on."""
    variant = queries.variant(variant_id, locale=frame.locale())
    form = PriceForm(request.POST, before=variant.price)
    if not form.is_valid():
        return _show(request, variant, price_form=form, status=422)
    said, staff, at = form.cleaned_data, frame.staff_of(request), now()
    problem = frame.attempt(
        lambda: actions.set_price(
            variant_id=variant_id,
            amount_minor=said["amount"],
            reason=said["reason"],
            actor_id=staff.account_id,
            at=at,
        )
    )
    if problem:
        form.add_error(None, problem)
        return _show(request, variant, price_form=form, status=409)
    detail = {"before_minor": variant.price.amount_minor, "amount_minor": said["amount"]}
    _note(staff.account_id, "price.changed", variant, detail, at)
    return frame.done(request, _("The new price is in force."), _address(variant_id))


@require_POST
@requires(Permission.STOCK_EDIT)
def set_preorder(request: HttpRequest, variant_id: int) -> HttpResponse:
    """POST on, limit: let the variant be ordered ahead, or no more."""
    variant = queries.variant(variant_id, locale=frame.locale())
    form = PreorderForm(request.POST)
    if not form.is_valid():
        return _show(request, variant, preorder_form=form, status=422)
    said, staff, at = form.cleaned_data, frame.staff_of(request), now()
    problem = frame.attempt(
        lambda: actions.set_preorder(
            variant_id=variant_id, on=said["on"], limit=said["limit"] or 0, actor_id=staff.account_id, at=at
        )
    )
    if problem:
        form.add_error(None, problem)
        return _show(request, variant, preorder_form=form, status=409)
    detail = {"on": said["on"].isoformat() if said["on"] else "", "limit": said["limit"] or 0}
    _note(staff.account_id, "preorder.set", variant, detail, at)
    return frame.done(request, _("Saved."), _address(variant_id))


@require_POST
@requires(Permission.CATALOG_EDIT)
def set_gtin(request: HttpRequest, variant_id: int) -> HttpResponse:
    """POST gtin: the number of the barcode; empty takes it away."""
    variant = queries.variant(variant_id, locale=frame.locale())
    form = GtinForm(request.POST)
    if not form.is_valid():
        return _show(request, variant, gtin_form=form, status=422)
    actor, number = frame.staff_of(request).account_id, form.cleaned_data["gtin"]
    problem = frame.attempt(
        lambda: actions.set_gtin(variant_id=variant_id, gtin=number, actor_id=actor, at=now()),
    )
    if problem:
        form.add_error("gtin", problem)
        return _show(request, variant, gtin_form=form, status=422)
    return frame.done(request, _("Saved."), _address(variant_id))


@require_POST
@requires(Permission.CATALOG_EDIT)
def set_archived(request: HttpRequest, variant_id: int) -> HttpResponse:
    """POST archived=yes|no: take one variant off sale, or put it back."""
    archived = request.POST.get("archived") == "yes"
    staff = frame.staff_of(request)
    actions.archive_variant(variant_ids=[variant_id], archived=archived, actor_id=staff.account_id, at=now())
    return frame.done(request, _("Off sale.") if archived else _("On sale again."), _address(variant_id))


def _show(
    request: HttpRequest,
    variant: Variant,
    *,
    stock_form: StockForm | None = None,
    price_form: PriceForm | None = None,
    gtin_form: GtinForm | None = None,
    preorder_form: PreorderForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at = now()
    product = queries.products([variant.product_id], locale=frame.locale())[variant.product_id]
    movements = queries.movements(variant.id, limit=MOVEMENTS)
    prices = queries.price_history(variant.id)
    actors = {row.actor_id for row in movements if row.actor_id} | {row.actor_id for row in prices if row.actor_id}
    names = people.names(actors) if actors else {}
    context = {
        "heading": f"{product.name} · {variant.label or variant.sku}",
        "product": product,
        "variant": variant,
        "movements": [(row, names.get(row.actor_id or 0, "")) for row in movements],
        "prices": [(row, names.get(row.actor_id or 0, "")) for row in prices],
        "lowest": queries.lowest_price(variant.id, at=at),
        "chart": pictures.price_chart(prices, at=at),
        "preorder_form": preorder_form
        or PreorderForm(initial={"on": variant.preorder_on, "limit": variant.preorder_limit or None}),
        "gtin_form": gtin_form or GtinForm(initial={"gtin": variant.gtin}),
        "waiting": checkout.waiting([variant.id]).get(variant.id, 0),
        "stock_form": stock_form or StockForm(initial={"how": "receive"}),
        "price_form": price_form
        or PriceForm(
            initial={"amount": major_text(variant.price.amount_minor, variant.price.currency)}, before=variant.price
        ),
    }
    return frame.page(request, "studio/variant.html", context, room="products", status=status)


def _address(variant_id: int) -> str:
    return reverse("studio:variant", args=[variant_id])


def _note(actor_id: int, verb: str, variant: Variant, detail: dict[str, Any], at: Any) -> None:
    people_actions.note(
        actor_id=actor_id,
        verb=verb,
        subject_kind="product",
        subject_id=variant.product_id,
        detail={"sku": variant.sku, **detail},
        at=at,
    )
