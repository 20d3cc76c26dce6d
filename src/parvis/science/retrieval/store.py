"""The files of an index: a tantivy folder, a manifest, and how readers notice changes and damage.

Readers never lock. A writer holds tantivy's writer lock (released by the system if the process dies) for the time of
one batch; a commit replaces `meta.json` atomically, and that replacement is the generation readers look at.

Files are mapped into memory. Damage is looked for on opening and before each search; a file that somebody shortens in
place in the very moment it is read still kills the process (as with any mapped file), which its supervisor restarts.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import tantivy

from .analysis import FIELDS, build_analyser
from .errors import IndexBusy, IndexCorrupt
from .filters import FACTS

FORMAT: Final = "parvis-retrieval"
VERSION: Final = 3
_LEXICAL: Final = "lexical"
_MANIFEST: Final = "manifest.json"
_FOOTER_MAGIC: Final = 1337
_OWN_FILES: Final = {"meta.json", ".managed.json", ".tantivy-meta.lock", ".tantivy-writer.lock"}
_KNOWN: Final = {_LEXICAL, _MANIFEST, "near", "vectors"}
_SUFFIXES: Final = ("term", "store", "pos", "idx", "fieldnorm", "fast")
_CHECKSUM_LIMIT: Final = 256 * 1024 * 1024  # bytes read on opening to prove the files whole; beyond, tails only
_ATTEMPTS: Final = 20  # looks at an index that a writer changes meanwhile
_HEAP: Final = 15_000_000
_LARGE_HEAP: Final = 128_000_000


def make_schema() -> Any:
    """The fields of an index; they never change with the attributes of the passages."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("group", tokenizer_name="raw", index_option="basic")
    builder.add_text_field(FACTS, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("key", indexed=True, fast=True)
    builder.add_bytes_field("record", stored=True)
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name=f"parvis_{field}", index_option="position")
    return builder.build()


