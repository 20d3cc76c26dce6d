"""What shoppers fill in. Rules are the domains'; here is only what keeps a form from being sent in vain."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.clock import now
from parvis.domains.checkout.contracts import Address, ShippingKind, ShippingMethod
from parvis.domains.checkout.ports import CardDetails
from parvis.domains.checkout.queries import shipping_methods
from parvis.domains.voices.rules import LIMITS
from parvis.interfaces.design.forms import DressedForm
from parvis.interfaces.storefront.pages import locale

FIRST = ("FR", "BE", "CH", "LU", "CA")


def countries() -> list[tuple[str, str]]:
    """Countries we ship to, in the reader's language, French-speaking ones first. All methods without a list of
    countries would ship anywhere: then the usual list is offered."""
    served: set[str] = set()
    for method in shipping_methods():
        served.update(method.countries or FIRST)
    names = Locale(locale()).territories
    order = sorted(served, key=lambda code: (FIRST.index(code) if code in FIRST else len(FIRST), names.get(code, code)))
    return [(code, names.get(code, code)) for code in order]


def _autocomplete(name: str, **more: str) -> dict[str, str]:
    return {"autocomplete": name, **more}


class ContactForm(DressedForm):
    """Who buys, and where it goes. A pick-up point stands for its own address."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("For the confirmation of this order. No newsletter."),
        widget=forms.EmailInput(attrs=_autocomplete("email")),
    )
    name = forms.CharField(
        label=_("First and last name"), max_length=120, widget=forms.TextInput(attrs=_autocomplete("name"))
    )
    country = forms.ChoiceField(label=_("Country"), widget=forms.Select(attrs=_autocomplete("country")))
    shipping_method = forms.ChoiceField(label=_("Delivery"), widget=forms.RadioSelect)
    point = forms.ChoiceField(label=_("Pick-up point"), required=False)
    line1 = forms.CharField(
        label=_("Address"), required=False, max_length=120, widget=forms.TextInput(attrs=_autocomplete("address-line1"))
    )
    line2 = forms.CharField(
        label=_("Building, floor"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs=_autocomplete("address-line2")),
    )
    postcode = forms.CharField(
        label=_("Postcode"), required=False, max_length=12, widget=forms.TextInput(attrs=_autocomplete("postal-code"))
    )
    city = forms.CharField(
        label=_("City"), required=False, max_length=80, widget=forms.TextInput(attrs=_autocomplete("address-level2"))
    )
    region = forms.CharField(
        label=_("State or province"),
        required=False,
        max_length=40,
        help_text=_("For the United States and Canada."),
        widget=forms.TextInput(attrs=_autocomplete("address-level1")),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=24,
        help_text=_("For the carrier only."),
        widget=forms.TextInput(attrs=_autocomplete("tel", inputmode="tel")),
    )

    def __init__(self, *args: Any, methods: Sequence[ShippingMethod], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.methods = {method.key: method for method in methods}
        for name in ("line1", "postcode", "city"):
            # Asked for unless a pick-up point is chosen: not optional to the eye.
            self.fields[name].needed = True  # type: ignore[attr-defined]
        self.fields["country"].widget.attrs["data-presses"] = "#update"
        self.fields["country"].choices = countries()  # type: ignore[attr-defined]
        self.fields["shipping_method"].choices = [(key, key) for key in self.methods]  # type: ignore[attr-defined]
        points = [point for method in methods for point in method.points]
        self.fields["point"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((point.key, f"{point.name}, {point.line1}, {point.postcode} {point.city}") for point in points),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        method = self.methods.get(data.get("shipping_method", ""))
        if method is None:
            return data
        if method.countries and data.get("country") and data["country"] not in method.countries:
            self.add_error("shipping_method", _("This way of delivery does not serve that country."))
        if method.kind is ShippingKind.PICKUP:
            if not data.get("point"):
                self.add_error("point", _("Choose a pick-up point."))
        else:
            for name in ("line1", "postcode", "city"):
                if not data.get(name):
                    self.add_error(name, _("This is needed for the delivery."))
        return data

    def address(self) -> Address:
        """The address as given; checkout normalises and checks it."""
        data = self.cleaned_data
        names = ("line1", "line2", "postcode", "city", "region", "country", "phone")
        fields = {name: data.get(name, "") for name in names}
        picked = self.methods[data["shipping_method"]].kind is ShippingKind.PICKUP
        return Address(**fields, point=data["point"] if picked else "")


class Unsaid(forms.TextInput):
    """A control whose value is never written back into a page."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class CardForm(DressedForm):
    """A card as typed. It goes to the payment provider and is neither kept nor logged here."""

    number = forms.CharField(
        label=_("Card number"),
        max_length=30,
        widget=Unsaid(attrs=_autocomplete("cc-number", inputmode="numeric", placeholder="4242 4242 4242 4242")),
    )
    expiry = forms.CharField(
        label=_("Expiry, as on the card"),
        max_length=9,
        widget=Unsaid(attrs=_autocomplete("cc-exp", inputmode="numeric", placeholder="12 / 30")),
    )
    cvc = forms.CharField(
        label=_("Security code"),
        max_length=4,
        widget=Unsaid(attrs=_autocomplete("cc-csc", inputmode="numeric", placeholder="123")),
    )
    save_card = forms.BooleanField(
        label=_("Keep this card for my next purchases"),
        required=False,
        help_text=_("The payment provider keeps it. You can take it back in your account."),
    )

    def clean_number(self) -> str:
        digits = re.sub(r"[\s-]", "", self.cleaned_data["number"])
        if not re.fullmatch(r"[0-9]{12,19}", digits):
            raise forms.ValidationError(_("A card number has 12 to 19 digits."), code="number")
        return digits

    def clean_expiry(self) -> tuple[int, int]:
        found = re.fullmatch(r"\s*(\d{1,2})\s*[/\s-]?\s*(\d{2}|\d{4})\s*", self.cleaned_data["expiry"])
        month, year = (int(found[1]), int(found[2])) if found else (0, 0)
        year += 2000 if year < 100 else 0
        today = now().date()
        if not 1 <= month <= 12:
            raise forms.ValidationError(_("Write month and year, such as 12/30."), code="expiry")
        if (year, month) < (today.year, today.month):
            raise forms.ValidationError(_("This card has expired."), code="expired")
        return month, year

    def clean_cvc(self) -> str:
        code = str(self.cleaned_data["cvc"]).strip()
        if not re.fullmatch(r"[0-9]{3,4}", code):
            raise forms.ValidationError(_("Three digits, or four for American Express."), code="cvc")
        return code

    def details(self, holder: str) -> CardDetails:
        """The card for the payment provider."""
        month, year = self.cleaned_data["expiry"]
        return CardDetails(
            number=self.cleaned_data["number"],
            exp_month=month,
            exp_year=year,
            cvc=self.cleaned_data["cvc"],
            holder=holder,
            save=self.cleaned_data["save_card"],
        )


class Photos(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several files of one control; the voices domain decides what is a photo."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(PhotosField, self).clean(item, initial) for item in given if item]


FITS = [("", _("No opinion")), ("-1", _("Runs small")), ("0", _("True to size")), ("1", _("Runs large"))]
STARS = [(str(star), str(star)) for star in range(1, 6)]


class ReviewForm(DressedForm):
    """A review: stars are needed, all else helps others."""

    stars = forms.ChoiceField(label=_("Your rating"), choices=STARS, widget=forms.RadioSelect)
    title = forms.CharField(label=_("Title"), required=False, max_length=LIMITS["title"])
    text = forms.CharField(
        label=_("What would you tell a friend?"),
        required=False,
        max_length=LIMITS["text"],
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("How it fits, how it feels, what you use it for. Praise and complaint are treated alike."),
    )
    photos = PhotosField(
        label=_("Photos"),
        required=False,
        widget=Photos(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic", "multiple": True}),
        help_text=_("Up to five. Where and when they were taken is removed."),
    )
    size_worn = forms.CharField(label=_("Size worn"), required=False, max_length=LIMITS["size_worn"])
    fit_felt = forms.ChoiceField(label=_("How does it fit?"), required=False, choices=FITS, widget=forms.RadioSelect)
    height_cm = forms.IntegerField(label=_("Your height in cm"), required=False, min_value=50, max_value=260)
    age = forms.IntegerField(label=_("Your age"), required=False, min_value=16, max_value=120)
    experienced_on = forms.DateField(
        label=_("Since when do you have it?"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    author_name = forms.CharField(
        label=_("Name to show"), max_length=LIMITS["author_name"], help_text=_("A first name is enough.")
    )
    incentive = forms.CharField(
        label=_("Did you get something in exchange?"),
        required=False,
        max_length=LIMITS["incentive"],
        help_text=_("A free product, a discount, points: it is shown with your review, as the law asks."),
    )
    agree = forms.BooleanField(label=_("I have used this product myself, and my review may be published."))

    def clean_experienced_on(self) -> date | None:
        day: date | None = self.cleaned_data["experienced_on"]
        if day is not None and day > now().date():
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def clean_photos(self) -> list[Any]:
        photos: list[Any] = self.cleaned_data["photos"]
        if len(photos) > 5:
            raise forms.ValidationError(_("Five photos at most."))
        return photos


class QuestionForm(DressedForm):
    """A question to people who own the product."""

    text = forms.CharField(
        label=_("Your question"), max_length=500, min_length=8, widget=forms.Textarea(attrs={"rows": 3})
    )
    author_name = forms.CharField(label=_("Name to show"), max_length=LIMITS["author_name"])


class ReportForm(DressedForm):
    """Why a voice should be looked at again."""

    why = forms.CharField(
        label=_("What is wrong with it?"), max_length=1000, min_length=4, widget=forms.Textarea(attrs={"rows": 4})
    )


class DetailsForm(DressedForm):
    """Name and language of a customer."""

    name = forms.CharField(label=_("First and last name"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[("fr", "Français"), ("en", "English")])
