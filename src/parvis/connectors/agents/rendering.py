"""How news of an order is written and signed: two functions a protocol, given here by the protocol's own package.

In ``apps.ready`` of the package that speaks it::

    rendering.register("acp", body=orders.body, headers=orders.headers)

``body(news)`` gives the bytes to send: the full order as it stands now. ``headers(news, body, secret=…, at=…)`` gives
all headers, the signature among them; they are made anew for each try (``at`` is now), with the same ``news.key``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from parvis.domains.checkout.contracts import Order
from parvis.domains.people.contracts import Agent


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """Something happened to an order that an agent bought. ``key`` is the message's id, the same at each try; ``kind``
    one of :data:`KINDS`; ``occurred_at`` when it happened; ``first``: the agent has not been told of this order
    before; ``order`` is as it stands now, which may be later than ``kind``; ``session_token`` the checkout session it
    came from ("" when none is known); ``url`` where it is sent; ``version`` that of the protocol which the agent spoke
    when it named the address ("" where there is none)."""

    key: str
    kind: str
    occurred_at: datetime
    first: bool
    order: Order
    session_token: str
    agent: Agent
    url: str
    version: str = ""


KINDS = ("paid", "shipped", "delivered", "cancelled", "refunded", "changed")


class Body(Protocol):
    def __call__(self, news: News, /) -> bytes: ...


class Headers(Protocol):
    def __call__(self, news: News, body: bytes, /, *, secret: str, at: datetime) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Renderer:
    """A protocol's two functions."""

    body: Body
    headers: Headers


_KNOWN: dict[str, Renderer] = {}


def register(protocol: str, *, body: Body, headers: Headers) -> None:
    """Make a protocol's form of news known."""
    _KNOWN[protocol] = Renderer(body=body, headers=headers)


def renderer(protocol: str) -> Renderer | None:
    """The protocol's form of news; None when nothing speaks it here."""
    return _KNOWN.get(protocol)


def protocols() -> tuple[str, ...]:
    """Protocols that can be told of orders."""
    return tuple(sorted(_KNOWN))
