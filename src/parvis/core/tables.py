"""Checks on polars frames that come from people: errors name the row and the column."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from parvis.core.errors import ParvisError


class TableError(ParvisError):
    """``column`` and ``row`` (0-based, or "all") say where, ``problem`` says what."""

    code = "bad_table"
    status = 422
    template = "column %(column)s, row %(row)s: %(problem)s"


def require(frame: pl.DataFrame, columns: Mapping[str, Any]) -> pl.DataFrame:
    """The frame with ``columns`` present and cast to their types (None = any type).

    Raises :class:`TableError` naming the missing column, or the first row whose value cannot be read.
    """
    casts = []
    for name, dtype in columns.items():
        if name not in frame.columns:
            raise TableError(column=name, row="all", problem="the column is missing")
        if dtype is None or frame.schema[name] == dtype:
            continue
        cast = frame[name].cast(dtype, strict=False)
        broken = cast.is_null() & frame[name].is_not_null()
        if broken.any():
            row = int(broken.arg_true()[0])
            raise TableError(column=name, row=row, problem=f"{frame[name][row]!r} cannot be read as {dtype}")
        casts.append(cast)
    return frame.with_columns(casts) if casts else frame


def optional(frame: pl.DataFrame, columns: Mapping[str, Any]) -> pl.DataFrame:
    """The frame with each of ``columns`` present: absent ones become nulls of the given type, others are cast."""
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in columns.items() if name not in frame.columns]
    present = {name: dtype for name, dtype in columns.items() if name in frame.columns}
    return require(frame.with_columns(absent), present)


def unique(frame: pl.DataFrame, column: str) -> None:
    """Raise :class:`TableError` at the first repeated value of ``column``."""
    repeated = frame[column].is_duplicated()
    if repeated.any():
        row = int(repeated.arg_true()[0])
        raise TableError(column=column, row=row, problem=f"{frame[column][row]!r} occurs more than once")
