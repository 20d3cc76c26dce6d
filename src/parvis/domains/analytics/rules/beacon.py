"""What a browser may send to the collector, and nothing else: checked whole, refused whole.

A batch is ``{"sent": ms, "path": …, "locale": …, "referrer": …, "auto": bool, "events": [{"id", "kind", "at", …}]}``;
docs/events.md is its documentation. Times are the browser's clock in milliseconds: only the age of an event when the
batch was sent (``sent - at``) is believed, so that a wrong clock moves nothing to another day.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from parvis.core.errors import ParvisError
from parvis.domains.analytics.contracts import Kind

MAX_BYTES = 64 * 1024
MAX_EVENTS = 50
MAX_AGE_MS = 24 * 3600 * 1000

_Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
_Moment = Annotated[int, Field(ge=0, le=10**14)]
# Printable text without control characters: what PostgreSQL, logs and terminals can all hold.
_Path = Annotated[str, Field(max_length=300, pattern=r"^(/[^\p{C}\p{Zl}\p{Zp}]*)?$")]
_Word = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_.:-]*$")]
_Host = Annotated[str, Field(max_length=120, pattern=r"^[A-Za-z0-9.:_\[\]-]*$")]


class BadBeacon(ParvisError):
    """``problems`` says where and why, without repeating what was sent."""

    code = "bad_beacon"
    status = 422
    template = "The batch of events was refused: %(problems)s"


class Item(BaseModel):
    """One event of a batch."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    id: UUID
    kind: Literal[
        Kind.PAGE_VIEW,
        Kind.LIST_VIEW,
        Kind.PRODUCT_VIEW,
        Kind.PROOF_VIEW,
        Kind.PROOF_CLICK,
        Kind.CHECKOUT_START,
    ]
    at: _Moment
    product: _Id | None = None
    voices: Annotated[list[_Id], Field(max_length=20)] = []
    surface: _Word = ""


class Batch(BaseModel):
    """What one page says at once."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    sent: _Moment
    path: _Path = ""
    locale: Literal["", "fr", "en"] = ""
    referrer: _Host = ""
    auto: bool = False
    events: Annotated[list[Item], Field(min_length=1, max_length=MAX_EVENTS)]


def parse(body: bytes) -> Batch:
    """The batch in ``body``; raises :class:`BadBeacon`."""
    try:
        return Batch.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)[:5]
        problems = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in found)
        raise BadBeacon(problems=problems[:600]) from None


def age_ms(batch: Batch, item: Item) -> int:
    """How long before sending the event happened, from 0 (clocks that run backwards) to 24 hours."""
    return min(max(batch.sent - item.at, 0), MAX_AGE_MS)
