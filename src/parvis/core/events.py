"""Typed events and who listens to them.

An event is a frozen dataclass of plain values. It is written in the transaction of the change it tells of
(:func:`parvis.core.outbox.publish`) and handed, in batches and at least once, to every listener registered here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import TypeAdapter


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events. Subclasses set ``name`` ("voices.published") and carry ids and plain values only. ``inside``
    names those that are told to nobody outside."""

    name: ClassVar[str]
    inside: ClassVar[frozenset[str]] = frozenset()


Handler = Callable[[Sequence[Any]], None]


@dataclass(frozen=True)
class Listener:
    """One handler of one or several kinds of events; ``name`` is stable, since undelivered work is kept by it.

    ``batch`` is the most events that are handed over at once. The handler runs in one transaction with the
    receipt of its events: what it writes to the database happens exactly once.
    """

    name: str
    events: tuple[type[Event], ...]
    handler: Handler
    batch: int = 500


_TYPES: dict[str, type[Event]] = {}
_LISTENERS: dict[str, Listener] = {}


def register(listener: Listener) -> None:
    """Called by each domain's ``apps.ready``. Registering the same name twice for another handler is an error."""
    known = _LISTENERS.get(listener.name)
    if known is not None and known.handler is not listener.handler:
        raise RuntimeError(f"two listeners are called {listener.name}")
    _LISTENERS[listener.name] = listener
    for kind in listener.events:
        declare(kind)


def declare(kind: type[Event]) -> type[Event]:
    """Make an event type known by its name. Usable as a class decorator on every event."""
    if _TYPES.setdefault(kind.name, kind) is not kind:
        raise RuntimeError(f"two event types are called {kind.name}")
    return kind


def listeners() -> dict[str, Listener]:
    """All listeners by name, in the order of registration."""
    return dict(_LISTENERS)


def event_types() -> dict[str, type[Event]]:
    """All declared event types by name."""
    return dict(_TYPES)


_ADAPTERS: dict[type[Event], TypeAdapter[Any]] = {}


def _adapter(kind: type[Event]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def to_payload(event: Event) -> dict[str, Any]:
    """The event as JSON-ready values."""
    payload: dict[str, Any] = _adapter(type(event)).dump_python(event, mode="json")
    return payload


def from_payload(name: str, payload: dict[str, Any]) -> Event:
    """The event back from its stored form. Unknown keys are ignored, so that old code can read newer events."""
    event: Event = _adapter(_TYPES[name]).validate_python(payload)
    return event
