"""Short reviews put together from the project's own phrases, so that models know service, delivery and price too."""

from __future__ import annotations

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent / "data"
# stars of a made-up review -> where its phrases come from
MIXES = {5: (5, 5, 5, 4), 4: (4, 4, 5, 3), 3: (3, 3, 4, 2), 2: (2, 2, 1, 3), 1: (1, 1, 1, 2)}
JOINTS = (". ", ", ", " ", " ! ", ".\n", "... ")


def phrases(language: str) -> dict[int, list[str]]:
    """Phrases by stars."""
    lines = (HERE / f"opinions_{language}.txt").read_text(encoding="utf-8").splitlines()
    return {int(line[0]): line[2:].strip().split("|") for line in lines}


def made_up(language: str, *, size: int, seed: int = 5) -> tuple[list[tuple[str, ...]], np.ndarray]:
    """``size`` documents and their stars: every phrase alone, then mixes of two to five."""
    rng = np.random.default_rng(seed)
    known = phrases(language)
    documents: list[tuple[str, ...]] = [("", p) for listed in known.values() for p in listed]
    stars = [s for s, listed in known.items() for _ in listed]
    while len(documents) < size:
        star = int(rng.integers(1, 6))
        parts = [str(rng.choice(known[int(rng.choice(MIXES[star]))])) for _ in range(int(rng.integers(2, 6)))]
        text = parts[0]
        for part in parts[1:]:
            text += str(rng.choice(JOINTS)) + part
        documents.append(("", text))
        stars.append(star)
    return documents, np.array(stars, dtype=float)
