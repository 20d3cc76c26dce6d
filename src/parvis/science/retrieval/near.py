"""Static vectors of all passages, beside the index: sixteen bits a number, in clusters, so that a million are searched
in a few milliseconds of one core and read from memory-mapped files that processes share.

New rows are appended to a tail that is searched whole; `arrange` sorts everything into clusters. A row belongs to a key
(see `tables.Passage.key`). Rows of the tail carry a checksum; a damaged or half-written one counts as missing. Like the
slow vectors these files are never a reason to lose the index: what is missing is only found by its words.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from .store import write_atomically
from .vectors import Floats

_HEAD: Final = "near.json"
_SCALE: Final = 32_767.0
_SMALL: Final = 8_000  # rows up to here need no clusters
_LOOSE: Final = 0.15  # share of rows in the tail from which it is time to arrange again
_PROBED: Final = 0.01  # share of the rows that are compared
_FEWEST: Final = 8_000
_SAMPLE: Final = 40  # rows a cluster is learnt from
_ROUNDS: Final = 6
_BLOCK: Final = 32_768
Keys = npt.NDArray[np.uint64]
Packed = npt.NDArray[np.int16]


class _Rows(NamedTuple):
    """Rows in clusters, then the tail; replaced as a whole."""

    keys: Keys
    rows: Packed
    centres: Floats
    starts: npt.NDArray[np.int64]
    ordered: Keys
    order: npt.NDArray[np.int64]
    tail_keys: Keys
    tail: Packed
    tail_ordered: Keys
    tail_order: npt.NDArray[np.int64]

    def with_tail(self, keys: Keys, rows: Packed) -> _Rows:
        """The same clusters with another tail."""
        order = np.argsort(keys, kind="stable")
        return self._replace(tail_keys=keys, tail=rows, tail_ordered=keys[order], tail_order=order)


def _empty(width: int) -> _Rows:
    none = np.empty(0, np.uint64)
    rows = np.empty((0, width), np.int16)
    return _arranged(none, rows, np.empty((0, width), np.float32), np.zeros(1, np.int64))


class Near:
    """Rows of unit vectors by key, in memory or in a folder. Writers hold the lock of the index."""

    def __init__(self, folder: Path | None, *, width: int) -> None:
        self.folder = folder
        self.width = width
        self._record = np.dtype([("key", "<u8"), ("row", "<i2", (width,)), ("check", "<u4")])
        self._stamp: tuple[Any, ...] = ()
        self._number = 0
        self._state = _empty(width)
        self.refresh()

    def __len__(self) -> int:
        return int(self._state.keys.size + self._state.tail_keys.size)

    @property
    def loose(self) -> bool:
        """Whether so much has been appended that `arrange` is due."""
        tail = self._state.tail_keys.size
        return bool(tail > _SMALL and tail > _LOOSE * len(self))

    # -- following other processes ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Follow what other processes wrote; two file look-ups when nothing changed."""
        if self.folder is None:
            return
        stamp = self._look()
        if stamp != self._stamp:
            # Reading past the end of a mapped file kills the process: a file that shrank is let go before.
            self._load(base=stamp[:4] != self._stamp[:4] or not stamp)
            self._stamp = stamp

    def _look(self) -> tuple[Any, ...]:
        try:
            head = (self.folder / _HEAD).stat()  # type: ignore[operator]
            if (head.st_ino, head.st_mtime_ns) != self._stamp[:2]:
                self._number = int(json.loads((self.folder / _HEAD).read_bytes())["file"])  # type: ignore[operator]
            sizes = [self._path(kind).stat().st_size for kind in ("rows", "npz", "tail")]
        except (OSError, ValueError, KeyError, TypeError):
            return ()
        return head.st_ino, head.st_mtime_ns, *sizes

    def _path(self, kind: str, number: int | None = None) -> Path:
        assert self.folder is not None  # noqa: S101 - only called for folders
        return self.folder / f"{self._number if number is None else number:06d}.{kind}"

    def _load(self, *, base: bool) -> None:
        if base:
            self._state = self._base()
        elif self._path("tail").stat().st_size < self._state.tail_keys.size * self._record.itemsize:
            self._state = self._state.with_tail(self._state.tail_keys[:0], self._state.tail[:0])
        keys, rows = self._tail(self._state.tail_keys.size)
        self._lengthen(keys, rows)

    def _lengthen(self, keys: Keys, rows: Packed) -> None:
        state = self._state
        self._state = state.with_tail(np.concatenate([state.tail_keys, keys]), np.concatenate([state.tail, rows]))

    def _base(self) -> _Rows:
        if not self._number:
            return _empty(self.width)
        try:
            with np.load(self._path("npz")) as stored:
                keys, centres, starts = stored["keys"], stored["centres"], stored["starts"]
            rows: Packed = np.empty((0, self.width), np.int16)
            if keys.size:
                rows = np.memmap(self._path("rows"), np.int16, "r", shape=(keys.size, self.width))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return _empty(self.width)
        return _arranged(keys, rows, centres, starts)

    def _tail(self, known: int) -> tuple[Keys, Packed]:
        """The sound rows appended since the first `known`; reading stops at the first that is not whole."""
        try:
            found = np.fromfile(self._path("tail"), self._record, offset=known * self._record.itemsize)
        except OSError:
            found = np.empty(0, self._record)
        rows = np.ascontiguousarray(found["row"])
        sound = np.array([zlib.crc32(row.tobytes()) for row in rows], np.uint32) == found["check"]
        keys = np.where(sound, found["key"], 0).astype(np.uint64) if found.size else np.empty(0, np.uint64)
        return keys, rows

    # -- writing ----------------------------------------------------------------------------------------------

    def append(self, keys: Keys, matrix: Floats) -> None:
        """Add rows (the last for a key counts); the caller holds the writer lock."""
        rows = _packed(matrix)
        if self.folder is None:
            self._lengthen(keys, rows)
            return
        if not self._stamp:
            self._start(np.empty(0, np.uint64), np.empty((0, self.width), np.int16))
        records = np.empty(keys.size, self._record)
        records["key"], records["row"] = keys, rows
        records["check"] = [zlib.crc32(row.tobytes()) for row in rows]
        path = self._path("tail")
        with path.open("r+b") as stream:
            whole = path.stat().st_size // self._record.itemsize * self._record.itemsize
            stream.truncate(whole)  # a row half written by a killed writer
            stream.seek(whole)
            stream.write(records.tobytes())
            stream.flush()
            os.fsync(stream.fileno())
        self.refresh()

    def arrange(self, live: Keys) -> None:
        """Sort the rows of these keys into clusters and forget the others; the caller holds the writer lock."""
        self.refresh()
        keys, rows = self._everything()
        wanted = np.isin(keys, live) & (keys != 0)
        # Of equal keys the latest row stands last.
        _, last = np.unique(keys[wanted][::-1], return_index=True)
        places = np.flatnonzero(wanted)[::-1][last]
        self._start(keys[places], np.ascontiguousarray(rows[places]))

    def _everything(self) -> tuple[Keys, Packed]:
        state = self._state
        return np.concatenate([state.keys, state.tail_keys]), np.concatenate([np.asarray(state.rows), state.tail])

    def _start(self, keys: Keys, rows: Packed) -> None:
        centres, where = _clusters(rows)
        order = np.argsort(where, kind="stable")
        starts = np.searchsorted(where[order], np.arange(len(centres) + 1))
        keys, rows = keys[order], rows[order]
        if self.folder is None:
            self._state = _arranged(keys, rows, centres, starts)
            return
        self.folder.mkdir(exist_ok=True)
        number = self._number + 1
        with self._path("rows", number).open("wb") as stream:
            stream.write(rows.tobytes())
            stream.flush()
            os.fsync(stream.fileno())
        np.savez(self._path("npz", number), keys=keys, centres=centres, starts=starts)
        self._path("tail", number).write_bytes(b"")
        write_atomically(self.folder / _HEAD, json.dumps({"file": number, "width": self.width}).encode())
        for path in self.folder.iterdir():
            if path.suffix in {".rows", ".npz", ".tail"} and path.stem != f"{number:06d}":
                path.unlink(missing_ok=True)
        self.refresh()

    # -- reading ----------------------------------------------------------------------------------------------

    def nearest(self, vector: Floats, count: int) -> tuple[Keys, Floats]:
        """Keys and cosines of about the `count` rows closest to a unit vector, the closest first: of the clusters
        nearest to it, and of the whole tail."""
        state = self._state
        parts = [(state.tail_keys, state.tail)] if state.tail_keys.size else []
        if state.keys.size:
            best = np.argsort(-np.einsum("ij,j->i", state.centres, vector), kind="stable")
            sizes = np.diff(state.starts)[best]
            enough = max(_FEWEST, int(_PROBED * state.keys.size))
            chosen = best[: int(np.searchsorted(np.cumsum(sizes), enough)) + 1]
            for cluster in chosen:
                within = slice(int(state.starts[cluster]), int(state.starts[cluster + 1]))
                parts.append((state.keys[within], state.rows[within]))
        if not parts:
            return np.empty(0, np.uint64), np.empty(0, np.float32)
        scores = np.concatenate([_cosines(rows, vector) for _, rows in parts])
        keys = np.concatenate([each for each, _ in parts])
        scores[keys == 0] = -1.0
        count = min(count, keys.size)
        top = np.argpartition(-scores, count - 1)[:count]
        top = top[np.argsort(-scores[top], kind="stable")]
        return keys[top], scores[top]

    def known(self, keys: Keys) -> npt.NDArray[np.int64]:
        """Which of the keys have a row (their places in `keys`)."""
        return np.flatnonzero(np.isin(keys, self._state.keys) | np.isin(keys, self._state.tail_keys))

    def compare(self, vector: Floats, keys: Keys) -> tuple[npt.NDArray[np.int64], Floats]:
        """Which of the keys have a row (their places in `keys`), and the cosine of each with a unit vector."""
        state = self._state
        found = np.full(keys.size, np.nan, np.float32)
        for ordered, order, rows in (
            (state.ordered, state.order, state.rows),
            (state.tail_ordered, state.tail_order, state.tail),
        ):
            if ordered.size:
                at = np.searchsorted(ordered, keys, side="right") - 1
                place = np.flatnonzero((at >= 0) & (ordered[np.maximum(at, 0)] == keys) & (keys != 0))
                found[place] = _cosines(rows[order[at[place]]], vector)
        places = np.flatnonzero(~np.isnan(found))
        return places, found[places]


