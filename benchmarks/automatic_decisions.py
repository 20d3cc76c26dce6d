"""Does the machine err as rarely as the brand tolerates? Thresholds set on checked voices, tried on a held-out stream.

    .venv/bin/python benchmarks/automatic_decisions.py [--json] [--repeats 200]

The stream is made of real texts whose labels are of the kind that moderation gives: ordinary reviews (English clothing,
French films: fit to be public), French posts of the MLMA set (unfit when labelled anything but "normal"; these labels
are noisy), French HateCheck sentences (unfit when hateful) and comments under videos (unfit when spam). The heads for
toxicity and spam are learnt on one half (other posts, other sentence templates, another video), by the recipe that
ships; everything here is scored on the other half. Each repeat draws a stream without replacement (92 % ordinary
reviews; a third of the French part is unfit, far more than a shop sees), gives one part to people (the checked cases),
uses another part without labels for the ladder of thresholds, and counts errors on the rest, which nobody has seen.

The share of repeats in which the held-out error stays within the tolerated rate must be at least .95, in all and in
each language. "by language" is what the platform does; "overall" sets one pair of thresholds for all; the peer
"empirical" takes the threshold at which the error of the checked cases is just within the rate; "delivered" are the
fixed thresholds before anything was checked (hold at .4, refuse at .97). ``ours`` and ``peer`` are the worst of those
shares. Data come from PARVIS_DATA.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tools.train import safety
from tools.train.measure import _doubts
from tools.train.sentiment import clothing, films
from tools.train.table import DATA

from parvis.science import risk
from parvis.science.intervals import wilson

STREAM = {"clothing": 11_000, "films": 1_300, "posts": 500, "hatecheck": 200, "comments": 300}
CHECKED, LADDER = 6_000, 3_000
RATES = (0.01, 0.02, 0.05)


def pool() -> pl.DataFrame:
    """Every case that may be drawn: source, language, doubt by heads that have not seen it, unfit."""
    held = safety.corpus()
    rng = np.random.default_rng(5)
    learn = np.zeros(len(held.source), dtype=bool)
    for source in ("hatecheck", "posts", "comments", "calm"):
        mine = np.flatnonzero(held.source == source)
        groups = held.group[mine] if source in {"hatecheck", "comments"} else np.arange(len(mine)).astype(str)
        names = rng.permutation(np.unique(groups))
        learn[mine[np.isin(groups, names[: (len(names) + 1) // 2])]] = True
    learn |= ~np.isin(held.source, ("hatecheck", "posts", "comments", "calm"))
    model = safety.fit(held, np.flatnonzero(learn))
    seen = {" ".join(held.documents[i]).strip() for i in np.flatnonzero(held.source == "calm")}
    documents, source, unfit = [], [], []
    for i in np.flatnonzero(~learn & (held.source != "calm")):
        documents.append(held.documents[i])
        source.append(str(held.source[i]))
        unfit.append(bool(max(held.toxic[i], held.spam[i]) > 0))
    for name, (texts, _) in (("clothing", clothing()), ("films", films())):
        fresh = [document for document in texts if " ".join(document).strip() not in seen]
        documents += fresh
        source += [name] * len(fresh)
        unfit += [False] * len(fresh)
    scores = [_doubts(model, documents[i : i + 1000]) for i in range(0, len(documents), 1000)]
    toxic, spam = (np.concatenate([part[place] for part in scores]) for place in (0, 1))
    return pl.DataFrame(
        {
            "source": source,
            "language": ["en" if name in {"clothing", "comments"} else "fr" for name in source],
            "doubt": np.maximum(toxic, spam),
            "unfit": unfit,
            "may_publish": True,
            "may_refuse": True,
        }
    )


def drawn(cases: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """One stream in random order."""
    rows = [
        rng.choice(np.flatnonzero((cases["source"] == name).to_numpy()), size, replace=False)
        for name, size in STREAM.items()
    ]
    return cases[rng.permutation(np.concatenate(rows)).tolist()]


Pair = tuple[float | None, float | None]


def told(rest: pl.DataFrame, by_language: dict[str, Pair]) -> dict[str, float]:
    """What thresholds on the doubt do to cases nobody has seen: publish strictly below, refuse strictly above."""
    doubt, unfit = rest["doubt"].to_numpy(), rest["unfit"].to_numpy()
    languages = rest["language"].to_numpy()
    up, down = np.zeros(len(rest), dtype=bool), np.zeros(len(rest), dtype=bool)
    for language, (publish, refuse) in by_language.items():
        mine = languages == language
        up |= mine & (doubt < (publish if publish is not None else -1))
        down |= mine & (doubt > (refuse if refuse is not None else 2))
    wrong, alone = (up & unfit) | (down & ~unfit), up | down
    out = {"share": float(alone.mean()), "error": float(wrong.sum() / max(1, alone.sum()))}
    for name, part, bad in (("published", up, unfit), ("refused", down, ~unfit)):
        out |= {name: float(part.mean()), f"wrong_{name}": float((part & bad).sum() / max(1, part.sum()))}
    for language in ("en", "fr"):
        mine = languages == language
        out[f"share_{language}"] = float((alone & mine).sum() / max(1, mine.sum()))
        out[f"error_{language}"] = float((wrong & mine).sum() / max(1, (alone & mine).sum()))
    return out


def empirical(checked: pl.DataFrame, alpha: float) -> Pair:
    """The peer: the most liberal thresholds whose error on the checked cases is within the rate."""
    found: list[float | None] = []
    for flip in (False, True):
        score, bad = checked["doubt"].to_numpy(), checked["unfit"].to_numpy()
        score, bad = (1 - score, ~bad) if flip else (score, bad)
        order = np.argsort(score)
        within = np.flatnonzero(np.cumsum(bad[order]) <= alpha * np.arange(1, len(order) + 1))
        found.append(float(np.nextafter(score[order][within[-1]], 2)) if len(within) else None)
    return found[0], None if found[1] is None else 1 - found[1]


def pair(found: risk.Limits) -> Pair:
    """Thresholds on the doubt itself."""
    return found.publish.threshold, None if found.refuse.threshold is None else 1 - found.refuse.threshold


def methods(checked: pl.DataFrame, ladder: pl.DataFrame, alpha: float) -> dict[str, dict[str, Pair]]:
    """The thresholds that each method sets. What is doubtful is always looked at by people, so that they have decided
    about those of the ladder too: refusals learn from both."""
    stream = ladder.drop("unfit")
    high = pl.concat([checked, ladder]).filter(pl.col("doubt") >= 0.5)
    both = ("en", "fr")
    by = risk.limits_by(checked, stream, by="language", alpha=alpha, high=high)
    whole = pair(risk.limits(checked, stream, alpha=alpha, high=high))
    return {
        "by language": {language: pair(by[language]) for language in both},
        "overall": dict.fromkeys(both, whole),
        "empirical": {language: empirical(checked.filter(pl.col("language") == language), alpha) for language in both},
        "delivered": dict.fromkeys(both, (0.4, 0.97)),
    }


def measure(cases: pl.DataFrame, repeats: int) -> list[dict[str, object]]:
    """Every method at every rate: how often the held-out error stays within it, in all and in each language."""
    kept: dict[tuple[float, str], list[dict[str, float]]] = {}
    for seed in range(repeats):
        stream = drawn(cases, np.random.default_rng(seed))
        checked, ladder, rest = stream[:CHECKED], stream[CHECKED : CHECKED + LADDER], stream[CHECKED + LADDER :]
        for alpha in RATES:
            for name, limits in methods(checked, ladder, alpha).items():
                kept.setdefault((alpha, name), []).append(told(rest, limits))
    rows: list[dict[str, object]] = []
    for (alpha, name), found in kept.items():
        row: dict[str, object] = {"rate": alpha, "method": name}
        for part in ("error", "error_en", "error_fr"):
            within = wilson(sum(each[part] <= alpha for each in found), repeats)
            row[f"within_{part}"] = round(within.value, 3)
            row[f"low_{part}"] = round(within.low, 3)
        rows.append(row | {key: round(float(np.mean([each[key] for each in found])), 4) for key in found[0]})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--repeats", type=int, default=200)
    asked = parser.parse_args()
    if not (DATA / "fr_mlma_hate.parquet").exists():
        print("the data sets are not here (PARVIS_DATA): nothing is measured")
        return
    cases = pool()
    print(cases.group_by("source").agg(pl.len(), pl.col("unfit").mean(), pl.col("doubt").median()).sort("source"))
    rows = measure(cases, asked.repeats)
    for row in rows:
        print(
            f"{row['rate']:>5} {row['method']:<12} within: all {row['within_error']:.3f}"
            f" en {row['within_error_en']:.3f} fr {row['within_error_fr']:.3f} (at least {row['low_error_fr']:.3f})"
            f" | alone {row['share']:.3f} (en {row['share_en']:.3f}, fr {row['share_fr']:.3f})"
            f" error {row['error']:.4f} (en {row['error_en']:.4f}, fr {row['error_fr']:.4f})"
            f" | published {row['published']:.3f} wrong {row['wrong_published']:.4f}"
            f" | refused {row['refused']:.4f} wrong {row['wrong_refused']:.4f}"
        )
    if asked.json:
        parts = ("within_error", "within_error_en", "within_error_fr")
        worst = {
            name: min(float(str(row[part])) for row in rows if row["method"] == name for part in parts)
            for name in ("by language", "empirical")
        }
        ours, peer = worst["by language"], worst["empirical"]
        known = {"name": "automatic_decisions", "ours": ours, "peer": peer, "ratio": ours / max(peer, 0.001)}
        print(json.dumps(known | {"rows": rows}))


if __name__ == "__main__":
    main()
