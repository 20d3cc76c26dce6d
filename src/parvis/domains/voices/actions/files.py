"""Files from strangers as a stream of rows: CSV in several encodings, JSON lines, Parquet. Memory stays that of a
batch, whatever the file says of itself; a broken row is told of and the next one is read."""

import codecs
import csv
import io
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from parvis.core.errors import ParvisError
from parvis.domains.voices.rules import admission, rows

MAX_RECORD = 8 * 1024 * 1024  # characters of one row; more is told of and skipped
MAX_BYTES = 4 * 1024**3
MAX_LINES = 20_000  # lines of one row: a quotation mark never closed must not swallow the file
MAX_GROUP = 512 * 1024 * 1024  # bytes of one row group of a Parquet file
_CELL = 20_500  # characters of a Parquet cell that are looked at: enough to see that it is too long
_CHUNK = 1 << 20
_LOST = re.compile("[\udc80-\udcff]")


class BadFile(ParvisError):
    """The file as a whole cannot be taken."""

    code = "bad_file"
    status = 422
    template = "The file cannot be read: %(problem)s."


class CompressedFile(BadFile):
    code = "compressed_file"
    template = "The file is compressed (%(kind)s): unpack it and send what is inside."


class UnknownFormat(BadFile):
    code = "unknown_format"
    template = "The file is neither CSV, JSON lines nor Parquet."


class ColumnsMissing(BadFile):
    code = "columns_missing"
    template = "These columns are missing: %(columns)s. The file has: %(found)s."


class EmptyFile(BadFile):
    code = "empty_file"
    template = "The file is empty."


class BrokenRow(admission.NotAdmitted):
    code = "broken_row"
    template = "The row cannot be read: %(problem)s."


class OversizedRow(admission.NotAdmitted):
    code = "oversized_row"
    template = "The row has no end within %(limit)d characters or %(lines)d lines: is a quotation mark left open?"


@dataclass(slots=True)
class Record:
    """A row of a file: its line (1-based, the header counts), its cells by column, or why it cannot be read."""

    line: int
    cells: Mapping[str, str]
    error: admission.NotAdmitted | None = None


@dataclass(slots=True)
class Source:
    """A file made out: its format, encoding, columns that are not ours, and its rows. ``position`` grows with them."""

    format: str
    encoding: str
    ignored: tuple[str, ...]
    records: Iterator[Record]
    total: int
    position: "list[int]" = field(default_factory=lambda: [0])


_COMPRESSED = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "rar",
    b"\x28\xb5\x2f\xfd": "zstd",
}


