"""How well aspects are read: against two independent labelling passes of real and written review sentences.

    PYTHONPATH=src python benchmarks/aspects.py [--half tune|report|all] [--misses LANGUAGE] [--json FILE]

Cues and weights were tuned on the sentences with an even number (``tune``); the figures to quote come from the odd ones
(``report``). Every figure is the mean of two: against the first pass and against the second; the first line of each
table is one pass against the other, which is what people reach. Intervals are 95 %, from 1,000 resamplings of
sentences. The data and its making: ``data/aspects/README.md``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from parvis.science import text

DATA = Path(__file__).resolve().parent.parent / "data" / "aspects"
KINDS = {"clothing": "clothing", "skincare": "beauty"}
NEUTRAL = 0.2  # polarity that is neither for nor against


@dataclass(frozen=True)
class Label:
    aspect: str
    polarity: int
    start: int
    end: int


Labels = list[dict[str, Label]]  # for each sentence, one label for an aspect


@dataclass(frozen=True)
class Set:
    """Sentences of one language with the labels of both passes."""

    language: str
    ids: list[str]
    texts: list[str]
    kinds: list[str | None]
    passes: tuple[Labels, Labels]

    def half(self, which: str) -> Set:
        """The even (tune) or odd (report) sentences."""
        keep = [i for i, key in enumerate(self.ids) if which == "all" or (int(key[2:]) % 2 == 0) == (which == "tune")]
        first, second = ([labels[i] for i in keep] for labels in self.passes)
        return Set(
            self.language,
            [self.ids[i] for i in keep],
            [self.texts[i] for i in keep],
            [self.kinds[i] for i in keep],
            (first, second),
        )


def load(language: str) -> Set:
    """All sentences of a language."""
    rows = [json.loads(line) for line in (DATA / f"{language}_texts.jsonl").open(encoding="utf-8")]
    texts = {row["id"]: row["text"] for row in rows}
    first, second = (
        {
            row["id"]: row["labels"]
            for row in map(json.loads, (DATA / f"{language}_pass{n}.jsonl").open(encoding="utf-8"))
        }
        for n in (1, 2)
    )
    read = [[_labels(texts[key], labels.get(key, [])) for key in texts] for labels in (first, second)]
    kinds = [KINDS.get(row.get("range", "clothing")) for row in rows]
    return Set(language, list(texts), list(texts.values()), kinds, (read[0], read[1]))


def _labels(said: str, labels: Sequence[dict[str, object]]) -> dict[str, Label]:
    found = {}
    for label in labels:
        start = said.find(str(label["quote"]))
        start = max(0, start)
        found[str(label["aspect"])] = Label(
            str(label["aspect"]), int(str(label["polarity"])), start, start + len(str(label["quote"]))
        )
    return found


# -- readers --------------------------------------------------------------------------------------------------


def parvis(sentences: Set) -> Labels:
    """What ``text.read`` finds."""
    return [_strongest(spans) for spans in _frame(sentences)["aspects"].to_list()]


def _frame(sentences: Set) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "id": range(len(sentences.ids)),
            "text": sentences.texts,
            "language": [sentences.language] * len(sentences.ids),
            "kind": pl.Series(sentences.kinds, dtype=pl.String),
        }
    )
    return text.read(frame)


def _strongest(spans: Sequence[dict[str, object]]) -> dict[str, Label]:
    """One label for an aspect: for and against at once is mixed."""
    by: dict[str, list[dict[str, object]]] = defaultdict(list)
    for span in spans:
        if span["polarity"] != 0:  # named and not judged
            by[str(span["aspect"])].append(span)
    found = {}
    for aspect, mine in by.items():
        value = float(np.mean([float(str(s["polarity"])) for s in mine]))
        first = mine[0]
        start, end = first["at"], first["to"]
        found[aspect] = Label(aspect, _sign(value), int(str(start)), int(str(end)))
    return found


def _sign(value: float) -> int:
    return 0 if abs(value) < NEUTRAL else (1 if value > 0 else -1)


# ruff: noqa: E501 - a table of words
KEYWORDS = {
    "en": {
        "fit_small": "small|tight|snug", "fit_large": "large|big|loose|baggy|huge", "fit_true": "fits?|fitted|true to size",
        "fabric": "fabrics?|materials?|soft|itchy|cotton|thin", "quality": "quality|well made|stitching|seams?",
        "colour": "colou?rs?|print|pattern", "length": "length|long|short", "comfort": "comfortable|comfy|comfort",
        "style": "style|cute|pretty|beautiful|design|gorgeous|compliments", "cut": "cut|shape|neckline|flattering",
        "value": "price|worth|expensive|cheap|sale", "sheerness": "see[- ]through|sheer", "delivery": "shipping|delivery|arrived",
        "versatility": "versatile|dress(?:ed)? up", "care": "wash(?:ed|ing)?|shrunk|iron|wrinkles?",
    },
    "fr": {
        "fit_small": "petit|serr[ée]e?|[ée]troit", "fit_large": "grand|large|ample", "fit_true": "taille bien|bonne taille|me va",
        "fabric": "tissu|mati[èe]re|doux|douce|coton|laine", "quality": "qualit[ée]|coutures?|solide|finitions",
        "colour": "couleur|coloris|teinte|imprim[ée]", "length": "longueur|long|longue|court|courte", "comfort": "confortable|confort",
        "style": "style|jolie?|belle|beau|magnifique|[ée]l[ée]gante?", "cut": "coupe|forme|tomb[ée]", "value": "prix|cher|ch[èe]re|tarif",
        "sheerness": "transparente?", "delivery": "livraison|colis|livr[ée]e?", "versatility": "passe-partout|va avec tout",
        "care": "lavage|laver|repass\\w+|froisse", "smell": "odeur|sent|parfum", "texture": "texture|colle|gras|grasse|p[ée]n[èe]tre",
        "hydration": "hydrate\\w*|dess[èe]che", "effect": "effet|efficace|r[ée]sultat", "tolerance": "pique|rougeurs?|irrit\\w+|allergi\\w+",
        "hold": "tient|tenue", "packaging": "flacon|tube|pompe|pot|bouchon", "ease": "facile|simple|montage", "taste": "go[ûu]t|bon",
        "noise": "bruit|bruyante?|silencieux", "size": "dimensions|petit|grand", "strength": "puissante?|puissance", "service": "service|sav",
    },
}  # fmt: skip


def keywords(sentences: Set) -> Labels:
    """The plain peer: the names of the aspects and their commonest words, with the star model's view of the sentence."""
    frame = _frame(sentences)
    found: Labels = []
    for said, feeling in zip(sentences.texts, frame["sentiment"], strict=True):
        here = {}
        for aspect, words in KEYWORDS[sentences.language].items():
            match = re.search(rf"\b(?:{words})\b", said, re.IGNORECASE)
            if match:
                here[aspect] = Label(aspect, _sign(feeling), match.start(), match.end())
        found.append(here)
    return found


