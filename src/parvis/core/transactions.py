"""Transactions within transactions."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def joined() -> Iterator[None]:
    """Part of the caller's transaction when there is one, without a savepoint of its own; else a transaction. For what
    refuses before its first change: who catches the refusal has nothing to take back."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        yield
