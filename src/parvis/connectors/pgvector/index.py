"""The evidence index in PostgreSQL, behind the calls of ``science.retrieval.Index``.

Words are stems made by our own analysers, so that French and English meet as they do in the embedded index; static
vectors lie in an HNSW index of halves. Candidates come from the database, and are read, ranked and judged by the same
code. Changes are part of the caller's transaction: readers see them when it is committed, and never a part.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from django.db import connection, transaction

from parvis.connectors.pgvector import said, tables
from parvis.connectors.pgvector.conditions import conditions
from parvis.connectors.pgvector.tables import available
from parvis.science.retrieval import BadVectors, Spoken, filters, static
from parvis.science.retrieval.analysis import words
from parvis.science.retrieval.answerable import answerable
from parvis.science.retrieval.candidates import LIKE, Candidate
from parvis.science.retrieval.encoder import Encoder
from parvis.science.retrieval.question import Question, read
from parvis.science.retrieval.ranking import rank
from parvis.science.retrieval.tables import Passage, has_integer_ids, passages, questions, recalled, record, results

__all__ = ["PostgresIndex", "available"]
_NAME: Final = re.compile(r"^[a-z][a-z0-9_]{0,40}$")
_DEPTH: Final = 50
_LIKELY: Final = 20
_BATCH: Final = 1_000
_COUNTED: Final = 50_000  # passages after which a word is frequent, however many more have it
_FEW: Final = 5_000  # filtered passages up to here are all compared
_MOST_SPOKEN: Final = 8  # notions of a search in a list

_WORDS_COUNTED: Final = """
SELECT term, (SELECT count(*) FROM (SELECT 1 FROM {table} WHERE words @@ quoted::tsquery LIMIT %s) AS seen)
FROM unnest(%s::text[], %s::text[]) AS asked(term, quoted)
"""
_FACTS_COUNTED: Final = """
SELECT term, (SELECT count(*) FROM (SELECT 1 FROM {table} WHERE facts @> ARRAY[quoted] LIMIT %s) AS seen)
FROM unnest(%s::text[], %s::text[]) AS asked(term, quoted)
"""
_WRITE: Final = """
INSERT INTO {table} AS held (id, grp, record, facts, words, near)
VALUES (%s, %s, %s, %s, array_to_tsvector(%s), %s::halfvec)
ON CONFLICT (id) DO UPDATE SET grp = excluded.grp, record = excluded.record, facts = excluded.facts,
  words = excluded.words, near = excluded.near,
  slow = CASE WHEN held.words = excluded.words THEN held.slow END
"""
_MEANT_AMONG_FEW: Final = """
WITH few AS MATERIALIZED (SELECT record, slow FROM {table} WHERE {met} AND slow IS NOT NULL LIMIT {more})
SELECT record, 1 - (slow <=> %s::halfvec) FROM few
WHERE (SELECT count(*) FROM few) <= {few} ORDER BY slow <=> %s::halfvec LIMIT {depth}
"""
_ALIKE_AMONG_FEW: Final = """
WITH few AS MATERIALIZED (SELECT record, near FROM {table} WHERE {met} AND near IS NOT NULL LIMIT {more})
SELECT {columns}, (SELECT count(*) FROM few) FROM few {tail}
"""
_SIZE: Final = """
SELECT CASE WHEN reltuples > 50000 THEN reltuples::bigint ELSE (SELECT count(*) FROM {table}) END,
  EXISTS (SELECT 1 FROM {table} WHERE slow IS NOT NULL)
