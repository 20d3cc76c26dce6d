"""Who is one person: likenesses with their evidence, two customers side by side, made one and taken apart again."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.core.numbers import whole
from parvis.domains.checkout import queries as checkout
from parvis.domains.people import actions, queries
from parvis.domains.people.contracts import Address, Customer, Identity, Likeness, Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import queries as voices
from parvis.interfaces.studio import frame

SHOWN = 50
_MOST = 200


@dataclass(frozen=True)
class Side:
    """One of two customers, with what belongs to them."""

    customer: Customer
    orders: int
    voices: int
    addresses: tuple[Address, ...]
    identities: tuple[Identity, ...]


@require_GET
@requires(Permission.CUSTOMERS_EDIT)
def likenesses(request: HttpRequest) -> HttpResponse:
    """GET: customers who may be one person, the surest first."""
    found = queries.likenesses(limit=SHOWN)
    context = {"heading": _("The same person?"), "pairs": found, "full": len(found) == SHOWN}
    return frame.page(request, "studio/customers_same.html", context, room="customers")


@require_http_methods(["GET", "POST"])
@requires(Permission.CUSTOMERS_EDIT)
def merge(request: HttpRequest) -> HttpResponse:
    """GET ?kept=&gone= : both side by side. POST: make them one; what was done can be taken back."""
    data = request.POST if request.method == "POST" else request.GET
    kept, gone = _known(data.get("kept", "")), _known(data.get("gone", ""))
    pair = _pair(kept.id, gone.id)
    if request.method == "GET":
        return _show(request, kept, gone, pair)
    if data.get("sure") != "on":
        return _show(request, kept, gone, pair, problem=_("Say that you have made sure."), status=422)
    staff = frame.staff_of(request)
    problem = frame.attempt(
        lambda: actions.merge_customers(
            kept_id=kept.id,
            gone_id=gone.id,
            actor_id=staff.account_id,
            evidence=[f"{item.kind}:{item.detail}" for item in pair.evidence] if pair else [],
            note_text=data.get("note", "").strip(),
            close_account=data.get("close_account") == "on",
            at=now(),
        )
    )
    if problem:
        return _show(request, kept, gone, pair, problem=problem, status=409)
    words = _("They are one now. Orders, reviews and votes follow within moments; it can be taken back below.")
    return frame.done(request, words, reverse("studio:customer", args=[kept.id]))


@require_POST
@requires(Permission.CUSTOMERS_EDIT)
def split(request: HttpRequest, merge_id: int) -> HttpResponse:
    """POST: take a merge apart; each gets back what it brought."""
    kept = queries.merge(merge_id).kept_id
    here = reverse("studio:customer", args=[kept])
    staff = frame.staff_of(request)
    problem = frame.attempt(lambda: actions.split_customers(merge_id=merge_id, actor_id=staff.account_id, at=now()))
    if problem:
        return frame.failed(request, problem, here)
    return frame.done(request, _("They are two again. What each had brought goes back within moments."), here)


@require_POST
@requires(Permission.CUSTOMERS_EDIT)
def not_same(request: HttpRequest) -> HttpResponse:
    """POST first, second: they are two people; nobody is asked again."""
    first, second = _known(request.POST.get("first", "")), _known(request.POST.get("second", ""))
    staff = frame.staff_of(request)
    actions.not_same(first_id=first.id, second_id=second.id, actor_id=staff.account_id, at=now())
    return frame.done(request, _("Noted: two people."), frame.back_to(request, reverse("studio:customers_same")))


@require_POST
@requires(Permission.CUSTOMERS_EDIT)
def handles(request: HttpRequest, customer_id: int) -> HttpResponse:
    """POST channel, handle, [remove]: a name that the customer goes by elsewhere."""
    here = reverse("studio:customer", args=[customer_id])
    channel, handle = (request.POST.get(name, "").strip() for name in ("channel", "handle"))
    _known(str(customer_id))
    if not channel or not handle or channel == queries.FORMER_EMAIL:
        return frame.failed(request, _("give the channel and the name there"), here)
    act = actions.unlink_identity if "remove" in request.POST else actions.link_identity
    staff = frame.staff_of(request)
    problem = frame.attempt(
        lambda: act(
            customer_id=customer_id,
            channel=channel.lower()[:40],
            handle=handle[:200],
            actor_id=staff.account_id,
            at=now(),
        )
    )
    return frame.failed(request, problem, here) if problem else redirect(here)


def _known(given: str) -> Customer:
    """A customer by number or e-mail address, as typed."""
    text = given.strip()
    number = whole(text)
    customer = queries.customer_by_email(text) if number is None else queries.customer(number)
    if customer is None:
        raise NotFound(kind="customer", key=text[:100])
    return customer


def _pair(first: int, second: int) -> Likeness | None:
    return next((pair for pair in queries.likenesses_of(first) if second in (pair.first.id, pair.second.id)), None)


def _show(
    request: HttpRequest, kept: Customer, gone: Customer, pair: Likeness | None, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "heading": _("One person?"),
        "sides": [_side(kept), _side(gone)],
        "kept": kept,
        "gone": gone,
        "pair": pair,
        "problem": problem,
        "two_accounts": kept.account_id is not None and gone.account_id is not None,
        "same": kept.id == gone.id,
        "note": request.POST.get("note", ""),
    }
    return frame.page(request, "studio/customers_merge.html", context, room="customers", status=status)


def _side(customer: Customer) -> Side:
    return Side(
        customer=customer,
        orders=len(checkout.orders_of(customer.id, limit=_MOST)),
        voices=len(voices.by_customer(customer.id)),
        addresses=queries.addresses(customer.id),
        identities=queries.identities(customer.id),
    )
