"""Which groups really speak of some words, and what a mistyped word probably meant, asked of a table."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from django.db import connection

from parvis.connectors.pgvector.tables import statement
from parvis.science.retrieval import Spoken, closest
from parvis.science.retrieval.analysis import field_of, folded, stem
from parvis.science.retrieval.question import Notion, Question
from parvis.science.retrieval.spelling import distance, slips
from parvis.science.retrieval.spoken import LISTED, spoken, ways
from parvis.science.retrieval.tables import recalled

_FUZZY: Final = 60  # passages whose words are looked at for a correction
_STEMS: Final = 5_000  # stems a mistyped one is compared with
_SPEAKING: Final = "SELECT {worth}, grp FROM {table} WHERE {conditions} ORDER BY 1 DESC, id LIMIT {most}"
_STEMS_LIKE: Final = """
SELECT stem FROM {said} WHERE (stem LIKE %s OR stem LIKE %s) AND length(stem) BETWEEN %s AND %s LIMIT {most}
"""
Score = Callable[[Question], tuple[str, list[str], str]]


def keep(table: str, stems: Collection[str]) -> None:
    """Remember stems that passages have; never forgotten before the index is made anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            statement("INSERT INTO {said} SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", table), [sorted(stems)]
        )


def speaking(
    table: str,
    question: Question,
    filtered: tuple[Sequence[str], Sequence[Any]],
    k: int,
    *,
    score: Score,
    quoted: Callable[[str], str],
) -> Spoken:
    """The ``k`` groups that have every notion of a question in one passage; else all but one."""

    def having(notions: Sequence[Notion]) -> Iterator[tuple[float, str | None]]:
        sure = [replace(each, variants=tuple(ways(each))) for each in notions]
        if not all(each.variants for each in sure):
            return
        every = " & ".join(
            f"({' | '.join(' & '.join(quoted(f'{v.field}:{s}') for s in v.stems) for v in each.variants)})"
            for each in sure
        )
        worth, terms, _ = score(replace(question, notions=tuple(sure)))
        conditions = " AND ".join([*filtered[0], "words @@ %s::tsquery"])
        with connection.cursor() as cursor:
            cursor.execute(
                statement(_SPEAKING, table, worth=worth, conditions=conditions, most=LISTED),
                [*terms, *filtered[1], every],
            )
            yield from ((float(row[0]), row[1]) for row in cursor.fetchall())

    return spoken(question, having, k)


def corrected(table: str, word: str, language: str, counts: Any) -> tuple[str, int] | None:
    """The word of the passages that ``word`` is probably a slip of, and how many passages have it; else None."""
    field = field_of(language)
    if not slips(word):
        return None
    own = stem(word, field)
    with connection.cursor() as cursor:
        # A slip changes the beginning or the end of a word, hardly ever both.
        cursor.execute(
            statement(_STEMS_LIKE, table, most=_STEMS),
            [f"{field}:{own[:2]}%", f"{field}:%{own[-3:]}", len(field) + len(own) - 1, len(field) + len(own) + 3],
        )
        found = [row[0].split(":", 1)[1] for row in cursor.fetchall()]
        near = [each for each in found if each != own and distance(own, each, 2) <= 2]
        any_of = " | ".join("'" + f"{field}:{each}".replace("\\", "\\\\").replace("'", "''") + "'" for each in near)
        if not near:
            return None
        cursor.execute(
            statement("SELECT record FROM {table} WHERE words @@ %s::tsquery LIMIT {most}", table, most=_FUZZY),
            [any_of],
        )
        vocabulary: Counter[str] = Counter()
        for row in cursor.fetchall():
            vocabulary.update(set(folded(recalled(bytes(row[0])).text)))
    vocabulary.pop(word, None)
    meant = closest(word, vocabulary)
    if meant is None or stem(meant, field) == own:
        return None
    for each in (own, stem(meant, field)):
        counts.doc_freq(field, each)
    counts.count()
    said = counts.doc_freq(field, stem(meant, field))
    # Reviewers slip too: what a few wrote for what many write is still a slip.
    return (meant, said) if said > 20 * counts.doc_freq(field, own) else None
