"""The forms of the checkout. They work without a script; what is wrong is said beside the field that is wrong."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from parvis.core.clock import now
from parvis.core.numbers import whole
from parvis.domains.checkout import actions, ports, queries
from parvis.domains.checkout.contracts import Address, Cart, Quote, SavedCard, ShippingKind, ShippingMethod, Totals
from parvis.domains.checkout.ports import CardDetails
from parvis.domains.checkout.rules import addresses, cards
from parvis.domains.checkout.rules.shipping import COUNTRIES
from parvis.domains.checkout.web.words import CARD_PROBLEMS, address_words, amount
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Customer

# Views that take a card wear this: no error report shows what was typed.
private_card: Callable[..., Any] = sensitive_post_parameters("number", "expiry", "cvc")
NEW_CARD = "new"


class Unkept(forms.TextInput):
    """A field whose value is never sent back to the page."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class Fresh(forms.HiddenInput):
    """A hidden value that is always the page's own, never the one that was posted before."""

    value = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, self.value, attrs)


def _text(label: Any, autocomplete: str, *, limit: int, required: bool = True, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "input", "autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=limit, required=required, widget=widget, **more)


class CheckoutForm(forms.Form):
    """Who buys, where it goes and how. ``key`` makes a repeated submit the same order; ``shown`` carries the totals
    that the page showed for each way to ship, so that nobody is charged another one."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("For the confirmation and the tracking of your order."),
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email", "inputmode": "email"}),
        error_messages={"invalid": _("This does not look like an e-mail address."), "required": _("Type your e-mail.")},
    )
    name = _text(_("First and last name"), "name", limit=120)
    shipping_method = forms.ChoiceField(label=_("Delivery"), widget=forms.RadioSelect)
    point = forms.ChoiceField(label=_("Pick-up point"), required=False, widget=forms.Select(attrs={"class": "input"}))
    country = forms.ChoiceField(
        label=_("Country"), widget=forms.Select(attrs={"class": "input", "autocomplete": "country"})
    )
    line1 = _text(_("Street and number"), "address-line1", limit=120, required=False)
    line2 = _text(_("Building, floor, company"), "address-line2", limit=120, required=False)
    postcode = _text(_("Postcode"), "postal-code", limit=12, required=False)
    city = _text(_("City"), "address-level2", limit=80, required=False)
    region = _text(_("State or province"), "address-level1", limit=40, required=False)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=24,
        required=False,
        help_text=_("Only for the carrier, when the parcel cannot be handed over."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "tel", "type": "tel"}),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    shown = forms.CharField(max_length=400, required=False, widget=Fresh)
    ahead = forms.CharField(max_length=1000, required=False, widget=Fresh)
    agreed = forms.CharField(max_length=200, required=False, widget=Fresh)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        cart: Cart,
        initial: Mapping[str, Any] | None = None,
        customer_id: int | None = None,
    ):
        self.cart = cart
        self.customer_id = customer_id
        self._totals: dict[str, Totals] = {}
        self.methods = queries.shipping_methods()
        given = {"country": "FR", "shipping_method": self.methods[0].key, **(initial or {})}
        given["key"] = secrets.token_urlsafe(18)
        super().__init__(data, initial=given)
        shown: Any = self.fields["shown"].widget
        agreed: Any = self.fields["agreed"].widget
        self.versions = actions.versions_in_force(at=now())
        agreed.value = ",".join(f"{kind}:{version}" for kind, version in self.versions.items())
        ahead: Any = self.fields["ahead"].widget
        ahead.value = ",".join(str(line.variant_id) for line in self.cart.lines if line.preorder_on is not None)
        shown.value = ",".join(f"{key}:{total.due.amount_minor}" for key, total in self.totals().items())
        locale = (get_language() or "en")[:2]
        self._choices()["country"].choices = country_choices(locale)
        self._choices()["shipping_method"].choices = [
            (method.key, self._method_label(method, locale)) for method in self.methods
        ]
        self._choices()["point"].choices = [("", gettext("Choose a pick-up point"))] + [
            (point.key, f"{point.name}, {point.line1}, {point.postcode} {point.city}")
            for method in self.methods
            for point in method.points
        ]

    def _choices(self) -> dict[str, Any]:
        return self.fields

    def totals(self) -> dict[str, Totals]:
        """What the cart costs by each way to ship, sent to the country of the form; a way that does not serve it is
        told with what it costs where it goes."""
        if not self._totals:
            country = str(self["country"].value() or "")
            self._totals = {offer.method.key: offer.totals for offer in self.quote(country).offers}
            for method in self.methods:
                if method.key not in self._totals:
                    self._totals[method.key] = self.quote(method.countries[0], method.key).totals
        return self._totals

    def quote(self, country: str = "", method: str = "") -> Quote:
        """The cart's quote as the form stands, with what is known of the buyer."""
        return queries.quote(
            self.cart,
            country=country or str(self["country"].value() or ""),
            shipping_method=method or str(self["shipping_method"].value() or ""),
            customer_id=self.customer_id,
            email=str(self["email"].value() or ""),
            at=now(),
        )

    @property
    def nothing_due(self) -> bool:
        """Whether gift cards, or what is taken off, cover all of it by the chosen way: no card is needed then."""
        return not self.totals()[self.chosen.key].due

    def _method_label(self, method: ShippingMethod, locale: str) -> str:
        price = self.totals()[method.key].shipping
        cost = amount(price, locale) if price else gettext("free")
        words = gettext("%(name)s, %(low)d to %(high)d working days: %(cost)s")
        low, high = method.days
        return words % {"name": method.name(locale), "low": low, "high": high, "cost": cost}

    @property
    def chosen(self) -> ShippingMethod:
        """The way to ship that is chosen now, for the sums beside the form."""
        key = self["shipping_method"].value()
        return next((method for method in self.methods if method.key == key), self.methods[0])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        method = next((one for one in self.methods if one.key == data.get("shipping_method")), None)
        country = data.get("country", "")
        if method is None:
            return data
        if method.countries and country and country not in method.countries:
            self.add_error("shipping_method", gettext("This way to ship does not serve the country you chose."))
        if method.kind is ShippingKind.PICKUP:
            if data.get("point") not in [point.key for point in method.points]:
                self.add_error("point", gettext("Choose the pick-up point where you will collect the parcel."))
            return data
        for fault in addresses.faults(addresses.normalise(self.address()), countries=COUNTRIES):
            if fault.field not in self.errors:
                self.add_error(fault.field, address_words(fault.problem, fault.example))
        return data

    def address(self) -> Address:
        """The address as typed (cleaned data needed)."""
        names = ("line1", "line2", "postcode", "city", "region", "country", "phone", "point")
        return Address(**{name: self.cleaned_data.get(name) or "" for name in names})

    def clean_agreed(self) -> str:
        """The versions of the legal texts that the page showed: those in force, or the buyer looks again."""
        told: str = self.cleaned_data["agreed"]
        agreed: Any = self.fields["agreed"].widget
        if told and told != agreed.value:
            self.add_error(
                None, gettext("Our terms have changed since you opened this page. Look and confirm once more.")
            )
        return told

    def agreed_versions(self) -> dict[str, int] | None:
        """The versions that the page showed, by kind; None for a form that carries none: nothing is known of it."""
        return dict(self.versions) if self.cleaned_data.get("agreed") else None

    def ahead_known(self) -> set[int]:
        """The variants that the page showed as ordered ahead."""
        parts = (whole(part) for part in self.cleaned_data.get("ahead", "").split(","))
        return {part for part in parts if part is not None}

    def expected_total(self) -> int | None:
        """The total that the page showed for the chosen way to ship."""
        for part in self.cleaned_data.get("shown", "").split(","):
            key, _sep, total = part.partition(":")
            if key == self.cleaned_data["shipping_method"] and total.isascii() and total.isdigit():
                return int(total)
        return None


class CardForm(forms.Form):
    """A card, or one of the kept ones. Nothing typed here is ever sent back to the page."""

    saved = forms.ChoiceField(label=_("Card"), required=False, widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Card number"),
        required=False,
        max_length=40,
        widget=Unkept(attrs={"class": "input", "autocomplete": "cc-number", "inputmode": "numeric"}),
    )
    expiry = forms.CharField(
        label=_("Expiry date"),
        required=False,
        max_length=10,
        widget=Unkept(
            attrs={"class": "input", "autocomplete": "cc-exp", "inputmode": "numeric", "placeholder": _("MM / YY")}
        ),
    )
    cvc = forms.CharField(
        label=_("Security code"),
        required=False,
        max_length=4,
        widget=Unkept(attrs={"class": "input", "autocomplete": "cc-csc", "inputmode": "numeric"}),
    )
    save = forms.BooleanField(
        label=_("Keep this card for my next purchases"),
        required=False,
        help_text=_("The payment service keeps it, not we. You can delete it in your account at any time."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        today: date,
        kept: Sequence[SavedCard] = (),
        may_save: bool = False,
    ):
        self.today = today
        self.kept = tuple(kept)
        # where the provider's own element takes cards, no number is typed here
        self.elsewhere = not ports.takes_cards()
        self.tried_out = ports.payments().name == "testpay"
        super().__init__(data, initial={"saved": str(kept[0].id) if kept else NEW_CARD})
        if not may_save or self.elsewhere:
            del self.fields["save"]
        if self.elsewhere:
            for name in ("number", "expiry", "cvc"):
                del self.fields[name]
        if kept:
            saved: Any = self.fields["saved"]
            saved.choices = [
                *(
                    (str(one.id), f"{one.brand.title()} •••• {one.last4}, {one.exp_month:02d}/{one.exp_year % 100:02d}")
                    for one in kept
                ),
                (NEW_CARD, gettext("Another card")),
            ]
        else:
            del self.fields["saved"]

    @property
    def saved_card_id(self) -> int | None:
        """The kept card that was chosen."""
        chosen = self.cleaned_data.get("saved") or NEW_CARD
        return None if chosen == NEW_CARD else int(chosen)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.saved_card_id is not None or self.elsewhere:
            return data
        problem = cards.number_problem(data.get("number", ""))
        self._say("number", problem)
        expiry = cards.read_expiry(data.get("expiry", ""))
        if expiry is None:
            self._say("expiry", cards.CardProblem.INVALID)
        else:
            year, month = expiry
            past = cards.expiry_problem(year, month, this_year=self.today.year, this_month=self.today.month)
            self._say("expiry", past)
        self._say("cvc", cards.cvc_problem(data.get("cvc", ""), data.get("number", "")))
        return data

    def _say(self, field: str, problem: cards.CardProblem | None) -> None:
        if problem is not None and field not in self.errors:
            self.add_error(field, str(CARD_PROBLEMS[field, problem.value]))

    def details(self) -> CardDetails | None:
        """The card as typed, or None when a kept one was chosen."""
        expiry = cards.read_expiry(self.cleaned_data.get("expiry", ""))
        if self.saved_card_id is not None or self.elsewhere or expiry is None:
            return None
        return CardDetails(
            number=cards.digits(self.cleaned_data["number"]),
            exp_year=expiry[0],
            exp_month=expiry[1],
            cvc=self.cleaned_data["cvc"].strip(),
            save=bool(self.cleaned_data.get("save")),
        )


def known_details(customer: Customer | None) -> dict[str, Any]:
    """What a signed-in customer need not type again, as initial values of a :class:`CheckoutForm`."""
    if customer is None:
        return {}
    known: dict[str, Any] = {"email": customer.email, "name": customer.name}
    last = queries.last_details(customer.id)
    if last is None:
        kept = next((one for one in people.addresses(customer.id) if one.default), None)
        if kept is not None:
            parts = ("line1", "line2", "postcode", "city", "region", "country", "phone")
            known |= {name: getattr(kept, name) for name in parts}
        return known
    name, address, method = last
    known |= {"name": name, "shipping_method": method, "country": address.country, "phone": address.phone}
    if address.point:
        return known | {"point": address.point}
    names = ("line1", "line2", "postcode", "city", "region")
    return known | {name: getattr(address, name) for name in names}


@cache
def country_choices(locale: str) -> list[tuple[str, str]]:
    """The countries we ship to, by their name in this language; France first."""
    names = Locale.parse(locale).territories
    rest = sorted((str(names[code]), code) for code in COUNTRIES if code != "FR")
    return [("FR", str(names["FR"])), *((code, name) for name, code in rest)]


def has_regions(country: str) -> bool:
    """Whether addresses of a country name a state or province."""
    return country in addresses.WITH_REGION
