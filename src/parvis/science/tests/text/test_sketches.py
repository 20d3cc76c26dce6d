"""Copies find each other by a few numbers, one text at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.science.text import sketches as made

ONE = "The fabric is soft and light, it fits true to size, and I wear it every week to the office."
FRENCH = "Le tissu est doux et léger, elle taille normalement, et je la porte toutes les semaines au bureau."


@pytest.mark.parametrize(
    "other",
    [
        ONE.upper(),
        ONE.replace(" ", "   ") + " !!!",
        ONE.replace("soft", "sofft").replace("week", "weeek"),
        "😍 " + ONE,
        ONE.replace("fabric", "f\u0301abri\u0327c"),
    ],
    ids=["capitals", "spaces", "typing", "emoji", "accents"],
)
def test_an_edited_copy_shares_numbers_and_is_called_a_copy(other):
    first, second = made.sketches([ONE, other])
    assert len(set(first) & set(second)) >= made.SHARED
    (alike,) = made.are_copies([ONE, other], [(0, 1)])
    assert alike is not None
    assert alike > 0.7


def test_other_texts_on_the_same_subject_are_no_copies():
    texts = [
        ONE,
        "It is true to size and the fabric feels soft and light; I have worn it twice this week.",
        "Soft fabric, light enough for the office in summer, and every size fits as it should.",
        FRENCH,
    ]
    pairs = [(one, two) for two in range(4) for one in range(two)]
    assert made.are_copies(texts, pairs) == [None] * 6


def test_short_texts_have_no_numbers_and_a_text_alone_has_those_it_has_in_company():
    assert made.sketches(["I love it!", "", "parfait, merci beaucoup"]) == [(), (), ()]
    together = made.sketches([FRENCH, "short", ONE])
    assert together[0] == made.sketches([FRENCH])[0]
    assert together[2] == made.sketches([ONE])[0]
    assert all(-(2**31) <= key < 2**31 for key in together[0])
    assert len(together[0]) == made.KEYS


@given(st.lists(st.text(max_size=120), max_size=5))
def test_any_text_can_be_sketched_and_is_wholly_like_itself(texts):
    found = made.sketches(texts)
    assert [len(keys) <= made.KEYS for keys in found] == [True] * len(texts)
    alike = made.likeness(texts, [(i, i) for i in range(len(texts))])
    assert np.all((alike == 0) | np.isclose(alike, 1))


def test_a_very_long_text_costs_what_its_beginning_costs():
    (keys,) = made.sketches([ONE + "x" * 100_000])
    assert keys == made.sketches([(ONE + "x" * 100_000)[: made.MAX_CHARS]])[0]
