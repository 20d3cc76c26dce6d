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
from django.db import connection

from parvis.connectors.pgvector import tables
from parvis.connectors.pgvector.conditions import conditions
from parvis.connectors.pgvector.tables import available
from parvis.science.retrieval import filters, static
from parvis.science.retrieval.analysis import words
from parvis.science.retrieval.answerable import answerable
from parvis.science.retrieval.candidates import LIKE, Candidate
from parvis.science.retrieval.question import Question, read
from parvis.science.retrieval.ranking import rank
from parvis.science.retrieval.tables import Passage, has_integer_ids, passages, questions, recalled, record, results

__all__ = ["PostgresIndex", "available"]
_NAME: Final = re.compile(r"^[a-z][a-z0-9_]{0,40}$")
_DEPTH: Final = 50
_LIKELY: Final = 20
_BATCH: Final = 1_000
_COUNTED: Final = 50_000  # passages after which a word is frequent, however many more have it

_WORDS_COUNTED: Final = """
SELECT term, (SELECT count(*) FROM (SELECT 1 FROM @table WHERE words @@ quoted::tsquery LIMIT %s) AS seen)
FROM unnest(%s::text[], %s::text[]) AS asked(term, quoted)
"""
_FACTS_COUNTED: Final = """
SELECT term, (SELECT count(*) FROM (SELECT 1 FROM @table WHERE facts @> ARRAY[quoted] LIMIT %s) AS seen)
FROM unnest(%s::text[], %s::text[]) AS asked(term, quoted)
"""
_WRITE: Final = """
INSERT INTO @table (id, grp, record, facts, words, near)
VALUES (%s, %s, %s, %s, array_to_tsvector(%s), %s::halfvec)
ON CONFLICT (id) DO UPDATE SET grp = excluded.grp, record = excluded.record, facts = excluded.facts,
  words = excluded.words, near = excluded.near
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


def run(table: str, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """A statement on the table, which it calls @table; a name that was checked when the index was opened."""
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("@table", table), list(values))
        return list(cursor.fetchall()) if cursor.description else []


class PostgresIndex:
    """Searchable passages in a table of the platform's database."""

    def __init__(self, table: str = "parvis_passages", *, integer_ids: bool = False) -> None:
        """``table`` is made when it is missing. Raises ``ValueError`` for a name that is none of ours."""
        if not _NAME.match(table):
            raise ValueError(table)
        self.table, self.integer_ids = table, integer_ids
        tables.make(table)

    @classmethod
    def build(cls, frame: pl.DataFrame, *, table: str = "parvis_passages") -> "PostgresIndex":
        """A new index of passages in place of what the table held. Raises ``BadTable``."""
        tables.drop(table) if _NAME.match(table) else None
        index = cls(table, integer_ids=has_integer_ids(frame))
        index.add(frame)
        return index

    def __len__(self) -> int:
        return int(run(self.table, "SELECT count(*) FROM @table")[0][0])

    def add(self, frame: pl.DataFrame) -> int:
        """Add passages, replacing those of the same id. Returns their number. Raises ``BadTable``."""
        return self.update(frame)

    def withdraw(self, ids: Iterable[str | int]) -> int:
        """Take passages out; unknown ids are ignored. Returns how many ids were given."""
        given = [str(each) for each in ids]
        run(self.table, "DELETE FROM @table WHERE id = ANY(%s)", [given])
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
            cursor.executemany(_WRITE.replace("@table", self.table), rows)

    def passages(self, *, where: filters.Where | None = None, limit: int) -> pl.DataFrame:
        """At most ``limit`` passages that meet ``where``: id, text, group, language. Raises ``BadFilter``."""
        met, values = conditions(where)
        found = [recalled(row[0]) for row in self._rows("record", met, values, f"LIMIT {int(limit)}")]
        kind = pl.Int64 if self.integer_ids else pl.String
        schema = {"id": kind, "text": pl.String, "group": pl.String, "language": pl.String}
        rows = [(self._outside(each.id), each.text, each.group, each.language) for each in found]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def search(self, queries: pl.DataFrame, *, k: int, where: filters.Where | None = None) -> pl.DataFrame:
        """As ``science.retrieval.Index.search``, without slow vectors. Raises ``BadTable``, ``BadFilter``."""
        found: list[tuple[Any, ...]] = []
        met, values = conditions(where)
        size = len(self)
        for row in questions(queries) if k > 0 else []:
            question = self._read(row["text"], row.get("language"), size)
            inside, wanted = (met, values)
            if row.get("group") is not None:
                inside, wanted = [*met, "grp = %s"], [*values, str(row["group"])]
            hits = rank(question, self._candidates(question, inside, wanted, max(_DEPTH, 2 * k)))
            chance = answerable(question, hits)
            for place, hit in enumerate(hits[:k], 1):
                start, end = hit.match.quote
                quote = hit.passage.text[start:end]
                found.append((row["id"], place, self._outside(hit.passage.id), hit.score, quote, start, end, chance))
        return results(found, query_type=queries.schema["id"], integer_ids=self.integer_ids)

    def _read(self, text: str, language: str | None, size: int) -> Question:
        counts = _Counts(self.table, size)
        read(text, searcher=counts, language=language)
        counts.count()
        return read(text, searcher=counts, language=language)

    def _candidates(self, question: Question, met: Sequence[str], values: Sequence[Any], depth: int) -> list[Candidate]:
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
        return list(found.values())

    def _add_alike(
        self, found: dict[str, Candidate], sketch: np.ndarray, met: Sequence[str], values: Sequence[Any]
    ) -> None:
        written = _written(sketch)
        rows = self._rows(
            "record, 1 - (near <=> %s::halfvec)", [*met, "near IS NOT NULL"], [written, *values, written],
            f"ORDER BY near <=> %s::halfvec LIMIT {_LIKELY}",
        )  # fmt: skip
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
        rows = run(self.table, f"SELECT {columns} FROM @table{where} {tail}", values)  # noqa: S608 - own words only
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
