"""Which groups really speak of some words: for lists that say "their reviews speak of it"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import tantivy

from .analysis import STOP_WORDS, field_of, folded, stem
from .candidates import View, narrowed, recall
from .lexicon import Variant
from .question import Notion, Question
from .spelling import closest, slips

LISTED: Final = 400  # passages looked at for a list of groups
_SURE: Final = 0.45  # one word of an expression says too little to claim the whole
_FUZZY: Final = 60  # passages whose words are looked at for a correction


class Spoken(NamedTuple):
    """Groups, the best first, whose passages have `words`: those asked for that carry meaning, or all but one of them
    when no passage has them all (`missing`, of three words or more)."""

    words: tuple[str, ...]
    missing: tuple[str, ...]
    groups: tuple[tuple[str, float, int], ...]  # group, score, passages


NOTHING: Final = Spoken((), (), ())


def speaking(view: View, question: Question, required: Sequence[Any], k: int) -> Spoken:
    """The `k` groups that have every notion of a question in one passage, in either language; else all but one."""
    return spoken(question, lambda notions: _hits(view, notions, required), k)


def spoken(
    question: Question, having: Callable[[Sequence[Notion]], Iterable[tuple[float, str | None]]], k: int
) -> Spoken:
    """As `speaking`, of any collection: `having` gives score and group of passages that have all of some notions."""
    notions = [each for each in question.notions if _says_something(each, question.field)]
    wanted = [notions]
    if len(notions) > 2:
        # What is rare tells most of what was meant: leave the commonest out first.
        lightest = sorted(range(len(notions)), key=lambda place: notions[place].weight)
        wanted += [[each for at, each in enumerate(notions) if at != place] for place in lightest]
    for chosen in wanted if notions else ():
        if groups := _groups(having(chosen), k):
            missing = tuple(word for each in notions if each not in chosen for word in each.words)
            return Spoken(tuple(word for each in chosen for word in each.words), missing, groups)
    return NOTHING


def _says_something(notion: Notion, field: str) -> bool:
    small = STOP_WORDS.get(field, frozenset())
    return any(len(word) > 1 and word not in small for word in notion.words)


def ways(notion: Notion) -> list[Variant]:
    """The variants by which a passage is sure to have a notion."""
    return [each for each in notion.variants if each.weight > _SURE]


def _hits(view: View, notions: Sequence[Notion], required: Sequence[Any]) -> Iterator[tuple[float, str | None]]:
    query = tantivy.Query
    clauses = []
    for notion in notions:
        said = []
        for field, stems, weight in ways(notion):
            terms = [query.term_query(view.index.schema, field, each, "freq") for each in stems]
            way = terms[0] if len(terms) == 1 else query.boolean_query([(tantivy.Occur.Must, t) for t in terms])
            said.append(query.boost_query(way, weight / len(terms)))
        if not said:
            return
        clauses.append((tantivy.Occur.Must, query.disjunction_max_query(said)))
    hits = view.searcher.search(narrowed(query.boolean_query(clauses), required), LISTED, count=False).hits
    for score, address in hits:
        yield score, recall(view.searcher, address).group


def _groups(hits: Iterable[tuple[float, str | None]], k: int) -> tuple[tuple[str, float, int], ...]:
    found: dict[str, list[float]] = {}
    for score, group in hits:
        if group is not None:
            found.setdefault(group, []).append(score)
    # A second and third passage confirm the first; a hundred do not count a hundred times.
    rows = [(each, sum(s * 0.5**n for n, s in enumerate(scores[:4])), len(scores)) for each, scores in found.items()]
    return tuple(sorted(rows, key=lambda row: (-row[1], row[0]))[:k])


def corrected(view: View, word: str, language: str) -> tuple[str, int] | None:
    """The word of the passages that `word` is probably a slip of, and how many passages have it; None when the passages
    know the word about as well, or nothing like it."""
    field = field_of(language)
    if not slips(word):
        return None
    # A slip near the end also changes the stem: look one slip farther there, judge by the words as written.
    query = tantivy.Query.fuzzy_term_query(view.index.schema, field, stem(word, field), 2)
    vocabulary: Counter[str] = Counter()
    for _, address in view.searcher.search(query, _FUZZY, count=False).hits:
        vocabulary.update(set(folded(recall(view.searcher, address).text)))
    vocabulary.pop(word, None)
    found = closest(word, vocabulary)
    if found is None:
        return None
    said = int(view.searcher.doc_freq(field, stem(found, field)))
    # Reviewers slip too: what a few wrote for what many write is still a slip.
    own = int(view.searcher.doc_freq(field, stem(word, field)))
    return (found, said) if stem(found, field) != stem(word, field) and said > 20 * own else None
