"""Forms of ways to ship: prices by zone and value, pick-up points."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.domains.checkout.contracts import PickupPoint, ShippingKind, ShippingMethod, ZoneRate
from parvis.domains.checkout.rules.shipping import COUNTRIES
from parvis.interfaces.studio.fields import AmountField, StudioForm, major_text

KINDS = (
    (ShippingKind.HOME.value, gettext_lazy("to the door")),
    (ShippingKind.PICKUP.value, gettext_lazy("collected at a point")),
)
_ZERO = re.compile(r"0+([.,]0*)?")
_STEP = re.compile(r"\s*(\d{1,7}(?:[.,]\d{1,3})?)\s*[:=]\s*(\d{1,5}(?:[.,]\d{1,3})?)\s*")


class PriceField(AmountField):
    """An amount that may be nothing."""

    def clean(self, value: Any) -> Any:
        text = str(value or "").strip()
        return 0 if _ZERO.fullmatch(text) else super().clean(value)


class CountriesField(forms.CharField):
    """Countries as two letters each, cleaned to a tuple of those that we ship to."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 400)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        codes = tuple(dict.fromkeys(super().clean(value).upper().replace(",", " ").split()))
        unknown = [code for code in codes if code not in COUNTRIES]
        if unknown:
            words = _("We do not ship to %(codes)s. Countries: %(known)s.")
            raise forms.ValidationError(words % {"codes": ", ".join(unknown), "known": " ".join(COUNTRIES)})
        return codes


class MethodForm(StudioForm):
    """A way to ship, without its zones and points."""

    name_fr = forms.CharField(label=gettext_lazy("Name in French"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("How"), choices=KINDS)
    countries = CountriesField(
        label=gettext_lazy("Countries"),
        required=False,
        help_text=gettext_lazy("Two letters each, such as FR BE LU. Empty: everywhere we ship."),
    )
    price = PriceField(label=gettext_lazy("Price"))
    free_from = AmountField(label=gettext_lazy("Free from this value of goods"), required=False)
    days_low = forms.IntegerField(label=gettext_lazy("Working days, at least"), min_value=0, max_value=60)
    days_high = forms.IntegerField(label=gettext_lazy("Working days, at most"), min_value=0, max_value=60)
    active = forms.BooleanField(label=gettext_lazy("Offered to buyers"), required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("days_low", 0) > said.get("days_high", 60):
            self.add_error("days_high", _("This is less than the least."))
        return said


class ZoneForm(StudioForm):
    """The price in some countries; without a name the zone is left out."""

    name = forms.CharField(label=gettext_lazy("Zone"), max_length=60, required=False)
    countries = CountriesField(label=gettext_lazy("Countries"), required=False)
    price = PriceField(label=gettext_lazy("Price"), required=False)
    free_from = AmountField(label=gettext_lazy("Free from"), required=False)
    bands = forms.CharField(
        label=gettext_lazy("Steps by value"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("One a line: value of goods: price, such as 100: 5.90"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_bands(self) -> tuple[tuple[int, int], ...]:
        found = []
        for line in self.cleaned_data["bands"].splitlines():
            if not line.strip():
                continue
            step = _STEP.fullmatch(line)
            if step is None:
                raise forms.ValidationError(_("Write each step as value: price, such as 100: 5.90."))
            found.append((_minor(step[1]), _minor(step[2])))
        return tuple(sorted(found))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("name"):
            for field in ("countries", "price"):
                if said.get(field) in (None, "", ()) and field not in self.errors:
                    self.add_error(field, _("This is needed for the zone."))
        return said


class PointForm(StudioForm):
    """A place to collect parcels; without a name it is left out."""

    name = forms.CharField(label=gettext_lazy("Place"), max_length=80, required=False)
    line1 = forms.CharField(label=gettext_lazy("Street and number"), max_length=120, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=12, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=80, required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=[(code, code) for code in COUNTRIES])
    hours_fr = forms.CharField(label=gettext_lazy("Opening hours in French"), max_length=200, required=False)
    hours_en = forms.CharField(label=gettext_lazy("Opening hours in English"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("name"):
            for field in ("line1", "postcode", "city"):
                if not said.get(field):
                    self.add_error(field, _("This is needed for the parcel to arrive."))
        return said


ZoneForms = forms.formset_factory(ZoneForm, extra=1, max_num=20, absolute_max=40)
PointForms = forms.formset_factory(PointForm, extra=1, max_num=200, absolute_max=220)


def _minor(text: str) -> int:
    digits = get_currency_precision(settings.CURRENCY)
    return int(Decimal(text.replace(",", ".")).scaleb(digits))


def _text(minor: int | None) -> str:
    return "" if minor is None else major_text(minor, settings.CURRENCY)


def initial(method: ShippingMethod) -> dict[str, Any]:
    """What a form of a method begins with."""
    return {
        "name_fr": method.name_fr,
        "name_en": method.name_en,
        "kind": method.kind.value,
        "countries": " ".join(method.countries),
        "price": _text(method.price_minor),
        "free_from": _text(method.free_from_minor),
        "days_low": method.days[0],
        "days_high": method.days[1],
        "active": method.active,
    }


def zones_initial(method: ShippingMethod) -> list[dict[str, Any]]:
    return [
        {
            "name": zone.name,
            "countries": " ".join(zone.countries),
            "price": _text(zone.price_minor),
            "free_from": _text(zone.free_from_minor),
            "bands": "\n".join(f"{_text(value)}: {_text(cost)}" for value, cost in zone.bands),
        }
        for zone in method.rates
    ]


def points_initial(method: ShippingMethod) -> list[dict[str, Any]]:
    names = ("name", "line1", "postcode", "city", "country", "hours_fr", "hours_en")
    return [{name: getattr(point, name) for name in names} for point in method.points]


def made(key: str, form: MethodForm, zones: Any, points: Any, before: Sequence[PickupPoint] = ()) -> ShippingMethod:
    """The method that valid forms describe; a point keeps its key as long as its name stays."""
    said, known = form.cleaned_data, {point.name: point.key for point in before}
    return ShippingMethod(
        key=key,
        kind=ShippingKind(said["kind"]),
        name_en=said["name_en"],
        name_fr=said["name_fr"],
        price_minor=said["price"] or 0,
        free_from_minor=said["free_from"],
        countries=said["countries"],
        days=(said["days_low"], said["days_high"]),
        active=said["active"],
        rates=tuple(
            ZoneRate(
                name=row["name"],
                countries=row["countries"],
                price_minor=row["price"] or 0,
                free_from_minor=row["free_from"],
                bands=row["bands"],
            )
            for row in (each.cleaned_data for each in zones)
            if row.get("name")
        ),
        points=tuple(
            PickupPoint(key=known.get(row["name"]) or _key(f"{row['city']} {row['name']}", place), **row)
            for place, row in enumerate(each.cleaned_data for each in points)
            if row.get("name")
        ),
    )


def _key(text: str, place: int) -> str:
    return slugify(text)[:36] or f"point-{place}"
