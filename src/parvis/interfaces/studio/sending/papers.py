"""Invoices and credit notes, for the team."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Paper
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame, problems


@require_GET
@requires(Permission.CUSTOMERS_VIEW)
def invoice(request: HttpRequest, order_id: int) -> HttpResponse:
    """GET: the invoice of an order as PDF, made when it is first asked for."""
    try:
        return _file(actions.issue_invoice(order_id=order_id, at=now()))
    except ParvisError as error:
        if error.status >= 500 or error.status == 404:
            raise
        return frame.failed(request, problems.words(error), reverse("studio:order", args=[order_id]))


@require_GET
@requires(Permission.CUSTOMERS_VIEW)
def credit(request: HttpRequest, refund_id: int) -> HttpResponse:
    """GET: the credit note of a refund as PDF."""
    try:
        return _file(actions.issue_credit(refund_id=refund_id, at=now()))
    except ParvisError as error:
        if error.status >= 500 or error.status == 404:
            raise
        return frame.failed(request, problems.words(error), reverse("studio:orders"))


def _file(paper: Paper) -> HttpResponse:
    response = HttpResponse(queries.paper_file(paper.id), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{paper.number}.pdf"'
    return response
