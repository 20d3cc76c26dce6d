"""The assistants that a customer lets act for her, and taking it back."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from parvis.core.clock import now
from parvis.domains.people import actions, queries
from parvis.domains.people.contracts import Customer, Grant, GrantScope
from parvis.interfaces.storefront.pages import page
from parvis.interfaces.storefront.views.account import own

_SCOPES = {GrantScope.ORDERS: _("See my orders"), GrantScope.CHECKOUT: _("Prepare purchases")}


@require_safe
@own
def assistants(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Which assistants may do what."""
    found = queries.grants(customer.account_id) if customer.account_id is not None else ()
    context = {"customer": customer, "grants": [_row(each) for each in found], "place": "assistants"}
    return page(request, "storefront/account_assistants.html", context)


def _row(grant: Grant) -> dict[str, object]:
    """The name is the program's own word; the place is where it was let in from."""
    known = grant.assistant
    place = urlsplit(known.client_id if known.described else next(iter(known.redirects), "")).hostname
    return {"grant": grant, "place": place, "may": [_SCOPES[each] for each in GrantScope if each in grant.scopes]}


@require_POST
@own
def revoke(request: HttpRequest, customer: Customer, grant_id: int) -> HttpResponse:
    """From now on this assistant may do nothing. Raises NotFound for another's."""
    actions.revoke_grant(grant_id=grant_id, account_id=customer.account_id or 0, at=now())
    messages.success(request, gettext("This assistant may do nothing for you any more."))
    return redirect("storefront:account_assistants")
