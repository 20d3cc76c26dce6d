"""What happened in conversations."""

from dataclasses import dataclass
from typing import ClassVar

from parvis.core.events import Event, declare


@declare
@dataclass(frozen=True, kw_only=True)
class HandedOver(Event):
    """A shopper wants a person. ``queries.conversation`` has every question, answer and voice shown; what lay in the
    cart and which orders were spoken of is as it was then."""

    name: ClassVar[str] = "assistant.handed_over"
    conversation_id: int
    customer_id: int | None
    product_ids: tuple[int, ...]
    variant_ids: tuple[int, ...]
    order_ids: tuple[int, ...]
    voice_ids: tuple[int, ...]
    locale: str
    questions: int


@declare
@dataclass(frozen=True, kw_only=True)
class Graded(Event):
    """The resolution of a conversation changed."""

    name: ClassVar[str] = "assistant.graded"
    conversation_id: int
    resolution: str
