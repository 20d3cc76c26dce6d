"""The figures that the studio shows are those of the models in use, and those of the pages in docs/models."""

import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from parvis.science import text
from parvis.science.text import model_cards as cards
from parvis.science.text.files import folder

DOCS = Path(__file__).parents[5] / "docs/models"
ALL = {card.name: card for card in text.cards()}


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_card_was_measured_on_the_files_in_use(name: str) -> None:
    assert {file: cards.digest(file) for file in ALL[name].files} == ALL[name].files
    assert ALL[name].current


def test_every_bundled_model_has_a_card() -> None:
    told = {file for card in ALL.values() for file in card.files if file.startswith("models/")}
    assert told == {f"models/{path.name}" for path in folder("models").glob("*.npz")}


@pytest.mark.parametrize("name", sorted(set(ALL) - {"aspects"}))
def test_the_page_of_a_card_tells_the_same(name: str) -> None:
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert f"# {name}: {ALL[name].title}\n" in page
    assert f"Version {ALL[name].version}." in page
    assert ALL[name].limits in page
    block = re.search(r"```json\n(.*?)\n```", page, re.DOTALL)
    assert block
    assert json.loads(block[1]) == ALL[name].measured


def test_the_page_on_aspects_tells_the_same() -> None:
    page = (DOCS / "aspects.md").read_text(encoding="utf-8")
    for language in ("en", "fr"):
        found = ALL["aspects"].measured[language]
        assert str(found["f1"][0]) in page
        assert str(found["right sign"]) in page


def test_figures_shown_are_figures_measured() -> None:
    for card in ALL.values():
        assert card.shown
        said = set(re.findall(r"\d+\.\d+", json.dumps(card.measured)))
        for each in card.shown:
            assert each.measure in cards.MEASURES
            limits = [limit for limit in (each.low, each.high) if limit is not None]
            assert {str(value) for value in (each.value, *limits)} <= said
            assert not limits or each.low <= each.value <= each.high


def test_a_card_of_other_files_is_told_apart() -> None:
    card = ALL["sentiment_fr"]
    moved = cards.Card(
        **{name: getattr(card, name) for name in card.__slots__ if name != "files"},
        files={**card.files, "models/sentiment_fr.npz": "0" * 12},
    )
    assert not moved.current
    assert cards.digest("models/none.npz") == ""


def test_the_measured_version_of_the_language_tables_is_installed() -> None:
    assert version("eldc") == "0.4.0", "measure language anew (tools/train_text.py) and change this line"
