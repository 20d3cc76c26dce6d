"""Near-duplicate texts, and bursts of them.

Claim: edited copies are found without comparing every text to every other. Each text is looked up by its rarest letter
4-grams only; a 4-gram held by many texts links each of them to a few neighbours instead of to all, so the work grows in
proportion to the texts (Bayardo, Ma and Srikant 2007 for looking up by the rarest features first). What two texts share
counts only where it stands in the same order in both: the cosine of their 4-grams weighted by rarity, taken over the
matches whose places differ by nearly the same number of letters. Texts that share something are then compared letter
by letter, as a whole or the shorter with its place in the longer (:mod:`parvis.science.text.edits`): a copy needs few
changes, two reviews of one product need many.

>>> frame = pl.DataFrame({"id": [1, 2, 3], "text": [
...     "Superbe robe, livraison rapide !", "superbe rohe livraison rapide", "Le pull gratte"]})
>>> near_duplicates(frame).select("a", "b").rows()
[(1, 2)]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from parvis.core.tables import optional, require
from parvis.science.text.edits import BAND, Runs, changed
from parvis.science.text.linear import Floats
from parvis.science.text.tokens import I64, SYMBOL, U64, cut, mix, powers

ALIKE = 0.04  # likeness from which a long text is part of another; reviews of one shop seldom reach it
CHANGED = 0.45  # of the letters: two texts of about the same length are one text edited; others differ in .6 or more
GRAM = 4
MAX_CHARS = 2_000
_LOOKED_UP = 160  # rarest 4-grams by which a text is looked up
_ALL_PAIRS = 24  # texts with one 4-gram up to which all their pairs are candidates
_NEIGHBOURS = 4  # texts linked to on each side where there are more
_SHARED = 3  # rare 4-grams two candidates share at least, unless they have few
_FEW = 16
_DRIFT = 40  # letters by which insertions and deletions may move what follows
_STRETCH = 20  # letters
_COVERED = 0.55  # of the stretches of the shorter text
_SURE = 0.7  # likeness that is enough however short the texts
_WORTH = 0.05  # likeness from which two texts are compared letter by letter
_PART_CHANGED = 0.37  # the same where one text is a part of the other, which more pairs could be
_LONGER = 1.35  # times: a text longer than that is no edited copy as a whole
_MOVED = 20  # letters: so far apart in the two texts what is shared may stand
_PART = 2_000
_CHANCE = 6.0  # over the letters of the shorter text: two short texts share a common phrase by chance


def near_duplicates(texts: pl.DataFrame, *, alike: float = ALIKE) -> pl.DataFrame:
    """Pairs of texts that are nearly the same.

    texts: id (any type), text. alike: likeness (cosine of rare 4-grams) asked of a long text that is a part of another;
    more is asked of short ones. Returns a, b (ids, a first in the frame), similarity (0..1: the share of letters
    unchanged, or the likeness where that is more or one is a part of the other), ordered by a then b. Case, accents,
    spaces and marks do not count. Texts without four letters or digits have no pairs.
    Among more than ``24`` copies of one text not every pair is listed, but all stay linked. Raises
    :class:`parvis.core.tables.TableError` for a missing column.
    """
    texts = require(texts, {"id": None, "text": pl.String})
    first, second, cosine = _pairs([(t or "")[:MAX_CHARS] for t in texts["text"]], alike)
    return pl.DataFrame({"a": texts["id"][first], "b": texts["id"][second], "similarity": cosine})


def bursts(
    voices: pl.DataFrame, *, within: timedelta = timedelta(hours=24), least: int = 3, alike: float = ALIKE
) -> pl.DataFrame:
    """Groups of at least ``least`` nearly identical texts, each sent within ``within`` of another of its group.

    voices: id, text, at (when sent), [author]. Returns one row a voice in a burst: id, burst (number from 0, earliest
    first), size (texts), authors (different ones; null where no author is given), first, last (times of the burst).
    """
    voices = require(voices, {"id": None, "text": pl.String, "at": None})
    voices = optional(voices, {"author": pl.String})
    first, second, _ = _pairs([(t or "")[:MAX_CHARS] for t in voices["text"]], alike)
    when = voices["at"].cast(pl.Datetime("us")).to_physical().fill_null(0).to_numpy()
    close = np.abs(when[first] - when[second]) <= within // timedelta(microseconds=1)
    group = _components(len(voices), first[close], second[close])
    named = voices.select("id", "at", "author").with_columns(group=pl.Series(group))
    known = pl.col("author").drop_nulls().n_unique()
    listed = (
        named.with_columns(
            size=pl.len().over("group"),
            authors=pl.when(pl.col("author").count().over("group") > 0).then(known.over("group")),
            first=pl.col("at").min().over("group"),
            last=pl.col("at").max().over("group"),
        )
        .filter(pl.col("size") >= least)
        .sort("first", "group", "at", maintain_order=True)
    )
    return listed.select(
        "id", (pl.col("group").rle_id().cast(pl.Int64)).alias("burst"), "size", "authors", "first", "last"
    )


@dataclass(frozen=True, slots=True)
class _Shingles:
    """4-grams met, one row each, ordered by text and 4-gram: the text, the number of the 4-gram, its first place in the
    text; ``held``: texts with each 4-gram; ``starts``: first row of each text (and the end)."""

    text: I64
    gram: I64
    place: I64
    held: I64
    starts: I64


def _pairs(texts: list[str], alike: float) -> tuple[I64, I64, Floats]:
    """Rows of both texts of each pair, first under second, and how alike they are."""
    count = len(texts)
    held, runs = _shingles(texts)
    rarity = np.log(1.0 + (count + 1.0) / held.held)[held.gram] if len(held.gram) else np.zeros(0)
    norm = np.sqrt(np.bincount(held.text, weights=rarity * rarity, minlength=count))
    first, second = _candidates(held, count)
    letters = np.maximum(np.diff(held.starts), 1)
    parts, covers, moves = [np.zeros(0)], [np.zeros(0)], [np.zeros(0)]
    for start in range(0, len(first), _PART):
        one, two = first[start : start + _PART], second[start : start + _PART]
        pair, offset, row = _matches(held, one, two)
        common, inside = _aligned(pair, offset, rarity[row] ** 2, len(one))
        parts.append(common / (norm[one] * norm[two]))
        shorter = letters[one] <= letters[two]
        place = held.place[row] - np.where(shorter[pair], 0, offset)
        covers.append(_covered(pair[inside], place[inside], np.minimum(letters[one], letters[two])))
        met = np.bincount(pair[inside], minlength=len(one))
        moves.append(np.bincount(pair[inside], weights=offset[inside], minlength=len(one)) / np.maximum(met, 1))
    found, covered = np.minimum(np.concatenate(parts), 1.0), np.concatenate(covers)
    good = (found >= alike + _CHANCE / np.minimum(letters[first], letters[second])) & (covered >= _COVERED)
    share = np.ones(len(first))
    sizes = np.diff(runs.starts)
    short, long = np.minimum(sizes[first], sizes[second]), np.maximum(sizes[first], sizes[second])
    whole = (long <= _LONGER * short) & (long - short <= BAND) & (np.abs(np.concatenate(moves)) <= _MOVED)
    asked = np.flatnonzero(whole & (found >= _WORTH))
    share[asked] = changed(runs, first[asked], second[asked], CHANGED)
    part = np.flatnonzero(~whole & good)
    share[part] = _inside(runs, first[part], second[part], np.concatenate(moves)[part])
    good = np.where(whole, share <= CHANGED, good & (share <= _PART_CHANGED)) | (found >= _SURE)
    return first[good], second[good], np.maximum(found, 1 - share)[good]


def _inside(runs: Runs, first: I64, second: I64, moved: Floats) -> Floats:
    """Share of letters to change in the shorter text of each pair to find it at its place in the longer."""
    pieces = []
    for one, two, by in zip(first, second, np.rint(moved).astype(int), strict=True):
        short, long, begin = (one, two, -by) if _size(runs, one) <= _size(runs, two) else (two, one, by)
        size, start = _size(runs, short), runs.starts[long] + np.clip(begin, 0, _size(runs, long))
        pieces += [
            runs.codes[runs.starts[short] :][:size],
            runs.codes[start : min(start + size, runs.starts[long + 1])],
        ]
    if not pieces:
        return np.zeros(0)
    cut_out = Runs(np.concatenate(pieces), np.cumsum([0, *[len(piece) for piece in pieces]]))
    return changed(cut_out, np.arange(0, len(pieces), 2), np.arange(1, len(pieces), 2), _PART_CHANGED)


def _size(runs: Runs, text: int) -> int:
    return int(runs.starts[text + 1] - runs.starts[text])


def _covered(pair: I64, place: I64, letters: I64) -> Floats:
    """Share of the shorter text's stretches in which something matches: one phrase in common covers few of them."""
    stretches = np.maximum((letters + _STRETCH - 1) // _STRETCH, 1)
    width = 2 * MAX_CHARS
    met = np.unique(pair * width + place // _STRETCH) // width
    return np.bincount(met, minlength=len(letters)) / stretches


def _shingles(texts: list[str]) -> tuple[_Shingles, Runs]:
    """Each different run of four letters or digits of each text, spaces and marks left out; and those letters."""
    tokens = cut(texts)
    solid = tokens.kind < SYMBOL
    lengths = (tokens.letters.to - tokens.letters.at)[solid]
    owner = np.repeat(tokens.piece[solid], lengths)
    begins = np.repeat(tokens.letters.at[solid] - (np.cumsum(lengths) - lengths), lengths)
    codes = tokens.letters.folded[begins + np.arange(len(owner))].astype(np.uint64)
    up, down = powers(len(codes) + 1)
    prefix: U64 = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum((codes + np.uint64(1)) * up[:-1], out=prefix[1:])
    last = max(0, len(codes) - GRAM + 1)
    first = np.flatnonzero(owner[:last] == owner[GRAM - 1 :][:last])
    value = mix((prefix[first + GRAM] - prefix[first]) * down[first])
    piece = owner[first]
    order = np.lexsort((first, value, piece))
    piece, value, first = piece[order], value[order], first[order]
    new = np.ones(len(value), dtype=np.bool_)
    new[1:] = (piece[1:] != piece[:-1]) | (value[1:] != value[:-1])
    piece, value = piece[new], value[new]
    place = first[new] - np.searchsorted(owner, piece)
    _, gram, held = np.unique(value, return_inverse=True, return_counts=True)
    order = np.lexsort((gram, piece))
    starts = np.searchsorted(piece, np.arange(len(texts) + 1))
    found = _Shingles(piece, gram[order].astype(np.int64), place[order], held.astype(np.int64), starts)
    return found, Runs(codes.astype(np.int32), np.searchsorted(owner, np.arange(len(texts) + 1)))


def _candidates(held: _Shingles, count: int) -> tuple[I64, I64]:
    """Pairs of texts with rare 4-grams in common, in the same order."""
    shared = np.flatnonzero(held.held[held.gram] > 1)
    order = shared[np.lexsort((held.held[held.gram[shared]], held.text[shared]))]
    text = held.text[order]
    rank = np.arange(len(order)) - np.searchsorted(text, np.arange(count + 1))[text]
    order = order[rank < _LOOKED_UP]
    text, gram, place = held.text[order], held.gram[order], held.place[order]
    crowded = np.bincount(gram, minlength=len(held.held))[gram] > _ALL_PAIRS
    # neighbours differ from 4-gram to 4-gram, so that a large crowd is well linked
    shuffled = mix((text.astype(np.uint64) << np.uint64(32)) ^ gram.astype(np.uint64))
    order = np.lexsort((np.where(crowded, shuffled, text.astype(np.uint64)), gram))
    text, gram, place, crowded = text[order], gram[order], place[order], crowded[order]
    keys, offsets = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for step in range(1, _ALL_PAIRS):
        same = np.flatnonzero((gram[:-step] == gram[step:]) & (~crowded[step:] | (step <= _NEIGHBOURS)))
        one, two, gap = text[same], text[same + step], place[same] - place[same + step]
        keys.append(np.minimum(one, two) * count + np.maximum(one, two))
        offsets.append(np.where(one < two, gap, -gap))
    pairs, number = np.unique(np.concatenate(keys), return_inverse=True)
    common, _ = _aligned(number, np.concatenate(offsets), np.ones(len(number)), len(pairs))
    first, second = pairs // max(count, 1), pairs % max(count, 1)
    sizes = np.diff(held.starts)
    enough = common >= np.where(np.minimum(sizes[first], sizes[second]) <= _FEW, 1, _SHARED)
    return first[enough], second[enough]


def _matches(held: _Shingles, first: I64, second: I64) -> tuple[I64, I64, I64]:
    """4-grams that the texts of each pair share: number of the pair, difference of places, row in ``held``."""
    sizes = held.starts[first + 1] - held.starts[first]
    pair = np.repeat(np.arange(len(first)), sizes)
    row = np.repeat(held.starts[first] - (np.cumsum(sizes) - sizes), sizes) + np.arange(len(pair))
    width = len(held.held) + 1
    every = held.text * width + held.gram
    wanted = second[pair] * width + held.gram[row]
    at = np.minimum(np.searchsorted(every, wanted), len(every) - 1)
    found = every[at] == wanted
    return pair[found], held.place[row[found]] - held.place[at[found]], row[found]


def _aligned(pair: I64, offset: I64, weight: Floats, count: int) -> tuple[Floats, np.ndarray]:
    """Greatest weight of the matches of each pair that lie within ``_DRIFT`` of one difference of places, and which do.

    An edited text keeps its order, so its 4-grams move together; those of two texts on one subject do not.
    """
    wide = 4 * MAX_CHARS
    every = pair * wide + offset + wide // 2
    order = np.argsort(every, kind="stable")
    line, owner = every[order], pair[order]
    summed = np.concatenate(([0.0], np.cumsum(weight[order])))
    total = summed[np.searchsorted(line, line + _DRIFT, side="right")] - summed[:-1]
    best = np.zeros(count)
    np.maximum.at(best, owner, total)
    start = np.full(count, np.iinfo(np.int64).max)
    top = total >= best[owner] - 1e-9
    np.minimum.at(start, owner[top], line[top])
    return best, (every >= start[pair]) & (every <= start[pair] + _DRIFT)


def _components(count: int, first: I64, second: I64) -> I64:
    import scipy.sparse as sp
    from scipy.sparse.csgraph import connected_components

    links = sp.coo_matrix((np.ones(len(first)), (first, second)), shape=(count, count))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)
