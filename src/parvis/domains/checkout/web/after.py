"""Words and forms for what comes after the order: parcels, returns, the form of withdrawal."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parvis.core.errors import ParvisError
from parvis.domains.checkout.contracts import (
    FAULTS,
    AskedLine,
    Condition,
    Exempt,
    Order,
    OrderLine,
    ParcelState,
    Returnable,
    ReturnKind,
    ReturnReason,
    ReturnState,
)
from parvis.domains.checkout.rules.returns import ReturnNotPossible, WrongReturnState
from parvis.domains.checkout.web.words import Words, explain

PARCELS: Mapping[ParcelState, tuple[Words, str, str]] = {
    ParcelState.PREPARING: (_("Being prepared"), "note", "box"),
    ParcelState.HANDED_OVER: (_("Handed to the carrier"), "note", "truck"),
    ParcelState.IN_TRANSIT: (_("On its way"), "note", "truck"),
    ParcelState.OUT_FOR_DELIVERY: (_("Out for delivery"), "note", "truck"),
    ParcelState.READY_FOR_COLLECTION: (_("Ready to be collected"), "caution", "box"),
    ParcelState.FAILED: (_("Could not be delivered"), "caution", "alert"),
    ParcelState.DELIVERED: (_("Has arrived"), "positive", "home"),
    ParcelState.RETURNED: (_("Brought back to us"), "negative", "return"),
}
"""Of each state: its words, the kind of its badge, its icon."""
RETURNS: Mapping[ReturnState, tuple[Words, str]] = {
    ReturnState.REQUESTED: (_("Waits for our answer"), "caution"),
    ReturnState.ACCEPTED: (_("To be sent to us"), "note"),
    ReturnState.RECEIVED: (_("Received, refund to come"), "note"),
    ReturnState.REFUNDED: (_("Paid back"), "positive"),
    ReturnState.REFUSED: (_("Not accepted"), "negative"),
    ReturnState.CANCELLED: (_("Taken back by the buyer"), ""),
}
KINDS: Mapping[ReturnKind, Words] = {
    ReturnKind.WITHDRAWAL: _("Change of mind"),
    ReturnKind.GUARANTEE: _("Something is wrong with it"),
}
REASONS: Mapping[ReturnReason, Words] = {
    ReturnReason.TOO_SMALL: _("too small"),
    ReturnReason.TOO_LARGE: _("too large"),
    ReturnReason.COLOUR: _("the colour is not mine"),
    ReturnReason.NOT_AS_SHOWN: _("not as shown or described"),
    ReturnReason.CHANGED_MIND: _("I changed my mind"),
    ReturnReason.LATE: _("it came too late"),
    ReturnReason.WRONG_ARTICLE: _("not what I ordered"),
    ReturnReason.DAMAGED: _("it arrived damaged"),
    ReturnReason.DEFECT: _("it is faulty or broke"),
    ReturnReason.UNSAID: _("I would rather not say"),
}
CONDITIONS: Mapping[Condition, Words] = {
    Condition.AS_NEW: _("as new"),
    Condition.USED: _("used"),
    Condition.DAMAGED: _("damaged"),
    Condition.MISSING: _("not in the parcel"),
}
PROBLEMS: Mapping[str, Words] = {
    "not_delivered": _("It has not arrived yet."),
    "too_late": _("The time to send it back is over."),
    "all_back": _("It is on its way back already, or was given back."),
    "too_many": _("You do not have so many pieces of it."),
    "exempt": _("It cannot be sent back."),
}
EXEMPTS: Mapping[Exempt, Words] = {
    Exempt.HYGIENE: _("For hygiene it can only come back with its seal unbroken."),
    Exempt.PERSONALISED: _("It was made or changed for you, so it cannot be sent back for a change of mind."),
    Exempt.PERISHABLE: _("It goes off quickly, so it cannot be sent back for a change of mind."),
}
_MIND = (
    ReturnReason.UNSAID, ReturnReason.TOO_SMALL, ReturnReason.TOO_LARGE, ReturnReason.COLOUR,
    ReturnReason.NOT_AS_SHOWN, ReturnReason.CHANGED_MIND, ReturnReason.LATE,
)  # fmt: skip


def problem_words(able: Returnable) -> str:
    """Why a line cannot be sent back; empty when it can."""
    if able.problem == "exempt" and able.exempt is not None:
        return str(EXEMPTS[able.exempt])
    return str(PROBLEMS.get(able.problem, "")) if able.problem else ""


def return_problem(error: ParvisError) -> str:
    """What went wrong with a return, in words."""
    if isinstance(error, ReturnNotPossible):
        words = str(PROBLEMS.get(str(error.params["problem"]), ""))
        return f"{error.params['name']}: {words}"
    if isinstance(error, WrongReturnState):
        return gettext("This return has moved on meanwhile. Reload the page.")
    return explain(error)


class ReturnForm(forms.Form):
    """Pieces and a reason for each line that may come back. ``key`` makes a return sent twice one."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Do you want to tell us more?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
    )

    def __init__(self, order: Order, able: Sequence[Returnable], kind: ReturnKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.able = kind, {each.line_id: each for each in able}
        self.lines = order.lines
        reasons = FAULTS if kind is ReturnKind.GUARANTEE else _MIND
        if kind is ReturnKind.GUARANTEE:
            self.fields["note"].label = _("What is wrong with it?")
            self.fields["note"].required = True
        for line in order.lines:
            may = self.able[line.id]
            if not may.most:
                continue
            self.fields[f"pieces_{line.id}"] = forms.TypedChoiceField(
                label=_("Pieces"), coerce=int, required=False, choices=[(n, n) for n in range(may.most + 1)]
            )
            self.fields[f"reason_{line.id}"] = forms.ChoiceField(
                label=_("Reason"), required=False, choices=[(each.value, REASONS[each]) for each in reasons]
            )
            for name in ("pieces", "reason"):
                self.fields[f"{name}_{line.id}"].widget.attrs["class"] = "input"
            if may.exempt is Exempt.HYGIENE:
                self.fields[f"sealed_{line.id}"] = forms.BooleanField(label=_("The seal is unbroken"), required=False)

    def rows(self) -> list[dict[str, Any]]:
        """Each line of the order with its fields, or why it cannot come back."""

        def bound(name: str, line: OrderLine) -> forms.BoundField | None:
            key = f"{name}_{line.id}"
            return self[key] if key in self.fields else None

        return [
            {
                "line": line,
                "pieces": bound("pieces", line),
                "reason": bound("reason", line),
                "sealed": bound("sealed", line),
                "problem": problem_words(self.able[line.id]),
                "hint": str(EXEMPTS[Exempt.HYGIENE]) if bound("sealed", line) else "",
            }
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors and not self.asked():
            raise forms.ValidationError(_("Choose at least one piece."))
        for line in self.lines:
            if said.get(f"pieces_{line.id}") and f"sealed_{line.id}" in self.fields and not said[f"sealed_{line.id}"]:
                self.add_error(f"sealed_{line.id}", str(EXEMPTS[Exempt.HYGIENE]))
        return said

    def asked(self) -> list[AskedLine]:
        """What is sent back (cleaned data needed)."""
        said = self.cleaned_data
        return [
            AskedLine(
                line_id=line.id,
                quantity=quantity,
                reason=ReturnReason(said.get(f"reason_{line.id}") or ReturnReason.UNSAID),
                sealed=bool(said.get(f"sealed_{line.id}")),
            )
            for line in self.lines
            if (quantity := said.get(f"pieces_{line.id}") or 0)
        ]


class WithdrawalForm(forms.Form):
    """The form of the law's annex, filled in on the page."""

    order_number = forms.CharField(
        label=_("Number of the order"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "input", "placeholder": "P-000123", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail of the order"),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email"}),
    )
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"class": "input", "autocomplete": "name"})
    )
    words = forms.CharField(
        label=_("Which articles, if not all of them"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
    )


class BillingForm(forms.Form):
    """Who an invoice is made out to, when it is a business."""

    company = forms.CharField(
        label=_("Company"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "organization"}),
    )
    vat_number = forms.CharField(
        label=_("VAT number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "placeholder": "FR12345678901", "autocomplete": "off"}),
    )
