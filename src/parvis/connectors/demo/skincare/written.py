"""The words of the range, as they lie in ``data/skincare``: products, reviews, questions with their answers, films."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from parvis.connectors.demo import dataset

FOLDER = dataset.FILE.parent / "skincare"
LANGUAGE = "fr"


@dataclass(frozen=True, slots=True)
class Care:
    """A product. ``sizes`` are (label, price in minor units), ``stock`` what is on hand of each, ``days`` how long it
    is in the shop; the rest is how it is drawn."""

    key: str
    category: str
    slug: str
    name_fr: str
    name_en: str
    description_fr: str
    description_en: str
    sizes: tuple[tuple[str, int], ...]
    stock: tuple[int, ...]
    days: int
    shape: str
    plant: str
    colour: str
    accent: str

    @property
    def ref(self) -> str:
        """How the product is known to these files."""
        return f"skincare:{self.key}"

    def sku(self, size: str) -> str:
        return f"SOIN-{self.key.upper()}-{size.replace(' ', '')}"


@dataclass(frozen=True, slots=True)
class Told:
    """A review. ``bought`` is the size it was bought in ("" when nobody knows), ``used`` for how many days it was in
    use when the review was written; ``video`` names the film that comes with it."""

    ref: str
    product: str
    name: str
    stars: int
    days: int
    title: str
    text: str
    bought: str = ""
    used: int = 25
    age: int | None = None
    up: int = 0
    down: int = 0
    incentive: str = ""
    video: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: of an owner by name, or of the brand."""

    text: str
    role: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A public question with its answers."""

    ref: str
    product: str
    name: str
    days: int
    text: str
    answers: tuple[Reply, ...]


@cache
def products() -> tuple[Care, ...]:
    """The range, in the order in which it is shown. Raises ``dataset.NoData``."""
    return tuple(
        Care(**{**row, "sizes": tuple((size, minor) for size, minor in row["sizes"]), "stock": tuple(row["stock"])})
        for row in json.loads(_read("products.json"))
    )


@cache
def reviews() -> tuple[Told, ...]:
    """Every review, product by product."""
    return tuple(Told(**row) for row in _lines("reviews.jsonl"))


@cache
def questions() -> tuple[Asked, ...]:
    """Every question."""
    return tuple(
        Asked(**{**row, "answers": tuple(Reply(**answer) for answer in row["answers"])})
        for row in _lines("questions.jsonl")
    )


def film(name: str) -> tuple[bytes, bytes] | None:
    """The film and its captions (WebVTT), or None where it has not been drawn."""
    path = FOLDER / "films" / f"{name}.mp4"
    captions = path.with_suffix(".fr.vtt")
    return (path.read_bytes(), captions.read_bytes()) if path.exists() else None


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _read(name).splitlines() if line.strip()]


def _read(name: str) -> str:
    path: Path = FOLDER / name
    if not path.exists():
        raise dataset.NoData(path=path)
    return path.read_text(encoding="utf-8")