def _packed(matrix: Floats) -> Packed:
    made: Packed = np.clip(np.rint(matrix * _SCALE), -32_767, 32_767).astype(np.int16)
    return made


def _cosines(rows: Packed, vector: Floats) -> Floats:
    made = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), _BLOCK):
        # Not by the matrix library: its threads cost more than they bring on rows this short.
        block = np.asarray(rows[start : start + _BLOCK]).astype(np.float32)
        made[start : start + _BLOCK] = np.einsum("ij,j->i", block, vector)
    made /= np.float32(_SCALE)
    return made


def _arranged(keys: Keys, rows: Packed, centres: Floats, starts: npt.NDArray[np.int64]) -> _Rows:
    order = np.argsort(keys, kind="stable")
    none, nowhere = np.empty(0, np.uint64), np.empty(0, np.int64)
    return _Rows(keys, rows, centres, starts, keys[order], order, none, rows[:0], none, nowhere)


def _clusters(rows: Packed) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Centres of clusters (spherical k-means on a sample drawn with a fixed seed) and the cluster of each row."""
    if len(rows) <= _SMALL:
        width = rows.shape[1]
        centres = np.zeros((1 if len(rows) else 0, width), np.float32)
        return centres, np.zeros(len(rows), np.int64)
    count = int(2 ** round(np.log2(2 * np.sqrt(len(rows)))))
    chance = np.random.default_rng(1)
    sample = rows[np.sort(chance.choice(len(rows), min(len(rows), _SAMPLE * count), replace=False))].astype(np.float32)
    centres = sample[chance.choice(len(sample), count, replace=False)]
    for _ in range(_ROUNDS):
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
        where = _nearest_centre(sample, centres)
        sums = np.zeros_like(centres)
        np.add.at(sums, where, sample)
        filled = np.bincount(where, minlength=count) > 0
        centres = np.where(filled[:, None], sums, sample[chance.choice(len(sample), count)])
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    return centres.astype(np.float32), _nearest_centre(rows, centres)


def _nearest_centre(rows: npt.NDArray[Any], centres: Floats) -> npt.NDArray[np.int64]:
    where = np.empty(len(rows), np.int64)
    for start in range(0, len(rows), _BLOCK // 4):
        block = rows[start : start + _BLOCK // 4].astype(np.float32)
        where[start : start + len(block)] = np.argmax(block @ centres.T, axis=1)
    return where
