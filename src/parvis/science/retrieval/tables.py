"""Frames in, records out: checks the columns of passages and questions."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson
import polars as pl

from .analysis import field_of, language_of
from .errors import BadTable

_RESERVED: Final = {"id", "text", "vector"}
_LONGEST_ID: Final = 500
RESULT: Final = ("query", "rank", "id", "score", "quote", "start", "end", "answerable")


@dataclass(frozen=True)
class Passage:
    """A passage ready for the index."""

    id: str
    text: str
    group: str | None
    language: str
    attributes: tuple[tuple[str, Any], ...]

    @property
    def key(self) -> int:
        """64 bits that stand for this text under this id: a vector made for an older text does not fit a new one."""
        return key_of(self.id, self.text)

    @property
    def field(self) -> str:
        """The field of the index that holds it."""
        return field_of(self.language)


def key_of(identifier: str, text: str) -> int:
    """The key of a text under an id."""
    content = f"{identifier}\0{text}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big")


def has_integer_ids(frame: pl.DataFrame) -> bool:
    """Whether ids are integers; otherwise they must be texts. Raises `BadTable`."""
    for column in ("id", "text"):
        if column not in frame.columns:
            raise BadTable(row="-", column=column, reason="the column is missing")
    kind = frame.schema["id"]
    if not (kind.is_integer() or kind in (pl.String, pl.Null)):
        raise BadTable(row="-", column="id", reason=f"ids are texts or integers, not {kind}")
    return bool(kind.is_integer())


def _language(given: Any, text: str) -> str:
    return given if isinstance(given, str) and given else language_of(text)


def passages(frame: pl.DataFrame) -> Iterator[Passage]:
    """The passages of a frame (id, text, [group], [language], any attributes). Raises `BadTable`."""
    has_integer_ids(frame)
    attributes = [name for name in frame.columns if name not in _RESERVED]
    for number, row in enumerate(frame.iter_rows(named=True)):
        identifier, text = row["id"], row["text"]
        if identifier is None or len(str(identifier)) > _LONGEST_ID:
            raise BadTable(row=number, column="id", reason=f"an id of 1 to {_LONGEST_ID} characters is needed")
        if not isinstance(text, str):
            raise BadTable(row=number, column="text", reason="a text is needed")
        language = _language(row.get("language"), text)
        group = row.get("group")
        values = {name: row[name] for name in attributes} | {"language": language}
        yield Passage(
            str(identifier), text, None if group is None else str(group), language, tuple(sorted(values.items()))
        )


def record(passage: Passage) -> bytes:
    """What the index stores to give the passage back."""
    kept = {name: _plain(value) for name, value in passage.attributes if value is not None}
    return json.dumps(
        {"id": passage.id, "text": passage.text, "group": passage.group, "language": passage.language, "more": kept},
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode("utf-8", "surrogatepass")


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return {"$at": (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).isoformat()}
    if isinstance(value, dt.date):
        return {"$day": value.isoformat()}
    if isinstance(value, list | tuple | set):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else None


def _lively(value: Any) -> Any:
    if isinstance(value, dict) and "$at" in value:
        return dt.datetime.fromisoformat(value["$at"])
    if isinstance(value, dict) and "$day" in value:
        return dt.date.fromisoformat(value["$day"])
    return [_lively(each) for each in value] if isinstance(value, list) else value


def recalled(stored: bytes) -> Passage:
    """The passage of a stored record."""
    try:
        found = orjson.loads(stored)
    except ValueError:  # half a surrogate pair, which it refuses
        found = json.loads(stored)
    more = tuple((name, _lively(value)) for name, value in sorted(found["more"].items()))
    return Passage(found["id"], found["text"], found["group"], found["language"], more)


def questions(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The questions of a frame (id, text, [group], [language], [vector]). Raises `BadTable`."""
    for column in ("id", "text"):
        if column not in frame.columns:
            raise BadTable(row="-", column=column, reason="the column is missing")
    rows = frame.to_dicts()
    for number, row in enumerate(rows):
        if not isinstance(row["text"], str):
            raise BadTable(row=number, column="text", reason="a text is needed")
    return rows


def results(rows: list[tuple[Any, ...]], *, query_type: Any, integer_ids: bool) -> pl.DataFrame:
    """The frame that `search` returns, also when it is empty."""
    kinds = [query_type, pl.Int64, pl.Int64 if integer_ids else pl.String, pl.Float64, pl.String, pl.Int64, pl.Int64]
    return pl.DataFrame(rows, schema=dict(zip(RESULT, [*kinds, pl.Float64], strict=True)), orient="row")
