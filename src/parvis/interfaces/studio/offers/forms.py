"""A promotion as the team writes it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.errors import NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import AdjustmentKind, Benefit, Promotion, Terms
from parvis.interfaces.studio import frame
from parvis.interfaces.studio.fields import AmountField, StudioForm, major_text, offer
from parvis.interfaces.studio.offers.words import BENEFITS, KINDS, PROBLEMS

_FIELDS = {"value": "percent", "minimum_minor": "minimum"}
_MOMENT = "%Y-%m-%dT%H:%M"


def _moment(label: Any, help_text: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
    return forms.DateTimeField(
        label=label, required=False, widget=widget, input_formats=[_MOMENT, f"{_MOMENT}:%S"], help_text=help_text
    )


class PromotionForm(StudioForm):
    """All terms of a promotion; which of them count depends on the kind and on what it gives."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[(kind.value, words) for kind, words in KINDS.items()])
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80)
    name_fr = forms.CharField(label=gettext_lazy("Name in French"), max_length=80)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Capitals, spaces and hyphens make no difference when it is typed."),
    )
    creator = forms.CharField(label=gettext_lazy("Whose code"), max_length=120, required=False)
    status = forms.CharField(
        label=gettext_lazy("Status"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Only customers who hold it, such as “member”, have this offer."),
    )
    benefit = forms.ChoiceField(
        label=gettext_lazy("What it gives"), choices=[(each.value, words) for each, words in BENEFITS.items()]
    )
    percent = forms.DecimalField(
        label=gettext_lazy("Percent"), required=False, min_value=Decimal("0.01"), max_value=100, decimal_places=2
    )
    amount = AmountField(label=gettext_lazy("Amount, or price of the set"), required=False)
    take = forms.IntegerField(
        label=gettext_lazy("Pieces of a set"),
        required=False,
        min_value=0,
        max_value=20,
        help_text=gettext_lazy("Empty, for a set at its price: one of each article below."),
    )
    pay = forms.IntegerField(label=gettext_lazy("Pieces that are paid"), required=False, min_value=0, max_value=20)
    products = forms.CharField(
        label=gettext_lazy("Articles"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The last part of their addresses, such as “linen-dress”, one a line."),
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Categories"), required=False, widget=forms.CheckboxSelectMultiple
    )
    full_price_only = forms.BooleanField(
        label=gettext_lazy("Not for articles whose price is reduced already"), required=False
    )
    minimum = AmountField(
        label=gettext_lazy("From this value of articles"),
        required=False,
        help_text=gettext_lazy("Of the articles it is for, before anything is taken off."),
    )
    starts_at = _moment(gettext_lazy("From"), gettext_lazy("Empty: at once."))
    ends_at = _moment(gettext_lazy("Until"), gettext_lazy("Empty: until it is stopped."))
    max_uses = forms.IntegerField(label=gettext_lazy("Uses in all"), required=False, min_value=1)
    max_per_customer = forms.IntegerField(
        label=gettext_lazy("Uses of one customer"), required=False, min_value=1, max_value=1000
    )
    exclusive = forms.BooleanField(label=gettext_lazy("Combines with nothing else"), required=False)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = catalog.categories(frame.locale())
        departments = {each.department: each.department_name for each in known if each.department}
        choices = [(key, _("%(name)s, all of it") % {"name": name}) for key, name in departments.items()]
        offer(self, "categories", [*choices, *((each.key, each.name) for each in known if each.key not in departments)])

    def clean_products(self) -> tuple[int, ...]:
        found = []
        for slug in self.cleaned_data["products"].replace(",", " ").split()[:200]:
            try:
                found.append(catalog.product_by_slug(slug.strip("/").rpartition("/")[2], locale="en").product.id)
            except NotFound as error:
                raise forms.ValidationError(_("No article is known as %(name)s.") % {"name": slug}) from error
        return tuple(dict.fromkeys(found))

    def terms(self) -> Terms:
        """The terms of a valid form."""
        said = self.cleaned_data
        benefit = Benefit(said["benefit"])
        percent = int((said["percent"] or 0) * 100)
        return Terms(
            kind=AdjustmentKind(said["kind"]),
            benefit=benefit,
            name_en=said["name_en"],
            name_fr=said["name_fr"],
            value=percent if benefit is Benefit.PERCENTAGE else (said["amount"] or 0),
            code=said["code"],
            products=said["products"],
            categories=tuple(said["categories"]),
            full_price_only=said["full_price_only"],
            take=said["take"] or 0,
            pay=said["pay"] or 0,
            minimum_minor=said["minimum"] or 0,
            starts_at=said["starts_at"],
            ends_at=said["ends_at"],
            max_uses=said["max_uses"],
            max_per_customer=said["max_per_customer"],
            exclusive=said["exclusive"],
            status=said["status"].strip().lower(),
            creator=said["creator"].strip(),
        )

    def refuse(self, bad: actions.BadTerms) -> None:
        """Say beside each field what is wrong with it."""
        for fault in bad.faults:
            name = _FIELDS.get(fault.field, fault.field)
            if name == "percent" and self.cleaned_data.get("benefit") != Benefit.PERCENTAGE.value:
                name = "amount"
            self.add_error(name if name in self.fields else None, str(PROBLEMS[fault.problem.value]))


def initial(promotion: Promotion) -> dict[str, Any]:
    """A promotion as its form shows it."""
    terms = promotion.terms
    products = catalog.products(terms.products, locale="en") if terms.products else {}
    percent = terms.benefit is Benefit.PERCENTAGE
    return {
        "kind": terms.kind.value,
        "name_en": terms.name_en,
        "name_fr": terms.name_fr,
        "code": terms.code,
        "creator": terms.creator,
        "status": terms.status,
        "benefit": terms.benefit.value,
        "percent": Decimal(terms.value) / 100 if percent else None,
        "amount": None if percent or not terms.value else major_text(terms.value, settings.CURRENCY),
        "take": terms.take or None,
        "pay": terms.pay or None,
        "products": "\n".join(products[key].slug for key in terms.products if key in products),
        "categories": list(terms.categories),
        "full_price_only": terms.full_price_only,
        "minimum": major_text(terms.minimum_minor, settings.CURRENCY) if terms.minimum_minor else None,
        "starts_at": terms.starts_at,
        "ends_at": terms.ends_at,
        "max_uses": terms.max_uses,
        "max_per_customer": terms.max_per_customer,
        "exclusive": terms.exclusive,
        "revision": promotion.revision,
    }
