"""The real rows, and what is read off their words: only what the author says of herself."""

import pytest

from parvis.connectors.demo import dataset, needs


def test_the_rows_are_all_there() -> None:
    rows = dataset.reviews()
    assert rows.height == 15_166
    assert rows["row_id"].is_unique().all()
    assert rows["rating"].is_between(1, 5).all()
    assert rows["review_text"].null_count() == 535


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("I ordered a small and it fit perfectly", "S"),
        ("i got the small petite, love it", "Petite S"),
        ("I bought a size 0 and the body fit", "0"),
        ("i took a petite medium.", "Petite M"),
        ("i ended up with a 26p", "26P"),
        ("i ordered an extra small", "XS"),
        ("i ordered an 8 and a 10 and am keeping the 10", ""),
        ("i ordered the 0p or xs petite", ""),
        ("i ordered a small first. then i got a medium", "M"),
        ("i got a large number of compliments", ""),
        ("i usually wear a medium", ""),
        ("you should order a small", ""),
        ("my daughter ordered a small", ""),
        ("", ""),
    ],
)
def test_the_size_worn_is_the_authors_own(text: str, size: str) -> None:
    assert dataset.size_worn(text) == size


@pytest.mark.parametrize(
    ("text", "height"),
    [
        ("i'm 5'4\" and 130 lbs", 163),
        ("I am about 5’ 8 tall", 173),
        ("i'm 5' tall", 152),
        ("i'm 5'2\" and my sister says i'm 5'3\"", None),
        ("i'm 5'14\"", None),
        ("a 5'4\" friend of mine", None),
        ("i'm 34", None),
    ],
)
def test_the_height_is_the_authors_own(text: str, height: int | None) -> None:
    assert dataset.height_cm(text) == height


def test_few_reviews_say_a_size_and_none_is_guessed() -> None:
    texts = [text for text in dataset.reviews()["review_text"] if text]
    said = sum(bool(dataset.size_worn(text)) for text in texts)
    assert 0.06 < said / len(texts) < 0.10


def test_needs_are_complete_in_both_languages() -> None:
    assert sum(need.share for need in needs.NEEDS) == pytest.approx(1)
    for need in needs.NEEDS:
        assert len(need.en) == len(need.fr) >= 2
        assert all(question.endswith("?") for question in (*need.en, *need.fr))


def test_what_reviews_can_answer_is_read_off_them() -> None:
    known = needs.answerable()
    assert known.shape == (839, len(needs.NEEDS))
    shares = known.mean(axis=0)
    assert ((shares > 0.1) & (shares < 0.9)).all()
