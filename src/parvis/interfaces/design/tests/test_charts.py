"""Charts: well-formed, without styles, with their intervals and their table."""

from datetime import date, timedelta
from math import isfinite
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from parvis.interfaces.design import charts, marks
from parvis.interfaces.design.charts.frame import evenly, place, ticks

EVIL = '"><script>alert(1)</script>&'
START = date(2026, 11, 1)


def read(html: str) -> ET.Element:
    """Charts are written as XML too, which catches any broken quote."""
    return ET.fromstring(html)


def days(values: list[float | None], spread: float = 1.0) -> list[charts.Day]:
    return [
        charts.Day(
            day=START + timedelta(days=i),
            value=value,
            low=None if value is None else value - spread,
            high=None if value is None else value + spread,
        )
        for i, value in enumerate(values)
    ]


def every_chart() -> dict[str, str]:
    return {
        "bars": charts.interval_bars([charts.Row(label=EVIL, value=0.5, low=0.4, high=0.6, note=EVIL)], title=EVIL),
        "line": charts.interval_line([charts.Series(name=EVIL, days=days([1, 2, 3]))], title=EVIL),
        "histogram": charts.histogram(
            [charts.Bin(low=0, high=10, count=3), charts.Bin(low=10, high=20, count=0)], title=EVIL
        ),
        "stacked": charts.stacked_days(
            [charts.Series(name=EVIL, days=days([1, 2])), charts.Series(name="b", days=days([3, 0]))], title=EVIL
        ),
    }


@pytest.mark.parametrize("name", ["bars", "line", "histogram", "stacked"])
def test_chart_is_wellformed_escaped_and_without_style(name: str) -> None:
    html = every_chart()[name]
    root = read(html)
    assert "<script" not in html
    assert all("style" not in element.attrib for element in root.iter())
    assert root.find("figcaption").text == EVIL
    assert root.findall(".//details//tbody/tr"), "the table twin"


@pytest.mark.parametrize("name", ["line", "histogram", "stacked"])
def test_drawing_is_an_image_with_title_and_description(name: str) -> None:
    svg = read(every_chart()[name]).find(".//svg[@role='img']")
    ids = svg.attrib["aria-labelledby"].split()
    assert [svg.find("title").attrib["id"], svg.find("desc").attrib["id"]] == ids
    assert svg.find("desc").text


def test_bars_draw_and_write_their_interval() -> None:
    rows = [charts.Row(label="a", value=0.5, low=0.25, high=0.75), charts.Row(label="b", value=1)]
    root = read(charts.interval_bars(rows, title="t", write=lambda v: marks.percent(v, 0), top=1))
    paths = [path.attrib["d"] for path in root.findall(".//path[@class='interval']")]
    assert paths == ["M250 20H750M250 12V28M750 12V28"]
    words = "".join(root.find(".//ol/li").itertext())
    assert "50%" in words
    assert "25% to 75%" in words


def test_line_has_a_band_and_breaks_where_nothing_was_measured() -> None:
    html = charts.interval_line([charts.Series(name="a", days=days([5, 6, None, 7, 8]))], title="t")
    root = read(html)
    assert len(root.findall(".//path[@class='band-1']")) == 2
    assert len(root.findall(".//path[@class='line-1']")) == 2
    assert [row[1].text for row in root.findall(".//tbody/tr")] == ["5", "6", "—", "7", "8"]


def test_a_lone_day_shows_its_interval_as_a_stem() -> None:
    root = read(charts.interval_line([charts.Series(name="a", days=days([5]))], title="t"))
    assert len(root.findall(".//path[@class='interval']")) == 1
    assert len(root.findall(".//path[@class='line-1']")) == 1


def test_stacks_stand_on_each_other() -> None:
    series = [charts.Series(name="a", days=days([10])), charts.Series(name="b", days=days([10]))]
    below, above = read(charts.stacked_days(series, title="t")).findall(".//rect")
    assert float(above.attrib["y"]) + float(above.attrib["height"]) == pytest.approx(float(below.attrib["y"]), abs=0.2)


def test_empty_charts_do_not_fail() -> None:
    for html in (
        charts.interval_bars([], title="t"),
        charts.interval_line([], title="t"),
        charts.histogram([], title="t"),
        charts.stacked_days([], title="t"),
    ):
        read(html)
    assert charts.sparkline([], label="x") == ""
    assert charts.sparkline([None, 1], label="x") == ""


def test_sparkline_is_labelled_and_escaped() -> None:
    root = ET.fromstring(charts.sparkline([1, None, 3, 2], label=EVIL))
    assert root.attrib["aria-label"] == EVIL
    assert root.find("path").attrib["d"].count("M") == 2


def test_the_same_content_gives_the_same_drawing() -> None:
    assert every_chart() == every_chart()


def test_words_follow_the_language() -> None:
    with translation.override("fr"):
        html = charts.histogram([charts.Bin(low=0, high=1, count=1)], title="t")
    assert "The figures" not in html


@pytest.mark.parametrize(
    ("low", "high"), [(0, 0), (0, 1), (0, 0.034), (-3, 7), (12, 12), (0, 1e9), (float("nan"), 1), (0, float("inf"))]
)
def test_ticks_hold_the_values(low: float, high: float) -> None:
    steps = ticks(low, high)
    assert steps == sorted(set(steps))
    assert 2 <= len(steps) <= 8
    if isfinite(low) and isfinite(high):
        assert steps[0] <= low
        assert steps[-1] >= high


def test_places_stay_inside() -> None:
    assert place(5, 0, 10, 100) == 50
    assert place(-5, 0, 10, 100) == 0
    assert place(50, 0, 10, 100) == 100
    assert place(1, 1, 1, 100) == 0


def test_labels_are_spread_evenly() -> None:
    assert evenly(28, 4) == [0, 9, 18, 27]
    assert evenly(2, 4) == [0, 1]
    assert evenly(0, 4) == []
