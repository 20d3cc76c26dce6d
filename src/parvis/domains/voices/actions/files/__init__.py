"""Files from strangers as a stream of rows: CSV in several encodings, JSON lines, Parquet. Memory stays that of a
batch, whatever the file says of itself; a broken row is told of and the next one is read."""

import codecs
import re
from pathlib import Path
from typing import BinaryIO

from parvis.domains.voices.actions.files.base import (
    MAX_BYTES,
    BadFile,
    BrokenRow,
    ColumnsMissing,
    CompressedFile,
    EmptyFile,
    OversizedRow,
    Record,
    Source,
    UnknownFormat,
)
from parvis.domains.voices.actions.files.lines import csv_source, json_source
from parvis.domains.voices.actions.files.parquet import parquet_source

__all__ = [
    "BadFile",
    "BrokenRow",
    "ColumnsMissing",
    "CompressedFile",
    "EmptyFile",
    "OversizedRow",
    "Record",
    "Source",
    "UnknownFormat",
    "open_source",
]

_CHUNK = 1 << 20
_LOST = re.compile("[\udc80-\udcff]")
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
        return parquet_source(path)
    encoding = _encoding(path)
    text = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return json_source(path, encoding, size)
    if "\0" in text or text.startswith(("[", "<", "%PDF", "\ufffdPNG")):
        raise UnknownFormat
    return csv_source(path, encoding, size)


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
