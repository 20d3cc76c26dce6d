"""Vectors of passages, kept beside the index and filled in at any time: half-precision rows, read by memory mapping.

A row belongs to a key (see `tables.Passage.key`), so a vector of an older text is never used for a newer one. Rows are
appended, data first and key with its checksum after, so an interrupted write leaves only whole rows. A row whose bytes
were damaged is dropped: it counts as missing and is made again. The files are never a reason to lose the index.
"""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .errors import BadVectors
from .store import write_atomically

_HEAD: Final = "vectors.json"
_RECORD: Final = np.dtype([("key", "<u8"), ("check", "<u4")])
_CHECKED_ROWS: Final = 200_000
_BLOCK: Final = 8_192
Floats = npt.NDArray[np.float32]
# keys by row, rows, sorted keys, and the row of each sorted key; replaced as a whole
_State = tuple[npt.NDArray[np.uint64], npt.NDArray[np.float16], npt.NDArray[np.uint64], npt.NDArray[np.int64]]


class Vectors:
    """Rows of unit vectors by key, in memory or in a folder. Writers hold the lock of the index."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._stamp: tuple[Any, ...] = ()
        self._names = list[str]()
        self._set(np.empty(0, np.uint64), np.empty((0, 0), np.float16))
        self.refresh()

    def _set(self, keys: npt.NDArray[np.uint64], matrix: npt.NDArray[np.float16]) -> None:
        order = np.argsort(keys, kind="stable")
        self._state: _State = (keys, matrix, keys[order], order)

    def __len__(self) -> int:
        return int(self._state[0].size)

    @property
    def width(self) -> int:
        """Numbers in a vector, 0 while there is none."""
        return int(self._state[1].shape[1])

    def refresh(self) -> None:
        """Follow what other processes appended; one or two file look-ups when nothing changed."""
        if self.folder is None:
            return
        stamp = self._look()
        if stamp != self._stamp:
            self._load()
            self._stamp = stamp

    def _look(self) -> tuple[Any, ...]:
        try:
            head = os.stat(f"{self.folder}/{_HEAD}")  # noqa: PTH116 - on the path of every search, and twice as fast
            if (head.st_ino, head.st_mtime_ns) != self._stamp[:2]:
                self._names = [str(path) for path in self._paths(self._head()["file"])]
            sizes = [os.stat(name).st_size for name in self._names]  # noqa: PTH116 - as above
        except (OSError, ValueError, KeyError, TypeError):
            return ()
        return (head.st_ino, head.st_mtime_ns, *sizes)

    def _head(self) -> dict[str, Any]:
        assert self.folder is not None  # noqa: S101 - only called for folders
        found: dict[str, Any] = json.loads((self.folder / _HEAD).read_bytes())
        return {"width": int(found["width"]), "file": f"{int(found['file']):06d}"}

    def _paths(self, file: str) -> tuple[Path, Path]:
        assert self.folder is not None  # noqa: S101 - only called for folders
        return self.folder / f"{file}.rows", self.folder / f"{file}.keys"

    def _load(self) -> None:
        try:
            head = self._head()
            rows_path, keys_path = self._paths(head["file"])
            records = np.fromfile(keys_path, _RECORD)
            count = min(records.size, rows_path.stat().st_size // (2 * head["width"]))
            shape = (count, head["width"])
            matrix = np.memmap(rows_path, np.float16, "r", shape=shape) if count else np.empty(shape, np.float16)
        except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError):
            self._set(np.empty(0, np.uint64), np.empty((0, 0), np.float16))
            return
        keys = records["key"][:count].astype(np.uint64)
        known = self._state[0]
        # Rows already proved are not read again: a worker appends a few at a time.
        first = known.size if known.size <= count and np.array_equal(known, keys[: known.size]) else 0
        if count - first <= _CHECKED_ROWS:
            sound = [zlib.crc32(matrix[row].tobytes()) == records["check"][row] for row in range(first, count)]
            broken = first + np.flatnonzero(~np.array(sound, bool))
            keys[broken] = 0
        self._set(keys, np.asarray(matrix))

    def append(self, keys: npt.NDArray[np.uint64], matrix: Floats) -> None:
        """Add rows (the last for a key counts); the caller holds the writer lock. Raises `BadVectors`."""
        if matrix.ndim != 2 or matrix.shape[0] != keys.size or not np.isfinite(matrix).all():
            raise BadVectors(reason=f"{keys.size} keys need as many rows of finite numbers, not {matrix.shape}")
        self.refresh()
        if self.width and matrix.shape[1] != self.width:
            raise BadVectors(reason=f"the index holds vectors of {self.width} numbers, not {matrix.shape[1]}")
        norms = np.linalg.norm(matrix, axis=1, keepdims=True)
        rows = (matrix / np.where(norms > 0, norms, 1.0)).astype(np.float16)
        if self.folder is None:
            old_keys, old = self._state[:2]
            self._set(np.concatenate([old_keys, keys]), np.concatenate([old, rows]) if old.size else rows)
            return
        self.folder.mkdir(exist_ok=True)
        if not self.width:
            self._start(matrix.shape[1])
        self._write(keys, rows)
        self.refresh()

    def _start(self, width: int) -> None:
        assert self.folder is not None  # noqa: S101 - only called for folders
        try:
            number = int(self._head()["file"]) + 1
        except (OSError, ValueError, KeyError, TypeError):
            number = 1
        for path in self._paths(f"{number:06d}"):
            path.write_bytes(b"")
        write_atomically(self.folder / _HEAD, json.dumps({"width": width, "file": number}).encode())
        for path in self.folder.iterdir():
            if path.suffix in {".rows", ".keys"} and path.stem != f"{number:06d}":
                path.unlink(missing_ok=True)

    def _write(self, keys: npt.NDArray[np.uint64], rows: npt.NDArray[np.float16]) -> None:
        head = self._head()
        rows_path, keys_path = self._paths(head["file"])
        records = np.empty(keys.size, _RECORD)
        records["key"] = keys
        records["check"] = [zlib.crc32(row.tobytes()) for row in rows]
        count = min(keys_path.stat().st_size // _RECORD.itemsize, rows_path.stat().st_size // (2 * head["width"]))
        for path, at, content in (
            (rows_path, count * 2 * head["width"], rows.tobytes()),
            (keys_path, count * _RECORD.itemsize, records.tobytes()),
        ):
            with path.open("r+b") as stream:
                stream.truncate(at)
                stream.seek(at)
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())

    def everything(self) -> tuple[npt.NDArray[np.uint64], Floats]:
        """All sound rows with their keys."""
        keys, matrix = self._state[:2]
        return keys[keys != 0], matrix[keys != 0].astype(np.float32)

    def rows(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """The row of each key, -1 where there is none."""
        return _places(self._state, keys)

    def compare(self, vector: Floats, keys: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.int64], Floats]:
        """Which of the keys have a row (their places in `keys`), and the cosine of each with a unit vector."""
        state = self._state  # other threads may load newer rows meanwhile
        rows = _places(state, keys)
        known = np.flatnonzero(rows >= 0)
        return known, (state[1][rows[known]].astype(np.float32) @ vector).astype(np.float32)

    def nearest(self, vector: Floats, count: int) -> tuple[npt.NDArray[np.uint64], Floats]:
        """Keys and cosines of the `count` rows closest to a unit vector, the closest first; exact."""
        keys, matrix = self._state[:2]
        scores = np.empty(keys.size, np.float32)
        for start in range(0, keys.size, _BLOCK):
            block = matrix[start : start + _BLOCK].astype(np.float32)
            scores[start : start + _BLOCK] = block @ vector
        scores[keys == 0] = -1.0
        count = min(count, keys.size)
        best = np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, np.int64)
        best = best[np.argsort(-scores[best], kind="stable")]
        return keys[best], scores[best]

    def keep(self, live: npt.NDArray[np.uint64]) -> None:
        """Rewrite the files with the rows of these keys only; the caller holds the writer lock."""
        self.refresh()
        rows = self.rows(live)
        keys, matrix = live[rows >= 0], self._state[1][rows[rows >= 0]]
        if self.folder is None:
            self._set(keys, matrix)
        elif self.width:
            self._start(self.width)
            self._write(keys, matrix)
            self.refresh()


def _places(state: _State, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    _, _, ordered, order = state
    if not ordered.size:
        return np.full(keys.size, -1, np.int64)
    # The rightmost of equal keys is the latest row.
    at = np.searchsorted(ordered, keys, side="right") - 1
    found = (at >= 0) & (ordered[np.maximum(at, 0)] == keys) & (keys != 0)
    return np.where(found, order[np.maximum(at, 0)], -1).astype(np.int64)
