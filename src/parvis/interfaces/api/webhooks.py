"""/webhook-endpoints: who is told what."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from parvis.connectors.webhooks import actions, queries
from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.people.contracts import Scope
from parvis.interfaces.api.auth import Needs, caller
from parvis.interfaces.api.repeat import once

router = Router(tags=["webhooks"])
WRITE = Needs(Scope.WEBHOOKS_WRITE)


class EndpointIn(Schema):
    """``kinds`` empty: every kind of event."""

    url: Annotated[str, Field(max_length=500)]
    kinds: list[str] = Field(default_factory=list)
    description: Annotated[str, Field(max_length=200)] = ""


class EndpointOut(Schema):
    id: int
    url: str
    kinds: list[str]
    description: str
    active: bool
    failures_in_a_row: int
    disabled_reason: str


class EndpointMade(Schema):
    """``secret`` signs the messages (Standard Webhooks, v1); it is shown this once."""

    id: int
    secret: str


class MessageOut(Schema):
    id: int
    key: str
    kind: str
    state: str
    attempts: int
    answered_status: int | None
    error: str
    created_at: datetime
    delivered_at: datetime | None


@router.get("/webhook-kinds", response=list[str], auth=WRITE, summary="Every kind of event that can be told")
def kinds(request: HttpRequest) -> Any:
    return list(queries.kinds())


@router.get("/webhook-endpoints", response=list[EndpointOut], auth=WRITE, summary="List endpoints")
def list_endpoints(request: HttpRequest) -> Any:
    return list(queries.endpoints())


@router.post("/webhook-endpoints", response={201: EndpointMade}, auth=WRITE, summary="Add an endpoint")
def add_endpoint(request: HttpRequest, new: EndpointIn) -> HttpResponse:
    def act() -> tuple[int, Any]:
        number, secret = actions.create_endpoint(
            url=new.url,
            kinds=new.kinds,
            description=new.description,
            known_kinds=queries.kinds(),
            actor_id=caller(request).account_id,
            at=now(),
        )
        return 201, {"id": number, "secret": secret}

    return once(request, act)


@router.delete("/webhook-endpoints/{int:endpoint_id}", response={204: None}, auth=WRITE, summary="Remove an endpoint")
def remove_endpoint(request: HttpRequest, endpoint_id: int) -> Any:
    """Removing it twice is as good as once."""
    with suppress(NotFound):
        actions.delete_endpoint(endpoint_id=endpoint_id)
    return Status(204, None)


@router.get(
    "/webhook-endpoints/{int:endpoint_id}/messages", response=list[MessageOut], auth=WRITE, summary="Latest messages"
)
def list_messages(request: HttpRequest, endpoint_id: int) -> Any:
    return list(queries.messages(endpoint_id=endpoint_id))
