"""A brand's own labels teach what the bundled models do not know, and keep what they do."""

from pathlib import Path

import numpy as np
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


def test_vectors_tell_what_words_do_not(tmp_path: Path) -> None:
    """Texts that share no word, told apart by their vectors alone; the same model still reads without them."""
    rng = np.random.default_rng(0)
    told = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
    shown = pl.DataFrame({"text": told * 2, "rating": [5.0, 1.0] * 10, "language": ["xx"] * 20})
    side = np.where(shown["rating"].to_numpy() > 3, 1.0, -1.0)
    vectors = np.stack([side, np.zeros(20)], axis=1) + rng.normal(0, 0.1, (20, 2))
    model = text.fit(shown, vectors=vectors)
    asked = pl.DataFrame({"id": [1, 2], "text": ["sigma", "sigma"]})
    found = model.read(asked, vectors=np.array([[1.0, 0.0], [-1.0, 0.0]]))
    assert found["stars"][0] > 3.5
    assert found["stars"][1] < 2.5
    alone = model.read(asked)
    assert alone["stars"][0] == alone["stars"][1]
    model.save(tmp_path / "own.npz")
    again = text.OwnStars.open(tmp_path / "own.npz").read(asked, vectors=np.array([[1.0, 0.0], [-1.0, 0.0]]))
    assert np.allclose(again["stars"], found["stars"], atol=1e-3)


def test_vectors_that_do_not_fit_are_refused() -> None:
    with pytest.raises(TableError, match="rows"):
        text.fit(shown(), vectors=np.zeros((3, 2)))
    asked = pl.DataFrame({"id": [1], "text": ["il mord bien"]})
    with pytest.raises(TableError, match="rows"):
        text.fit(shown()).read(asked, vectors=np.zeros((1, 2)))
    with pytest.raises(TableError, match="rows"):
        text.fit(shown(), vectors=np.zeros((30, 2))).read(asked, vectors=np.zeros((1, 3)))


def test_a_reading_does_not_depend_on_the_other_rows() -> None:
    model = text.fit(shown())
    asked = pl.DataFrame({"id": [1, 2, 3], "text": ["il mord bien", "", "la lame broute !!!"]})
    alone = [model.read(asked[row : row + 1])["stars"][0] for row in range(3)]
    assert np.allclose(model.read(asked)["stars"], alone)


def test_labels_without_a_word_in_common_still_teach() -> None:
    few = pl.DataFrame({"text": list("abcdefgh"), "rating": [1.0, 5.0] * 4, "language": ["xx"] * 8})
    found = text.fit(few).read(pl.DataFrame({"id": [1], "text": ["z"]}))
    assert 1 <= found["stars"][0] <= 5


WOOD = {5: GOOD, 1: BAD, 3: ["ni bien ni mal, un rabot", "moyen pour le prix", "correct sans plus"]}


def reviews(count: int) -> pl.DataFrame:
    """Reviews in words that only one trade knows, three a person."""
    rows = []
    for number in range(count):
        rating = (5, 1, 5, 3)[number % 4]
        said = WOOD[rating]
        text_ = f"{said[number % len(said)]}, {said[(number * 7 + 1) % len(said)]}"
        rows.append({"text": text_, "rating": float(rating), "author": number // 3, "language": "fr"})
    return pl.DataFrame(rows)


def test_the_trial_reports_what_texts_never_learnt_from_show() -> None:
    (french,) = text.compare(reviews(240), least=100)
    assert (french.language, french.texts, french.clear) == ("fr", 240, 180)
    assert french.own.value < french.shipped.value
    assert french.own.low < french.own.value < french.own.high
    assert french.gain.value == pytest.approx(french.shipped.value - french.own.value)
    assert french.better
    assert french == text.compare(reviews(240), least=100)[0]


def test_stars_without_rhyme_or_reason_teach_nothing() -> None:
    drawn = np.random.default_rng(3).permutation(np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], 48))
    found = text.compare(reviews(240).with_columns(rating=pl.Series(drawn)), least=100)
    assert found[0].own.value > 1
    assert text.compare(reviews(90), least=100) == ()


def test_one_persons_words_are_never_lesson_and_examination() -> None:
    one = reviews(120).with_columns(author=pl.lit("everything is by one person"))
    assert text.compare(one, least=10) == ()  # there is nobody else to examine


def test_a_taught_model_speaks_in_its_languages_only() -> None:
    taught = text.Taught(text.fit(reviews(240).drop("author")), frozenset({"fr"}))
    asked = pl.DataFrame(
        {
            "id": [1, 2, 3],
            "text": ["la lame broute, le fer a du jeu, copeaux arrachés", "The fabric is soft and warm.", "…"],
            "language": ["fr", "en", "fr"],
        }
    )
    plain, own = text.read(asked), text.read(asked, taught=taught)
    assert own["stars"][0] < 2 < plain["stars"][0]
    assert own["stars"][1:].to_list() == plain["stars"][1:].to_list()
    assert own.drop("stars", "sentiment", "intents", "aspects").equals(
        plain.drop("stars", "sentiment", "intents", "aspects")
    )
    each = pl.concat([text.read(asked[row : row + 1], taught=taught) for row in range(3)])
    assert own["stars"].to_list() == pytest.approx(each["stars"].to_list())  # whoever else is read
    rated = text.read(asked.with_columns(rating=pl.Series([5.0, None, None])), taught=taught)
    assert own["stars"][0] < rated["stars"][0] < 5
