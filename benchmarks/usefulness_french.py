"""The order of French reviews beside the little that speaks of it: likes of a bank's reviews, and the same in English.

    .venv/bin/python benchmarks/usefulness_french.py [--json]

No French product reviews with votes were at hand. Two things are: how many readers liked each of 315 French (and 271
Dutch) reviews of one bank, and 760 French insurance reviews with their machine translation, so that the score of a
text can be compared with the score of the same text in English, where words count too. Nothing was chosen on either.
Angry and old reviews are liked more; therefore rank correlations are also given inside equal stars with the date taken
out (ranks regressed on the rank of the date). Data come from PARVIS_DATA and may not be redistributed; where they are
absent this is said and nothing is measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import rankdata

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tools.train.table import DATA, read

from parvis.science.text import rank_reviews

DRAWS = 2000
LEAST = 20  # reviews of a group of stars
Floats = np.ndarray


def scores(titles: pl.Series, texts: pl.Series) -> Floats:
    """Scores by the text alone."""
    frame = pl.DataFrame({"id": range(len(texts)), "product": [0] * len(texts), "title": titles, "text": texts})
    return rank_reviews(frame)["score"].to_numpy()


def freed(values: Floats, of: Floats) -> Floats:
    """Ranks of ``values`` with the straight line over the ranks of ``of`` taken out."""
    ranks, other = rankdata(values), rankdata(of)
    other = other - other.mean()
    square = float(other @ other)
    return ranks - ranks.mean() - (float(other @ ranks) / square if square else 0.0) * other


def agreement(one: Floats, two: Floats) -> float:
    """Correlation; 0 where one does not vary."""
    return float(np.corrcoef(one, two)[0, 1]) if one.std() > 0 and two.std() > 0 else 0.0


def inside(score: Floats, likes: Floats, stars: Floats, date: Floats) -> float:
    """Mean over bad, middling and good reviews of the rank correlation with the date taken out, by their number."""
    found, sizes = [], []
    for low, high in ((1, 2), (3, 3), (4, 5)):
        rows = np.flatnonzero((stars >= low) & (stars <= high))
        if len(rows) >= LEAST and likes[rows].std() > 0:
            found.append(agreement(freed(score[rows], date[rows]), freed(likes[rows], date[rows])))
            sizes.append(len(rows))
    return float(np.average(found, weights=sizes)) if found else float("nan")


def interval(size: int, measure) -> list[float]:
    """95 % bootstrap interval of ``measure(rows)``."""
    rng = np.random.default_rng(0)
    drawn = [measure(rng.integers(0, size, size)) for _ in range(DRAWS)]
    return [round(float(v), 3) for v in np.nanquantile(drawn, [0.025, 0.975])]


def likes(language: str) -> dict[str, object]:
    """Rank correlation with likes: of the score, of the length, and their difference."""
    frame = read("trustpilot_bank_fr_nl_en").unique("review_id", keep="first", maintain_order=True)
    frame = frame.filter((pl.col("language") == language) & pl.col("text").is_not_null())
    given, stars = frame["likes"].to_numpy().astype(float), frame["rating"].to_numpy()
    date = frame["published"].str.slice(0, 10).str.to_date().to_physical().to_numpy()
    ours = scores(frame["title"], frame["text"])
    length = frame["text"].str.len_chars().to_numpy().astype(float)
    row: dict[str, object] = {"language": language, "reviews": len(frame), "liked": int((given > 0).sum())}
    for name, score in (("Parvis", ours), ("length", length)):
        plain = agreement(rankdata(score), rankdata(given))
        row[f"{name}, as they are"] = [
            round(plain, 3),
            *interval(len(given), lambda r, s=score: agreement(rankdata(s[r]), rankdata(given[r]))),
        ]
        row[f"{name}, equal stars and date"] = [
            round(inside(score, given, stars, date), 3),
            *interval(len(given), lambda r, s=score: inside(s[r], given[r], stars[r], date[r])),
        ]
    both = (given, stars, date)
    row["Parvis over length, equal stars and date"] = interval(
        len(given),
        lambda r: inside(ours[r], *(b[r] for b in both)) - inside(length[r], *(b[r] for b in both)),
    )
    return row


def translated() -> dict[str, object]:
    """Agreement of the score of a French text with the score of its English translation, and with length taken out."""
    frame = read("fr_insurance_reviews").filter(pl.col("avis_en").is_not_null())
    none = pl.Series([""] * len(frame))
    french, english = scores(none, frame["avis"]), scores(none, frame["avis_en"])
    size = frame["avis"].str.len_chars().to_numpy().astype(float)
    return {
        "reviews": len(frame),
        "ranks": [
            round(agreement(rankdata(french), rankdata(english)), 3),
            *interval(len(frame), lambda r: agreement(rankdata(french[r]), rankdata(english[r]))),
        ],
        "ranks, length taken out": [
            round(agreement(freed(french, size), freed(english, size)), 3),
            *interval(len(frame), lambda r: agreement(freed(french[r], size[r]), freed(english[r], size[r]))),
        ],
    }


def main() -> None:
    """Print every row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not (DATA / "trustpilot_bank_fr_nl_en.parquet").exists():
        print(f"skipped: no data under {DATA} (set PARVIS_DATA)")
        return
    rows = [likes("fr"), likes("nl")]
    same = translated()
    for row in [*rows, same]:
        print(row)
    if asked.json:
        print(json.dumps({"name": "usefulness_french", "rows": rows, "translated": same}))


if __name__ == "__main__":
    main()
