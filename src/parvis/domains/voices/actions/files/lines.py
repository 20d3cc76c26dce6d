"""Tables written as text: lines of bounded length, CSV, JSON lines."""

import csv
import io
import json
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from parvis.domains.voices.actions.files.base import (
    MAX_LINES,
    MAX_RECORD,
    BrokenRow,
    OversizedRow,
    Record,
    Source,
    UnknownFormat,
    checked_columns,
)
from parvis.domains.voices.rules import rows


class _Lines:
    """The lines of a text, numbered, each at most MAX_RECORD long; what was taken can be given back."""

    def __init__(self, path: Path, encoding: str, position: "list[int]") -> None:
        # closed by Source.close
        self.raw = path.open("rb")
        self.text = io.TextIOWrapper(self.raw, encoding=encoding, errors=_on_error(encoding), newline="\n")
        self.position = position
        self.back: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []
        self.length = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else self.text.readline(MAX_RECORD)
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        self.length += len(line)
        if self.length >= MAX_RECORD or len(self.taken) > MAX_LINES:
            raise OversizedRow(field="row", limit=MAX_RECORD, lines=MAX_LINES)
        return line

    def begin(self) -> int:
        """Start a row; returns its line number."""
        self.taken, self.length = [], 0
        if self.number % 64 == 0:
            self.position[0] = self.raw.tell()
        return self.number + 1

    def give_back_all_but_first(self) -> None:
        """After a row without end: its first line is lost, the following ones are read as rows of their own."""
        first = self.taken[0] if self.taken else ""
        self.back.extendleft(reversed(self.taken[1:]))
        self.number -= max(0, len(self.taken) - 1)
        while first and not first.endswith("\n"):  # a single line without end: skip to its end
            first = self.text.readline(MAX_RECORD)


def _on_error(encoding: str) -> str:
    return "replace" if encoding == "utf-16" else "surrogateescape"


def csv_source(path: Path, encoding: str, size: int) -> Source:
    """A CSV file by its header. Raises ColumnsMissing, UnknownFormat."""
    position = [0]
    csv.field_size_limit(MAX_RECORD)
    lines = _Lines(path, encoding, position)
    try:
        first = next(lines).lstrip("\ufeff")
        delimiter = max(",;\t|", key=lambda mark: (len(_columns(first, mark)), first.count(mark)))
        headers = next(csv.reader([first], delimiter=delimiter), [])
        columns, ignored = checked_columns(headers)
    except (StopIteration, OversizedRow, csv.Error) as error:
        lines.text.close()
        raise UnknownFormat from error
    except BaseException:
        lines.text.close()
        raise
    return Source(
        format="csv",
        encoding=encoding,
        ignored=ignored,
        records=_csv_records(lines, columns, delimiter, len(headers)),
        total=size,
        position=position,
        close=lines.text.close,
    )


def _columns(line: str, delimiter: str) -> dict[int, str]:
    try:
        return rows.match_headers(next(csv.reader([line], delimiter=delimiter), []))[0]
    except csv.Error:
        return {}


def _csv_records(lines: _Lines, columns: Mapping[int, str], delimiter: str, width: int) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        line = lines.begin()
        try:
            values = next(reader)
        except StopIteration:
            return
        except OversizedRow as error:
            lines.give_back_all_but_first()
            reader = csv.reader(lines, delimiter=delimiter)
            yield Record(line, {}, error)
            continue
        except csv.Error as error:
            reader = csv.reader(lines, delimiter=delimiter)
            yield Record(line, {}, BrokenRow(field="row", problem=str(error)))
            continue
        if not any(values):
            continue  # an empty line is no row
        cells = {name: values[position] for position, name in columns.items() if position < len(values)}
        error_found = None
        if len(values) > width and any(values[width:]):
            error_found = BrokenRow(field="row", problem=f"it has {len(values)} cells, the header {width}")
        yield Record(line, cells, error_found)


def json_source(path: Path, encoding: str, size: int) -> Source:
    """A file of one JSON object a line."""
    position = [0]
    lines = _Lines(path, encoding, position)
    return Source(
        format="jsonl",
        encoding=encoding,
        ignored=(),
        records=_json_records(lines),
        total=size,
        position=position,
        close=lines.text.close,
    )


def _json_records(lines: _Lines) -> Iterator[Record]:
    while True:
        number = lines.begin()
        try:
            line = next(lines)
        except StopIteration:
            return
        except OversizedRow as error:
            lines.give_back_all_but_first()
            yield Record(number, {}, error)
            continue
        if line.strip(" \t\r\n\ufeff"):
            yield _json_record(number, line)


def _json_record(number: int, line: str) -> Record:
    try:
        value = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        return Record(number, {}, BrokenRow(field="row", problem=f"no JSON ({error.__class__.__name__})"))
    if not isinstance(value, dict):
        return Record(number, {}, BrokenRow(field="row", problem="no JSON object"))
    keys = [str(key) for key in value]
    columns, _ = rows.match_headers(keys)
    values = list(value.values())
    return Record(number, {name: as_cell(values[position]) for position, name in columns.items()})


def as_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else str(value)
