"""What the team sets and every purchase reads: kept in the process for as long as nobody has changed any of it.

A stamp in the database is renewed by triggers with each change of those tables (migrations), whoever makes it. Reading
the stamp is one small statement; while it is the one that was seen last, what was read then still holds, in every
process, from the very commit of a change on. Only frozen values may be kept.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from parvis.core import prepared

T = TypeVar("T")
_kept: dict[str, tuple[str, Any]] = {}
# The stamp that was read under steady(): [] before, [stamp] after.
_looked: ContextVar[list[str] | None] = ContextVar("checkout_stamp", default=None)


@contextmanager
def steady() -> Iterator[None]:
    """Within it (or a function that wears it) the stamp is read once: for what shoppers and agents ask, which changes
    none of it. All that is read then is of one moment, the beginning."""
    if _looked.get() is not None:
        yield
        return
    before = _looked.set([])
    try:
        yield
    finally:
        _looked.reset(before)


def unchanged(name: str, load: Callable[[], T]) -> T:
    """What ``load`` gave last, or gives now when something was changed since. ``name`` is what it is kept under."""
    stamp = _stamp()
    if not stamp:
        return load()
    known = _kept.get(name)
    if known is not None and known[0] == stamp:
        return cast(T, known[1])
    value = load()
    _kept[name] = (stamp, value)
    return value


def _stamp() -> str:
    looked = _looked.get()
    if looked:
        return looked[0]
    stamp = _read_stamp()
    if looked is not None and stamp:
        looked.append(stamp)
    return stamp


def _read_stamp() -> str:
    rows = prepared.answer("SELECT stamp FROM checkout_brandstamp", []).rows
    return str(rows[0][0]) if rows else ""
