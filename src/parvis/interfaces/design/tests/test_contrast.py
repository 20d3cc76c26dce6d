"""Every text and every mark is legible by day and by night: WCAG 2.2 ratios computed from the token file itself."""

import re
from functools import cache
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[1] / "static/design/css/tokens.css"
GROUNDS = ("ground", "sunken", "surface", "raised")
WORDS = ("text", "muted", "accent", "proof-text", "positive", "negative", "caution", "note", "simulated")
SOFT = ("positive", "negative", "caution", "note", "simulated")
MARKS = ("edge", "star", "focus", *(f"series-{i}" for i in range(1, 6)))
PAIRS = [
    *((word, ground, 4.5) for word in WORDS for ground in GROUNDS),
    *((word, f"{word}-soft", 4.5) for word in SOFT),
    *(("text", f"{word}-soft", 4.5) for word in SOFT),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-hover", 4.5),
    ("on-accent-soft", "accent-soft", 4.5),
    ("accent", "accent-soft", 4.5),
    ("accent-hover", "surface", 4.5),
    ("text", "accent-soft", 4.5),
    ("muted", "accent-soft", 4.5),
    ("on-proof", "proof", 4.5),
    ("on-proof-against", "proof-against", 4.5),
    ("on-negative", "negative", 4.5),
    ("ground", "text", 4.5),
    *((mark, ground, 3.0) for mark in MARKS for ground in GROUNDS),
]


@cache
def tokens() -> dict[str, tuple[str, str]]:
    head = TOKENS.read_text(encoding="utf-8").split("@supports not")[0]
    found = re.findall(r"^  --([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", head, re.MULTILINE)
    return {name: (day, night) for name, day, night in found}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_ratio_knows_black_on_white() -> None:
    assert round(ratio("#000000", "#ffffff"), 2) == 21
    assert round(ratio("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS, ids=str)
def test_pair_is_legible(front: str, back: str, least: float, theme: int) -> None:
    assert ratio(tokens()[front][theme], tokens()[back][theme]) >= least


def test_every_text_token_is_measured() -> None:
    measured = {name for pair in PAIRS for name in pair[:2]}
    decoration = {"line", "star-off"}
    assert set(tokens()) - measured == decoration


def test_old_browsers_get_the_day() -> None:
    head, tail = TOKENS.read_text(encoding="utf-8").split("@supports not")
    expected = dict(re.findall(r"^  --([\w-]+): light-dark\((#[0-9a-f]{6})", head, re.MULTILINE))
    given = dict(re.findall(r"^    --([\w-]+): (#[0-9a-f]{6});", tail, re.MULTILINE))
    assert given == expected


def test_no_other_file_names_a_colour() -> None:
    for path in TOKENS.parent.glob("*.css"):
        if path.name == "tokens.css":
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        screen = text.split("@media print")[0]
        named = set(re.findall(r"#[0-9a-f]{3,8}\b|rgb\([^)]*\)", screen))
        assert named <= {"rgb(10 16 18 / 14%)"}, path.name


def test_every_variable_exists() -> None:
    defined = set(re.findall(r"(--[\w-]+):", TOKENS.read_text(encoding="utf-8")))
    for path in TOKENS.parent.glob("*.css"):
        text = path.read_text(encoding="utf-8")
        own = set(re.findall(r"^\s*(--[\w-]+):", text, re.MULTILINE))
        assert set(re.findall(r"var\((--[\w-]+)", text)) <= defined | own, path.name
