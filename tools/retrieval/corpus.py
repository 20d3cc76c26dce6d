"""The words and sentences that static vectors are distilled from: redistributable texts only."""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
from babel.messages.pofile import read_po

from parvis.science.retrieval.analysis import folded
from parvis.science.retrieval.quotes import split

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("PARVIS_DATA", ROOT.parent / "shared" / "data"))
SEED = 11
MOST_WORDS = {"en": 18_000, "fr": 20_000}
_ENTRY = re.compile(r'^msg(id|str) "(.*)"$')


def _column(name: str, column: str) -> list[str]:
    shipped = ROOT / "data" / f"{name}.parquet"
    table = pl.read_parquet(shipped if shipped.exists() else DATA / f"{name}.parquet").drop_nulls(column)
    return table[column].unique(maintain_order=True).to_list()


@lru_cache(maxsize=1)
def piaf_articles() -> tuple[frozenset[str], frozenset[str]]:
    """Titles of the articles to learn from, and of those to measure on."""
    titles = sorted(set(_column("fr_piaf_qa", "title")))
    shuffled = np.random.default_rng(SEED).permutation(len(titles))
    half = len(titles) // 2
    return frozenset(titles[n] for n in shuffled[:half]), frozenset(titles[n] for n in shuffled[half:])


def _piaf() -> list[str]:
    table = pl.read_parquet(DATA / "fr_piaf_qa.parquet").filter(pl.col("title").is_in(list(piaf_articles()[0])))
    return [*table["context"].unique(maintain_order=True).to_list(), *table["question"].to_list()]


def _interface() -> tuple[list[str], list[str]]:
    """English and French sentences of the project's own catalogues."""
    sides: tuple[list[str], list[str]] = ([], [])
    for path in sorted((ROOT / "src").rglob("fr/LC_MESSAGES/django.po")):
        for line in path.read_text("utf-8").splitlines():
            found = _ENTRY.match(line)
            if found and len(found[2]) > 2:
                sides[found[1] == "str"].append(re.sub(r"%\(\w+\)\w", "…", found[2].replace('\\"', '"')))
    return sides


def pairs() -> list[tuple[str, str]]:
    """French and English that say the same: the project's catalogues and its lexicon."""
    found = []
    for path in sorted((ROOT / "src").rglob("fr/LC_MESSAGES/django.po")):
        with path.open("rb") as stream:
            for entry in read_po(stream, locale="fr"):
                english, french = (
                    (entry.id, entry.string) if isinstance(entry.id, str) else (entry.id[1], entry.string[1])
                )
                if len(english) > 3 and french:
                    found.append((re.sub(r"%\(\w+\)\w", "", str(french)), re.sub(r"%\(\w+\)\w", "", english)))
    lexicon = pl.read_csv(ROOT / "src/parvis/science/retrieval/data/lexicon.csv")
    for french, english in lexicon.select("fr", "en").iter_rows():
        found += [(one, other) for one in french.split("|")[:2] for other in english.split("|")[:2]]
    return found


def _own(language: str) -> list[str]:
    folder = ROOT / "tools" / "train" / "data"
    found = []
    for name in ("reviews", "opinions"):
        lines = (folder / f"{name}_{language}.txt").read_text("utf-8").splitlines()
        found += [re.sub(r"^\d ", "", line) for line in lines]
    lexicon = pl.read_csv(ROOT / "src/parvis/science/retrieval/data/lexicon.csv")[language].to_list()
    return found + [each for row in lexicon for each in row.split("|")]


@lru_cache(maxsize=2)
def texts(language: str) -> tuple[tuple[str, int], ...]:
    """(text, how many of its sentences at most may be learnt from) of a language, in a fixed order."""
    english, french = _interface()
    if language == "en":
        reviews = _column("womens_clothing_reviews", "review_text")
        titles = _column("womens_clothing_reviews", "title")
        sources = [(reviews, 9_000), (titles, 1_000), (_column("upworthy_headline_tests", "headline"), 1_500)]
        sources += [(_column("banking77", "text"), 900), (_column("bitext_customer_service", "utterance"), 900)]
        sources += [(_own("en"), 2_000), (english, 1_500)]
    else:
        sources = [(_column("fr_allocine_reviews", "text"), 6_500), (_piaf(), 3_500)]
        sources += [(_column("youtube_trending_fr", "title"), 1_000), (_own("fr"), 2_500), (french, 1_500)]
    return tuple((text, number) for number, (several, _) in enumerate(sources) for text in several) + tuple(
        ("", -count) for _, count in sources
    )


def sentences(language: str) -> list[str]:
    """Sentences to learn from: each source gives its share, drawn by chance."""
    rows = texts(language)
    shares = [-count for text, count in rows if text == "" and count < 0]
    chance = np.random.default_rng(SEED)
    chosen: list[str] = []
    for number, share in enumerate(shares):
        pool = []
        for text, source in rows:
            if source == number and text:
                pool += [text[a:b] for a, b in split(text[:3_000]) if 8 <= b - a <= 220]
        pool = list(dict.fromkeys(pool))
        places = chance.permutation(len(pool))[:share]
        chosen += [pool[place] for place in sorted(places)]
    return chosen


def words(language: str) -> list[str]:
    """The most frequent words as they are mostly written, most frequent first."""
    counts: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    for text, source in texts(language):
        if source < 0:
            continue
        for word in re.findall(r"\w+", text.lower()):
            if word.isdigit() or len(word) > 30:
                continue
            for key in folded(word)[:1]:
                counts[key] += 1
                written.setdefault(key, Counter())[word] += 1
    return [written[key].most_common(1)[0][0] for key, _ in counts.most_common(MOST_WORDS[language])]


def everything() -> dict[str, list[str]]:
    """What the teacher reads, by name; the language is the last part of the name."""
    kinds = {"words": words, "sentences": sentences}
    return {f"{name}_{language}": make(language) for name, make in kinds.items() for language in ("fr", "en")}
