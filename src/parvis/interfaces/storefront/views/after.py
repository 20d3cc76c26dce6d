"""After the order: its invoice, sending something back, and the form of withdrawal."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.clock import now
from parvis.core.errors import Conflict, NotFound, ParvisError
from parvis.core.limits import Allowance
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import (
    LIVE,
    Billing,
    Order,
    Paper,
    Parcel,
    Return,
    ReturnKind,
    ReturnShipping,
    ReturnState,
)
from parvis.domains.checkout.web.after import (
    CONDITIONS,
    KINDS,
    PARCELS,
    REASONS,
    RETURNS,
    BillingForm,
    ReturnForm,
    WithdrawalForm,
    return_problem,
)
from parvis.interfaces.design.shapes import Happening
from parvis.interfaces.storefront import basket
from parvis.interfaces.storefront.pages import limit, page
from parvis.interfaces.storefront.reader import locale

RETURNING = Allowance(name="storefront.return", burst=10, per_minute=3)
DECLARING = Allowance(name="storefront.withdrawal", burst=5, per_minute=1)


# -- what the order's page shows ----------------------------------------------------------------------------------


def parcels_of(order: Order) -> list[dict[str, Any]]:
    """The parcels of an order with their contents and steps in words."""
    lines = {line.id: line for line in order.lines}
    return [
        {
            "parcel": parcel,
            "number": number,
            "state": PARCELS[parcel.state],
            "inside": [(lines[line_id], pieces) for line_id, pieces in parcel.lines.items() if line_id in lines],
            "steps": _steps(parcel),
        }
        for number, parcel in enumerate(order.parcels, start=1)
    ]


def _steps(parcel: Parcel) -> list[Happening]:
    return [
        Happening(title=str(PARCELS[step.state][0]), at=step.at, icon=PARCELS[step.state][2], body=step.place)
        for step in parcel.steps
    ]


def after_of(order: Order) -> dict[str, Any]:
    """What the order's page says and offers of what comes after: parcels, returns, papers."""
    arrived = order.delivered_at is not None or any(parcel.delivered_at for parcel in order.parcels)
    until = queries.withdrawal_until(order.id) if order.delivered_at else None
    over = until is not None and until < timezone.localdate(now())
    return {
        "parcels": parcels_of(order),
        "returns": [{"row": row, "state": RETURNS[row.state], "kind": KINDS[row.kind]} for row in order.returns],
        "may_return": arrived and bool(order.email) and _kept(order) > 0,
        "may_withdraw": not over,
        "withdrawal_until": until,
        "invoice": order.paid_at is not None and queries.seller().complete,
        "billing": BillingForm(),
        "invoiced": bool(queries.papers(order.id)) if order.paid_at is not None else False,
    }


def _kept(order: Order) -> int:
    """How many pieces the buyer has that are not on their way back."""
    bought = sum(line.quantity - line.refunded_quantity for line in order.lines)
    return bought - sum(back.pieces for back in order.returns if back.state in LIVE and back.closed_at is None)


# -- papers -------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def invoice(request: HttpRequest, token: str) -> HttpResponse:
    """The invoice as PDF, made when it is first asked for."""
    order = queries.order_by_token(token)
    try:
        return paper_response(actions.issue_invoice(order_id=order.id, at=now()))
    except Conflict as error:
        raise NotFound(kind="invoice", key=order.number) from error


@require_POST
def billing(request: HttpRequest, token: str) -> HttpResponse:
    """Make the invoice out to a business; an invoice that was made stays as it is."""
    order = queries.order_by_token(token)
    form = BillingForm(request.POST)
    words = gettext("Give the name of the company and, if it has one, its VAT number such as FR12345678901.")
    if not form.is_valid():
        messages.warning(request, words)
        return redirect("storefront:order", token=token)
    said = form.cleaned_data
    if queries.papers(order.id):
        messages.warning(request, gettext("The invoice was made already and can no longer be changed."))
        return redirect("storefront:order", token=token)
    try:
        made = Billing(company=said["company"], vat_number=said["vat_number"])
        actions.issue_invoice(order_id=order.id, billing=made, at=now())
    except ParvisError:
        messages.warning(request, words)
        return redirect("storefront:order", token=token)
    return redirect("storefront:invoice", token=token)


@never_cache
@require_safe
def credit(request: HttpRequest, token: str, refund_id: int) -> HttpResponse:
    """The credit note of one of the order's refunds."""
    order = queries.order_by_token(token)
    if refund_id not in {refund.id for refund in order.refunds}:
        raise NotFound(kind="refund", key=refund_id)
    try:
        return paper_response(actions.issue_credit(refund_id=refund_id, at=now()))
    except Conflict as error:
        raise NotFound(kind="refund", key=refund_id) from error


def paper_response(paper: Paper) -> HttpResponse:
    """A paper as a file to look at or keep."""
    return pdf_response(queries.paper_file(paper.id), paper.number)


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A document that opens in the browser under its name, and in nobody's search results."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["X-Robots-Tag"] = "noindex"
    return response


