"""Files from strangers as a stream of rows: CSV in several encodings, JSON, XML, Parquet. Memory stays that of a
batch, whatever the file says of itself; a broken row is told of and the next one is read."""

import codecs
import json
import re
from pathlib import Path
from typing import Any, BinaryIO

from parvis.domains.voices.actions.files.base import (
    MAX_BYTES,
    MAX_RECORD,
    BadFile,
    BrokenRow,
    ColumnsMissing,
    CompressedFile,
    EmptyFile,
    OversizedRow,
    Record,
    Source,
    SpreadsheetFile,
    TooLargeFile,
    UnknownFormat,
    plain,
    printable,
    storable,
)
from parvis.domains.voices.actions.files.documents import json_document_source
from parvis.domains.voices.actions.files.lines import csv_source, json_lines_source
from parvis.domains.voices.actions.files.markup import xml_source
from parvis.domains.voices.actions.files.parquet import parquet_source
from parvis.domains.voices.rules.columns import SAID, match_headers

__all__ = [
    "BadFile",
    "BrokenRow",
    "ColumnsMissing",
    "CompressedFile",
    "EmptyFile",
    "OversizedRow",
    "Record",
    "Source",
    "SpreadsheetFile",
    "UnknownFormat",
    "open_source",
    "plain",
    "printable",
    "storable",
]

_CHUNK = 1 << 20
_LOST = re.compile("[\udc80-\udcff]")
# the first file in the archives that spreadsheet and text programs write
_OFFICE = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"mimetypeapplication/vnd.oasis")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_NO_TABLES = ("%pdf", "\ufffdpng", "{\\rtf", "<!doctype html", "<html", "<svg", "gif8", "\x7felf", "%!ps")
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
        raise TooLargeFile(gigabytes=MAX_BYTES // 1024**3)
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise EmptyFile
    _refuse_archives(head)
    if head.startswith(b"PAR1"):
        return parquet_source(path)
    encoding = _encoding(path)
    text = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    if "\0" in text or text[:16].lower().startswith(_NO_TABLES):
        raise UnknownFormat
    if text.startswith("<"):
        return xml_source(path, size)
    if text.startswith("[") or (text.startswith("{") and _one_document(path, encoding)):
        return json_document_source(path, encoding, size)
    if text.startswith("{"):
        return json_lines_source(path, encoding, size)
    return csv_source(path, encoding, size)


def _refuse_archives(head: bytes) -> None:
    """Archives of every kind, told by what they begin with."""
    if head.startswith(_OLD_OFFICE) or (head.startswith(b"PK\x03\x04") and any(part in head for part in _OFFICE)):
        raise SpreadsheetFile
    for magic, kind in _COMPRESSED.items():
        if head.startswith(magic):
            raise CompressedFile(kind=kind)


def _one_document(path: Path, encoding: str) -> bool:
    """Whether a file that begins with "{" is one JSON object around its records, and not one record a line."""
    with path.open(encoding=encoding, errors="replace") as file:
        first = file.readline(MAX_RECORD)
        while first and not first.strip("\ufeff \t\r\n"):
            first = file.readline(MAX_RECORD)
        following = file.readline(4096)
        while following and not following.strip():
            following = file.readline(4096)
    try:
        value = json.loads(first.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return not following.lstrip().startswith("{")
    if following or not isinstance(value, dict) or set(match_headers(list(value)).values()) & set(SAID):
        return False
    return _holds_records(value)


def _holds_records(value: Any, depth: int = 0) -> bool:
    """Whether a list of objects is somewhere within the objects of this one."""
    if depth > 4 or not isinstance(value, dict):
        return False
    inner = value.values()
    return any(isinstance(x, list) and x and isinstance(x[0], dict) for x in inner) or any(
        _holds_records(x, depth + 1) for x in inner
    )


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
