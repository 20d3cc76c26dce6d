"""Tables written as text: lines of bounded length, CSV, JSON lines."""

import csv
import io
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

from parvis.domains.voices.actions.files.base import (
    MAX_LINES,
    MAX_RECORD,
    BrokenRow,
    NotJson,
    OversizedRow,
    Record,
    Source,
    SurplusCells,
    UnknownFormat,
    put,
)
from parvis.domains.voices.actions.files.nested import Paths, flatten
from parvis.domains.voices.rules.columns import distinct, match_headers

_SEPARATOR_LINE = re.compile(r"^sep=(.)\s*$", re.IGNORECASE)  # what spreadsheets write above a table


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
    """A CSV file by its header. Raises UnknownFormat."""
    position = [0]
    csv.field_size_limit(MAX_RECORD)
    lines = _Lines(path, encoding, position)
    try:
        delimiter, headers = _header(lines)
    except (StopIteration, OversizedRow, csv.Error) as error:
        lines.text.close()
        raise UnknownFormat from error
    except BaseException:
        lines.text.close()
        raise
    return Source(
        format="csv",
        encoding=encoding,
        headers=distinct(headers),
        read=lambda columns: _csv_records(lines, columns, delimiter, distinct(headers)),
        total=size,
        position=position,
        close=lines.text.close,
    )


def _header(lines: _Lines) -> tuple[str, list[str]]:
    """The delimiter and the headers; blank lines and a "sep=;" above them are passed over."""
    given = ""
    first = next(lines).lstrip("\ufeff")
    while not first.strip() or _SEPARATOR_LINE.match(first):
        given = first.strip()[4:5] or given
        lines.begin()
        first = next(lines)
    delimiter = given or max(",;\t|", key=lambda mark: (len(_understood(first, mark)), first.count(mark)))
    lines.back.appendleft(first)
    lines.number -= 1
    lines.begin()
    return delimiter, next(csv.reader(lines, delimiter=delimiter), [])


def _understood(line: str, delimiter: str) -> dict[str, str]:
    try:
        return match_headers(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return {}


def _csv_records(
    lines: _Lines, columns: Mapping[str, str], delimiter: str, headers: tuple[str, ...]
) -> Iterator[Record]:
    wanted = [(position, columns[header]) for position, header in enumerate(headers) if columns.get(header)]
    width = len(headers)
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
        except csv.Error:
            reader = csv.reader(lines, delimiter=delimiter)
            yield Record(line, {}, BrokenRow(field="row"))
            continue
        if not any(values):
            continue  # an empty line is no row
        cells: dict[str, str] = {}
        for position, column in wanted:
            if position < len(values):
                put(cells, column, values[position])
        surplus = len(values) > width and any(values[width:])
        yield Record(line, cells, SurplusCells(field="row", cells=len(values), columns=width) if surplus else None)


def json_lines_source(path: Path, encoding: str, size: int) -> Source:
    """A file of one JSON object a line."""
    position = [0]
    lines = _Lines(path, encoding, position)
    sample = _Lines(path, encoding, [0])
    headers = Paths.of(values for _, values, _ in _json_objects(sample))
    sample.text.close()
    return Source(
        format="jsonl",
        encoding=encoding,
        headers=headers,
        read=lambda columns: _json_records(lines, columns),
        total=size,
        position=position,
        close=lines.text.close,
    )


def _json_records(lines: _Lines, columns: Mapping[str, str]) -> Iterator[Record]:
    paths = Paths(columns)
    for number, values, error in _json_objects(lines):
        yield Record(number, paths.cells(values), error)


def _json_objects(lines: _Lines) -> Iterator[tuple[int, Mapping[str, list[str]], BrokenRow | OversizedRow | None]]:
    while True:
        number = lines.begin()
        try:
            line = next(lines)
        except StopIteration:
            return
        except OversizedRow as error:
            lines.give_back_all_but_first()
            yield number, {}, error
            continue
        if line.strip(" \t\r\n\ufeff"):
            yield _json_object(number, line)


def _json_object(number: int, line: str) -> tuple[int, Mapping[str, list[str]], BrokenRow | None]:
    try:
        value = json.loads(line.lstrip("\ufeff"))
        return (number, flatten(value), None) if isinstance(value, dict) else (number, {}, NotJson(field="row"))
    except (ValueError, RecursionError):
        return number, {}, NotJson(field="row")
