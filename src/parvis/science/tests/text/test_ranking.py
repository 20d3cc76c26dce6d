"""Which reviews are put first, and why."""

import polars as pl

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
    known = set(text.reason_phrases()["reason"])
    (row,) = rank(text=[LONG], verified=[True], media=[1], votes_up=[9], votes_down=[0])
    assert set(row["reasons"]) <= known
