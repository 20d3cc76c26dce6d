"""A brand's own labels teach what the bundled models do not know, and keep what they do."""

from pathlib import Path

import polars as pl
import pytest

from parvis.core.tables import TableError
from parvis.science import text

GOOD = ["le velcro tient", "fermeture nette", "la lame coupe droit", "il mord bien le bois", "copeaux réguliers"]
BAD = ["la lame broute", "il chauffe vite", "copeaux arrachés", "la semelle est voilée", "le fer a du jeu"]


def shown() -> pl.DataFrame:
    return pl.DataFrame({"text": GOOD * 3 + BAD * 3, "rating": [5.0] * 15 + [1.0] * 15, "language": ["fr"] * 30})


def test_words_only_the_brand_knows_are_learnt() -> None:
    asked = pl.DataFrame({"id": ["a", "b"], "text": ["la lame coupe droit, il mord", "la lame broute et chauffe"]})
    found = text.fit(shown()).read(asked)
    assert found["id"].to_list() == ["a", "b"]
    assert found["stars"][0] > 3 > found["stars"][1]
    assert found["leaning"].to_list() == [1, -1]
    assert found["sentiment"].is_between(-1, 1).all()


def test_words_the_labels_never_use_keep_their_meaning() -> None:
    asked = pl.DataFrame({"id": [1, 2], "text": ["Excellent, je suis très satisfait", "Nul, une arnaque, à fuir"]})
    found = text.fit(shown()).read(asked)
    assert found["stars"][0] > found["stars"][1] + 1


def test_a_model_is_the_same_after_it_is_saved(tmp_path: Path) -> None:
    asked = pl.DataFrame({"id": [1], "text": ["il mord bien"]})
    model = text.fit(shown())
    model.save(tmp_path / "own.npz")
    again = text.OwnStars.open(tmp_path / "own.npz")
    assert again.labelled == 30
    assert abs(again.read(asked)["stars"][0] - model.read(asked)["stars"][0]) < 1e-3
    assert len(model.read(asked.head(0))) == 0


@pytest.mark.parametrize(
    ("ratings", "named"), [([5.0] * 4, "at least"), ([5.0] * 12, "equal"), ([0.0, 6.0] * 6, "between 1 and 5")]
)
def test_labels_that_teach_nothing_are_refused(ratings: list[float], named: str) -> None:
    with pytest.raises(TableError, match=named):
        text.fit(pl.DataFrame({"text": ["un texte"] * len(ratings), "rating": ratings}))
