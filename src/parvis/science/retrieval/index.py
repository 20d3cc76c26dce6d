"""The evidence index: passages in, ranked quotes out.

    >>> import polars as pl
    >>> index = Index.build(pl.DataFrame({"id": [1, 2], "text": ["Runs small, size up.", "Lovely colour."]}))
    >>> index.search(pl.DataFrame({"id": ["q"], "text": ["taille petit ?"]}), k=1)["id"].to_list()
    [1]

Words are looked up by BM25 in the language of each passage, with the question's words translated between French and
English; the best passages are then read sentence by sentence. Vectors are optional, filled in at any later time.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl
import tantivy

from . import filters, tables
from .analysis import field_of
from .answerable import answerable
from .errors import BadTable
from .question import Question, lexical_query, read
from .ranking import Match, match
from .store import Store

_DEPTH: Final = 50  # passages read sentence by sentence for one question
_LARGE: Final = 5_000
_SATURATED: Final = 2.2  # what BM25 (k1 = 1.2) gives at most per unit of rarity


class Index:
    """Searchable passages. Any number of readers, in any process, while one writes; safe to share among threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @classmethod
    def build(cls, passages: pl.DataFrame, *, path: str | Path | None = None) -> Index:
        """An index of passages (id, text, [group], [language], any attributes), in memory or in a new folder.

        Ids are texts or integers. A missing language is detected. Of rows with the same id the last counts.
        Raises `BadTable`, and `IndexCorrupt` when the folder is not empty.
        """
        integer_ids = tables.has_integer_ids(passages)
        index = cls(Store.create(Path(path) if path is not None else None, integer_ids=integer_ids))
        index.add(passages)
        return index

    @classmethod
    def open(cls, path: str | Path) -> Index:
        """Open a saved index. Raises `IndexCorrupt` when any file is damaged, missing or foreign: rebuild it."""
        return cls(Store.open(Path(path)))

    @property
    def generation(self) -> tuple[int, int, int]:
        """Changes with every commit of any process that this index has noticed."""
        return self._store.generation

    def __len__(self) -> int:
        self._store.refresh()
        return int(self._store.searcher.num_docs)

    def add(self, passages: pl.DataFrame) -> int:
        """Add passages, replacing those of the same id; visible to every reader on return. Returns their number.

        All or nothing. Raises `BadTable`, `IndexBusy`.
        """
        if tables.has_integer_ids(passages) != self._store.integer_ids and passages.height:
            raise BadTable(row="-", column="id", reason="ids are of another kind than those of the index")
        latest = {passage.id: passage for passage in tables.passages(passages)}
        self._write(latest.values(), large=len(latest) > _LARGE)
        return len(latest)

    def _write(self, passages: Iterable[tables.Passage], *, large: bool) -> None:
        with self._store.writing(large=large) as writer:
            self._store.refresh()  # nobody else can commit from here on
            empty = self._store.searcher.num_docs == 0
            for passage in passages:
                if not empty:
                    writer.delete_documents_by_term("id", passage.id)
                writer.add_document(_document(passage))

    def withdraw(self, ids: Iterable[str | int]) -> int:
        """Take passages out at once, for every reader; unknown ids are ignored. Returns how many ids were given."""
        given = [str(each) for each in ids]
        if given:
            with self._store.writing() as writer:
                for each in given:
                    writer.delete_documents_by_term("id", each)
        return len(given)

    def save(self, path: str | Path) -> None:
        """Write the index to a new folder (or nothing, to its own: there every change is already on disk)."""
        target = Path(path)
        if self._store.path is not None and self._store.path.resolve() == target.resolve():
            return
        copy = Index(Store.create(target, integer_ids=self._store.integer_ids))
        self._store.refresh()
        copy._write(self._all(), large=len(self) > _LARGE)

    def _all(self) -> Iterable[tables.Passage]:
        searcher = self._store.searcher
        if not searcher.num_docs:
            return
        for _, address in searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False).hits:
            yield _recall(searcher, address)

    def search(self, queries: pl.DataFrame, *, k: int, where: filters.Where | None = None) -> pl.DataFrame:
        """The `k` best passages of each question, each with its best quote.

        queries: id, text, [group] (only passages of that group), [language]. where: {column: value, list of values,
        or (low, high) with None for an open end}. Returns query, rank (from 1), id, score (0..1), quote, start, end
        (code points of the passage's text) and answerable (0..1, the chance that the passages answer the question, same
        on its rows). A question that meets nothing has no row. Raises `BadTable`, `BadFilter`, `IndexCorrupt`.
        """
        rows = tables.questions(queries)
        self._store.refresh()
        searcher, index = self._store.searcher, self._store.index
        conditions = filters.clauses(index, where)
        found: list[tuple[Any, ...]] = []
        for row in rows:
            question = read(row["text"], searcher=searcher, language=row.get("language"))
            hits = self._rank(question, self._candidates(question, row.get("group"), conditions, searcher, k), k)
            chance = answerable(question, [hit.match for hit in hits])
            for rank, hit in enumerate(hits, 1):
                start, end = hit.match.quote
                quote = hit.passage.text[start:end]
                found.append((row["id"], rank, self._outside(hit.passage.id), hit.score, quote, start, end, chance))
        return tables.results(found, query_type=queries.schema["id"], integer_ids=self._store.integer_ids)

    def _outside(self, identifier: str) -> str | int:
        return int(identifier) if self._store.integer_ids else identifier

    def _candidates(
        self, question: Question, group: Any, conditions: Sequence[Any], searcher: Any, k: int
    ) -> list[tuple[float, tables.Passage]]:
        query = lexical_query(question, self._store.index)
        if query is None or k <= 0:
            return []
        required = list(conditions)
        if group is not None:
            required.append(tantivy.Query.term_query(self._store.index.schema, "group", str(group), "basic"))
        if required:
            must = tantivy.Occur.Must
            silent = [(must, tantivy.Query.const_score_query(each, 0.0)) for each in required]
            query = tantivy.Query.boolean_query([(must, query), *silent])
        hits = searcher.search(query, max(_DEPTH, 2 * k), count=False).hits
        return [(score, _recall(searcher, address)) for score, address in hits]

    def _rank(self, question: Question, candidates: list[tuple[float, tables.Passage]], k: int) -> list[_Hit]:
        hits = []
        for score, passage in candidates:
            found = match(question, passage.text, field_of(passage.language))
            lexical = min(1.0, score / (_SATURATED * question.total))
            hits.append(_Hit(0.5 * lexical + 0.3 * found.covered + 0.2 * found.focused, passage, found))
        return heapq.nsmallest(k, hits, key=lambda hit: (-hit.score, hit.passage.id))


class _Hit:
    __slots__ = ("match", "passage", "score")

    def __init__(self, score: float, passage: tables.Passage, match: Match) -> None:
        self.score, self.passage, self.match = score, passage, match


def _document(passage: tables.Passage) -> Any:
    made = tantivy.Document()
    made.add_text("id", passage.id)
    if passage.group is not None:
        made.add_text("group", passage.group)
    for fact in filters.facts(passage.attributes):
        made.add_text(filters.FACTS, fact)
    made.add_unsigned("key", passage.key)
    made.add_bytes("record", tables.record(passage))
    made.add_text(field_of(passage.language), passage.text)
    return made


def _recall(searcher: Any, address: Any) -> tables.Passage:
    return tables.recalled(searcher.doc(address)["record"][0])
