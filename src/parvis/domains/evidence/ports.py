"""What evidence needs of a search index, and where the index lies: in files of its own (the default), or in a place
that all machines share, which a connector binds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import polars as pl

from parvis.core.errors import ParvisError
from parvis.science.retrieval import Spoken

Where = Mapping[str, Any]


class IndexUnavailable(ParvisError):
    """The shared index cannot be used; ``reason`` says what to do."""

    code = "index_unavailable"
    status = 503
    template = "The search index cannot be used: %(reason)s"


class PassageIndex(Protocol):
    """The calls of ``science.retrieval.Index`` that evidence makes."""

    def __len__(self) -> int: ...

    def search(self, queries: pl.DataFrame, *, k: int, where: Where | None = None) -> pl.DataFrame:
        """The ``k`` best passages of each question, with quotes and the chance of an answer."""
        ...

    def speaking(self, text: str, *, k: int, language: str | None = None, where: Where | None = None) -> Spoken:
        """The ``k`` groups with passages that have the words of a text."""
        ...

    def corrected(self, word: str, *, language: str) -> tuple[str, int] | None:
        """The word that many passages have where ``word`` was probably mistyped."""
        ...

    def passages(self, *, where: Where | None = None, limit: int) -> pl.DataFrame:
        """Some passages that meet ``where``."""
        ...

    def add(self, passages: pl.DataFrame, /) -> int:
        """Add passages, replacing those of the same id."""
        ...

    def update(self, passages: pl.DataFrame, /, *, withdraw: Iterable[str | int] = ()) -> int:
        """Add passages and take others out."""
        ...

    def arrange(self) -> bool:
        """Bring order into what was added since; whether it was due."""
        ...

    def missing_vectors(self, limit: int) -> pl.DataFrame:
        """Passages without a slow vector: id, text, language, key."""
        ...

    def attach_vectors(self, ids: Sequence[str | int], matrix: Any, *, keys: Sequence[int] | None = None) -> int:
        """Give passages their slow vectors."""
        ...


class SharedIndex(PassageIndex, Protocol):
    """An index that lies in one place for all: its changes belong to the transaction they are made in."""

    def clear(self) -> None:
        """Take everything out."""
        ...


_opener: list[Callable[[], SharedIndex]] = []


def bind_shared_index(opener: Callable[[], SharedIndex] | None) -> None:
    """Search in what ``opener`` opens (it may raise :class:`IndexUnavailable`); None: in files."""
    _opener[:] = [] if opener is None else [opener]


def shared_index() -> SharedIndex | None:
    """The shared index; None where the index lies in files. Raises :class:`IndexUnavailable`."""
    return _opener[0]() if _opener else None
