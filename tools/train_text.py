"""Train every text model, measure each on what it has not seen, write the files and their cards.

    PARVIS_DATA=../shared/data python -m tools.train_text [--only NAME ...] [--no-measure | --no-train]

The shipped files learn from all the data that may be redistributed; the figures on the cards (``docs/models``) come
from the same recipe learnt on a part and scored on the rest. Names: sentiment_en, sentiment_fr, sentiment_nl, safety,
language, usefulness.
"""

from __future__ import annotations

import argparse

import numpy as np
from tools.train import cards, safety, sentiment, usefulness
from tools.train.table import MODELS

from parvis.science.text.linear import save
from parvis.science.text.sentiment import Opinion


def main() -> None:
    """Write models and cards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=list(cards.CARDS), choices=list(cards.CARDS))
    parser.add_argument("--no-measure", action="store_true", help="write the models only, leave the cards")
    parser.add_argument("--no-train", action="store_true", help="write the cards only, leave the models")
    asked = parser.parse_args()
    MODELS.mkdir(exist_ok=True)
    for name in asked.only:
        if not asked.no_train and name in _TRAIN:
            _TRAIN[name]()
        if not asked.no_measure:
            cards.CARDS[name]()
        print(name, flush=True)


def _opinion(language: str, model: Opinion) -> None:
    save(MODELS / f"sentiment_{language}.npz", model.words)
    save(MODELS / f"sentiment_{language}_letters.npz", model.letters)
    if model.abroad:
        _opinion(f"{language}_general", model.abroad)


def _safety() -> None:
    held = safety.corpus()
    for name, table in safety.fit(safety.Tabled.of(held), np.arange(len(held.toxic))).items():
        save(MODELS / f"safety_{name}.npz", table)


def _usefulness() -> None:
    frame = usefulness.reviews()
    save(MODELS / "usefulness.npz", usefulness.fit(frame, np.arange(len(frame))))


_TRAIN = {
    "sentiment_en": lambda: _opinion("en", sentiment.english(*sentiment.clothing())),
    "sentiment_fr": lambda: _opinion("fr", sentiment.french(*sentiment.films())),
    "sentiment_nl": lambda: _opinion("nl", sentiment.dutch()),
    "safety": _safety,
    "usefulness": _usefulness,
}


if __name__ == "__main__":
    main()
