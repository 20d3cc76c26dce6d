"""Who sells, what is taken back, and which carriers are used."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from parvis.core.clock import now
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Carrier, Exempt, ReturnPolicy, ReturnShipping, Seller
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame, sending
from parvis.interfaces.studio.fields import AmountField, StudioForm, major_text, offer

_AREA = forms.Textarea(attrs={"rows": 3})
EXEMPTS = {
    Exempt.HYGIENE: gettext_lazy("sealed for hygiene"),
    Exempt.PERSONALISED: gettext_lazy("made or changed for the buyer"),
    Exempt.PERISHABLE: gettext_lazy("perishable"),
}


class SellerForm(StudioForm):
    """What the law wants on every invoice."""

    name = forms.CharField(label=gettext_lazy("Name of the company"), max_length=120)
    form = forms.CharField(label=gettext_lazy("Legal form and capital"), max_length=120, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=400, widget=_AREA)
    country = forms.CharField(label=gettext_lazy("Country"), max_length=2, min_length=2)
    registration = forms.CharField(label=gettext_lazy("SIREN or SIRET, and register"), max_length=120)
    vat_number = forms.CharField(label=gettext_lazy("VAT number"), max_length=20, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30, required=False)
    mediator = forms.CharField(label=gettext_lazy("Consumer mediator"), max_length=300, required=False)
    fictitious = forms.BooleanField(label=gettext_lazy("This is a demonstration: every paper says so"), required=False)


class PolicyForm(StudioForm):
    """What is taken back, until when, and who pays for the way."""

    days = forms.IntegerField(
        label=gettext_lazy("Days to change one’s mind"),
        min_value=14,
        max_value=365,
        help_text=gettext_lazy("The law gives fourteen after the last parcel came in."),
    )
    shipping = forms.ChoiceField(
        label=gettext_lazy("The way back after a change of mind"),
        choices=(
            (ReturnShipping.BUYER.value, gettext_lazy("the buyer chooses and pays a carrier")),
            (ReturnShipping.SHOP.value, gettext_lazy("costs the buyer nothing")),
            (ReturnShipping.FEE.value, gettext_lazy("with our label; a fixed amount is kept of the refund")),
        ),
    )
    fee = AmountField(label=gettext_lazy("Amount kept for the label"), required=False)
    address = forms.CharField(
        label=gettext_lazy("Address for returns"),
        max_length=400,
        widget=_AREA,
        required=False,
        help_text=gettext_lazy("Empty: the seller’s address."),
    )
    instructions_fr = forms.CharField(
        label=gettext_lazy("Instructions in French"), max_length=600, widget=_AREA, required=False
    )
    instructions_en = forms.CharField(
        label=gettext_lazy("Instructions in English"), max_length=600, widget=_AREA, required=False
    )


class ExemptForm(StudioForm):
    """One category or product more without a right of withdrawal."""

    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    product = forms.CharField(
        label=gettext_lazy("or product"), required=False, max_length=160, help_text=gettext_lazy("its address’s name")
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=[(key.value, words) for key, words in EXEMPTS.items()]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(each.key, each.name) for each in catalog.categories(frame.locale())]
        offer(self, "category", [("", "—"), *known])


class CarriersForm(StudioForm):
    """Carriers, one a line: key, name, address of the tracking page."""

    carriers = forms.CharField(
        label=gettext_lazy("Carriers"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("One a line: key | name | https://… with {number} where the tracking number stands"),
    )

    def read(self) -> list[Carrier]:
        """The carriers as typed (cleaned data needed)."""
        found = []
        for line in self.cleaned_data["carriers"].splitlines():
            parts = [part.strip() for part in line.split("|")] + ["", ""]
            if parts[0]:
                found.append(Carrier(key=parts[0][:40], name=parts[1][:60], pattern=parts[2][:300]))
        return found


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def selling(request: HttpRequest) -> HttpResponse:
    """GET: the three forms. POST what=seller|policy|exempt|unexempt|carriers."""
    what = request.POST.get("what", "")
    if request.method == "GET" or what not in _SAVES:
        return _show(request, {})
    form, problem = _SAVES[what](request)
    if form is not None and (form.errors or problem):
        if problem:
            form.add_error(None, problem)
        return _show(request, {what: form}, status=422)
    staff = frame.staff_of(request)
    people.note(actor_id=staff.account_id, verb="selling.changed", subject_kind="settings", subject_id=what, at=now())
    return frame.done(request, _("Saved."), reverse("studio:selling"))


def _seller(request: HttpRequest) -> tuple[Any, str]:
    form = SellerForm(request.POST)
    if not form.is_valid():
        return form, ""
    said = {**form.cleaned_data, "country": form.cleaned_data["country"].upper()}
    return form, frame.attempt(lambda: actions.save_seller(Seller(**said), actor_id=_who(request), at=now()))


def _policy(request: HttpRequest) -> tuple[Any, str]:
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return form, ""
    said, before = form.cleaned_data, queries.return_policy()
    made = ReturnPolicy(
        days=said["days"],
        shipping=ReturnShipping(said["shipping"]),
        fee_minor=said["fee"] or 0,
        address=said["address"],
        instructions_fr=said["instructions_fr"],
        instructions_en=said["instructions_en"],
        categories=before.categories,
        products=before.products,
    )
    return form, _save_policy(request, made)


def _exempt(request: HttpRequest) -> tuple[Any, str]:
    form = ExemptForm(request.POST)
    if not form.is_valid():
        return form, ""
    said, before = form.cleaned_data, queries.return_policy()
    ground = Exempt(said["ground"])
    categories, products = dict(before.categories), dict(before.products)
    if said["category"]:
        categories[said["category"]] = ground
    elif said["product"]:
        found: list[int] = []
        problem = frame.attempt(
            lambda: found.append(catalog.product_by_slug(said["product"].strip(), locale=frame.locale()).product.id)
        )
        if problem:
            return form, problem
        products[found[0]] = ground
    else:
        return form, _("Choose a category or name a product.")
    return form, _save_policy(request, _with(before, categories, products))


def _unexempt(request: HttpRequest) -> tuple[Any, str]:
    before, kind, _colon, key = queries.return_policy(), *request.POST.get("key", "").partition(":")
    categories = {name: ground for name, ground in before.categories.items() if (kind, key) != ("category", name)}
    products = {one: ground for one, ground in before.products.items() if (kind, key) != ("product", str(one))}
    return None, _save_policy(request, _with(before, categories, products))


def _with(before: ReturnPolicy, categories: Mapping[str, Exempt], products: Mapping[int, Exempt]) -> ReturnPolicy:
    return replace(before, categories=dict(categories), products=dict(products))


def _save_policy(request: HttpRequest, made: ReturnPolicy) -> str:
    return frame.attempt(lambda: actions.save_return_policy(made, actor_id=_who(request), at=now()))


def _carriers(request: HttpRequest) -> tuple[Any, str]:
    form = CarriersForm(request.POST)
    if not form.is_valid():
        return form, ""
    return form, frame.attempt(lambda: actions.save_carriers(form.read(), actor_id=_who(request), at=now()))


def _who(request: HttpRequest) -> int:
    return frame.staff_of(request).account_id


_SAVES = {
    "seller": _seller,
    "policy": _policy,
    "exempt": _exempt,
    "unexempt": _unexempt,
    "carriers": _carriers,
}


def _show(request: HttpRequest, wrong: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    policy, seller = queries.return_policy(), queries.seller()
    names = {each.key: each.name for each in catalog.categories(frame.locale())}
    products = catalog.products(policy.products, locale=frame.locale()) if policy.products else {}
    exempt = [(f"category:{key}", names.get(key, key), EXEMPTS[ground]) for key, ground in policy.categories.items()]
    exempt += [
        (f"product:{key}", products[key].name if key in products else str(key), EXEMPTS[ground])
        for key, ground in policy.products.items()
    ]
    fee = major_text(policy.fee_minor, settings.CURRENCY) if policy.fee_minor else ""
    lines = "\n".join(f"{each.key} | {each.name} | {each.pattern}" for each in queries.carriers())
    context = {
        "heading": _("Seller and returns policy"),
        "complete": seller.complete,
        "seller": wrong.get("seller") or SellerForm(initial=asdict(seller)),
        "policy": wrong.get("policy")
        or PolicyForm(initial={**asdict(policy), "shipping": policy.shipping.value, "fee": fee}),
        "exempt": exempt,
        "exempt_form": wrong.get("exempt") or ExemptForm(),
        "carriers": wrong.get("carriers") or CarriersForm(initial={"carriers": lines}),
    }
    return sending.page(request, "studio/sending/selling.html", context, tab="studio:selling", status=status)
