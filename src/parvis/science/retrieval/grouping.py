"""Questions that ask the same thing, in either language.

Claim: words alone split what people ask in other words, sentence vectors alone join what shares a manner ("Can I …?").
The mean of both, the words widened by their translations and synonyms and the vectors freed of what all questions of
the set share, grouped by average linkage (Sokal and Michener 1958), finds the needs of a strange field better than
k-means that is told how many there are (measured in `benchmarks/faq.py`). The number of groups is not given: a question
that is like no other stays alone.

>>> asked = pl.DataFrame(
...     {"id": [1, 2, 3], "text": ["Does it shrink?", "Does it shrink in the wash?", "Are returns free?"]})
>>> group_questions(asked).select("id", "group").rows()
[(1, 0), (2, 0), (3, 1)]
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from parvis.core.tables import optional, require

from .analysis import content, field_of, language_of
from .encoder import Encoder
from .question import OTHER_FIELD, spoken_notions
from .vectors import Floats

MOST: Final = 5_000  # questions of other words in one call: 100 MB of distances
_WORDS: Final = 0.2  # weight of words beside vectors, chosen on half of the measured sets
_APART: Final = 0.77  # distance from which two groups stay apart, with vectors …
_APART_WORDS: Final = 0.86  # … and without
_LONGEST: Final = 600  # characters


def group_questions(
    questions: pl.DataFrame, *, encoder: Encoder | None = None, apart: float | None = None
) -> pl.DataFrame:
    """Groups of questions that ask the same thing.

    questions: id (any type), text, [language] (found when absent). ``encoder`` adds meaning to words (about 10 ms a
    question); without it words, their translations and synonyms decide. ``apart`` 0..1 is the distance from which
    groups stay apart.

    Returns id, group (0 is the largest), centrality 0..1 (how near the question is to the rest of its group, 1 when
    alone: the highest puts the group's question best), in the order of the input. Only the first ``MOST`` wordings are
    grouped; later ones get a null group. Raises :class:`parvis.core.tables.TableError` for a missing column.
    """
    questions = optional(require(questions, {"id": None, "text": pl.String}), {"language": pl.String})
    texts = [" ".join((text or "").split())[:_LONGEST] for text in questions["text"]]
    languages = [language_of(text, given) for text, given in zip(texts, questions["language"], strict=True)]
    wordings = {text.casefold(): place for place, text in reversed(list(enumerate(texts)))}
    first = sorted(wordings.values())[:MOST]
    near = _likeness([texts[at] for at in first], [languages[at] for at in first], encoder)
    wide = apart if apart is not None else (_APART if encoder else _APART_WORDS)
    groups = _linked(near, wide)
    place_of = {texts[at].casefold(): place for place, at in enumerate(first)}
    places = [place_of.get(text.casefold()) for text in texts]
    central = _centrality(near, groups)
    order = _by_size([None if place is None else int(groups[place]) for place in places])
    return pl.DataFrame(
        {
            "id": questions["id"],
            "group": [None if place is None else order[int(groups[place])] for place in places],
            "centrality": [None if place is None else float(central[place]) for place in places],
        },
        schema={"id": questions.schema["id"], "group": pl.Int64, "centrality": pl.Float64},
    )


def _likeness(texts: Sequence[str], languages: Sequence[str], encoder: Encoder | None) -> Floats:
    """Square matrix of likeness, 1 on its diagonal."""
    words = _by_words(texts, languages)
    if encoder is None or len(texts) < 3:
        near = words
    else:
        meant = encoder.questions(texts, languages)
        meant = meant - meant.mean(axis=0)
        norms = np.linalg.norm(meant, axis=1, keepdims=True)
        meant = meant / np.where(norms > 0, norms, 1.0)
        near = _WORDS * words + (1.0 - _WORDS) * (meant @ meant.T)
    near = ((near + near.T) / 2).astype(np.float32)
    np.fill_diagonal(near, 1.0)
    return near


def _by_words(texts: Sequence[str], languages: Sequence[str]) -> Floats:
    """Cosine of the questions' notions, each as its words in both languages, weighted by rarity among the questions."""
    from scipy.sparse import csr_matrix  # loaded once a month, not with every web process

    held = [_notions(text, language) for text, language in zip(texts, languages, strict=True)]
    seen = Counter(key for notions in held for key in notions)
    column = {key: place for place, key in enumerate(seen)}
    rows = [row for row, notions in enumerate(held) for _ in notions]
    columns = [column[key] for notions in held for key in notions]
    values = [weight * math.log(1.0 + len(texts) / seen[key]) for notions in held for key, weight in notions.items()]
    table = csr_matrix((values, (rows, columns)), shape=(len(texts), max(1, len(seen))), dtype=np.float64)
    norms = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    unit = csr_matrix(table.multiply((1.0 / np.where(norms > 0, norms, 1.0))[:, None]))
    cosine: Floats = (unit @ unit.T).toarray().astype(np.float32)
    return cosine


def _notions(text: str, language: str) -> dict[tuple[str, ...], float]:
    field = "en" if language == "und" else field_of(language)
    found: dict[tuple[str, ...], float] = {}
    for variants in spoken_notions(content(text, field), field):
        for variant in variants:
            if variant.weight != OTHER_FIELD:  # the same letters in another language say nothing here
                key = (variant.field, *variant.stems)
                found[key] = max(found.get(key, 0.0), variant.weight)
    return found


def _linked(near: Floats, apart: float) -> np.ndarray:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(near) < 2:
        return np.zeros(len(near), dtype=np.int64)
    distance = np.clip(1.0 - near, 0.0, None)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    found: np.ndarray = fcluster(tree, apart, criterion="distance")
    return found


def _centrality(near: Floats, groups: np.ndarray) -> Floats:
    central = np.ones(len(groups), dtype=np.float64)
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        if len(members) > 1:
            within = near[np.ix_(members, members)]
            central[members] = (within.sum(axis=1) - 1.0) / (len(members) - 1)
    return np.clip(central, 0.0, 1.0)


def _by_size(groups: Sequence[int | None]) -> dict[int, int]:
    """New numbers of groups: the largest first, then the one asked first."""
    sizes = Counter(group for group in groups if group is not None)
    asked: dict[int, int] = {}
    for place, group in enumerate(groups):
        if group is not None:
            asked.setdefault(group, place)
    ranked = sorted(sizes, key=lambda group: (-sizes[group], asked[group]))
    return {group: number for number, group in enumerate(ranked)}