# -- sending back -------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def ask_return(request: HttpRequest, token: str) -> HttpResponse:
    """Choose what goes back and why; ?kind=guarantee for what is not as it should be."""
    order, at = queries.order_by_token(token), now()
    kind = ReturnKind.GUARANTEE if request.GET.get("kind") == ReturnKind.GUARANTEE else ReturnKind.WITHDRAWAL
    before = queries.return_made(token, request.POST.get("key", ""))
    if before is not None:
        return redirect("storefront:return", token=token, back=before.token)
    able = queries.returnable(order.id, kind=kind, at=at)
    form = ReturnForm(order, able, kind, request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        limit(request, RETURNING, at=at)
        try:
            made = actions.request_return(
                order_token=token,
                kind=kind,
                lines=form.asked(),
                note=form.cleaned_data["note"],
                key=str(form.cleaned_data["key"]),
                at=at,
            )
        except ParvisError as error:
            form.add_error(None, return_problem(error))
        else:
            messages.success(request, gettext("Your return is noted. What comes next is below."))
            return redirect("storefront:return", token=token, back=made.token)
    context = {
        "order": order,
        "form": form,
        "kind": kind.value,
        "possible": any(each.most for each in able),
        "until": queries.withdrawal_until(order.id),
        "policy": queries.return_policy(),
        "buyer_pays": queries.return_policy().shipping is ReturnShipping.BUYER,
    }
    return page(request, "storefront/return_ask.html", context, status=422 if form.errors else 200)


def _own(token: str, back: str) -> tuple[Order, Return]:
    """A return of this order and no other. Raises NotFound."""
    order, found = queries.order_by_token(token), queries.return_by_token(back)
    if found.order_id != order.id:
        raise NotFound(kind="return", key=back)
    return order, found


@never_cache
@require_safe
def return_page(request: HttpRequest, token: str, back: str) -> HttpResponse:
    """Where a return stands, and what to do now."""
    order, found = _own(token, back)
    policy, seller = queries.return_policy(), queries.seller()
    context = {
        "order": order,
        "back": found,
        "state": RETURNS[found.state],
        "kind": KINDS[found.kind],
        "lines": [
            {
                "line": line,
                "reason": REASONS[line.reason],
                "condition": CONDITIONS[line.condition] if line.condition else "",
            }
            for line in found.lines
        ],
        "worth": queries.worth(found.id) if found.state is not ReturnState.REFUNDED else None,
        "address": policy.address or f"{seller.name}\n{seller.address}".strip() or settings.BRAND,
        "instructions": policy.instructions(locale()),
        "buyer_pays": found.kind is ReturnKind.WITHDRAWAL and policy.shipping is ReturnShipping.BUYER,
        "to_send": found.state is ReturnState.ACCEPTED,
        "may_cancel": found.state in (ReturnState.REQUESTED, ReturnState.ACCEPTED),
    }
    return page(request, "storefront/return.html", context)


@never_cache
@require_safe
def return_slip(request: HttpRequest, token: str, back: str) -> HttpResponse:
    """The slip to print and put into the parcel."""
    _, found = _own(token, back)
    return pdf_response(actions.return_slip(token=back), found.number)


@require_POST
def cancel_return(request: HttpRequest, token: str, back: str) -> HttpResponse:
    """The buyer keeps the goods after all."""
    _own(token, back)
    try:
        actions.cancel_return(token=back, at=now())
    except ParvisError as error:
        messages.warning(request, return_problem(error))
    else:
        messages.success(request, gettext("You keep the articles; nothing will be sent back."))
    return redirect("storefront:return", token=token, back=back)


# -- the form of the law ------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def withdrawal(request: HttpRequest) -> HttpResponse:
    """Declare a withdrawal with a number and an e-mail address: filled in, read once more, confirmed.

    The answer is the same whether an order fits or not: nobody learns here what was ordered.
    """
    customer = basket.owner(request)
    known = {"email": customer.email, "name": customer.name} if customer is not None else {}
    form = WithdrawalForm(request.POST or None, initial={"order_number": request.GET.get("order", "")[:20], **known})
    step = "fill"
    if request.method == "POST" and form.is_valid():
        step = "check"
        if request.POST.get("confirm") == "yes":
            at = now()
            limit(request, DECLARING, at=at)
            try:
                actions.declare_withdrawal(**form.cleaned_data, locale=locale(), at=at)
            except ParvisError as error:
                form.add_error(None, return_problem(error))
                step = "fill"
            else:
                return redirect("storefront:withdrawal_sent")
        if request.POST.get("change"):
            step = "fill"
    context = {"form": form, "step": step, "seller": queries.seller(), "policy": queries.return_policy(), "now": now()}
    return page(request, "storefront/withdrawal.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def withdrawal_sent(request: HttpRequest) -> HttpResponse:
    """What follows a declaration."""
    return page(request, "storefront/withdrawal.html", {"step": "sent", "seller": queries.seller()})