def sentence_feeling(sentences: Set) -> Labels:
    """Our aspects with the star model's view of the whole sentence: what polarity by cues adds."""
    feelings = _frame(sentences)["sentiment"]
    return [
        {a: Label(a, _sign(feeling), it.start, it.end) for a, it in here.items()}
        for here, feeling in zip(parvis(sentences), feelings, strict=True)
    ]


# -- measures -------------------------------------------------------------------------------------------------


def counts(found: Labels, gold: Labels, texts: Sequence[str]) -> np.ndarray:
    """For each sentence: found, true, hits, hits of the right sign, span overlap summed over hits."""
    table = np.zeros((len(gold), 5))
    for row, (mine, theirs, said) in enumerate(zip(found, gold, texts, strict=True)):
        both = mine.keys() & theirs.keys()
        table[row] = (
            len(mine),
            len(theirs),
            len(both),
            sum(mine[a].polarity == theirs[a].polarity for a in both),
            sum(_overlap(mine[a], theirs[a], said) for a in both),
        )
    return table


def _overlap(one: Label, other: Label, said: str) -> float:
    """F1 of the words of two passages."""
    words = [(m.start(), m.end()) for m in re.finditer(r"\w+", said)]
    mine = {w for w in words if w[0] < one.end and one.start < w[1]}
    theirs = {w for w in words if w[0] < other.end and other.start < w[1]}
    return 2 * len(mine & theirs) / max(1, len(mine) + len(theirs))


def measures(table: np.ndarray) -> dict[str, float]:
    """Precision, recall and F1 of aspects; share of hits of the right sign; overlap of hits."""
    found, gold, hits, signs, overlap = table.sum(axis=0)
    precision, recall = hits / max(1, found), hits / max(1, gold)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
        "polarity": signs / max(1, hits),
        "overlap": overlap / max(1, hits),
    }


