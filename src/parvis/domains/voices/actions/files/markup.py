"""XML feeds of reviews as a stream of records: every <review>, <question> or <answer>, with what its product says of
itself around it. Document types and entities are refused: nothing in a file may make it grow or reach elsewhere."""

from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from parvis.domains.voices.actions.files.base import (
    MAX_RECORD,
    DamagedFromHere,
    OversizedRow,
    Record,
    Source,
    UnknownFormat,
    UnsafeXml,
)
from parvis.domains.voices.actions.files.nested import Paths
from parvis.domains.voices.rules.admission import NotAdmitted

_CHUNK = 1 << 16
_MAX_DEPTH = 40
_RECORDS = frozenset({"review", "question", "answer"})
Found = tuple[int, Mapping[str, list[str]], NotAdmitted | None]


class _Element:
    """A record under way: its values by path, and the records within it."""

    def __init__(self, name: str, line: int, depth: int) -> None:
        self.name, self.line, self.depth = name, line, depth
        self.values: dict[str, list[str]] = {} if name == "review" else {"kind": [name]}
        self.inner: list[_Element] = []
        self.length = 0


class _Feed:
    """Follows the elements of a feed; finished records are in ``ready``."""

    def __init__(self) -> None:
        self.ready: deque[Found] = deque()
        self.open: list[str] = []
        self.said: list[dict[str, str]] = []  # what each open element outside of records says of itself
        self.records: list[_Element] = []
        self.text: list[str] = []
        self.length = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise UnsafeXml

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rsplit(":", 1)[-1]
        self.open.append(local)
        self.said.append({})
        if len(self.open) > _MAX_DEPTH:
            raise OversizedRow(field="row", limit=_MAX_DEPTH, lines=0)
        if local.lower() in _RECORDS:
            element = _Element(local.lower(), self.parser.CurrentLineNumber, len(self.open))
            if self.records:
                self.records[-1].inner.append(element)
            self.records.append(element)
        if self.records:
            for key, value in attributes.items():
                self._keep([*self._path(), key], value)
        self.text, self.length = [], 0

    def _characters(self, text: str) -> None:
        self.length += len(text)
        if self.length > MAX_RECORD:
            raise OversizedRow(field="row", limit=MAX_RECORD, lines=0)
        self.text.append(text)

    def _end(self, name: str) -> None:
        text = "".join(self.text).strip()
        if self.records:
            if text:
                self._keep(self._path(), text)
            if self.records[-1].depth == len(self.open):
                self._finish(self.records.pop())
        elif text and len(self.open) > 1:
            self.said[-2][self.open[-1]] = text
        self.text, self.length = [], 0
        self.open.pop()
        self.said.pop()

    def _path(self) -> list[str]:
        return self.open[self.records[-1].depth :]

    def _keep(self, path: list[str], value: str) -> None:
        record = self.records[-1]
        record.length += len(value)
        if record.length > MAX_RECORD:
            raise OversizedRow(field="row", limit=MAX_RECORD, lines=0)
        values = record.values.setdefault(".".join(path) or record.name, [])
        if len(values) < 50:
            values.append(value)

    def _finish(self, record: _Element) -> None:
        for place, said in zip(self.open, self.said, strict=True):
            for key, value in said.items():
                record.values.setdefault(f"{place}.{key}", [value])
        if not self.records:
            self._tell(record, None)

    def _tell(self, record: _Element, parent: _Element | None) -> None:
        if parent is not None and "id" in parent.values:
            record.values.setdefault("parent", parent.values["id"])
        self.ready.append((record.line, record.values, None))
        for inner in record.inner:
            self._tell(inner, record)


def xml_source(path: Path, size: int) -> Source:
    """An XML feed. Raises UnknownFormat when its beginning holds no record, UnsafeXml."""
    with path.open("rb") as file:
        headers = Paths.of(values for _, values, error in _objects(file, [0]) if error is None)
    if not headers:
        raise UnknownFormat
    position = [0]
    raw = path.open("rb")  # closed by Source.close
    return Source(
        format="xml",
        encoding="",
        headers=headers,
        read=lambda columns: _records(raw, columns, position),
        total=size,
        position=position,
        close=raw.close,
    )


def _records(raw: BinaryIO, columns: Mapping[str, str], position: "list[int]") -> Iterator[Record]:
    paths = Paths(columns)
    for number, values, error in _objects(raw, position):
        yield Record(number, paths.cells(values), error)


def _objects(raw: BinaryIO, position: "list[int]") -> Iterator[Found]:
    feed = _Feed()
    while True:
        chunk = raw.read(_CHUNK)
        error: NotAdmitted | None = None
        try:
            feed.parser.Parse(chunk, not chunk)
        except expat.ExpatError:
            error = DamagedFromHere(field="row")
        except OversizedRow as oversized:
            error = oversized
        while feed.ready:
            yield feed.ready.popleft()
        position[0] += len(chunk)
        if error is not None:
            yield feed.parser.CurrentLineNumber, {}, error
            return
        if not chunk:
            return
