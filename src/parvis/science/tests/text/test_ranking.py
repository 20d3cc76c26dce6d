"""Which reviews are put first, and why."""

import polars as pl
import pytest

from parvis.science import text

LONG = (
    "I am 5'4\" and 130 lbs and ordered a size small. The fabric is soft but a bit thin, and it runs large in the "
    "waist compared to other brands. I would size down. The length hits right at the knee, the color is like the "
    "picture, and it washed well. My only complaint is the zipper, which catches."
)


def rank(**columns: list[object]) -> list[dict[str, object]]:
    count = len(next(iter(columns.values())))
    return text.rank_reviews(
        pl.DataFrame({"id": list(range(count)), "product": ["p"] * count, **columns}, strict=False)
    ).to_dicts()


def test_a_detailed_review_comes_before_an_empty_one() -> None:
    long, short, nothing = rank(text=[LONG, "Nice", None])
    assert long["score"] > short["score"] > 0
    assert long["score"] > nothing["score"]
    assert {"gives_size_worn", "gives_height", "compares", "mentions_drawbacks", "detailed"} <= set(long["reasons"])


def test_french_reasons() -> None:
    (row,) = rank(text=["Je mesure 1m68 et j'ai pris du 38, mais c'est un peu grand par rapport à ma taille."])
    assert {"gives_size_worn", "gives_height", "compares", "mentions_drawbacks"} <= set(row["reasons"])


def test_votes_lift_and_sink() -> None:
    plain, liked, disliked = rank(text=[LONG] * 3, votes_up=[0, 20, 0], votes_down=[0, 0, 20])
    assert liked["score"] > plain["score"] > disliked["score"]
    assert "found_useful" in liked["reasons"]


def test_proofs_of_purchase_and_photos_help() -> None:
    plain, better = rank(text=[LONG] * 2, verified=[False, True], media=[0, 2])
    assert better["score"] > plain["score"]
    assert {"verified", "has_photo"} <= set(better["reasons"])


def test_every_reason_has_its_words() -> None:
    (row,) = rank(text=[LONG], verified=[True], media=[1], votes_up=[9], votes_down=[0], learned=[0.4])
    for locale in ("en", "fr"):
        words = text.reason_words(row["reasons"], locale)
        assert len(words) >= len(row["reasons"]) - 2  # size, height and build are one
        assert all(words)
    assert {"verified", "has_photo", "found_useful", "helps_choose"} <= set(row["reasons"])
    phrases = text.reason_phrases()
    assert not phrases.filter((pl.col("phrase_en") == "") | (pl.col("phrase_fr") == "")).height


@pytest.mark.parametrize(
    ("said", "en", "fr"),
    [
        ("After 3 months it still looks new.", "Tells how it is after 3 months", "Raconte après 3 mois d’usage"),
        ("Depuis deux ans, je la porte.", "Tells how it is after 2 years", "Raconte après 2 ans d’usage"),
        ("I have worn it for a year now.", "Tells how it is after a year", "Raconte après un an d’usage"),
        ("Au bout de quelques lavages, rien.", "Tells how it is after some wears or washes",
         "Raconte après quelques ports ou lavages"),
        ("I am 5'4\" and took a small.", "Gives size worn and height", "Donne la taille portée et la stature"),
        ("Ma peau sèche l'adore.", "Says for which build or skin", "Précise la morphologie ou le type de peau"),
    ],
)  # fmt: skip
def test_what_a_review_gives_is_said_in_words(said: str, en: str, fr: str) -> None:
    (row,) = rank(text=[said])
    assert en in text.reason_words(row["reasons"], "en")
    assert fr in text.reason_words(row["reasons"], "fr")


def test_french_reviews_are_ranked_by_what_they_give() -> None:
    full = (
        "Je mesure 1m68 et j'ai pris du 38. Le tissu est épais et doux, la coupe tombe droit aux hanches, et la "
        "couleur est celle de la photo. Après 3 mois et dix lavages rien n'a bougé. Les manches sont un peu longues "
        "pour vous si vous êtes petite."
    )
    rows = rank(text=[full, "Super produit, je recommande.", "Très belle robe", "Nickel!!!", "J'adore, parfait !"])
    assert max(rows, key=lambda row: row["score"])["id"] == 0


def test_stars_do_not_move_a_review() -> None:
    low, high = rank(text=[LONG] * 2, rating=[1, 5])
    assert low["score"] == high["score"]


def test_what_clicks_taught_moves_within_bounds() -> None:
    plain, up, far = rank(text=[LONG] * 3, learned=[0.0, 0.5, 50.0])
    assert plain["score"] < up["score"] < far["score"] < 1
    assert "helps_choose" in up["reasons"]
    assert "helps_choose" not in plain["reasons"]


def test_one_vote_against_many_moves_a_review_little():
    words = "I usually wear a medium and this fits, the fabric is soft and it washes well."
    frame = pl.DataFrame(
        {
            "id": ["all", "all_but_one", "twenty", "ten", "none", "against"],
            "product": ["p"] * 6,
            "text": [words] * 6,
            "votes_up": [37, 37, 20, 10, 0, 0],
            "votes_down": [0, 1, 0, 0, 0, 5],
        }
    )
    score = dict(text.rank_reviews(frame).select("id", "score").rows())
    assert score["all"] > score["all_but_one"] > score["ten"] > score["none"] > score["against"]
    assert score["all"] - score["all_but_one"] < score["all_but_one"] - score["ten"]
