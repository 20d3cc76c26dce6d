"""The passages worth reading for a question: the best by words and, where there are vectors, the closest in meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import tantivy

from .question import Question, lexical_query
from .tables import Passage, recalled
from .vectors import Floats, Vectors

_FEW: Final = 5_000  # filtered passages up to here are all compared with the question's vector
_SLACK: Final = 4  # closest rows asked for per wanted one when a filter or withdrawn rows may take some away

Address = tuple[int, int]


@dataclass(slots=True)
class Candidate:
    """A passage with its BM25 score (0 when its words do not meet) and its cosine (None without vectors)."""

    passage: Passage
    lexical: float
    similarity: float | None


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


def gather(
    view: View,
    vectors: Vectors,
    *,
    question: Question,
    vector: Floats | None,
    required: Sequence[Any],
    depth: int,
) -> list[Candidate]:
    """At most `depth` passages by words and as many by meaning, each once."""
    searcher = view.searcher
    found: dict[Address, Candidate] = {}
    query = lexical_query(question, view.index)
    if query is not None:
        for score, address in searcher.search(narrowed(query, required), depth, count=False).hits:
            found[address.segment_ord, address.doc] = Candidate(recall(searcher, address), score, None)
    if vector is None or not len(vectors):
        return list(found.values())
    for similarity, address in _closest(view, vectors, vector, required, depth):
        at = (address.segment_ord, address.doc)
        if at not in found:
            found[at] = Candidate(recall(searcher, address), 0.0, similarity)
    everything = list(found.values())
    known, cosines = vectors.compare(vector, np.array([each.passage.key for each in everything], np.uint64))
    for place, cosine in zip(known, cosines, strict=True):
        everything[place].similarity = float(cosine)
    return everything


def _closest(
    view: View, vectors: Vectors, vector: Floats, required: Sequence[Any], depth: int
) -> list[tuple[float, Any]]:
    searcher = view.searcher
    if required:
        everything = tantivy.Query.all_query()
        hits = searcher.search(narrowed(everything, required), _FEW + 1, count=False).hits
        if len(hits) <= _FEW:
            addresses = [address for _, address in hits]
            keys = np.array(searcher.fast_field_values("key", addresses), np.uint64)
            present, scores = vectors.compare(vector, keys)
            best = np.argsort(-scores, kind="stable")[:depth]
            return [(float(scores[each]), addresses[present[each]]) for each in best]
    keys, scores = vectors.nearest(vector, depth * _SLACK)
    if not keys.size:
        return []
    among = tantivy.Query.term_set_query(view.index.schema, "key", [int(key) for key in keys])
    hits = searcher.search(narrowed(among, required), keys.size, count=False).hits
    addresses = [address for _, address in hits]
    cosine = dict(zip(keys.tolist(), scores.tolist(), strict=True))
    near = [
        (cosine[key], address)
        for key, address in zip(searcher.fast_field_values("key", addresses), addresses, strict=True)
    ]
    return sorted(near, key=lambda each: -each[0])[:depth]
