"""Returns to handle: by state, one in full, and each step of it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Condition, ReceivedLine, Return, ReturnState, WithdrawalStep
from parvis.domains.checkout.web.after import CONDITIONS, KINDS, REASONS, RETURNS
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame, sending
from parvis.interfaces.studio.fields import AmountField, StudioForm, major_text

_OPEN = ReturnState.REQUESTED, ReturnState.ACCEPTED, ReturnState.RECEIVED


class ReceiveForm(StudioForm):
    """What came back of each line, and in which condition."""

    def __init__(self, back: Return, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.back = back
        for line in back.lines:
            pieces = forms.TypedChoiceField(
                label=_("Pieces"), coerce=int, initial=line.quantity, choices=[(n, n) for n in range(line.quantity + 1)]
            )
            condition = forms.ChoiceField(
                label=_("Condition"), choices=[(key.value, words) for key, words in CONDITIONS.items()]
            )
            for name, field in (("pieces", pieces), ("condition", condition)):
                field.widget.attrs["class"] = "input"
                self.fields[f"{name}_{line.line_id}"] = field
            self.fields[f"restock_{line.line_id}"] = forms.BooleanField(
                label=_("Back on the shelf"), required=False, initial=True
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        names = ("pieces", "condition", "restock")
        return [{"line": line, **{name: self[f"{name}_{line.line_id}"] for name in names}} for line in self.back.lines]

    def received(self) -> list[ReceivedLine]:
        """What came (cleaned data needed). What is damaged never goes back on the shelf."""
        said = self.cleaned_data
        found = []
        for line in self.back.lines:
            condition = Condition(said[f"condition_{line.line_id}"])
            pieces = 0 if condition is Condition.MISSING else said[f"pieces_{line.line_id}"]
            shelf = said[f"restock_{line.line_id}"] and condition is not Condition.DAMAGED
            found.append(ReceivedLine(line_id=line.line_id, quantity=pieces, condition=condition, restock=shelf))
        return found


class PayBackForm(StudioForm):
    """What is paid back; less than the rules give needs a word to the buyer."""

    amount = AmountField(label=gettext_lazy("Amount"), required=False)
    answer = forms.CharField(
        label=gettext_lazy("To the buyer, when it is less"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


# It stands on one page with the form that pays back: both have an ``answer``.
_REFUSING = "refuse-%s"


class RefuseForm(StudioForm):
    """Why a return is refused: the buyer reads it."""

    answer = forms.CharField(
        label=gettext_lazy("Reason, told to the buyer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_GET
@requires(Permission.ORDERS_VIEW)
def return_list(request: HttpRequest) -> HttpResponse:
    """GET ?state= : returns, those to handle by default."""
    text = request.GET.get("state", "")
    state = ReturnState(text) if text in set(ReturnState) else None
    counts = queries.return_counts()
    rows = queries.returns(states=(state,) if state else _OPEN)
    staff = frame.staff_of(request)
    context = {
        "heading": _("Returns"),
        "tabs": [
            {
                "label": _("To handle"),
                "url": reverse("studio:returns"),
                "current": state is None,
                "count": marks.number(sum(counts.get(each, 0) for each in _OPEN)),
            },
            *(
                {
                    "label": words,
                    "url": f"?state={each.value}",
                    "current": each is state,
                    "count": marks.number(counts.get(each, 0)),
                }
                for each, (words, _kind) in RETURNS.items()
            ),
        ],
        "rows": [
            {"row": row, "state": RETURNS[row.state], "kind": KINDS[row.kind],
             "reasons": [REASONS[reason] for reason in row.reasons]}
            for row in rows
        ],
        "declarations": queries.declarations() if staff.may(Permission.CUSTOMERS_VIEW) else (),
        "withdrawals": [(each, STEPS.get(each.step, "")) for each in queries.withdrawals()],
        "filtered": state is not None,
    }  # fmt: skip
    return sending.page(request, "studio/sending/returns.html", context, tab="studio:returns")


@require_GET
@requires(Permission.ORDERS_VIEW)
def return_page(request: HttpRequest, return_id: int) -> HttpResponse:
    """GET: one return in full."""
    return show(request, queries.return_(return_id))


def show(request: HttpRequest, back: Return, *, status: int = 200, problem: str = "", **given: Any) -> HttpResponse:
    """The page of a return with what can be done now; ``given`` are forms that came back with mistakes."""
    worth = queries.worth(back.id)
    context = {
        "heading": back.number,
        "back": back,
        "state": RETURNS[back.state],
        "kind": KINDS[back.kind],
        "lines": [
            {"line": line, "reason": REASONS[line.reason],
             "condition": CONDITIONS[line.condition] if line.condition else ""}
            for line in back.lines
        ],
        "worth": worth,
        "order": queries.order(back.order_id),
        "problem": problem,
        "receive": ReceiveForm(back) if back.state is ReturnState.ACCEPTED else None,
        "pay_back": PayBackForm(initial={"amount": major_text(worth.total.amount_minor, worth.total.currency)})
        if back.state is ReturnState.RECEIVED and not back.refund_pending
        else None,
        "refuse": RefuseForm(auto_id=_REFUSING) if back.state in _OPEN and not back.refund_pending else None,
        **given,
    }  # fmt: skip
    return sending.page(request, "studio/sending/return.html", context, tab="studio:returns", status=status)


@require_POST
@requires(Permission.ORDERS_SHIP)
def accept(request: HttpRequest, return_id: int) -> HttpResponse:
    """POST: the claim is justified."""
    return _act(
        request,
        return_id,
        "return.accepted",
        lambda actor, at: actions.accept_return(return_id=return_id, actor_id=actor, at=at),
        _("Accepted; the buyer was told how to send it."),
    )


@require_POST
@requires(Permission.ORDERS_SHIP)
def refuse(request: HttpRequest, return_id: int) -> HttpResponse:
    """POST answer: refused, with the reason that the buyer reads."""
    form = RefuseForm(request.POST, auto_id=_REFUSING)
    if not form.is_valid():
        return show(request, queries.return_(return_id), status=422, refuse=form)
    return _act(
        request,
        return_id,
        "return.refused",
        lambda actor, at: actions.refuse_return(
            return_id=return_id, answer=form.cleaned_data["answer"], actor_id=actor, at=at
        ),
        _("Refused; the buyer was told why."),
    )


@require_POST
@requires(Permission.ORDERS_SHIP)
def receive(request: HttpRequest, return_id: int) -> HttpResponse:
    """POST pieces, condition, restock of each line: the goods are here."""
    back = queries.return_(return_id)
    form = ReceiveForm(back, request.POST)
    if not form.is_valid():
        return show(request, back, status=422, receive=form)
    return _act(
        request,
        return_id,
        "return.received",
        lambda actor, at: actions.receive_return(return_id=return_id, lines=form.received(), actor_id=actor, at=at),
        _("Received."),
    )


@require_POST
@requires(Permission.ORDERS_REFUND)
def pay_back(request: HttpRequest, return_id: int) -> HttpResponse:
    """POST amount, answer: the money goes back, once."""
    form = PayBackForm(request.POST)
    back = queries.return_(return_id)
    if not form.is_valid():
        return show(request, back, status=422, pay_back=form)
    said = form.cleaned_data
    if (
        said["amount"] is not None
        and said["amount"] < queries.worth(return_id).total.amount_minor
        and not said["answer"]
    ):
        form.add_error("answer", _("Tell the buyer why it is less."))
        return show(request, back, status=422, pay_back=form)
    return _act(
        request,
        return_id,
        "return.refunded",
        lambda actor, at: actions.refund_return(
            return_id=return_id, amount_minor=said["amount"], answer=said["answer"], actor_id=actor, at=at
        ),
        _("The refund is under way."),
    )


STEPS = {
    WithdrawalStep.CANCEL: gettext_lazy("Cancel the order"),
    WithdrawalStep.REFUND: gettext_lazy("Give all of it back"),
    WithdrawalStep.RETURN: gettext_lazy("Make the return"),
}


@require_POST
@requires(Permission.ORDERS_REFUND)
def settle(request: HttpRequest, declaration_id: int) -> HttpResponse:
    """POST: carry out a withdrawal that was declared before the goods came."""
    staff, at = frame.staff_of(request), now()
    settled: list[int] = []
    problem = frame.attempt(
        lambda: settled.append(
            actions.settle_withdrawal(declaration_id=declaration_id, actor_id=staff.account_id, at=at)
        )
    )
    to = reverse("studio:returns")
    if problem:
        return frame.failed(request, problem, to)
    order_id = settled[0]
    people.note(actor_id=staff.account_id, verb="withdrawal.settled", subject_kind="order", subject_id=order_id, at=at)
    return frame.done(request, _("Settled."), reverse("studio:order", args=[order_id]))


@require_POST
@requires(Permission.CUSTOMERS_VIEW)
def aside(request: HttpRequest, declaration_id: int) -> HttpResponse:
    """POST: a declaration from which no return was made was dealt with."""
    staff, at = frame.staff_of(request), now()
    problem = frame.attempt(
        lambda: actions.set_declaration_aside(declaration_id=declaration_id, actor_id=staff.account_id, at=at)
    )
    to = reverse("studio:returns")
    return frame.failed(request, problem, to) if problem else frame.done(request, _("Put aside."), to)


def _act(request: HttpRequest, return_id: int, verb: str, act: Callable[[int, Any], Any], words: str) -> HttpResponse:
    staff, at = frame.staff_of(request), now()
    problem = frame.attempt(lambda: act(staff.account_id, at))
    back = queries.return_(return_id)
    if problem:
        return show(request, back, status=409, problem=problem)
    people.note(actor_id=staff.account_id, verb=verb, subject_kind="order", subject_id=back.order_id, at=at)
    return frame.done(request, words, reverse("studio:return", args=[return_id]))
