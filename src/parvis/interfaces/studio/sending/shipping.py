"""Ways to ship: in their order, each with its zones, rates and points; and what a buyer would pay."""

from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.core.money import Money
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import ShippingKind, ShippingMethod
from parvis.domains.checkout.rules import shipping as rules
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame, sending
from parvis.interfaces.studio.fields import AmountField, StudioForm, offer
from parvis.interfaces.studio.sending import rates

NEW = ShippingMethod(
    key="", kind=ShippingKind.HOME, name_en="", name_fr="", price_minor=490, free_from_minor=None, countries=("FR",)
)


class PreviewForm(StudioForm):
    """Where to, and for how much."""

    country = forms.ChoiceField(label=gettext_lazy("Country"))
    goods = AmountField(label=gettext_lazy("Value of the goods"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self, "country", sorted(((code, marks.country(code)) for code in rules.COUNTRIES), key=lambda one: one[1])
        )


@require_GET
@requires(Permission.SETTINGS_EDIT)
def methods(request: HttpRequest) -> HttpResponse:
    """GET ?country=&goods= : the ways to ship, and what a buyer there would pay."""
    form = PreviewForm(request.GET if "goods" in request.GET else None, initial={"country": "BE", "goods": "60"})
    found = queries.all_shipping_methods()
    preview = []
    if form.is_bound and form.is_valid():
        country, goods = form.cleaned_data["country"], form.cleaned_data["goods"]
        for method in rules.serving([each for each in found if each.active], country):
            zone = rules.rate(method, country)
            cost = Money(rules.price(method, country, goods), settings.CURRENCY)
            preview.append({"method": method, "name": method.name(frame.locale()), "cost": cost, "zone": zone})
    context = {
        "heading": _("Ways to ship"),
        "methods": [_row(method) for method in found],
        "form": form,
        "preview": preview,
        "asked": form.is_bound and form.is_valid(),
    }
    status = 422 if form.is_bound and form.errors else 200
    return sending.page(request, "studio/sending/shipping.html", context, tab="studio:shipping", status=status)


def _row(method: ShippingMethod) -> dict[str, Any]:
    currency = settings.CURRENCY
    return {
        "method": method,
        "name": method.name(frame.locale()),
        "price": Money(method.price_minor, currency),
        "free": None if method.free_from_minor is None else Money(method.free_from_minor, currency),
        "zones": [
            {"zone": zone, "price": Money(zone.price_minor, currency),
             "free": None if zone.free_from_minor is None else Money(zone.free_from_minor, currency),
             "bands": [(Money(value, currency), Money(cost, currency)) for value, cost in zone.bands]}
            for zone in method.rates
        ],
    }  # fmt: skip


def _known(key: str) -> ShippingMethod:
    found = next((each for each in queries.all_shipping_methods() if each.key == key), None)
    if found is None:
        raise NotFound(kind="shipping method", key=key)
    return found


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def create(request: HttpRequest) -> HttpResponse:
    """GET: an empty form. POST: one more way to ship."""
    return _edit(request, NEW)


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """GET: the form of a way to ship. POST: change it."""
    return _edit(request, _known(key))


def _edit(request: HttpRequest, method: ShippingMethod) -> HttpResponse:
    data = request.POST or None
    form = rates.MethodForm(data, initial=rates.initial(method))
    zones = rates.ZoneForms(data, prefix="zone", initial=rates.zones_initial(method))
    points = rates.PointForms(data, prefix="point", initial=rates.points_initial(method))
    if request.method == "POST" and all([form.is_valid(), zones.is_valid(), points.is_valid()]):
        key = method.key or _new_key(form.cleaned_data["name_en"])
        made = rates.made(key, form, zones, points, method.points)
        if made.kind is ShippingKind.PICKUP and not made.points:
            form.add_error("kind", _("Name at least one point where goods are collected."))
        else:
            before = queries.all_shipping_methods()
            after = [made if each.key == key else each for each in before]
            _save(request, after if method.key else [*after, made])
            to = reverse("studio:shipping_method", args=[key])
            more = "more" in request.POST
            return frame.done(request, _("Saved."), to if more else reverse("studio:shipping"))
    context = {
        "heading": method.name(frame.locale()) or _("A new way to ship"),
        "form": form,
        "zones": zones,
        "points": points,
        "method": method,
    }
    return sending.page(
        request,
        "studio/sending/method.html",
        context,
        tab="studio:shipping",
        status=422 if _wrong(form, zones, points) else 200,
    )


def _wrong(form: Any, zones: Any, points: Any) -> bool:
    return bool(form.is_bound and (form.errors or any(zones.errors) or any(points.errors)))


def _new_key(name: str) -> str:
    taken = {each.key for each in queries.all_shipping_methods()}
    base = slugify(name)[:30] or "way"
    return next(key for key in [base, *(f"{base}-{n}" for n in range(2, 100))] if key not in taken)


def _save(request: HttpRequest, found: list[ShippingMethod]) -> None:
    actions.save_shipping_methods(found)
    staff = frame.staff_of(request)
    people.note(
        actor_id=staff.account_id, verb="shipping.changed", subject_kind="settings", subject_id="shipping", at=now()
    )


@require_POST
@requires(Permission.SETTINGS_EDIT)
def act(request: HttpRequest, key: str) -> HttpResponse:
    """POST do=up|on|off|remove: move, switch or take away a way to ship."""
    found, here = list(queries.all_shipping_methods()), reverse("studio:shipping")
    place = found.index(_known(key))
    match request.POST.get("do"):
        case "up" if place > 0:
            found[place - 1], found[place] = found[place], found[place - 1]
        case "on" | "off" as what:
            found[place] = replace(found[place], active=what == "on")
        case "remove":
            found.pop(place)
        case _:
            return redirect_back(request, here)
    if not any(each.active for each in found):
        return frame.failed(request, _("at least one way to ship must stay"), here)
    _save(request, found)
    return frame.done(request, _("Saved."), here)


def redirect_back(request: HttpRequest, here: str) -> HttpResponse:
    """Nothing was asked for: say so."""
    return frame.failed(request, _("Choose what to do."), here)
