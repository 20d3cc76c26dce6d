"""Highlighted passages: nothing lost, nothing unescaped, whatever the spans."""

import re
from html import unescape

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from parvis.interfaces.design.passages import excerpt, folded, highlighted, pieces

EVIL = '<script>alert("1")</script> "><img src=x onerror=alert(1)> & done'


def bare(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_span_is_marked_with_its_polarity_and_aspect() -> None:
    html = highlighted("soft but it creases", [(0, 4, "fabric", 0.8), (12, 19, "care", -0.5)])
    assert html == (
        '<p><mark title="fabric">soft</mark> but it <mark data-polarity="against" title="care">creases</mark></p>'
    )


def test_what_people_write_is_escaped() -> None:
    html = highlighted(EVIL, [(0, 8, '" onmouseover="x', -1), (3, 40, None, None)])
    assert "<script" not in html
    assert "<img" not in html
    assert ' onmouseover="x' not in html
    assert bare(html) == EVIL


def test_overlapping_reversed_and_outside_spans() -> None:
    spans = [(5, 2), (-9, 3), (2, 6), (4, 100), (50, 60), (3, 3)]
    assert "".join(piece.text for piece in pieces("0123456789", spans)) == "0123456789"
    assert [piece.text for piece in pieces("0123456789", spans) if piece.marked] == ["012", "345", "6789"]


def test_a_span_over_two_paragraphs_is_marked_in_both() -> None:
    text = "one two\r\n\r\nthree four\nfive"
    html = highlighted(text, [(4, 16)])
    assert html == "<p>one <mark>two</mark></p><p><mark>three</mark> four<br>five</p>"


def test_positions_count_code_points() -> None:
    assert highlighted("😀é ok", [(3, 5)]) == "<p>😀é <mark>ok</mark></p>"


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=80),
    st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90)), max_size=6),
)
def test_no_text_is_ever_lost(text: str, spans: list[tuple[int, int]]) -> None:
    assert "".join(piece.text for piece in pieces(text, spans)) == text
    assert bare(highlighted(text, spans)).strip() == text.strip()


@pytest.mark.parametrize("length", [20, 60, 400])
def test_excerpt_keeps_its_passage(length: int) -> None:
    text = "I did not expect much. " * 6 + "It runs small, take one up. " + "Otherwise fine. " * 6
    start = text.index("runs small")
    html = excerpt(text, [(start, start + 10, "size", -1)], length=length)
    assert '<mark data-polarity="against" title="size">runs small</mark>' in html
    assert len(bare(html)) <= max(length, 10) + 24


def test_excerpt_without_span_starts_at_the_beginning() -> None:
    assert excerpt("word " * 100, length=30) == "word word word word word word…"
    assert excerpt("short <b>", length=30) == "short &lt;b&gt;"


def test_a_long_text_is_folded_between_words_and_never_within_a_span() -> None:
    text = "word " * 300
    spans = [(0, 4, "a", 1.0), (590, 620, "b", 1.0), (1000, 1004, "c", -1.0)]
    lead, rest, before, after = folded(text, spans)
    assert lead + rest == text
    assert len(lead) == 620
    assert before == spans[:2]
    assert [rest[start:end] for start, end, *_ in after] == [text[1000:1004]]
    assert folded("short", spans[:1]) == ("short", "", spans[:1], [])
    card = render_to_string("design/folded.html", {"lead": lead, "rest": rest, "before": before, "after": after})
    assert "<details" in card
    assert "Read more" in card
