"""A change of our own pages in the answer engine on the table: what adding facts, reviews, and questions does.

    .venv/bin/python benchmarks/answer_engine_change.py [--json]

Eight pages of the demo's skincare range take turns at being ours, beside three of the others, complete, as pages of
other shops. Twelve questions that shoppers ask of any such product (written for this script, none of them is on the
pages) are put to them: 96 questions. Ours is measured with its description alone, and after each addition:

- words that say nothing: as many as the facts, from a page about delivery (what must not help);
- facts: sizes, prices, what it is for;
- reviews; and last questions with their answers.

Differences are told question by question with 95 % intervals, products drawn whole (their questions are alike). It is
one reader, ours; it says nothing of what a real engine would cite (docs/benchmarks/answer-engine.md).
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
RANGE = ROOT / "data" / "skincare"
RIVALS, SEED = 3, 20260312
QUESTIONS = (
    "Est-ce adapté à une peau très sèche en hiver ?",
    "Ma peau rougit vite, est-ce que je risque une réaction ?",
    "Laisse-t-il un film gras sur la peau ?",
    "Quelle odeur a le produit ?",
    "Puis-je me maquiller par-dessus ?",
    "Est-ce que cela donne des boutons sur une peau mixte ?",
    "Au bout de combien de semaines voit-on une différence ?",
    "La texture est-elle épaisse ou légère ?",
    "Le flacon dure combien de temps ?",
    "Est-ce qu’il faut le mettre le matin ou le soir ?",
    "Le prix vaut-il la peine par rapport au résultat ?",
    "Est-ce que ça pique les yeux ?",
)
EMPTY = (
    "Livraison soignée partout en France. Notre équipe prépare chaque colis avec attention. Paiement en toute"
    " confiance. Votre satisfaction est notre priorité. Découvrez notre univers et suivez nos nouveautés."
)


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (RANGE / name).read_text(encoding="utf-8").splitlines() if line]


def parts() -> dict[str, dict[str, str]]:
    """What each page can hold, by product: description, facts, reviews, questions."""
    told = json.loads((RANGE / "products.json").read_text(encoding="utf-8"))
    reviews, questions = lines("reviews.jsonl"), lines("questions.jsonl")
    made = {}
    for item in told if isinstance(told, list) else told["products"]:
        key, fr = item["key"], item
        sizes = ", ".join(f"{label} : {price / 100:.2f} €" for label, price in item["sizes"])
        made[key] = {
            "description": f"{fr['name_fr']}\n{fr['description_fr'].split('.')[0]}.",
            "facts": f"{'.'.join(fr['description_fr'].split('.')[1:]).strip()}\nContenances et prix : {sizes}.",
            "reviews": "\n".join(
                f"{each.get('title', '')}. {each['text']}" for each in reviews if each["product"] == key
            ),
            "questions": "\n".join(
                f"{each['text']} {' '.join(answer['text'] for answer in each['answers'])}"
                for each in questions
                if each["product"] == key
            ),
        }
    return made


def asked(pages: dict[str, dict[str, str]], ours: str, holding: tuple[str, ...], extra: str = "") -> np.ndarray:
    """Retrieved, first, quoted for each question: a row a question."""
    import polars as pl

    from parvis.science.visibility import engine

    keys = list(pages)
    at = keys.index(ours)
    rivals = [keys[(at + step) % len(keys)] for step in range(1, RIVALS + 1)]
    text = "\n".join(filter(None, [*(pages[ours][name] for name in holding), extra]))
    table = pl.DataFrame(
        {
            "page": [ours, *rivals],
            "owner": ["ours", *rivals],
            "text": [text, *("\n".join(filter(None, pages[key].values())) for key in rivals)],
        }
    )
    given = pl.DataFrame({"id": range(len(QUESTIONS)), "text": QUESTIONS})
    found = engine.simulate(table, given, ours="ours", seed=SEED).by_question
    return found.select(engine.FIGURES).to_numpy()


def interval(values: np.ndarray) -> tuple[float, float, float]:
    """Mean and 95 % interval of values by product (rows) and question, products drawn whole."""
    drawn = np.random.default_rng(SEED).integers(0, len(values), size=(4000, len(values)))
    means = values.mean(axis=1)[drawn].mean(axis=1)
    return float(values.mean()), *(float(each) for each in np.quantile(means, (0.025, 0.975)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    chosen = parser.parse_args()
    pages = parts()
    states: dict[str, tuple[tuple[str, ...], str]] = {
        "description alone": (("description",), ""),
        "and words that say nothing": (("description",), EMPTY),
        "and facts": (("description", "facts"), ""),
        "and reviews": (("description", "facts", "reviews"), ""),
        "and questions with answers": (("description", "facts", "reviews", "questions"), ""),
    }
    found = {name: np.stack([asked(pages, key, *how) for key in pages]) for name, how in states.items()}
    names, previous, summary = list(states), "", {}
    for name in names:
        before = found[names[0]] if name in names[1:3] else found.get(previous)
        cells = []
        for column, figure in enumerate(("retrieved", "first", "quoted")):
            value, low, high = interval(found[name][:, :, column])
            cells.append(f"{figure} {100 * value:.0f} % ({100 * low:.0f} to {100 * high:.0f})")
            if before is not None and name != names[0]:
                moved = interval(found[name][:, :, column] - before[:, :, column])
                cells[-1] += f" {100 * moved[0]:+.0f} ({100 * moved[1]:+.0f} to {100 * moved[2]:+.0f})"
                summary[f"{name}: {figure}"] = [round(each, 3) for each in moved]
        print(f"{name}: " + "; ".join(cells))
        previous = name
    if chosen.json:
        print(json.dumps({"name": "a change of our page on the table", "pages": len(pages),
                          "questions": len(pages) * len(QUESTIONS), "moved": summary}))  # fmt: skip


if __name__ == "__main__":
    main()
