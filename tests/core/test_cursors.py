"""Cursors that we did not make are refused, whatever is written in them."""

import base64
import json

import pytest

from parvis.core.numbers import LARGEST
from parvis.core.pagination import BadCursor, decode_cursor, encode_cursor


def made(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_our_own_come_back():
    assert decode_cursor(encode_cursor(7), length=1) == [7]
    assert decode_cursor(encode_cursor("2026-11-22T10:00:00+00:00", 7), length=2) == ["2026-11-22T10:00:00+00:00", 7]


@pytest.mark.parametrize(
    "values",
    [[None], [True], [1.5], ["7"], [{}], [[]], [-1], [LARGEST + 1], [1, 2], {}],
    ids=range(10),
)
def test_positions_of_another_kind(values):
    with pytest.raises(BadCursor):
        decode_cursor(made(json.dumps(values)), length=1)


@pytest.mark.parametrize("moment", ["\x00", "now", "2026-11-22T10:00:00", "", 5, None], ids=range(6))
def test_moments_that_are_none(moment):
    with pytest.raises(BadCursor):
        decode_cursor(made(json.dumps([moment, 7])), length=2)


@pytest.mark.parametrize("cursor", ["é", "%", "\u202e", "a", "[" * 9, "Infinity"], ids=range(6))
def test_no_cursor_at_all(cursor):
    with pytest.raises(BadCursor):
        decode_cursor(cursor, length=1)


def test_deep_as_a_well():
    with pytest.raises(BadCursor):
        decode_cursor(made("[" * 200_000), length=1)
