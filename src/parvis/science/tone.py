"""How a brand writes, measured on its own texts: its words, how it addresses people, how long it is, how it punctuates.

The lexicon compares the brand with two others, what reviews say and the language in general: log odds with an
informative Dirichlet prior, so that a word said twice does not win over one said often (B. L. Monroe, M. P. Colaresi,
K. M. Quinn (2008), Fightin' Words. Political Analysis 16). A word is the brand's own when its z exceeds 1.96 in both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from parvis.science import intervals, support
from parvis.science.retrieval import static
from parvis.science.retrieval.analysis import STOP_WORDS

ENOUGH_SENTENCES: Final = 30
ENOUGH_TEXTS: Final = 6
_SURE: Final = 1.96
_PRIOR: Final = 500.0  # words of the general language that the prior is worth
_MOST: Final = 40  # words of a lexicon
_EMOJI: Final = re.compile(
    "[\U0001f300-\U0001faff\U00002600-\U000027bf\U0001f1e6-\U0001f1ff]", re.UNICODE
)  # symbols, hands, faces, flags
_CAPITALS: Final = re.compile(r"\b[A-ZÀ-Þ]{4,}\b")
_FORMS: Final[Mapping[str, Mapping[str, re.Pattern[str]]]] = {
    "fr": {
        "tu": re.compile(r"\b(?:tu|te|toi|ton|ta|tes)\b|\bt'(?=[a-z])"),
        "vous": re.compile(r"\b(?:vous|votre|vos)\b|\b[a-z]{3,}ez\b(?<!chez)(?<!assez)(?<!nez)"),
        "we": re.compile(r"\b(?:nous|notre|nos)\b"),
    },
    "en": {
        "you": re.compile(r"\b(?:you|your|yours)\b"),
        "we": re.compile(r"\b(?:we|our|ours|us)\b"),
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word that the brand says more than others: ``z`` the lesser of the two comparisons, ``share`` of its words."""

    word: str
    count: int
    share: float
    z: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A figure with its interval; None where nothing can be said."""

    value: float | None
    low: float | None
    high: float | None
    count: int = 0
    of: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Tone:
    """What was measured. ``enough`` is False while texts are too few to speak of a manner.

    ``figures``: sentence_words, text_words (medians), and shares of sentences: exclamation, question, ellipsis, we,
    you (any address), tu, vous; of texts: emoji, capitals. ``address``: "tu", "vous", "you", or "" where nobody is
    addressed or it is not sure. ``lengths`` are the words of each sentence, for a drawing.
    """

    language: str
    texts: int
    sentences: int
    words: int
    enough: bool
    figures: Mapping[str, Figure]
    address: str
    lexicon: tuple[Word, ...]
    lengths: tuple[int, ...] = field(default=())


def measure(texts: Sequence[str], *, language: str, others: Sequence[str] = ()) -> Tone:
    """The tone of ``texts`` of one language ("fr" or "en"); ``others`` are what reviews say, to compare words with."""
    bodies = [" ".join(each.split()) for each in texts if each.strip()]
    cut = [support.sentences(each) for each in bodies]
    flat = [sentence for each in cut for sentence in each if support.words(sentence)]
    lengths = [len(support.words(each)) for each in flat]
    figures = {
        "sentence_words": _median(lengths),
        "text_words": _median([len(support.words(each)) for each in bodies]),
        "exclamation": _share(sum("!" in each for each in flat), len(flat)),
        "question": _share(sum("?" in each for each in flat), len(flat)),
        "ellipsis": _share(sum("…" in each or "..." in each for each in flat), len(flat)),
        "emoji": _share(sum(bool(_EMOJI.search(each)) for each in bodies), len(bodies)),
        "capitals": _share(sum(bool(_CAPITALS.search(each)) for each in bodies), len(bodies)),
        **_forms(flat, language),
    }
    return Tone(
        language=language,
        texts=len(bodies),
        sentences=len(flat),
        words=sum(lengths),
        enough=len(flat) >= ENOUGH_SENTENCES and len(bodies) >= ENOUGH_TEXTS,
        figures=figures,
        address=_address(figures, language),
        lexicon=lexicon(bodies, others, language=language),
        lengths=tuple(lengths),
    )


def has_emoji(text: str) -> bool:
    """Whether there is a pictogram in a text."""
    return bool(_EMOJI.search(text))


def addresses(text: str, language: str) -> set[str]:
    """How a text addresses people: of tu, vous, you."""
    look = support.folded(text)
    return {name for name, form in _FORMS[language].items() if name != "we" and form.search(look)}


def lexicon(texts: Sequence[str], others: Sequence[str], *, language: str) -> tuple[Word, ...]:
    """Words that ``texts`` say more than ``others`` and more than the language in general, the surest first."""
    own = Counter(word for each in texts for word in _content(each, language))
    said = Counter(word for each in others for word in _content(each, language))
    total, beside = sum(own.values()), sum(said.values())
    if not total:
        return ()
    found = []
    for word, count in own.items():
        if count < 2 or len(word) < 3:
            continue
        usual = static.frequency(word, language)
        general = _z(count, total, usual * 1e6, 1e6, usual)
        reviews = _z(count, total, said[word], beside, usual) if beside else general
        z = min(general, reviews)
        if z > _SURE:
            found.append(Word(word=word, count=count, share=count / total, z=round(z, 2)))
    return tuple(sorted(found, key=lambda each: (-each.z, each.word))[:_MOST])


def _content(text: str, language: str) -> list[str]:
    return [word for word in support.words(text) if word not in STOP_WORDS[language]]


def _z(count: float, total: float, other: float, of: float, usual: float) -> float:
    """How many standard deviations the log odds of a word differ, with the prior that the language gives."""
    prior = _PRIOR * usual + 0.5
    mine, theirs = count + prior, other + prior
    odds = np.log(mine / (total + _PRIOR - mine)) - np.log(theirs / (of + _PRIOR - theirs))
    return float(odds / np.sqrt(1 / mine + 1 / theirs))


def _forms(sentences: Sequence[str], language: str) -> dict[str, Figure]:
    looks = [support.folded(each) for each in sentences]
    found = {
        name: _share(sum(bool(form.search(x)) for x in looks), len(looks)) for name, form in _FORMS[language].items()
    }
    if language == "fr":
        either = sum(bool(_FORMS["fr"]["tu"].search(x) or _FORMS["fr"]["vous"].search(x)) for x in looks)
        found["you"] = _share(either, len(looks))
    return found


def _address(figures: Mapping[str, Figure], language: str) -> str:
    """The form of address, where one clearly outweighs the other."""
    if language != "fr":
        return "you" if figures["you"].count else ""
    tu, vous = figures["tu"].count, figures["vous"].count
    if tu + vous < 3:
        return ""
    share = intervals.wilson(tu, tu + vous)
    return "tu" if share.low > 0.5 else "vous" if share.high < 0.5 else ""


def _share(count: int, of: int) -> Figure:
    if not of:
        return Figure(value=None, low=None, high=None)
    made = intervals.wilson(count, of)
    return Figure(value=made.value, low=made.low, high=made.high, count=count, of=of)


def _median(values: Sequence[int]) -> Figure:
    if not values:
        return Figure(value=None, low=None, high=None)
    made = intervals.quantile(values, 0.5)
    low, high = (None if np.isnan(end) else float(end) for end in (made.low, made.high))
    return Figure(value=float(made.value), low=low, high=high, count=len(values), of=len(values))
