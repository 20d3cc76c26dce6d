"""Static vectors of all passages, beside the index: sixteen bits a number, in clusters, so that a million are searched
in a millisecond or two of one core and read from memory-mapped files that processes share.

New rows are appended to a tail that is searched whole; `arrange` sorts everything into clusters. A row belongs to a key
(see `tables.Passage.key`). Rows of the tail carry a checksum; a damaged or half-written one counts as missing. Like the
slow vectors these files are never a reason to lose the index: what is missing is only found by its words, until
`arrange` has made it again. Files of an older format count as missing.
"""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from .clusters import SMALL, clusters
from .packed import Basis, Bytes, Whole, asked, coded, dots, front, learnt, plain
from .store import write_atomically
from .vectors import Floats

_HEAD: Final = "near.json"
_FORMAT: Final = 2
_LOOSE: Final = 0.15  # share of rows in the tail from which it is time to arrange again
_PROBED: Final = 0.12  # share of the rows that are compared
_FEWEST: Final = 8_000
_GAP: Final = 500  # rows
_AGAIN: Final = 128  # rows, the best by their front, that are compared by all they have
_UNTURNED: Final = 512  # the same where no basis was learnt yet
_SAMPLE: Final = 20_000  # rows a basis is learnt from
_HELD: Final = 64 * 1024 * 1024  # bytes of fronts up to which each process holds its own
_THINNED: Final = 16
_POPULATE: Final = 22  # MADV_POPULATE_READ of Linux: mapped pages are made ready before the first question
Keys = npt.NDArray[np.uint64]


class _Rows(NamedTuple):
    """Rows in clusters, then the tail; replaced as a whole."""

    basis: Basis
    keys: Keys
    rows: Whole
    fronts: Bytes
    centres: Floats
    coded: Bytes  # the centres, a byte a number
    starts: npt.NDArray[np.int64]
    ordered: Keys
    order: npt.NDArray[np.int64]
    tail_keys: Keys
    tail: Whole
    tail_fronts: Bytes
    tail_ordered: Keys
    tail_order: npt.NDArray[np.int64]

    def with_tail(self, keys: Keys, rows: Whole, fronts: Bytes) -> _Rows:
        """The same clusters with another tail."""
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        return self._replace(tail_keys=keys, tail=rows, tail_fronts=fronts, tail_ordered=ordered, tail_order=order)


