"""What is known of the bundled models: one card each, packaged with them, with the figures that were measured.

A card names the files it was measured on by their digests: figures of other files than those in use are no figures
(``Card.current``; a test holds all of them to it). ``tools/train_text.py`` writes the cards, and their pages in
docs/models.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from parvis.science.text.files import folder


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of the card: of ``language``, called ``measure`` (see ``MEASURES``), on the texts ``of``, with its 95 %
    interval where one was computed."""

    language: str
    measure: str
    of: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A bundled model: what it is, learnt from, what was measured, and on which files (name to digest)."""

    name: str
    title: str
    version: str
    kind: str
    data: tuple[str, ...]
    measured: Mapping[str, Any]
    shown: tuple[Measure, ...]
    limits: str
    files: Mapping[str, str]

    @property
    def current(self) -> bool:
        """Whether the figures are of the files that are in use."""
        return all(digest(name) == told for name, told in self.files.items())


MEASURES = ("stars_error", "polarity", "auc", "f1", "accuracy", "rank")
"""Mean absolute error of stars; share told good from bad; area under the curve; F1; share right; Spearman's rho."""


def digest(name: str) -> str:
    """Of a file beside this module, such as ``models/sentiment_fr.npz``; "" when it is not there."""
    path = folder(name)
    return blake2b(path.read_bytes(), digest_size=6).hexdigest() if path.is_file() else ""


@lru_cache(maxsize=1)
def cards() -> tuple[Card, ...]:
    """Every card, by name."""
    return tuple(_read(path) for path in sorted(folder("cards").glob("*.json")))


def _read(path: Path) -> Card:
    held = json.loads(path.read_text(encoding="utf-8"))
    shown = tuple(Measure(**each) for each in held.pop("shown"))
    return Card(name=path.stem, shown=shown, data=tuple(held.pop("data")), **held)
