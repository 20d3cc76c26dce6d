"""Drawn garments: small, well-formed, safe, varied, and always the same for the same seed."""

from xml.etree import ElementTree as ET

import pytest

from parvis.connectors.demo.drawings import KINDS, garment
from parvis.connectors.demo.drawings.canvas import COLOURS, mix

CLASSES = (
    *("Dresses", "Knits", "Blouses", "Pants", "Sweaters", "Jeans", "Skirts", "Lounge", "Fine gauge", "Jackets", "Swim"),
    *("Shorts", "Sleep", "Outerwear", "Intimates", "Layering", "Trend", "Legwear", "Casual bottoms"),
)


@pytest.mark.parametrize("kind", CLASSES)
def test_class_has_cuts_of_its_own(kind: str) -> None:
    assert kind.lower().replace(" ", "-") in KINDS
    assert garment(kind, "ink", 1) != garment("no such class", "ink", 1)


@pytest.mark.parametrize("kind", KINDS)
def test_drawing_is_small_wellformed_and_plain(kind: str) -> None:
    for seed in range(60):
        svg = garment(kind, "", seed)
        assert len(svg.encode()) < 4096
        root = ET.fromstring(svg)
        assert root.attrib["viewBox"] == "0 0 400 500"
        assert all("style" not in element.attrib for element in root.iter())
        assert not {element.tag.rpartition("}")[2] for element in root.iter()} & {
            "script",
            "style",
            "image",
            "foreignObject",
        }
        assert "nan" not in svg


def test_same_seed_same_picture_other_seed_other_picture() -> None:
    assert garment("dresses", "", 7) == garment("Dress", "", 7)
    assert len({garment("dresses", "", seed) for seed in range(24)}) >= 23


def test_colour_is_the_one_asked_for_or_falls_back() -> None:
    assert COLOURS["plum"] in garment("skirts", "plum", 3)
    assert garment("skirts", '"><script>', 3) == garment("skirts", "", 3)


def test_patterns_of_two_drawings_never_share_a_name() -> None:
    names = [
        element.attrib["id"]
        for seed in range(40)
        for element in ET.fromstring(garment("dresses", "", seed)).iter()
        if "id" in element.attrib
    ]
    assert len(names) > 5
    assert len(names) == len(set(names))


def test_mix() -> None:
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert mix("#123456", "#ffffff", 0) == "#123456"
