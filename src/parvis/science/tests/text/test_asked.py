"""Whom a question wants to hear is read in both languages; lengths of things are nobody's height."""

import pytest

from parvis.science.text import asked


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("show me on dry skin", {"skin_type": ("dry",)}),
        ("Montre-moi sur peau sèche", {"skin_type": ("dry",)}),
        ("PEAU TRÈS SENSIBLE ?", {"skin_type": ("sensitive",)}),
        ("what do people with oily or combination skin say?", {"skin_type": ("oily", "combination")}),
        ("ma peau est grasse, ça brille ?", {"skin_type": ("oily",)}),
        ("peau mixte à grasse", {"skin_type": ("oily", "combination")}),
        ("My skin is really dry, will it help?", {"skin_type": ("dry",)}),
        ("pour une peau à imperfections ?", {"skin_type": ("acne_prone",)}),
        ("et sur cheveux bouclés ?", {"hair_type": ("curly",)}),
        ("is it good for fine hair?", {"hair_type": ("fine",)}),
        ("does it run small for 1.80 m?", {"height_cm": ("180",)}),
        ("Ça taille petit pour 1m80 ?", {"height_cm": ("180",)}),
        ("pour 1,65 m et 60 kg ?", {"height_cm": ("165",)}),
        ("I am 180 cm tall, which size?", {"height_cm": ("180",)}),
        ("for someone 5'4\" which size?", {"height_cm": ("163",)}),
        ("is a 1.80 m cable long enough?", {}),
        ("the dress shows a lot of skin", {}),
        ("is it dry clean only?", {}),
        ("la peau de mouton est-elle douce ?", {}),
        ("I paid 5.50, 4 of them arrived", {}),
        ("", {}),
    ],
)
def test_of_whom_a_question_speaks(question: str, found: dict[str, tuple[str, ...]]) -> None:
    assert {name: tuple(sorted(values)) for name, values in asked.about(question).items()} == {
        name: tuple(sorted(values)) for name, values in found.items()
    }


@pytest.mark.parametrize(
    ("question", "only"),
    [
        ("show me on dry skin", True),
        ("Montre-moi sur peau sèche", True),
        ("does it sting on dry skin?", False),
        ("does it run small for 1.80 m?", False),
        ("show me", False),
    ],
)
def test_whether_a_question_asks_anything_beside(question: str, only: bool) -> None:
    assert asked.nothing_else(question) is only
