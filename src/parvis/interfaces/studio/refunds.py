"""Giving money back, by pieces or by an amount: once, however often the form is sent."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from parvis.core.clock import now
from parvis.core.money import Money
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Order, RefundState
from parvis.domains.people import actions as people_actions
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame, labels, orders
from parvis.interfaces.studio.fields import AmountField, StudioForm, major_text

_REASONS = (("", gettext_lazy("Choose a reason")), *labels.REFUND_REASONS.items())


class RefundForm(StudioForm):
    """Pieces of each line, and the amount when it is not their worth. ``key`` makes the refund happen once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=_REASONS)
    note = forms.CharField(label=gettext_lazy("Note for the team"), required=False, max_length=250)
    restock = forms.BooleanField(
        label=gettext_lazy("Put the pieces back in stock"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Leave it out when they cannot be sold again."),
    )

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        currency = order.totals.total.currency
        self.left_minor = order.refundable.amount_minor
        for line in order.lines:
            free = line.quantity - line.refunded_quantity
            self.fields[f"line_{line.id}"] = forms.TypedChoiceField(
                label=line.name, coerce=int, required=False, choices=[(n, n) for n in range(free + 1)]
            )
            self.fields[f"line_{line.id}"].widget.attrs["class"] = "input"
        self.fields["amount"] = AmountField(
            label=_("Amount"),
            currency=currency,
            required=False,
            help_text=_("Empty: what the pieces cost. At most %(left)s is left.")
            % {"left": major_text(self.left_minor, currency)},
        )
        self.fields["amount"].widget.attrs["class"] = "input"

    @property
    def rows(self) -> list[tuple[Any, forms.BoundField]]:
        """Each line with its field."""
        return [(line, self[f"line_{line.id}"]) for line in self.order.lines]

    @property
    def pieces(self) -> dict[int, int]:
        """Order line id -> pieces to give back."""
        said = self.cleaned_data
        return {line.id: n for line in self.order.lines if (n := said.get(f"line_{line.id}") or 0)}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        amount = said.get("amount")
        if not self.errors and not self.pieces and amount is None:
            raise forms.ValidationError(_("Choose at least one piece, or type an amount."))
        if amount is not None and amount > self.left_minor:
            left = major_text(self.left_minor, self.order.totals.total.currency)
            self.add_error("amount", _("That is more than the %(left)s that is left.") % {"left": left})
        return said


@require_http_methods(["GET", "POST"])
@requires(Permission.ORDERS_REFUND)
def refund(request: HttpRequest, order_id: int) -> HttpResponse:
    """GET: the form. POST: refund and lead back to the order; 422 with what is wrong."""
    order = queries.order(order_id)
    if request.method == "GET":
        return _form_page(request, order, RefundForm(order, initial={"key": uuid.uuid4()}))
    form = RefundForm(order, request.POST)
    if _done_before(order, request.POST.get("key", "")):
        # The same form sent twice: its first sending has done it, and the order has changed since.
        return frame.done(request, _("This refund had already been made."), _address(order))
    if not form.is_valid():
        return _form_page(request, order, form, status=422)
    if "preview" in request.POST:
        return _preview(request, order, form)
    made: list[Any] = []
    problem = frame.attempt(lambda: made.append(_carry_out(request, order, form)))
    if problem:
        form.add_error(None, problem)
        return _form_page(request, queries.order(order_id), form, status=409)
    return frame.done(request, _words(made[0].state, made[0].amount), _address(order))


def _carry_out(request: HttpRequest, order: Order, form: RefundForm) -> Any:
    said, staff, at = form.cleaned_data, frame.staff_of(request), now()
    made = actions.refund(
        order_id=order.id,
        lines=form.pieces,
        amount_minor=said["amount"],
        reason=f"{said['reason']}: {said['note']}" if said["note"] else said["reason"],
        actor_id=staff.account_id,
        key=_key(said["key"]),
        at=at,
        restock=said["restock"],
    )
    people_actions.note(
        actor_id=staff.account_id,
        verb="order.refunded",
        subject_kind="order",
        subject_id=order.id,
        detail={"amount_minor": made.amount.amount_minor, "currency": made.amount.currency, "reason": said["reason"]},
        at=at,
    )
    return made


def _key(form_key: object) -> str:
    return f"studio-{form_key}"


def _done_before(order: Order, form_key: str) -> bool:
    return any(refund.key == _key(form_key) for refund in order.refunds)


def _address(order: Order) -> str:
    return reverse("studio:order", args=[order.id])


def _words(state: RefundState, amount: Money) -> str:
    if state is RefundState.PENDING:
        return _("The refund of %(amount)s is on its way: the provider will be asked again.") % {
            "amount": marks.money(amount)
        }
    if state is RefundState.FAILED:
        return _("The provider refused the refund of %(amount)s: nothing was given back.") % {
            "amount": marks.money(amount)
        }
    return _("%(amount)s given back.") % {"amount": marks.money(amount)}


def _preview(request: HttpRequest, order: Order, form: RefundForm) -> HttpResponse:
    """The form once more with the amounts that it would give back; nothing is done."""
    found: list[Money] = []
    problem = frame.attempt(
        lambda: found.append(
            queries.refund_preview(order.id, lines=form.pieces, amount_minor=form.cleaned_data["amount"])
        )
    )
    if problem:
        form.add_error(None, problem)
        return _form_page(request, order, form, status=409)
    left = Money(form.left_minor - found[0].amount_minor, found[0].currency)
    return _form_page(request, order, form, preview={"amount": found[0], "left": left})


def _form_page(
    request: HttpRequest, order: Order, form: RefundForm, *, status: int = 200, preview: dict[str, Money] | None = None
) -> HttpResponse:
    if form.left_minor <= 0 and status == 200:
        return orders.show(request, order, status=409, problem=_("There is nothing left to refund."))
    context = {"heading": _("Refund"), "order": order, "form": form, "preview": preview}
    return frame.page(request, "studio/refund.html", context, room="orders", status=status)