FROM pg_class WHERE oid = {name}::regclass
"""


class _Counts:
    """How many passages have a stem, as the analysis of a question asks; first it only notes what it is asked."""

    def __init__(self, table: str, size: int) -> None:
        self.table, self.num_docs = table, size
        self.asked: set[str] = set()
        self.found: dict[str, int] = {}

    def doc_freq(self, field: str, stem: str) -> int:
        """Passages with the stem; a term of the filters is counted among the facts."""
        key = stem if field == filters.FACTS else f"{field}:{stem}"
        self.asked.add(f"{'f' if field == filters.FACTS else 'w'}{key}")
        return self.found.get(f"{'f' if field == filters.FACTS else 'w'}{key}", 0)

    def count(self) -> None:
        """Look everything up that was asked: two statements."""
        for mark, statement in (("w", _WORDS_COUNTED), ("f", _FACTS_COUNTED)):
            terms = sorted(each[1:] for each in self.asked if each[0] == mark)
            if terms:
                quoted = [_quoted(term) if mark == "w" else term for term in terms]
                rows = run(self.table, statement, [_COUNTED, terms, quoted])
                self.found |= {f"{mark}{term}": int(number) for term, number in rows}


def run(table: str, template: str, values: Sequence[Any] = (), **parts: str | int) -> list[tuple[Any, ...]]:
    """Run :func:`tables.statement` of this template."""
    with connection.cursor() as cursor:
        cursor.execute(tables.statement(template, table, **parts), list(values))
        return list(cursor.fetchall()) if cursor.description else []


class PostgresIndex:
    """Searchable passages in a table of the platform's database."""

    def __init__(self, table: str, *, integer_ids: bool = False, encoder: Encoder | None = None) -> None:
        """``table`` is made when it is missing. With an ``encoder`` questions are compared with slow vectors too.
        Raises ``ValueError`` for a name that is none of ours, ``IndexUnavailable`` without the vector extension."""
        if not _NAME.match(table):
            raise ValueError(table)
        self.table, self.integer_ids, self._encoder = table, integer_ids, encoder
        tables.make(table)

    def stands(self) -> bool:
        """Whether its table is there."""
        return tables.stands(self.table)

    def clear(self) -> None:
        """Take everything out; readers see it until the transaction is committed."""
        run(self.table, "DELETE FROM {table}")
        run(self.table, "DELETE FROM {said}")

    @classmethod
    def build(cls, frame: pl.DataFrame, *, table: str) -> "PostgresIndex":
        """A new index of passages in place of what the table held. Raises ``BadTable``."""
        tables.drop(table) if _NAME.match(table) else None
        index = cls(table, integer_ids=has_integer_ids(frame))
        index.add(frame)
        return index

    def __len__(self) -> int:
        return int(run(self.table, "SELECT count(*) FROM {table}")[0][0])

    def add(self, frame: pl.DataFrame) -> int:
        """Add passages, replacing those of the same id. Returns their number. Raises ``BadTable``."""
        return self.update(frame)

    def withdraw(self, ids: Iterable[str | int]) -> int:
        """Take passages out; unknown ids are ignored. Returns how many ids were given."""
        given = [str(each) for each in ids]
        run(self.table, "DELETE FROM {table} WHERE id = ANY(%s)", [given])
        return len(given)

    def update(self, frame: pl.DataFrame, *, withdraw: Iterable[str | int] = ()) -> int:
        """Add passages and take others out. Returns how many were added. Raises ``BadTable``."""
        latest = {passage.id: passage for passage in passages(frame)}
        self.withdraw(each for each in withdraw if str(each) not in latest)
        several = list(latest.values())
        for start in range(0, len(several), _BATCH):
            self._write(several[start : start + _BATCH])
        return len(latest)

    def _write(self, several: Sequence[Passage]) -> None:
        vectors = static.texts([each.text for each in several], [each.language for each in several])
        rows = [
            (
                each.id,
                each.group,
                record(each),
                filters.facts(each.attributes),
                sorted({f"{each.field}:{stem}" for stem in words(each.text, each.field)}),
                _written(vector) if vector.any() else None,
            )
            for each, vector in zip(several, vectors, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.executemany(tables.statement(_WRITE, self.table), rows)
        said.keep(self.table, {stem for row in rows for stem in row[4]})

    def passages(self, *, where: filters.Where | None = None, limit: int) -> pl.DataFrame:
        """At most ``limit`` passages that meet ``where``: id, text, group, language. Raises ``BadFilter``."""
        met, values = conditions(where)
        found = [recalled(row[0]) for row in self._rows("record", met, values, f"LIMIT {int(limit)}")]
        kind = pl.Int64 if self.integer_ids else pl.String
        schema = {"id": kind, "text": pl.String, "group": pl.String, "language": pl.String}
        rows = [(self._outside(each.id), each.text, each.group, each.language) for each in found]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def search(self, queries: pl.DataFrame, *, k: int, where: filters.Where | None = None) -> pl.DataFrame:
        """As ``science.retrieval.Index.search``. Raises ``BadTable``, ``BadFilter``, ``BadVectors``."""
        found: list[tuple[Any, ...]] = []
        met, values = conditions(where)
        size, encoded = run(self.table, _SIZE)[0]
        for row in questions(queries) if k > 0 else []:
            question = self._read(row["text"], row.get("language"), size)
            inside, wanted = (met, values)
            if row.get("group") is not None:
                inside, wanted = [*met, "grp = %s"], [*values, str(row["group"])]
            candidates = self._candidates(question, inside, wanted, max(_DEPTH, 2 * k))
            vector = self._vector(row, question.language) if encoded else None
            if vector is not None:
                self._add_meant(candidates, vector, inside, wanted)
            hits = rank(question, list(candidates.values()))
            chance = answerable(question, hits)
            for place, hit in enumerate(hits[:k], 1):
                start, end = hit.match.quote
                quote = hit.passage.text[start:end]
                found.append((row["id"], place, self._outside(hit.passage.id), hit.score, quote, start, end, chance))
        return results(found, query_type=queries.schema["id"], integer_ids=self.integer_ids)

    def speaking(self, text: str, *, k: int, language: str | None = None, where: filters.Where | None = None) -> Spoken:
        """As ``science.retrieval.Index.speaking``. Raises ``BadFilter``."""
        question = self._read(text, language, int(run(self.table, _SIZE)[0][0]), cap=_MOST_SPOKEN)
        return said.speaking(self.table, question, conditions(where), k, score=_score, quoted=_quoted)

    def corrected(self, word: str, *, language: str) -> tuple[str, int] | None:
        """As ``science.retrieval.Index.corrected``."""
        return said.corrected(self.table, word, language, _Counts(self.table, 0))

    def arrange(self) -> bool:
        """The database keeps its order itself: never due."""
        return False

    def missing_vectors(self, limit: int) -> pl.DataFrame:
        """At most ``limit`` passages without a slow vector: id, text, language, and key."""
        rows = run(self.table, "SELECT record FROM {table} WHERE slow IS NULL ORDER BY id LIMIT %s", [limit])
        found = [recalled(bytes(row[0])) for row in rows]
        kind = pl.Int64 if self.integer_ids else pl.String
        schema = {"id": kind, "text": pl.String, "language": pl.String, "key": pl.UInt64}
        told = [(self._outside(each.id), each.text, each.language, each.key) for each in found]
        return pl.DataFrame(told, schema=schema, orient="row")

    def attach_vectors(self, ids: Sequence[str | int], matrix: np.ndarray, *, keys: Sequence[int] | None = None) -> int:
        """Give passages their slow vectors; those that have gone or (by their ``keys``) changed are left out. Raises
        ``BadVectors``."""
        if matrix.shape != (len(ids), tables.SLOW_WIDTH) or not np.isfinite(matrix).all():
            raise BadVectors(reason=f"{len(ids)} rows of {tables.SLOW_WIDTH} finite numbers are needed")
        given = [str(each) for each in ids]
        with transaction.atomic():
            rows = run(self.table, "SELECT id, record FROM {table} WHERE id = ANY(%s) FOR UPDATE", [given])
            held = {row[0]: recalled(bytes(row[1])).key for row in rows}
            wanted = held if keys is None else dict(zip(given, keys, strict=True))
            taken = [n for n, each in enumerate(given) if each in held and wanted[each] == held[each]]
            with connection.cursor() as cursor:
                cursor.executemany(
                    tables.statement("UPDATE {table} SET slow = %s::halfvec WHERE id = %s", self.table),
                    [(_written(matrix[n]), given[n]) for n in taken],
                )
        return len(taken)

    def _vector(self, row: dict[str, Any], language: str) -> np.ndarray | None:
        given = row.get("vector")
        if given is None:
            return None if self._encoder is None else self._encoder.questions([row["text"]], [language])[0]
        vector = np.asarray(given, np.float32)
        if vector.shape != (tables.SLOW_WIDTH,):
            raise BadVectors(reason=f"a question's vector needs {tables.SLOW_WIDTH} numbers")
        return vector

    def _read(self, text: str, language: str | None, size: int, **more: int) -> Question:
        counts = _Counts(self.table, size)
        read(text, searcher=counts, language=language, **more)
        counts.count()
        return read(text, searcher=counts, language=language, **more)

    def _candidates(
        self, question: Question, met: Sequence[str], values: Sequence[Any], depth: int
    ) -> dict[str, Candidate]:
        found: dict[str, Candidate] = {}
        score, terms, any_of = _score(question)
        if terms:
            rows = self._rows(
                f"record, {score}", [*met, "words @@ %s::tsquery"], [*terms, *values, any_of],
                f"ORDER BY 2 DESC, id LIMIT {depth}",
            )  # fmt: skip
            for stored, lexical in rows:
                passage = recalled(stored)
                found[passage.id] = Candidate(passage, float(lexical))
        sketch = static.texts([question.text], [question.language])[0]
        if sketch.any():
            self._add_alike(found, sketch, met, values)
        return found

    def _add_meant(
        self, found: dict[str, Candidate], vector: np.ndarray, met: Sequence[str], values: Sequence[Any]
    ) -> None:
        """The closest by slow vectors among what a filter leaves, when that is little; they judge the others too."""
        written = _written(vector)
        if met:
            given = [*values, written, written]
            few, met_all = _FEW, " AND ".join(met)
            rows = run(self.table, _MEANT_AMONG_FEW, given, met=met_all, more=few + 1, few=few, depth=_DEPTH)
            for stored, similarity in rows:
                passage = recalled(bytes(stored))
                found.setdefault(passage.id, Candidate(passage, 0.0)).similarity = float(similarity)
        left = [each for each, candidate in found.items() if candidate.similarity is None]
        judged = "SELECT id, 1 - (slow <=> %s::halfvec) FROM {table} WHERE id = ANY(%s) AND slow IS NOT NULL"
        for identifier, similarity in run(self.table, judged, [written, left]):
            found[identifier].similarity = float(similarity)

    def _add_alike(
        self, found: dict[str, Candidate], sketch: np.ndarray, met: Sequence[str], values: Sequence[Any]
    ) -> None:
        written = _written(sketch)
        columns, tail = "record, 1 - (near <=> %s::halfvec)", f"ORDER BY near <=> %s::halfvec LIMIT {_LIKELY}"
        rows: list[tuple[Any, ...]] = []
        if met:
            # What a filter leaves is compared whole when it is little: the graph of all passages knows no filters.
            given, met_all = [*values, written, written], " AND ".join(met)
            some = run(self.table, _ALIKE_AMONG_FEW, given, met=met_all, more=_FEW + 1, columns=columns, tail=tail)
            rows = [(bytes(row[0]), row[1]) for row in some if row[2] <= _FEW]
        if not met or (not rows and some):
            rows = self._rows(columns, [*met, "near IS NOT NULL"], [written, *values, written], tail)
        for stored, likeness in rows:
            passage = recalled(stored)
            if likeness >= LIKE or passage.id in found:
                found.setdefault(passage.id, Candidate(passage, 0.0)).likeness = float(likeness)
        missing = [each for each in found.values() if each.likeness is None]
        vectors = static.texts([each.passage.text for each in missing], [each.passage.language for each in missing])
        for each, vector in zip(missing, vectors, strict=True):
            each.likeness = float(vector @ sketch)

    def _rows(self, columns: str, met: Sequence[str], values: Sequence[Any], tail: str) -> list[tuple[Any, ...]]:
        where = f" WHERE {' AND '.join(met)}" if met else ""
        parts = {"columns": columns, "where": where, "tail": tail}
        rows = run(self.table, "SELECT {columns} FROM {table}{where} {tail}", values, **parts)
        return [(bytes(row[0]), *row[1:]) for row in rows]

    def _outside(self, identifier: str) -> str | int:
        return int(identifier) if self.integer_ids else identifier


def _written(vector: np.ndarray) -> str:
    return "[" + ",".join(f"{each:.4f}" for each in vector) + "]"


def _score(question: Question) -> tuple[str, list[str], str]:
    """What a passage's words are worth to a question (rarity of each notion, times how close its best variant is), as
    SQL with its values; and the query that any word of the question meets."""
    parts, terms, ways = [], list[str](), list[str]()
    for notion in question.notions:
        cases = []
        for field, stems, weight in sorted(notion.variants, key=lambda each: -each.weight):
            query = " & ".join(_quoted(f"{field}:{stem}") for stem in stems)
            cases.append(f"WHEN words @@ %s::tsquery THEN {weight * notion.weight:.6f}")
            terms.append(query)
            ways.append(f"({query})")
        if cases:
            parts.append(f"CASE {' '.join(cases)} ELSE 0 END")
    return " + ".join(parts), terms, " | ".join(ways)


def _quoted(term: str) -> str:
    """A lexeme that no operator of the query language can hide in."""
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"