class Store:
    """One tantivy index, in memory or in a folder."""

    def __init__(self, index: Any, path: Path | None, *, integer_ids: bool) -> None:
        self.index = index
        self.path = path
        self._lexical = (path or Path()) / _LEXICAL
        self.integer_ids = integer_ids
        for field in FIELDS:
            index.register_tokenizer(f"parvis_{field}", build_analyser(field))
        index.config_reader("manual", 0)
        self.generation: tuple[int, int, int] = (-1, -1, -1)
        self._sizes: dict[str, int] = {}
        self._commits = 0
        self.refresh()

    @classmethod
    def create(cls, path: Path | None, *, integer_ids: bool) -> Store:
        """A new empty index, in memory without a path. Raises `IndexCorrupt` when the folder holds anything."""
        if path is None:
            return cls(tantivy.Index(make_schema()), None, integer_ids=integer_ids)
        lexical = path / _LEXICAL
        if path.exists() and any(path.iterdir()):
            raise IndexCorrupt(path=path, reason="the folder for a new index is not empty")
        lexical.mkdir(parents=True)
        index = tantivy.Index(make_schema(), path=str(lexical), reuse=False)
        write_atomically(
            path / _MANIFEST, json.dumps({"format": FORMAT, "version": VERSION, "integer_ids": integer_ids}).encode()
        )
        return cls(index, path, integer_ids=integer_ids)

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open a folder after checking every file in it. Raises `IndexCorrupt`."""
        manifest = _read_manifest(path)
        foreign = {entry.name for entry in path.iterdir()} - _KNOWN
        foreign = {name for name in foreign if not name.startswith(".tmp")}
        if foreign:
            raise IndexCorrupt(path=path, reason=f"foreign file {min(foreign)}")
        lexical = path / _LEXICAL
        for attempt in range(_ATTEMPTS):
            before = _stamp(lexical)
            try:
                verify(lexical)
                _check_fields(lexical)
                return cls(tantivy.Index.open(str(lexical)), path, integer_ids=bool(manifest["integer_ids"]))
            except (IndexCorrupt, ValueError, OSError) as error:
                # A writer may have merged files away between our looking and our reading: look again.
                if attempt + 1 < _ATTEMPTS and _stamp(lexical) != before:
                    continue
                raise (
                    error if isinstance(error, IndexCorrupt) else IndexCorrupt(path=path, reason=str(error))
                ) from error
        raise AssertionError

    def refresh(self) -> bool:
        """Follow other processes' commits; true when there was one. Raises `IndexCorrupt` on damage."""
        if self.path is None:
            stamp = (0, 0, self._commits)
            changed = stamp != self.generation
            if changed:
                self.index.reload()
                self.searcher, self.generation = self.index.searcher(), stamp
            return changed
        lexical = self._lexical
        stamp = _stamp(lexical)
        changed = stamp != self.generation
        if changed:
            self._reload(lexical)
        elif any(_size(name) != size for name, size in self._sizes.items()):
            # Reading past the end of a mapped file kills the process, so a shrunken file must be seen before.
            if _stamp(lexical) == stamp:
                raise IndexCorrupt(path=self.path, reason="a file was changed or removed")
            self._reload(lexical)
            changed = True
        return changed

    def _reload(self, lexical: Path) -> None:
        for attempt in range(_ATTEMPTS):
            stamp = _stamp(lexical)
            try:
                self.index.reload()
                sizes = {f"{lexical}/{name}": _size(f"{lexical}/{name}") for name in committed_files(lexical)}
            except (ValueError, OSError) as error:
                if attempt + 1 < _ATTEMPTS and _stamp(lexical) != stamp:
                    continue
                raise IndexCorrupt(path=self.path, reason=str(error)) from error
            if -1 not in sizes.values() and _stamp(lexical) == stamp:
                break
            if attempt + 1 == _ATTEMPTS:
                raise IndexCorrupt(path=self.path, reason="a file is missing")
        self.searcher, self._sizes, self.generation = self.index.searcher(), sizes, stamp

    @contextmanager
    def writing(self, *, wait_seconds: float = 60.0, large: bool = False) -> Iterator[Any]:
        """The only writer of this index, committed on leaving, rolled back on an error.

        Raises `IndexBusy` when another process keeps it longer than `wait_seconds`.
        """
        writer = self._acquire(wait_seconds, large=large)
        try:
            yield writer
        except BaseException:
            writer.rollback()
            raise
        else:
            writer.commit()
            self._commits += 1
        finally:
            writer.wait_merging_threads()
            del writer
        self.refresh()

    def _acquire(self, wait_seconds: float, *, large: bool) -> Any:
        """The writer, of an index opened for it alone: one opened earlier would write the register of files as it was
        then, and what others have written since would be strangers."""
        deadline = time.monotonic() + wait_seconds
        while True:
            before = self._register()
            try:
                writer = self._own().writer(_LARGE_HEAP if large else _HEAP, 1)
            except ValueError as error:
                if "Lock" not in str(error):
                    raise IndexCorrupt(path=self.path, reason=str(error)) from error
                if time.monotonic() > deadline:
                    raise IndexBusy(path=self.path, seconds=wait_seconds) from error
                time.sleep(0.01)
                continue
            if self._register() == before:
                return writer
            # Somebody has written between our opening and our turn.
            writer.rollback()
            writer.wait_merging_threads()
            del writer

    def _own(self) -> Any:
        """An index to write with."""
        if self.path is None:
            return self.index
        index = tantivy.Index.open(str(self.path / _LEXICAL))
        for field in FIELDS:
            index.register_tokenizer(f"parvis_{field}", build_analyser(field))
        return index

    def _register(self) -> bytes:
        """The register of files as it stands."""
        try:
            return (self.path / _LEXICAL / ".managed.json").read_bytes() if self.path else b""
        except OSError:
            return b""


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((path / _MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise IndexCorrupt(path=path, reason=f"{_MANIFEST}: {error}") from error
    if (
        not isinstance(manifest, dict)
        or (manifest.get("format"), manifest.get("version")) != (FORMAT, VERSION)
        or not isinstance(manifest.get("integer_ids"), bool)
    ):
        raise IndexCorrupt(path=path, reason=f"{_MANIFEST} is not one of this version")
    return manifest


def _check_fields(lexical: Path) -> None:
    expected = ["id", "group", FACTS, "key", "record", *FIELDS]
    if [field["name"] for field in json.loads((lexical / "meta.json").read_bytes())["schema"]] != expected:
        raise IndexCorrupt(path=lexical, reason="its fields are not those of this version")


def _stamp(lexical: Path) -> tuple[int, int, int]:
    try:
        meta = os.stat(f"{lexical}/meta.json")  # noqa: PTH116 - on the path of every search, and twice as fast
    except OSError:
        return (-1, -1, -1)
    return (meta.st_ino, meta.st_mtime_ns, meta.st_size)


def _size(path: str | Path) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - as above
    except OSError:
        return -1


def committed_files(lexical: Path) -> list[str]:
    """Names of the files that the last commit stands on. Raises `ValueError` or `OSError` when unreadable."""
    names: list[str] = []
    for segment in json.loads((lexical / "meta.json").read_bytes())["segments"]:
        short = segment["segment_id"].replace("-", "")
        names.extend(f"{short}.{suffix}" for suffix in _SUFFIXES)
        if segment["deletes"]:
            names.append(f"{short}.{segment['deletes']['opstamp']}.del")
    return names


def verify(lexical: Path) -> None:
    """Prove that the files are those tantivy wrote: names, tails and (up to 256 MB) checksums.

    Raises `IndexCorrupt`; a file cut short, a byte changed or a stranger among them is found.
    """
    try:
        committed = committed_files(lexical)
        names = {entry.name for entry in lexical.iterdir()}
        # Read after the listing: a writer registers a file before it makes it.
        managed = set(json.loads((lexical / ".managed.json").read_bytes()))
        full = sum(_size(lexical / name) for name in committed) <= _CHECKSUM_LIMIT
        foreign = {name for name in names if name not in managed | _OWN_FILES and not name.startswith(".tmp")}
        for name in sorted(foreign):
            if (lexical / name).exists():  # else a writer's merge has just cleared it away
                raise IndexCorrupt(path=lexical, reason=f"foreign file {name}")
        for name in committed:
            if (reason := _damage(lexical / name, full=full)) is not None:
                raise IndexCorrupt(path=lexical, reason=f"{name} {reason}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexCorrupt(path=lexical, reason=str(error)) from error


def _damage(path: Path, *, full: bool) -> str | None:
    """Each tantivy file ends with a JSON footer (version, CRC-32 of the body), its length and a magic number."""
    try:
        opened = path.open("rb")
    except FileNotFoundError:
        return "is missing"
    with opened as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - 8))
        tail = stream.read()
        length, magic = int.from_bytes(tail[:4], "little"), int.from_bytes(tail[4:], "little")
        if len(tail) < 8 or magic != _FOOTER_MAGIC or length + 8 > size:
            return "is cut short"
        stream.seek(size - 8 - length)
        try:
            expected = int(json.loads(stream.read(length))["crc"])
        except (ValueError, KeyError, TypeError):
            return "has no readable footer"
        if not full:
            return None
        stream.seek(0)
        left, checksum = size - 8 - length, 0
        while left:
            block = stream.read(min(left, 1 << 20))
            checksum, left = zlib.crc32(block, checksum), left - len(block)
    return None if checksum == expected else "has changed bytes"


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file so that a reader or a crash sees the old or the new one, never a part."""
    temporary = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
