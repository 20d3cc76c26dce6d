"""The passages worth reading for a question: the best by words, by static vectors and, where they are, by slow ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import tantivy

from .near import Near
from .question import Question, lexical_query
from .tables import Passage, recalled
from .vectors import Floats, Vectors

_FEW: Final = 5_000  # filtered passages up to here are all compared with the question's vector
_SCANNED: Final = 60_000  # slow vectors up to here are all compared when nothing filters
_LARGE: Final = 100_000  # passages from which frequent words are spared
_LIKELY: Final = 20  # passages that static vectors add to those found by words
LIKE: Final = 0.5  # static cosine below which a passage is not even looked at
_MOST_BROAD: Final = 10_000
_SLACK: Final = 2  # closest rows asked for per wanted one when a filter or withdrawn rows may take some away

Address = tuple[int, int]


@dataclass(slots=True)
class Candidate:
    """A passage with its BM25 score (0 when its words do not meet), its cosine (None without vectors) and that of its
    static vector (None without)."""

    passage: Passage
    lexical: float
    similarity: float | None = None
    likeness: float | None = None


def recall(searcher: Any, address: Any) -> Passage:
    """The stored passage at an address."""
    return recalled(searcher.doc(address)["record"][0])


def narrowed(query: Any, required: Sequence[Any]) -> Any:
    """The query with conditions that must hold and add nothing to the score."""
    if not required:
        return query
    silent = [(tantivy.Occur.Must, tantivy.Query.const_score_query(each, 0.0)) for each in required]
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), *silent])


class View(NamedTuple):
    """An index as it was at one moment: addresses of one searcher mean nothing to a later one."""

    index: Any
    searcher: Any
    broad: set[str]  # names of filters that leave more than a few passages: not counted again at this moment


class Narrowing(NamedTuple):
    """Conditions that must hold, and a name that only the same conditions have."""

    required: Sequence[Any]
    name: str


def gather(
    view: View,
    vectors: Vectors,
    *,
    question: Question,
    vector: Floats | None,
    narrowing: Narrowing,
    depth: int,
    near: Near | None = None,
    sketch: Floats | None = None,
) -> list[Candidate]:
    """At most `depth` passages by words, as many by static vectors, and as many by meaning, each once."""
    searcher, required = view.searcher, narrowing.required
    found: dict[Address, Candidate] = {}
    query = lexical_query(question, view.index, sparing=searcher.num_docs > _LARGE)
    if query is not None:
        for score, address in searcher.search(narrowed(query, required), depth, count=False).hits:
            found[address.segment_ord, address.doc] = Candidate(recall(searcher, address), score)
    given: tuple[tuple[Vectors | Near | None, Floats | None], ...] = ((near, sketch), (vectors, vector))
    tables = [(table, wanted) for table, wanted in given if table is not None and wanted is not None and len(table)]
    few = _few(view, narrowing) if tables else None
    for table, wanted in tables:
        # Many slow vectors are not searched through: they judge what words and static vectors have found.
        if few is not None or len(table) <= _SCANNED or table is near:
            count, least = (min(depth, _LIKELY), LIKE) if table is near else (depth, -1.0)
            for address in _closest(view, table, wanted, few, required, count, least=least):
                at = (address.segment_ord, address.doc)
                if at not in found:
                    found[at] = Candidate(recall(searcher, address), 0.0)
    everything = list(found.values())
    _compare(everything, tables, near)
    return everything


def _compare(everything: Sequence[Candidate], tables: Sequence[tuple[Vectors | Near, Floats]], near: Any) -> None:
    """Fill in the cosines of candidates that have vectors."""
    keys = np.array([each.passage.key for each in everything], np.uint64)
    for table, wanted in tables:
        for place, cosine in zip(*table.compare(wanted, keys), strict=True):
            if table is near:
                everything[place].likeness = float(cosine)
            else:
                everything[place].similarity = float(cosine)


def nearest_passages(view: View, near: Near, sketch: Floats, count: int, **how: float) -> list[Passage]:
    """The `count` passages closest to a static vector, the closest first, by nothing else."""
    keys, _ = near.nearest(sketch, count * _SLACK, **how)
    return [recall(view.searcher, address) for address in islice(_standing(view, keys), count)]


def _few(view: View, narrowing: Narrowing) -> tuple[list[Any], npt.NDArray[np.uint64]] | None:
    """The addresses and keys of the passages that a filter leaves, when they are few enough to compare all."""
    if not narrowing.required or narrowing.name in view.broad:
        return None
    query = narrowed(tantivy.Query.all_query(), narrowing.required)
    hits = view.searcher.search(query, _FEW + 1, count=False).hits
    if len(hits) > _FEW:
        if len(view.broad) < _MOST_BROAD:
            view.broad.add(narrowing.name)
        return None
    addresses = [address for _, address in hits]
    return addresses, np.array(view.searcher.fast_field_values("key", addresses), np.uint64)


def _closest(
    view: View,
    table: Vectors | Near,
    wanted: Floats,
    few: tuple[list[Any], npt.NDArray[np.uint64]] | None,
    required: Sequence[Any],
    depth: int,
    *,
    least: float,
) -> list[Any]:
    """Addresses of the `depth` passages closest to a vector, the closest first, none further than `least`."""
    if few is not None:
        addresses, keys = few
        present, scores = table.compare(wanted, keys)
        present, scores = present[scores >= least], scores[scores >= least]
        return [addresses[present[each]] for each in np.argsort(-scores, kind="stable")[:depth]]
    keys, cosines = table.nearest(wanted, depth * _SLACK)
    keys = keys[cosines >= least]
    if not keys.size:
        return []
    if not required:
        return list(islice(_standing(view, keys), depth))
    # One term each: a set of terms would walk through every key of the index.
    schema, either = view.index.schema, tantivy.Occur.Should
    single = (tantivy.Query.term_query(schema, "key", key, "basic") for key in keys.tolist())
    among = tantivy.Query.boolean_query([(either, each) for each in single])
    hits = view.searcher.search(narrowed(among, required), keys.size, count=False).hits
    addresses = [address for _, address in hits]
    place = {key: number for number, key in enumerate(keys.tolist())}
    held = view.searcher.fast_field_values("key", addresses)
    near = sorted(zip((place[key] for key in held), range(len(addresses)), strict=True))
    return [addresses[number] for _, number in near[:depth]]


def _standing(view: View, keys: npt.NDArray[np.uint64]) -> Iterator[Any]:
    """Addresses of the passages of these keys, in their order. One look-up each costs far less than one for all: that
    one walks through every key of the index."""
    schema, searcher = view.index.schema, view.searcher
    for key in keys.tolist():
        query = tantivy.Query.term_query(schema, "key", key, "basic")
        for _, address in searcher.search(query, 1, count=False).hits:
            yield address
