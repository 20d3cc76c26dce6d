"""/checkouts: the shop's one checkout for the brand's own programs, and for agents that hold a key."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Address, Details, Door, Wanted
from parvis.domains.checkout.ports import SharedToken
from parvis.domains.people.contracts import Scope
from parvis.interfaces.agents.door import Visit
from parvis.interfaces.api.auth import Needs
from parvis.interfaces.api.checkout_shapes import (
    ChangeIn,
    CheckoutIn,
    CheckoutOut,
    CompleteIn,
    DetailsIn,
    LineIn,
    told,
)
from parvis.interfaces.api.journal import in_journal
from parvis.interfaces.api.repeat import once, once_outside

router = Router(tags=["checkouts"])


def _needs(operation: str, scope: Scope = Scope.CHECKOUT_WRITE) -> Needs:
    return Needs(scope, operation=operation)


def _wanted(lines: Sequence[LineIn]) -> list[Wanted]:
    known = catalog.variants_by_sku([line.sku for line in lines])
    for line in lines:
        if line.sku not in known:
            raise NotFound(kind="sku", key=line.sku)
    return [Wanted(variant_id=known[line.sku].id, quantity=line.quantity) for line in lines]


def _details(given: DetailsIn) -> Details:
    address = given.address
    return Details(
        email=given.email,
        name=given.name,
        phone=given.phone,
        address=Address(**address.model_dump(), phone=given.phone or "") if address is not None else None,
        shipping_method=given.shipping_method,
        note=given.note,
    )


@router.post("/checkouts", response={201: CheckoutOut}, auth=_needs("create_session"), summary="Begin a checkout")
def begin(request: HttpRequest, new: CheckoutIn) -> HttpResponse:
    """What is sold out or missing is told in ``messages``; nothing is held before the checkout is completed."""

    def act() -> tuple[int, Any]:
        session = actions.open_session(
            door=Door.API,
            lines=_wanted(new.lines),
            details=_details(new.details),
            codes=new.codes,
            locale=new.locale,
            agent_id=visit.agent_id,
            attribution=new.attribution,
            at=now(),
        )
        visit.session = session.token
        return 201, told(session)

    with in_journal(request) as visit:
        return _answered(visit, once(request, act))


@router.get(
    "/checkouts/{token}",
    response=CheckoutOut,
    auth=_needs("read_session", Scope.CHECKOUT_READ),
    summary="Read a checkout",
)
def read(request: HttpRequest, token: str) -> Any:
    with in_journal(request, token) as visit:
        return told(queries.session(token, agent_id=visit.agent_id, at=now()))


@router.post(
    "/checkouts/{token}", response={200: CheckoutOut}, auth=_needs("update_session"), summary="Change a checkout"
)
def change(request: HttpRequest, token: str, changes: ChangeIn) -> HttpResponse:
    def act() -> tuple[int, Any]:
        session = actions.update_session(
            token=token,
            agent_id=visit.agent_id,
            lines=None if changes.lines is None else _wanted(changes.lines),
            details=None if changes.details is None else _merged(visit, token, changes.details),
            codes=changes.codes,
            attribution=changes.attribution,
            at=now(),
        )
        return 200, told(session)

    with in_journal(request, token) as visit:
        return _answered(visit, once_outside(request, act))


def _merged(visit: Visit, token: str, given: DetailsIn) -> Details:
    """The details known before, with those that are sent in their place."""
    known = asdict(queries.session(token, agent_id=visit.agent_id, at=now()).details)
    sent = asdict(_details(given))
    merged = {name: value if name in given.model_fields_set else known[name] for name, value in sent.items()}
    address = merged.pop("address")
    return Details(**merged, address=Address(**address) if address else None)


@router.post(
    "/checkouts/{token}/complete", response={200: CheckoutOut}, auth=_needs("complete_session"), summary="Order and pay"
)
def complete(request: HttpRequest, token: str, given: CompleteIn) -> HttpResponse:
    """Never orders twice and never charges twice, with this key or another one: ``state`` says what came of it."""

    def act() -> tuple[int, Any]:
        session = actions.complete_session(
            token=token,
            agent_id=visit.agent_id,
            instrument=SharedToken(token=given.payment_token),
            expected_total_minor=given.expected_total_minor,
            at=now(),
        )
        return 200, told(session)

    with in_journal(request, token) as visit:
        return _answered(visit, once_outside(request, act))


@router.post(
    "/checkouts/{token}/cancel",
    response={200: CheckoutOut},
    auth=_needs("cancel_session"),
    summary="Give a checkout up",
)
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    def act() -> tuple[int, Any]:
        return 200, told(actions.cancel_session(token=token, agent_id=visit.agent_id, at=now()))

    with in_journal(request, token) as visit:
        return _answered(visit, once_outside(request, act))


def _answered(visit: Visit, response: HttpResponse) -> HttpResponse:
    visit.answered(response.status_code)
    return response
