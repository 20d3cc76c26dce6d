"""What must hold for any text at all."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.science import text
from parvis.science.text.tokens import cut

PLAIN = ["not", "pas", "très", "runs", "small", "taille", "petit", "fabric", "tissu", "doux", "itchy", "but", "mais"]
ODD = ["!", ".", ",", "5'4", "😍", "œuvre", "ﬁne", "E\u0301", "\x00", "(sheer)", "love"]
WORDS = st.sampled_from([*PLAIN, *ODD])
TEXTS = st.one_of(st.none(), st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join))


@given(st.lists(TEXTS, max_size=12))
@settings(max_examples=60, deadline=None)
def test_readings_lie_in_range_and_inside_their_text(texts: list[str | None]) -> None:
    frame = pl.DataFrame({"id": list(range(len(texts))), "text": pl.Series(texts, dtype=pl.String)})
    rows = text.read(frame).to_dicts()
    assert [r["id"] for r in rows] == list(range(len(texts)))
    for said, row in zip(texts, rows, strict=True):
        assert -1 <= row["sentiment"] <= 1
        assert 1 <= row["stars"] <= 5
        assert 0 <= row["toxicity"] <= 1
        assert 0 <= row["spam"] <= 1
        for aspect in row["aspects"]:
            assert -1 <= aspect["polarity"] <= 1
            assert 0 <= aspect["start"] < aspect["end"] <= len(said or "")


@given(st.lists(TEXTS, min_size=2, max_size=12), st.data())
@settings(max_examples=40, deadline=None)
def test_a_reading_does_not_depend_on_its_neighbours(texts: list[str | None], data: st.DataObject) -> None:
    frame = pl.DataFrame({"id": list(range(len(texts))), "text": pl.Series(texts, dtype=pl.String)})
    cutting = data.draw(st.integers(1, len(texts) - 1))
    parts = pl.concat([text.read(frame[:cutting]), text.read(frame[cutting:])])
    assert text.read(frame).equals(parts)


@given(st.lists(st.text(max_size=60), max_size=8))
@settings(max_examples=100, deadline=None)
def test_tokens_lie_in_order_inside_their_text(texts: list[str]) -> None:
    tokens = cut(texts)
    last = (-1, 0)
    for piece, start, end in zip(tokens.piece, tokens.start, tokens.end, strict=True):
        assert 0 <= start < end <= len(texts[piece])
        assert (piece, start) >= last
        last = (piece, end - 1)  # the two letters of a ligature may share their place
