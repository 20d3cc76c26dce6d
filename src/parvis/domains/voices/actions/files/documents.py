"""One JSON document as a stream of its records: an array of objects, alone or somewhere within an object."""

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from parvis.domains.voices.actions.files.base import (
    MAX_RECORD,
    DamagedFromHere,
    NotJson,
    OversizedRow,
    Record,
    Source,
)
from parvis.domains.voices.actions.files.nested import Paths, flatten
from parvis.domains.voices.rules.admission import NotAdmitted

_CHUNK = 1 << 16
_BLANK = " \t\r\n\ufeff"
_MAX_DEPTH = 8
_DECODER = json.JSONDecoder()
Found = tuple[int, Mapping[str, list[str]], NotAdmitted | None]


class _Text:
    """A text that is read as it is needed; what lies behind is let go of."""

    def __init__(self, path: Path, encoding: str, position: "list[int]") -> None:
        self.raw = path.open("rb")
        errors = "replace" if encoding == "utf-16" else "surrogateescape"
        self.text = io.TextIOWrapper(self.raw, encoding=encoding, errors=errors)
        self.position = position
        self.kept, self.at = "", 0

    def more(self) -> bool:
        """Read on; False at the end. What is kept grows by doubling, so that a long value is tried few times."""
        fresh = self.text.read(max(_CHUNK, len(self.kept) - self.at))
        self.kept, self.at = self.kept[self.at :] + fresh, 0
        self.position[0] = self.raw.tell()
        return bool(fresh)

    def peek(self) -> str:
        """The next character that is not blank, "" at the end."""
        while True:
            while self.at < len(self.kept) and self.kept[self.at] in _BLANK:
                self.at += 1
            if self.at < len(self.kept):
                return self.kept[self.at]
            if not self.more():
                return ""

    def value(self) -> object:
        """The JSON value that begins here. Raises ValueError where there is none, OversizedRow where it has no end."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.kept, self.at)
            except ValueError:
                if len(self.kept) - self.at > MAX_RECORD:
                    raise OversizedRow(field="row", limit=MAX_RECORD, lines=0) from None
                if not self.more():
                    raise
                continue
            if end == len(self.kept) and not isinstance(value, str | dict | list) and self.more():
                continue  # a number may go on
            self.at = end
            return value


def json_document_source(path: Path, encoding: str, size: int) -> Source:
    """A JSON document with an array of objects."""
    sample = _Text(path, encoding, [0])
    headers = Paths.of(values for _, values, _ in _objects(sample))
    sample.text.close()
    position = [0]
    text = _Text(path, encoding, position)
    return Source(
        format="json",
        encoding=encoding,
        headers=headers,
        read=lambda columns: _records(text, columns),
        total=size,
        position=position,
        close=text.text.close,
    )


def _records(text: _Text, columns: Mapping[str, str]) -> Iterator[Record]:
    paths = Paths(columns)
    for number, values, error in _objects(text):
        yield Record(number, paths.cells(values), error)


def _objects(text: _Text) -> Iterator[Found]:
    """The objects of the first array that holds any, numbered from 1."""
    number = 0
    try:
        if not _enter(text, 0):
            return
        while text.peek() not in ("]", ""):
            number += 1
            try:
                value = text.value()
            except RecursionError:
                yield number, {}, NotJson(field="row")
                return
            yield (number, flatten(value), None) if isinstance(value, dict) else (number, {}, NotJson(field="row"))
            if text.peek() == ",":
                text.at += 1
            elif text.peek() != "]":
                yield number + 1, {}, DamagedFromHere(field="row")
                return
    except OversizedRow as error:
        yield number, {}, error
    except (ValueError, RecursionError):
        yield number + 1, {}, DamagedFromHere(field="row")


def _enter(text: _Text, depth: int) -> bool:
    """Go forward to the first element of the array of records; False when this value holds none."""
    opening = text.peek()
    if opening == "[":
        text.at += 1
        if text.peek() == "{":
            return True
        text.kept, text.at = "[" + text.kept[text.at :], 0  # looking further may have thrown the bracket away
    elif opening == "{" and depth < _MAX_DEPTH:
        text.at += 1
        while text.peek() == '"':
            text.value()
            if text.peek() != ":":
                raise ValueError
            text.at += 1
            if _enter(text, depth + 1):
                return True
            if text.peek() == ",":
                text.at += 1
        if text.peek() == "}":
            text.at += 1
        return False
    text.value()
    return False
