"""Form fields and forms of the studio, in the dress of the design system."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from babel.numbers import get_currency_precision
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

_BARE = {"checkbox", "radio", "hidden"}


class StudioForm(forms.Form):
    """A form whose controls wear the class that our style sheet knows."""

    template_name = "studio/fields.html"
    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if getattr(field.widget, "input_type", "") not in _BARE and not isinstance(
                field.widget, forms.CheckboxSelectMultiple
            ):
                field.widget.attrs["class"] = "input"


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Give a field of choices what can be chosen now."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no field of choices")
    field.choices = list(choices)


class AmountField(forms.CharField):
    """Money typed in major units, with a point or a comma; cleaned to integer minor units of the shop's currency."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "amount": _("Type an amount such as %(example)s."),
        "positive": _("The amount must be more than zero."),
        "precision": _("This currency has %(digits)s decimals."),
    }

    def __init__(self, *, currency: str = "", **kwargs: Any) -> None:
        self.currency = currency or settings.CURRENCY
        self.digits = get_currency_precision(self.currency)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        bare = text.replace("\N{NO-BREAK SPACE}", "").replace("\N{NARROW NO-BREAK SPACE}", "").replace(" ", "")
        bare = bare.strip("€$£").replace(",", ".")
        try:
            major = Decimal(bare)
        except InvalidOperation:
            major = Decimal("NaN")
        if not major.is_finite() or abs(major) > 10**9:
            example = major_text(1250, self.currency)
            raise forms.ValidationError(self.error_messages["amount"], "amount", {"example": example})
        if major <= 0:
            raise forms.ValidationError(self.error_messages["positive"], "positive")
        minor = major.scaleb(self.digits)
        if minor != minor.to_integral_value():
            raise forms.ValidationError(self.error_messages["precision"], "precision", {"digits": self.digits})
        return int(minor)


def major_text(amount_minor: int, currency: str) -> str:
    """An amount as one types it: 1250 EUR is "12.50", in French "12,50"."""
    digits = get_currency_precision(currency)
    text = f"{Decimal(amount_minor).scaleb(-digits):.{digits}f}"
    return text.replace(".", ",") if (get_language() or "").startswith("fr") else text