def kappa(found: Labels, gold: Labels) -> float:
    """Cohen's kappa of the three signs on the aspects that both name."""
    pairs = [(m[a].polarity, g[a].polarity) for m, g in zip(found, gold, strict=True) for a in m.keys() & g.keys()]
    if not pairs:
        return 0.0
    table = np.zeros((3, 3))
    for one, other in pairs:
        table[one + 1, other + 1] += 1
    table /= table.sum()
    chance = float(table.sum(axis=1) @ table.sum(axis=0))
    return float((np.trace(table) - chance) / max(1e-9, 1 - chance))


def score(found: Labels, sentences: Set, seed: int = 7) -> dict[str, float]:
    """Mean of the measures against both passes, with the 95 % interval of F1 and of polarity."""
    tables = [counts(found, gold, sentences.texts) for gold in sentences.passes]
    value = {name: float(np.mean([measures(t)[name] for t in tables])) for name in measures(tables[0])}
    value["kappa"] = float(np.mean([kappa(found, gold) for gold in sentences.passes]))
    picks = np.random.default_rng(seed).integers(0, len(found), (1000, len(found)))
    for name in ("f1", "polarity"):
        drawn = [np.mean([measures(t[p])[name] for t in tables]) for p in picks]
        value[f"{name}_low"], value[f"{name}_high"] = (float(v) for v in np.quantile(drawn, (0.025, 0.975)))
    return value


def people(sentences: Set) -> dict[str, float]:
    """One pass against the other: what there is to reach."""
    first, second = sentences.passes
    return {**measures(counts(first, second, sentences.texts)), "kappa": kappa(first, second)}


def by_aspect(found: Labels, sentences: Set) -> list[tuple[str, int, float, float, float]]:
    """Aspect, how often it was labelled, precision, recall, share of right signs; both passes pooled."""
    rows = []
    for aspect in sorted({a for labels in sentences.passes for here in labels for a in here}):
        only = [{a: x for a, x in here.items() if a == aspect} for here in found]
        table = sum(
            counts(only, [{a: x for a, x in h.items() if a == aspect} for h in gold], sentences.texts)
            for gold in sentences.passes
        )
        value = measures(table)
        rows.append((aspect, int(table[:, 1].sum()), value["precision"], value["recall"], value["polarity"]))
    return sorted(rows, key=lambda row: -row[1])


def misses(sentences: Set) -> None:
    """Print where the reader and both passes differ, to tune by: only ever called for the even sentences."""
    for key, said, mine, one, two in zip(
        sentences.ids, sentences.texts, parvis(sentences), *sentences.passes, strict=True
    ):
        missed = [f"{a}{x.polarity:+d} «{said[x.start : x.end]}»" for a, x in one.items() if a in two and a not in mine]
        extra = [
            f"{a}{x.polarity:+d} «{said[x.start : x.end]}»" for a, x in mine.items() if a not in one and a not in two
        ]
        turned = [
            f"{a} read {x.polarity:+d} labelled {one[a].polarity:+d}/{two[a].polarity:+d}"
            for a, x in mine.items()
            if a in one and a in two and x.polarity not in (one[a].polarity, two[a].polarity)
        ]
        if missed or extra or turned:
            print(f"{key} {said}\n    missed {missed} extra {extra} turned {turned}")


READERS: dict[str, Callable[[Set], Labels]] = {
    "Parvis": parvis,
    "our aspects, sentence sentiment": sentence_feeling,
    "keywords, sentence sentiment": keywords,
}
COLUMNS = ("precision", "recall", "f1", "polarity", "kappa", "overlap")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("tune", "report", "all"), default="report")
    parser.add_argument("--misses", choices=("en", "fr"))
    parser.add_argument("--aspects", action="store_true", help="a line for every aspect")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if given.misses:
        misses(load(given.misses).half("tune"))
        return
    kept: dict[str, object] = {}
    for language in ("en", "fr"):
        sentences = load(language).half(given.half)
        reached = {"one person against another": people(sentences)}
        reached |= {name: score(read(sentences), sentences) for name, read in READERS.items()}
        print(
            f"\n{language}, {len(sentences.ids)} sentences ({given.half})\n{'':34}"
            + "".join(f"{c:>10}" for c in COLUMNS)
        )
        for name, value in reached.items():
            spread = f"  F1 {value['f1_low']:.3f}..{value['f1_high']:.3f}" if "f1_low" in value else ""
            print(f"{name:34}" + "".join(f"{value[c]:10.3f}" for c in COLUMNS) + spread)
        kept[language] = reached
        if given.aspects:
            for row in by_aspect(parvis(sentences), sentences):
                print("  {:14}{:5}  precision {:.2f} recall {:.2f} polarity {:.2f}".format(*row))
    if given.json:
        given.json.write_text(json.dumps(kept, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
