"""What the page of an order shows and offers of parcels."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import Order, OrderState, ParcelState
from parvis.domains.checkout.rules.parcels import ENDED
from parvis.domains.checkout.web.after import PARCELS
from parvis.interfaces.design.shapes import Happening
from parvis.interfaces.studio.fields import StudioForm, offer

_SENDING = (OrderState.PAID, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.PARTLY_REFUNDED)


class ParcelForm(StudioForm):
    """What goes into a parcel, who carries it, and under which number."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    carrier = forms.ChoiceField(label=gettext_lazy("Carrier"), required=False)
    tracking = forms.CharField(label=gettext_lazy("Tracking number"), required=False, max_length=120)
    handed_over = forms.BooleanField(label=gettext_lazy("The carrier has it already"), required=False)

    def __init__(self, order: Order, *args: Any, carriers: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "carrier", carriers or carrier_choices())
        self.order, self.left = order, {key: each.to_pack for key, each in queries.pieces_in(order).items()}
        for line in order.lines:
            if self.left[line.id]:
                self.fields[f"line_{line.id}"] = forms.TypedChoiceField(
                    label=line.name,
                    coerce=int,
                    initial=self.left[line.id],
                    choices=[(n, n) for n in range(self.left[line.id] + 1)],
                )
                self.fields[f"line_{line.id}"].widget.attrs["class"] = "input"

    @property
    def rows(self) -> list[tuple[Any, forms.BoundField]]:
        return [(line, self[f"line_{line.id}"]) for line in self.order.lines if self.left[line.id]]

    @property
    def pieces(self) -> dict[int, int]:
        said = self.cleaned_data
        return {line.id: n for line in self.order.lines if (n := said.get(f"line_{line.id}") or 0)}


def carrier_choices() -> list[tuple[str, str]]:
    """The carriers to choose from."""
    known = [(each.key, each.name or _("we bring it ourselves")) for each in queries.carriers()]
    return [("", _("not known yet")), *known]


def parcels_of(order: Order) -> list[dict[str, Any]]:
    """The parcels of an order, in words."""
    lines = {line.id: line for line in order.lines}
    return [
        {
            "parcel": parcel,
            "state": PARCELS[parcel.state],
            "inside": [(lines[key], n) for key, n in parcel.lines.items() if key in lines],
            "steps": [
                Happening(title=str(PARCELS[step.state][0]), at=step.at, icon=PARCELS[step.state][2], body=step.place)
                for step in parcel.steps
            ],
            "open": parcel.state not in ENDED,
            "here": parcel.state is ParcelState.PREPARING,
            "news_key": uuid.uuid4().hex,
        }
        for parcel in order.parcels
    ]


def around(order: Order) -> dict[str, Any]:
    """What the page of an order needs of parcels."""
    sending, carriers = order.state in _SENDING, carrier_choices()
    form = ParcelForm(order, carriers=carriers, initial={"key": uuid.uuid4()}) if sending else None
    return {
        "parcels": parcels_of(order),
        "parcel_form": form if form is not None and form.rows else None,
        "parcel_states": [(each.value, PARCELS[each][0]) for each in ParcelState if each is not ParcelState.PREPARING],
        "carriers": carriers,
    }
