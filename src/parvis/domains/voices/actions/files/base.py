"""What a file of strangers is made of, and what can be wrong with it as a whole."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from parvis.core.errors import ParvisError
from parvis.domains.voices.rules import admission
from parvis.domains.voices.rules.columns import SEVERAL

MAX_RECORD = 8 * 1024 * 1024  # characters of one row; more is told of and skipped
MAX_BYTES = 4 * 1024**3
MAX_LINES = 20_000  # lines of one row: a quotation mark never closed must not swallow the file
MAX_GROUP = 512 * 1024 * 1024  # bytes of one row group of a Parquet file


class BadFile(ParvisError):
    """The file as a whole cannot be taken."""

    code = "bad_file"
    status = 422
    template = "The file cannot be read: it is damaged."


class TooLargeFile(BadFile):
    code = "too_large_file"
    template = "The file is larger than %(gigabytes)d GB: divide it."


class HeavyGroups(BadFile):
    code = "heavy_groups"
    template = "The row groups of this Parquet file are too large: write it with smaller ones."


class UnsafeXml(BadFile):
    code = "unsafe_xml"
    template = "The file defines entities or a document type, which is not accepted: send it without."


class CompressedFile(BadFile):
    code = "compressed_file"
    template = "The file is compressed (%(kind)s): unpack it and send what is inside."


class SpreadsheetFile(BadFile):
    code = "spreadsheet_file"
    template = "This is a spreadsheet program's own file: save it there as CSV and send that."


class UnknownFormat(BadFile):
    code = "unknown_format"
    template = "The file is neither CSV, JSON, XML nor Parquet."


class ColumnsMissing(BadFile):
    code = "columns_missing"
    template = "These columns are missing: %(columns)s. The file has: %(found)s."


class EmptyFile(BadFile):
    code = "empty_file"
    template = "The file is empty."


class BrokenRow(admission.NotAdmitted):
    code = "broken_row"
    template = "The row cannot be read."


class SurplusCells(BrokenRow):
    code = "surplus_cells"
    template = "The row has %(cells)d cells, the header %(columns)d: is a quotation mark missing?"


class NotJson(BrokenRow):
    code = "not_json"
    template = "This is no JSON object."


class DamagedFromHere(BrokenRow):
    code = "damaged_from_here"
    template = "The file is damaged from here on."


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
    """A file made out: its format, encoding and headers (paths, for nested formats). ``read`` takes header -> column
    and gives the rows; a source is read once. ``position[0]`` of ``total`` grows with them (bytes, or rows of
    Parquet); ``close`` lets go of the file."""

    format: str
    encoding: str
    headers: tuple[str, ...]
    read: Callable[[Mapping[str, str]], Iterator[Record]]
    total: int
    position: "list[int]" = field(default_factory=lambda: [0])
    close: Callable[[], None] = lambda: None
    left_out: tuple[str, ...] = ()  # columns that cannot be read at all


def printable(text: str) -> str:
    """The text with a mark in place of what cannot be stored or shown."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def put(cells: dict[str, str], column: str, value: str) -> None:
    """Add a value to the cells of a row: a column that several headers fill keeps them all, others the first."""
    if not cells.get(column):
        cells[column] = value
    elif value and column in SEVERAL:
        cells[column] += f" {value}"


def storable(text: str) -> str:
    """The text with a mark in place of what the database cannot keep."""
    if text.isascii() and "\0" not in text:
        return text
    return "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)


def plain(value: object) -> object:
    """A parameter of a message as it can be kept."""
    return value if isinstance(value, int | float) else storable(str(value))