def open_source(path: Path) -> Source:
    """Find out what the file is and give its rows. Raises :class:`BadFile` for what is no table of voices."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise BadFile(problem="it is larger than 4 GB")
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise EmptyFile
    for magic, kind in _COMPRESSED.items():
        if head.startswith(magic):
            raise CompressedFile(kind=kind)
    if head.startswith(b"PAR1"):
        return _parquet(path)
    encoding = _encoding(path)
    text = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return _json_lines(path, encoding, size)
    if "\0" in text or text.startswith(("[", "<", "%PDF", "\ufffdPNG")):
        raise UnknownFormat
    return _csv(path, encoding, size)


# -- text -----------------------------------------------------------------------------------------------------


def _encoding(path: Path) -> str:
    """utf-8, utf-8-sig, utf-16 or cp1252. A file of mostly good UTF-8 with a few broken bytes is UTF-8: its broken rows
    are told of, instead of spoiling every accent."""
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        good, lost = _survey(file)
    return "utf-8" if not lost or good > 20 * lost else "cp1252"


def _survey(file: BinaryIO) -> tuple[int, int]:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = lost = 0
    while chunk := file.read(_CHUNK):
        if chunk.isascii():
            continue
        text = decoder.decode(chunk)
        broken = len(_LOST.findall(text))
        lost += broken
        good += sum(character > "\x7f" for character in text) - broken
    return good, lost


class _Lines:
    """The lines of a text, numbered, each at most MAX_RECORD long; what was taken can be given back."""

    def __init__(self, path: Path, encoding: str, position: "list[int]") -> None:
        # closed when the last line was read, or with the generator that holds it
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


def _csv(path: Path, encoding: str, size: int) -> Source:
    position = [0]
    csv.field_size_limit(MAX_RECORD)
    lines = _Lines(path, encoding, position)
    try:
        first = next(lines).lstrip("\ufeff")
    except (StopIteration, OversizedRow) as error:
        raise UnknownFormat from error
    delimiter = max(",;\t|", key=lambda mark: (len(_columns(first, mark)), first.count(mark)))
    headers = next(csv.reader([first], delimiter=delimiter), [])
    columns, ignored = _checked(headers)
    return Source(
        format="csv",
        encoding=encoding,
        ignored=ignored,
        records=_csv_records(lines, columns, delimiter, len(headers)),
        total=size,
        position=position,
    )


def _columns(line: str, delimiter: str) -> dict[int, str]:
    try:
        return rows.match_headers(next(csv.reader([line], delimiter=delimiter), []))[0]
    except csv.Error:
        return {}


def _checked(headers: Sequence[str]) -> tuple[dict[int, str], tuple[str, ...]]:
    columns, ignored = rows.match_headers(headers)
    present = set(columns.values())
    missing = [name for name in rows.REQUIRED if name not in present]
    if not present & {"text", "stars", "title"}:
        missing.append("text")
    if missing:
        found = ", ".join(header.strip()[:40] for header in headers[:20]) or "nothing"
        raise ColumnsMissing(columns=", ".join(missing), found=found)
    return columns, tuple(header[:60] for header in ignored[:50])


def _csv_records(lines: _Lines, columns: Mapping[int, str], delimiter: str, width: int) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=delimiter)
    with lines.text:
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


def _json_lines(path: Path, encoding: str, size: int) -> Source:
    position = [0]
    lines = _Lines(path, encoding, position)
    return Source(
        format="jsonl",
        encoding=encoding,
        ignored=(),
        records=_json_records(lines),
        total=size,
        position=position,
    )


def _json_records(lines: _Lines) -> Iterator[Record]:
    with lines.text:
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
    return Record(number, {name: _cell(values[position]) for position, name in columns.items()})


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else str(value)


# -- Parquet --------------------------------------------------------------------------------------------------


def _parquet(path: Path) -> Source:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema, metadata = file.schema_arrow, file.metadata
            columns, ignored = _checked(schema.names)
            heavy = max((metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)), default=0)
            total = metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise BadFile(problem="it is no whole Parquet file") from error
    if heavy > MAX_GROUP:
        raise BadFile(problem="its row groups are too large")
    if not total:
        raise EmptyFile
    nested = [name for name in schema.names if pa.types.is_nested(schema.field(name).type)]
    wanted = {schema.names[position]: name for position, name in columns.items()}
    wanted = {header: name for header, name in wanted.items() if header not in nested}
    position = [0]
    records = _parquet_records(path, wanted, position)
    return Source(format="parquet", encoding="", ignored=ignored, records=records, total=total, position=position)


def _parquet_records(path: Path, wanted: Mapping[str, str], position: "list[int]") -> Iterator[Record]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    # texts stay dictionaries: a giant value said a million times is kept once
    with pq.ParquetFile(path, read_dictionary=list(wanted)) as file:
        batches = file.iter_batches(batch_size=1000, columns=list(wanted))
        while True:
            try:
                batch = next(batches)
            except StopIteration:
                return
            except (pa.ArrowException, OSError) as error:
                yield Record(number + 1, {}, BrokenRow(field="row", problem=f"damaged from here on ({error})"[:200]))
                return
            table = {name: _strings(batch.column(header)) for header, name in wanted.items()}
            for index in range(batch.num_rows):
                number += 1
                yield Record(number, {name: values[index] for name, values in table.items()})
            position[0] = number


def _strings(column: Any) -> list[str]:
    """A column as texts, cut where it is plain that they are too long."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        values = _strings(column.dictionary)
        return ["" if index is None else values[index] for index in column.indices.to_pylist()]
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return [
            "" if value is None else value[:_CELL].decode("utf-8", "surrogateescape") for value in column.to_pylist()
        ]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = pc.utf8_slice_codeunits(column, 0, _CELL)
    return [_parquet_cell(value) for value in column.to_pylist()]


def _parquet_cell(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else _cell(value)