def _empty(width: int) -> _Rows:
    none, rows = np.empty(0, np.uint64), np.empty((0, width), np.int16)
    return _arranged(plain(width), none, rows, front(rows), np.empty((0, width), np.float32), np.zeros(1, np.int64))


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
        return bool(tail > SMALL and tail > _LOOSE * len(self))

    # -- following other processes ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Follow what other processes wrote; a few file look-ups when nothing changed."""
        if self.folder is None:
            return
        stamp = self._look()
        if stamp != self._stamp:
            # Reading past the end of a mapped file kills the process: a file that shrank is let go before.
            self._load(base=stamp[:5] != self._stamp[:5] or not stamp)
            self._stamp = stamp

    def _look(self) -> tuple[Any, ...]:
        try:
            head = os.stat(f"{self.folder}/{_HEAD}")  # noqa: PTH116 - on the path of every search, and twice as fast
            if (head.st_ino, head.st_mtime_ns) != self._stamp[:2]:
                found = json.loads(Path(f"{self.folder}/{_HEAD}").read_bytes())
                if (found["format"], found["width"]) != (_FORMAT, self.width):
                    return ()
                self._number = int(found["file"])
            name = f"{self.folder}/{self._number:06d}."
            sizes = [os.stat(name + kind).st_size for kind in ("rows", "fronts", "npz", "tail")]  # noqa: PTH116 - as above
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
            none = np.empty((0, self.width), np.int16)
            self._state = self._state.with_tail(self._state.tail_keys[:0], none, front(none))
        keys, rows = self._tail(self._state.tail_keys.size)
        self._lengthen(keys, rows)

    def _lengthen(self, keys: Keys, rows: Whole) -> None:
        state = self._state
        self._state = state.with_tail(
            np.concatenate([state.tail_keys, keys]),
            np.concatenate([state.tail, rows]),
            np.concatenate([state.tail_fronts, front(rows)]),
        )

    def _base(self) -> _Rows:
        if not self._number:
            return _empty(self.width)
        try:
            with self._path("npz").open("rb") as stream, np.load(stream) as stored:
                keys, centres, starts = stored["keys"], stored["centres"], stored["starts"]
                turn = stored["turn"] if stored["turn"].size else None
                basis = Basis(stored["mean"], turn, float(stored["step"]))
            if not keys.size:
                return _empty(self.width)._replace(basis=basis)
            # As plain arrays: a slice of a memmap costs more than comparing its rows.
            rows = np.asarray(np.memmap(self._path("rows"), np.int16, "r", shape=(keys.size, self.width)))
            fronts = self._fronts(keys.size)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return _empty(self.width)
        return _arranged(basis, keys, rows, fronts, centres, starts)

    def _fronts(self, count: int) -> Bytes:
        """The fronts of the rows: read when they are small, else shared with other processes."""
        shape = (count, self.width // 2)
        if count * shape[1] <= _HELD:
            return np.fromfile(self._path("fronts"), np.int8, count * shape[1]).reshape(shape)
        mapped = np.memmap(self._path("fronts"), np.int8, "r", shape=shape)
        with contextlib.suppress(OSError, ValueError, AttributeError):
            mapped._mmap.madvise(_POPULATE)  # type: ignore[attr-defined]  # the map below numpy
        return np.asarray(mapped)

    def _tail(self, known: int) -> tuple[Keys, Whole]:
        """The sound rows appended since the first `known`; a row that is not whole counts as missing."""
        try:
            found = np.fromfile(self._path("tail"), self._record, offset=known * self._record.itemsize)
        except OSError:
            found = np.empty(0, self._record)
        sound = _checks(found) == found["check"]
        keys = np.where(sound, found["key"], 0).astype(np.uint64) if found.size else np.empty(0, np.uint64)
        return keys, np.ascontiguousarray(found["row"])

    # -- writing ----------------------------------------------------------------------------------------------

    def append(self, keys: Keys, matrix: Floats) -> None:
        """Add rows (the last for a key counts); the caller holds the writer lock."""
        if self.folder is None:
            self._lengthen(keys, self._state.basis.packed(matrix))
            return
        if not self._stamp:
            self._start(plain(self.width), np.empty(0, np.uint64), np.empty((0, self.width), np.int16))
        records = np.empty(keys.size, self._record)
        records["key"], records["row"] = keys, self._state.basis.packed(matrix)
        records["check"] = _checks(records)
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
        state = self._state
        keys, rows = np.concatenate([state.keys, state.tail_keys]), np.concatenate([state.rows, state.tail])
        wanted = np.isin(keys, live) & (keys != 0)
        # Of equal keys the latest row stands last.
        _, last = np.unique(keys[wanted][::-1], return_index=True)
        places = np.flatnonzero(wanted)[::-1][last]
        self._start(state.basis, keys[places], rows[places])

    def _start(self, basis: Basis, keys: Keys, rows: Whole) -> None:
        if basis.turn is None and len(rows) > SMALL:
            basis, rows = _turned(basis, rows)
        centres, where = clusters(rows, basis)
        order = np.argsort(where, kind="stable")
        starts = np.searchsorted(where[order], np.arange(len(centres) + 1))
        keys, rows = keys[order], rows[order]
        fronts = front(rows)
        if self.folder is None:
            self._state = _arranged(basis, keys, rows, fronts, centres, starts)
            return
        self.folder.mkdir(exist_ok=True)
        number = max([self._number, *(int(each.stem) for each in self.folder.iterdir() if each.stem.isdigit())]) + 1
        for kind, matrix in (("rows", rows), ("fronts", fronts)):
            with self._path(kind, number).open("wb") as stream:
                matrix.tofile(stream)
                stream.flush()
                os.fsync(stream.fileno())
        turn = np.empty((0, 0), np.float32) if basis.turn is None else basis.turn
        learnt_too = {"mean": basis.mean, "turn": turn, "step": np.array(basis.step)}
        named: dict[str, npt.NDArray[Any]] = {"keys": keys, "centres": centres, "starts": starts, **learnt_too}
        np.savez(self._path("npz", number), allow_pickle=False, **named)
        self._path("tail", number).write_bytes(b"")
        head = {"format": _FORMAT, "file": number, "width": self.width}
        write_atomically(self.folder / _HEAD, json.dumps(head).encode())
        for path in self.folder.iterdir():
            if path.stem.isdigit() and path.stem != f"{number:06d}":
                path.unlink(missing_ok=True)
        self.refresh()

    # -- reading ----------------------------------------------------------------------------------------------

    def nearest(self, vector: Floats, count: int, *, probed: float = _PROBED) -> tuple[Keys, Floats]:
        """Keys and cosines of about the `count` rows closest to a unit vector, the closest first: of the clusters
        nearest to it (`probed`: the share of the rows that they hold), and of the whole tail."""
        state = self._state
        wanted = asked(state.basis.turned(vector))
        again = max(_AGAIN if state.basis.turn is not None else _UNTURNED, 2 * count)
        best, cosines = state.keys[:0], np.empty(0, np.float32)
        for keys, rows, fronts, parts in (
            (state.keys, state.rows, state.fronts, self._probed(state, vector, probed)),
            (state.tail_keys, state.tail, state.tail_fronts, [(0, state.tail_keys.size)]),
        ):
            if keys.size:
                places = _top(fronts, wanted, parts, again)
                best = np.concatenate([best, keys[places]])
                cosines = np.concatenate([cosines, state.basis.cosines(rows[places], vector)])
        order = np.argsort(-cosines, kind="stable")
        order = order[best[order] != 0][:count]
        return best[order], cosines[order]

    def _probed(self, state: _Rows, vector: Floats, share: float) -> list[tuple[int, int]]:
        """First and last rows of the clusters to compare, in the order of the file. Those that lie near one another are
        joined: a few rows more cost less than a call more."""
        if not len(state.centres):
            return []
        closest = np.argsort(-dots(state.coded, coded(vector), [(0, len(state.coded))]))
        sizes = np.diff(state.starts)
        enough = max(_FEWEST, int(share * state.keys.size))
        chosen = np.sort(closest[: int(np.searchsorted(np.cumsum(sizes[closest]), enough)) + 1])
        firsts, lasts = state.starts[chosen], state.starts[chosen + 1]
        apart = np.flatnonzero(firsts[1:] - lasts[:-1] > _GAP)
        firsts, lasts = firsts[np.append(0, apart + 1)], lasts[np.append(apart, chosen.size - 1)]
        return list(zip(firsts.tolist(), lasts.tolist(), strict=True))

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
                found[place] = state.basis.cosines(rows[order[at[place]]], vector)
        places = np.flatnonzero(~np.isnan(found))
        return places, found[places]


def _top(fronts: Bytes, wanted: Bytes, parts: list[tuple[int, int]], count: int) -> npt.NDArray[np.int64]:
    """Places of about the `count` rows within some parts that are closest by their fronts, in no order."""
    scores = dots(fronts, wanted, parts)
    found = np.arange(scores.size)
    if count < scores.size:
        # Where to cut is told by every sixteenth row: a whole partition would take as long as the comparison.
        few = scores[::_THINNED] if scores.size > _THINNED * count else scores
        rank = few.size - 1 - count * few.size // scores.size
        found = np.flatnonzero(scores > np.partition(few, rank)[rank])[: 4 * count]
    ends = np.cumsum([last - first for first, last in parts])
    part = np.searchsorted(ends, found, side="right")
    places: npt.NDArray[np.int64] = found - ends[part] + np.array([last for _, last in parts])[part]
    return places


def _turned(basis: Basis, rows: Whole) -> tuple[Basis, Whole]:
    """A basis learnt from the rows, and the rows in it."""
    drawn = np.random.default_rng(1).choice(len(rows), min(len(rows), _SAMPLE), replace=False)
    made = learnt(basis.floats(rows[np.sort(drawn)]))
    turned = np.empty_like(rows)
    for start in range(0, len(rows), _SAMPLE):
        turned[start : start + _SAMPLE] = made.packed(basis.floats(rows[start : start + _SAMPLE]))
    return made, turned


def _checks(records: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
    """Checksums of rows of the tail, their own left out."""
    size = records.dtype.itemsize
    content = memoryview(records.tobytes())
    starts = range(0, len(content), size)
    return np.array([zlib.crc32(content[start : start + size - 4]) for start in starts], np.uint32)


def _arranged(
    basis: Basis, keys: Keys, rows: Whole, fronts: Bytes, centres: Floats, starts: npt.NDArray[np.int64]
) -> _Rows:
    order = np.argsort(keys, kind="stable")
    none, nowhere, empty = np.empty(0, np.uint64), np.empty(0, np.int64), rows[:0]
    return _Rows(
        basis, keys, rows, fronts, centres, coded(centres), starts, keys[order], order,
        none, empty, front(empty), none, nowhere,
    )  # fmt: skip
