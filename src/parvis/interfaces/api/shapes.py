"""Shapes that several families of addresses share."""

from typing import Annotated, Generic, Literal, TypeVar

from ninja import Field, Schema

T = TypeVar("T")
Locale = Literal["en", "fr"]
Limit = Annotated[int, Field(ge=1, le=100, description="Items a page.")]
Cursor = Annotated[str | None, Field(max_length=500, description="Where to go on: `next` of the page before.")]


class Amount(Schema):
    """Money: whole minor units (cents) and an ISO 4217 code."""

    amount_minor: int
    currency: str


class Listed(Schema, Generic[T]):
    """A page. ``next`` is absent on the last one."""

    items: list[T]
    next: str | None = None


class Problem(Schema):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str | None = None
