"""Edited copies are found, different reviews of one product are not."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from parvis.core.tables import TableError
from parvis.science.text import bursts, near_duplicates

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
REVIEW = "Robe superbe, la coupe tombe bien et le tissu ne gratte pas du tout, je la porte chaque semaine au bureau"
OTHERS = [
    "Le pull est chaud mais il bouloche après deux lavages",
    "Livraison en retard et carton ouvert, je suis déçue",
    "Great shoes, I walked all day in the rain and my feet stayed dry",
    "The dress is beautiful, the fabric does not itch and it falls well on me, I wear it at work",
]


def pairs(texts: list[str]) -> list[tuple[int, int]]:
    frame = pl.DataFrame({"id": list(range(len(texts))), "text": texts})
    return near_duplicates(frame).select("a", "b").rows()


@pytest.mark.parametrize(
    "copy",
    [
        REVIEW.upper(),
        REVIEW.replace(" ", "  ").replace(",", " !!!"),
        REVIEW.replace("superbe", "magnifique").replace("bureau", "travail"),
        REVIEW.replace("eu", "ue").replace("ss", "s"),
        "Bonjour. " + REVIEW,
        REVIEW[:60],
    ],
)
def test_an_edited_copy_is_found(copy: str) -> None:
    assert pairs([REVIEW, *OTHERS, copy]) == [(0, 5)]


def test_reviews_that_share_a_phrase_are_not_copies() -> None:
    said = [
        "These pants are comfortable and cozy, great for lounging around and cute enough for coffee runs",
        "These pants are soft and thin, cute enough for the gym but not for the office, mine pilled at once",
        "I bought it in two colors, it is a great twist on a basic tee",
        "I love this dress so much I bought it in two colors",
    ]
    assert pairs([*said, *OTHERS]) == []


def test_two_hundred_copies_by_two_hundred_accounts_are_one_burst() -> None:
    texts = [f"{REVIEW} {n % 9}" for n in range(200)] + OTHERS
    frame = pl.DataFrame(
        {
            "id": list(range(len(texts))),
            "text": texts,
            "at": [START + timedelta(minutes=n) for n in range(len(texts))],
            "author": [f"person {n}" for n in range(len(texts))],
        }
    )
    found = bursts(frame, within=timedelta(hours=1))
    assert found["id"].to_list() == list(range(200))
    assert set(found["burst"]) == {0}
    assert set(found["size"]) == {200}
    assert set(found["authors"]) == {200}
    assert found["first"][0] == START


def test_copies_far_apart_in_time_are_no_burst() -> None:
    frame = pl.DataFrame(
        {"id": [1, 2, 3], "text": [REVIEW] * 3, "at": [START + timedelta(days=9 * n) for n in range(3)]}
    )
    assert len(bursts(frame)) == 0
    assert set(bursts(frame, within=timedelta(days=10))["size"]) == {3}


@pytest.mark.parametrize("texts", [[], [None], ["", "😀😀", "ab"], ["x" * 100_000] * 2])
def test_odd_texts_are_taken(texts: list[str | None]) -> None:
    frame = pl.DataFrame({"id": list(range(len(texts))), "text": pl.Series(texts, dtype=pl.String)})
    assert len(near_duplicates(frame)) == (1 if len(texts) == 2 else 0)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(TableError, match="text"):
        near_duplicates(pl.DataFrame({"id": [1]}))
