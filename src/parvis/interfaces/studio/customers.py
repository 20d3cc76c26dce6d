"""Customers, lightly: who they are, what they bought and said, what they agreed to."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.core.pagination import BadCursor
from parvis.domains.checkout import queries as checkout
from parvis.domains.people import actions, queries
from parvis.domains.people.contracts import Customer, Permission, Purpose
from parvis.domains.people.web import requires
from parvis.domains.voices import queries as voices
from parvis.interfaces.studio import frame

PAGE = 40


@require_GET
@requires(Permission.CUSTOMERS_VIEW)
def customer_list(request: HttpRequest) -> HttpResponse:
    """GET ?q=&cursor= : customers, newest first."""
    text, cursor = request.GET.get("q", "").strip()[:100], request.GET.get("cursor") or None
    try:
        found = queries.customer_list(text=text, cursor=cursor, limit=PAGE)
    except BadCursor:
        found, cursor = queries.customer_list(text=text, limit=PAGE), None
    context = {
        "heading": _("Customers"),
        "customers": found.items,
        "q": text,
        **frame.pages(request, found.next, paged=bool(cursor)),
    }
    return frame.page(request, "studio/customers.html", context, room="customers")


@require_GET
@requires(Permission.CUSTOMERS_VIEW)
def customer_page(request: HttpRequest, customer_id: int) -> HttpResponse:
    """GET: one customer."""
    customer = _known(customer_id)
    given = queries.consents(customer_id)
    latest = {purpose: next((row for row in given if row.purpose is purpose), None) for purpose in Purpose}
    staff = frame.staff_of(request)
    context = {
        "heading": customer.name or customer.email,
        "customer": customer,
        "addresses": queries.addresses(customer_id),
        "identities": queries.identities(customer_id),
        "consents": given,
        "latest": latest.items(),
        "orders": checkout.orders_of(customer_id, limit=20) if staff.may(Permission.ORDERS_VIEW) else (),
        "voices": voices.by_customer(customer_id)[:20] if staff.may(Permission.VOICES_VIEW) else (),
        "audit": queries.audit("customer", customer_id)[:10],
        "merges": queries.merges_of(customer_id),
        "merged_into": queries.customer(customer.merged_into) if customer.merged_into else None,
        "likenesses": [
            (pair.second if pair.first.id == customer_id else pair.first, pair)
            for pair in (queries.likenesses_of(customer_id) if staff.may(Permission.CUSTOMERS_EDIT) else ())
        ],
    }
    return frame.page(request, "studio/customer.html", context, room="customers")


@require_POST
@requires(Permission.SETTINGS_EDIT)
def erase(request: HttpRequest, customer_id: int) -> HttpResponse:
    """POST confirm (the customer's address, typed again): forget this person, everywhere."""
    customer = _known(customer_id)
    here = reverse("studio:customer", args=[customer_id])
    if request.POST.get("confirm", "").strip().lower() != customer.email:
        return frame.failed(request, _("the address typed is not this customer’s"), here)
    staff = frame.staff_of(request)
    actions.erase_customer(customer_id=customer_id, actor_id=staff.account_id, at=now())
    words = _("Forgotten. What is derived from this person goes within minutes.")
    return frame.done(request, words, reverse("studio:customers"))


def _known(customer_id: int) -> Customer:
    customer = queries.customer(customer_id)
    if customer is None:
        raise NotFound(kind="customer", key=customer_id)
    return customer
