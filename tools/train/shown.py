"""Which of a card's figures the studio shows: language, measure, texts it was measured on, value and interval."""

from __future__ import annotations

from typing import Any

FOUND = dict[str, Any]
_PLACES: dict[str, tuple[tuple[str, str, str, tuple[str, ...]], ...]] = {
    "sentiment_en": (
        ("en", "stars_error", "clothing", ("clothing reviews, a fifth held out", "mae_title_and_text")),
        ("en", "stars_error", "beauty", ("beauty_en, shipped", "mae")),
        ("en", "polarity", "beauty", ("beauty_en, shipped", "polarity")),
        ("en", "stars_error", "bank", ("bank_en, shipped", "mae")),
    ),
    "sentiment_fr": (
        ("fr", "accuracy", "films", ("French films, five folds", "accuracy")),
        ("fr", "stars_error", "insurance", ("insurance_fr, shipped", "mae")),
        ("fr", "polarity", "insurance", ("insurance_fr, shipped", "polarity")),
        ("fr", "stars_error", "bank", ("bank_fr, shipped", "mae")),
    ),
    "sentiment_nl": (
        ("nl", "stars_error", "bank", ("bank_nl, shipped", "mae")),
        ("nl", "polarity", "bank", ("bank_nl, shipped", "polarity")),
    ),
    "safety": (
        ("fr", "auc", "hatecheck", ("one fold of five, with intervals", "hatecheck", "auc")),
        ("fr", "auc", "posts", ("one fold of five, with intervals", "posts", "auc")),
        ("en", "f1", "comments", ("comments", "f1")),
    ),
    "language": (("", "accuracy", "five_words", ("runs of five words of real reviews", "mean")),),
    "usefulness": (("en", "rank", "clothing", ("clothing, unseen products with 20 reviews or more", "spearman")),),
    "aspects": (
        ("en", "f1", "aspects", ("en", "f1")),
        ("fr", "f1", "aspects", ("fr", "f1")),
    ),
}
FILES: dict[str, tuple[str, ...]] = {
    "sentiment_en": tuple(f"models/sentiment_en{end}.npz" for end in ("", "_letters", "_general", "_general_letters")),
    "sentiment_fr": ("models/sentiment_fr.npz", "models/sentiment_fr_letters.npz"),
    "sentiment_nl": ("models/sentiment_nl.npz", "models/sentiment_nl_letters.npz"),
    "safety": tuple(f"models/safety_{part}.npz" for part in ("words", "letters", "concepts")),
    "language": (),
    "usefulness": ("models/usefulness.npz",),
    "aspects": tuple(f"data/{part}.csv" for part in ("aspects", "opinions", "negation", "kinds")),
}


def shown(name: str, figures: FOUND) -> list[FOUND]:
    """The card's figures in the order in which they are shown; one that was not measured is left out."""
    found = []
    for language, measure, of, path in _PLACES[name]:
        place: Any = figures
        for step in path[:-1]:
            place = place.get(step, {})
        if path[-1] not in place:
            continue
        value = place[path[-1]]
        limits = place.get("interval")
        if isinstance(value, list):
            value, limits = value[0], value[1:]
        row = {"language": language, "measure": measure, "of": of, "value": value}
        found.append(row | ({"low": limits[0], "high": limits[1]} if limits else {}))
    return found
