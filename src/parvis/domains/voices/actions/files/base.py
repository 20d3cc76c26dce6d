"""What a file of strangers is made of, and what can be wrong with it as a whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from parvis.core.errors import ParvisError
from parvis.domains.voices.rules import admission, rows

MAX_RECORD = 8 * 1024 * 1024  # characters of one row; more is told of and skipped
MAX_BYTES = 4 * 1024**3
MAX_LINES = 20_000  # lines of one row: a quotation mark never closed must not swallow the file
MAX_GROUP = 512 * 1024 * 1024  # bytes of one row group of a Parquet file


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
    """A file made out: its format, encoding, columns that are not ours, and its rows. ``position[0]`` of ``total``
    grows with them (bytes, or rows of Parquet); ``close`` lets go of the file."""

    format: str
    encoding: str
    ignored: tuple[str, ...]
    records: Iterator[Record]
    total: int
    position: "list[int]" = field(default_factory=lambda: [0])
    close: Callable[[], None] = lambda: None


def printable(text: str) -> str:
    """The text with a mark in place of what cannot be stored or shown."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def checked_columns(headers: Sequence[str]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Which column each position is, and the headers that are none of ours. Raises :class:`ColumnsMissing`."""
    columns, ignored = rows.match_headers(headers)
    present = set(columns.values())
    missing = [name for name in rows.REQUIRED if name not in present]
    if not present & {"text", "stars", "title"}:
        missing.append("text")
    if missing:
        found = ", ".join(printable(header.strip()[:40]) for header in headers[:20]) or "nothing"
        raise ColumnsMissing(columns=", ".join(missing), found=found)
    return columns, tuple(printable(header[:60]) for header in ignored[:50])
