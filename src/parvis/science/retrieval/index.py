"""The evidence index: passages in, ranked quotes out.

    >>> import polars as pl
    >>> index = Index.build(pl.DataFrame({"id": [1, 2], "text": ["Runs small, size up.", "Lovely colour."]}))
    >>> index.search(pl.DataFrame({"id": ["q"], "text": ["taille petit ?"]}), k=1)["id"].to_list()
    [1]

Words are looked up by BM25 in the language of each passage, with the question's words translated between French and
English; the best passages are then read sentence by sentence. Vectors are optional, filled in at any later time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import tantivy

from . import filters, static, tables
from .answerable import answerable
from .candidates import Narrowing, View, gather, narrowed, recall
from .encoder import Encoder
from .errors import BadTable, BadVectors
from .near import Near
from .question import read
from .ranking import rank
from .spoken import Spoken, corrected, speaking
from .store import Store
from .vectors import Floats, Vectors

_DEPTH: Final = 50  # passages read sentence by sentence for one question
_LARGE: Final = 5_000
_SCAN: Final = 2_000
_BATCH: Final = 4_096
_MOST_SPOKEN: Final = 8  # notions of a search in a list


class Index:
    """Searchable passages. Any number of readers, in any process, while one writes; safe to share among threads."""

    def __init__(self, store: Store, *, encoder: Encoder | None = None) -> None:
        self._store = store
        self._vectors = Vectors(store.path / "vectors" if store.path else None)
        self._near = Near(store.path / "near" if store.path else None, width=static.WIDTH)
        self._encoder = encoder
        self._scanned: tuple[tuple[int, int, int], int] = ((0, 0, 0), 0)
        self._view: View | None = None

    @classmethod
    def build(cls, passages: pl.DataFrame, *, path: str | Path | None = None, encoder: Encoder | None = None) -> Index:
        """An index of passages (id, text, [group], [language], any attributes), in memory or in a new folder.

        Ids are texts or integers. A missing language is detected. Of rows with the same id the last counts.
        Raises `BadTable`, and `IndexCorrupt` when the folder is not empty.
        """
        integer_ids = tables.has_integer_ids(passages)
        store = Store.create(Path(path) if path is not None else None, integer_ids=integer_ids)
        index = cls(store, encoder=encoder)
        index.add(passages)
        index.arrange()
        return index

    @classmethod
    def open(cls, path: str | Path, *, encoder: Encoder | None = None) -> Index:
        """Open a saved index. Raises `IndexCorrupt` when any file is damaged, missing or foreign: rebuild it.

        With an `encoder` questions are also compared by meaning with the passages that have vectors.
        """
        return cls(Store.open(Path(path)), encoder=encoder)

    @property
    def generation(self) -> tuple[int, int, int]:
        """Changes with every commit of any process that this index has noticed."""
        return self._store.generation

    def __len__(self) -> int:
        self._store.refresh()
        return int(self._store.searcher.num_docs)

    @property
    def vector_count(self) -> int:
        """How many vectors are kept (some may belong to passages that have gone)."""
        self._vectors.refresh()
        return len(self._vectors)

    def add(self, passages: pl.DataFrame) -> int:
        """Add passages, replacing those of the same id; visible to every reader on return. Returns their number.

        All or nothing. Raises `BadTable`, `IndexBusy`.
        """
        return self.update(passages)

    def withdraw(self, ids: Iterable[str | int]) -> int:
        """Take passages out at once, for every reader; unknown ids are ignored. Returns how many ids were given."""
        given = [str(each) for each in ids]
        if given:
            self._write((), given, large=False)
        return len(given)

    def update(self, passages: pl.DataFrame, *, withdraw: Iterable[str | int] = ()) -> int:
        """Add passages and take others out in one commit; readers see all of it or nothing. Returns how many were
        added. Raises `BadTable`, `IndexBusy`."""
        if tables.has_integer_ids(passages) != self._store.integer_ids and passages.height:
            raise BadTable(row="-", column="id", reason="ids are of another kind than those of the index")
        latest = {passage.id: passage for passage in tables.passages(passages)}
        gone = [str(each) for each in withdraw if str(each) not in latest]
        if latest or gone:
            self._write(latest.values(), gone, large=len(latest) > _LARGE)
        return len(latest)

    def _write(self, passages: Iterable[tables.Passage], gone: Sequence[str], *, large: bool) -> None:
        with self._store.writing(large=large) as writer:
            self._store.refresh()  # nobody else can commit from here on
            self._near.refresh()  # another process may have sorted its rows into new files
            empty = self._store.searcher.num_docs == 0
            for identifier in gone:
                writer.delete_documents_by_term("id", identifier)
            for several in batched(passages, _BATCH):
                self._near.append(*_static(several))
                for passage in several:
                    if not empty:
                        writer.delete_documents_by_term("id", passage.id)
                    writer.add_document(_document(passage))

    def arrange(self) -> bool:
        """Make static vectors that are missing, and sort them into clusters when many were added since: searches of
        large indexes stay fast. True when it was due. Takes minutes for a million; searches go on meanwhile. Raises
        `IndexBusy`."""
        self._refresh()
        if not self._near.loose and not self._lacking():
            return False
        with self._store.writing():
            self._refresh()
            if self._lacking():
                for several in batched(self._all(), _BATCH):
                    keys = np.array([each.key for each in several], np.uint64)
                    gone = np.setdiff1d(np.arange(len(several)), self._near.known(keys))
                    self._near.append(*_static([several[place] for place in gone]))
            self._near.arrange(self._live_keys())
        return True

    def _lacking(self) -> bool:
        return static.available() and len(self._near) < self._store.searcher.num_docs

    def save(self, path: str | Path) -> None:
        """Write the index to a new folder (or nothing, to its own: there every change is already on disk)."""
        target = Path(path)
        if self._store.path is not None and self._store.path.resolve() == target.resolve():
            return
        copy = Index(Store.create(target, integer_ids=self._store.integer_ids))
        self._store.refresh()
        copy._write(self._all(), (), large=len(self) > _LARGE)
        copy.arrange()
        copy.adopt_vectors(self)

    def adopt_vectors(self, other: Index) -> None:
        """Take over another index's vectors: those of the same texts under the same ids need not be made again."""
        other._vectors.refresh()
        if len(other._vectors):
            with self._store.writing():
                self._vectors.append(*other._vectors.everything())

    def passages(self, *, where: filters.Where | None = None, limit: int) -> pl.DataFrame:
        """At most `limit` passages that meet `where`, in no order: id, text, group, language. Raises `BadFilter`."""
        view = self._refresh()
        query = narrowed(tantivy.Query.all_query(), filters.clauses(view.index, where))
        hits = view.searcher.search(query, max(1, limit), count=False).hits
        found = [recall(view.searcher, address) for _, address in hits]
        kind = pl.Int64 if self._store.integer_ids else pl.String
        schema = {"id": kind, "text": pl.String, "group": pl.String, "language": pl.String}
        rows = [(self._outside(each.id), each.text, each.group, each.language) for each in found]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _all(self) -> Iterable[tables.Passage]:
        searcher = self._store.searcher
        if not searcher.num_docs:
            return
        for _, address in searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False).hits:
            yield recall(searcher, address)

    def missing_vectors(self, limit: int) -> pl.DataFrame:
        """At most `limit` passages without a vector: id, text, language, and key (to give to `attach_vectors`)."""
        searcher, found = self._refresh().searcher, list[tables.Passage]()
        generation, offset = self._scanned
        offset = offset if generation == self._store.generation else 0
        while len(found) < limit and offset < searcher.num_docs:
            hits = searcher.search(tantivy.Query.all_query(), _SCAN, count=False, offset=offset).hits
            addresses = [address for _, address in hits]
            keys = np.array(searcher.fast_field_values("key", addresses), np.uint64)
            missing = np.flatnonzero(self._vectors.rows(keys) < 0)
            found.extend(recall(searcher, addresses[place]) for place in missing[: limit - len(found)])
            if len(found) < limit:
                # Everything up to here has its vector: the next call need not look again.
                offset += len(hits)
                if not missing.size:
                    self._scanned = (self._store.generation, offset)
        kind = pl.Int64 if self._store.integer_ids else pl.String
        rows = [(self._outside(each.id), each.text, each.language, each.key) for each in found]
        schema = {"id": kind, "text": pl.String, "language": pl.String, "key": pl.UInt64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def attach_vectors(self, ids: Sequence[str | int], matrix: Floats, *, keys: Sequence[int] | None = None) -> int:
        """Give passages their vectors (ids x width); returns how many were taken, unknown ids are left out.

        With the `keys` of `missing_vectors` a vector whose passage has changed meanwhile is never used.
        Raises `BadVectors`, `IndexBusy`.
        """
        matrix = np.asarray(matrix, np.float32)
        with self._store.writing():
            self._refresh()
            if keys is None:
                known = self._keys(ids)
                kept = [place for place, each in enumerate(ids) if str(each) in known]
                chosen = np.array([known[str(ids[place])] for place in kept], np.uint64)
                matrix = matrix[kept] if len(ids) == matrix.shape[0] else matrix
            else:
                chosen = np.array(keys, np.uint64)
            self._vectors.append(chosen, matrix)
            if len(self._vectors) > 2 * self._store.searcher.num_docs + _SCAN:
                self._vectors.keep(self._live_keys())
        return int(chosen.size)

    def _keys(self, ids: Iterable[str | int]) -> dict[str, int]:
        searcher, schema = self._store.searcher, self._store.index.schema
        query = tantivy.Query.term_set_query(schema, "id", [str(each) for each in ids])
        hits = searcher.search(query, max(1, searcher.num_docs), count=False).hits
        return {passage.id: passage.key for passage in (recall(searcher, address) for _, address in hits)}

    def _live_keys(self) -> npt.NDArray[np.uint64]:
        searcher = self._store.searcher
        hits = searcher.search(tantivy.Query.all_query(), max(1, searcher.num_docs), count=False).hits
        return np.array(searcher.fast_field_values("key", [address for _, address in hits]), np.uint64)

    def _refresh(self) -> View:
        self._store.refresh()
        self._vectors.refresh()
        self._near.refresh()
        view, searcher = self._view, self._store.searcher
        if view is None or view.searcher is not searcher:
            self._view = view = View(self._store.index, searcher, set())
        return view

    def search(self, queries: pl.DataFrame, *, k: int, where: filters.Where | None = None) -> pl.DataFrame:
        """The `k` best passages of each question, each with its best quote.

        queries: id, text, [group] (only passages of that group), [language] (believed where the text says too little),
        [vector] (of the question, when the passages have vectors). where: {column: value, list of values, or
        (low, high) with None for an open end}. Returns query, rank (from 1), id, score (0..1), quote, start, end (code
        points of the passage's text) and answerable (0..1, the chance that the passages answer the question, same on
        its rows). A question that meets nothing has no row. Raises `BadTable`, `BadFilter`, `BadVectors`,
        `IndexCorrupt`.
        """
        rows = tables.questions(queries)
        view = self._refresh()
        conditions = filters.clauses(view.index, where)
        found: list[tuple[Any, ...]] = []
        for row in rows if k > 0 else []:
            question = read(row["text"], searcher=view.searcher, language=row.get("language"))
            group = row.get("group")
            narrowing = Narrowing([*conditions, *self._in_group(group)], f"{group!r} {filters.name(where)}")
            candidates = gather(
                view,
                self._vectors,
                question=question,
                vector=self._vector(row, question.language),
                near=self._near,
                sketch=self._sketch(row["text"], question.language),
                narrowing=narrowing,
                depth=max(_DEPTH, 2 * k),
            )
            hits = rank(question, candidates)
            chance = answerable(question, hits)
            for place, hit in enumerate(hits[:k], 1):
                start, end = hit.match.quote
                quote = hit.passage.text[start:end]
                found.append((row["id"], place, self._outside(hit.passage.id), hit.score, quote, start, end, chance))
        return tables.results(found, query_type=queries.schema["id"], integer_ids=self._store.integer_ids)

    def speaking(self, text: str, *, k: int, language: str | None = None, where: filters.Where | None = None) -> Spoken:
        """The `k` groups with passages that really have the words of a text, said in French or English.

        By words only, without reading sentences: for lists. Raises `BadFilter`, `IndexCorrupt`.
        """
        view = self._refresh()
        question = read(text, searcher=view.searcher, language=language, cap=_MOST_SPOKEN)
        return speaking(view, question, filters.clauses(view.index, where), k)

    def corrected(self, word: str, *, language: str) -> tuple[str, int] | None:
        """The word (folded) that many passages have where `word` was probably mistyped, and how many; else None."""
        return corrected(self._refresh(), word, language)

    def _in_group(self, group: Any) -> list[Any]:
        if group is None:
            return []
        return [tantivy.Query.term_query(self._store.index.schema, "group", str(group), "basic")]

    def _vector(self, row: dict[str, Any], language: str) -> Floats | None:
        given = row.get("vector")
        if not len(self._vectors) or (given is None and self._encoder is None):
            return None
        if given is None:
            assert self._encoder is not None  # noqa: S101 - said above
            encoded: Floats = self._encoder.questions([row["text"]], [language])[0]
            return encoded
        vector: Floats = np.asarray(given, np.float32)
        if vector.shape != (self._vectors.width,):
            raise BadVectors(reason=f"a question's vector needs {self._vectors.width} numbers")
        norm = float(np.linalg.norm(vector))
        return vector if norm == 0 else (vector / norm).astype(np.float32)

    def _sketch(self, text: str, language: str) -> Floats | None:
        """The static vector of a question; None without rows to compare it with, or without a word it knows."""
        if not len(self._near):
            return None
        made = static.texts([text], [language])[0]
        return made if made.any() else None

    def _outside(self, identifier: str) -> str | int:
        return int(identifier) if self._store.integer_ids else identifier


def batched(several: Iterable[tables.Passage], size: int) -> Iterator[list[tables.Passage]]:
    """Passages in lists of at most `size`."""
    rest = iter(several)
    while some := list(islice(rest, size)):
        yield some


def _static(passages: Sequence[tables.Passage]) -> tuple[npt.NDArray[np.uint64], Floats]:
    """Keys and static vectors of passages; nothing where the table of words is missing."""
    if not static.available():
        return np.empty(0, np.uint64), np.empty((0, static.WIDTH), np.float32)
    matrix = static.texts([each.text for each in passages], [each.language for each in passages])
    return np.array([each.key for each in passages], np.uint64), matrix


def _document(passage: tables.Passage) -> Any:
    made = tantivy.Document()
    made.add_text("id", passage.id)
    if passage.group is not None:
        made.add_text("group", passage.group)
    for fact in filters.facts(passage.attributes):
        made.add_text(filters.FACTS, fact)
    made.add_unsigned("key", passage.key)
    made.add_bytes("record", tables.record(passage))
    made.add_text(passage.field, passage.text)
    return made
