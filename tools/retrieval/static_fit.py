"""Fit the static vectors to what the teacher made of sentences (see tools/distil_vectors.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from tools.retrieval import corpus

from parvis.science.retrieval import static
from parvis.science.retrieval.analysis import folded

LANGUAGES = ("fr", "en")
RARE = 3e-4  # a word of this frequency weighs half
PULL = 0.005  # how strongly a word stays at what the teacher makes of it alone


def read(kept: Path) -> dict[str, tuple[list[str], np.ndarray]]:
    """Texts and their teacher's vectors, by name, as far as they have been encoded."""
    found = {}
    for name, texts in json.loads((kept / "texts.json").read_text(encoding="utf-8")).items():
        parts = [np.load(path).astype(np.float32) for path in sorted(kept.glob(f"{name}-*.npy"))]
        if parts:
            matrix = np.concatenate(parts)
            found[name] = (texts[: len(matrix)], matrix)
    return found


def directions(vectors: np.ndarray) -> np.ndarray:
    """The 256 directions that hold most of the sentences' variance (384 x 256)."""
    _, _, rows = np.linalg.svd(vectors - vectors.mean(0), full_matrices=False)
    return np.asarray(rows[: static.WIDTH].T)


def frequencies(language: str) -> dict[str, float]:
    """How often each word stands in the texts, as a share."""
    counts: dict[str, int] = {}
    for text, source in corpus.texts(language):
        for word in folded(text) if source >= 0 else ():
            counts[word] = counts.get(word, 0) + 1
    total = sum(counts.values())
    return {word: count / total for word, count in counts.items()}


def incidence(sentences: dict[str, list[str]], places: dict[str, dict[str, int]], size: int) -> Any:
    """Sentences x words: 1 / number of words of the sentence."""
    rows, columns, values, number = list[int](), list[int](), list[float](), 0
    for language, texts in sentences.items():
        for text in texts:
            found = [places[language][w] for w in dict.fromkeys(folded(text)) if w in places[language]]
            rows += [number] * len(found)
            columns += found
            values += [1.0 / max(1, len(found))] * len(found)
            number += 1
    return sparse.csr_matrix((values, (rows, columns)), shape=(number, size), dtype=np.float32)


def solve(matrix: Any, wanted: np.ndarray, start: np.ndarray, pull: float, steps: int = 60) -> np.ndarray:
    """Rows X that minimise |matrix X - wanted|^2 + pull |X - start|^2, by conjugate gradients."""
    change = np.zeros_like(start)
    left = matrix.T @ (wanted - matrix @ start)
    step, size = left.copy(), (left**2).sum(0)
    for _ in range(steps):
        ahead = matrix.T @ (matrix @ step) + pull * step
        far = size / np.maximum((step * ahead).sum(0), 1e-12)
        change += far * step
        left = left - far * ahead
        new = (left**2).sum(0)
        step = left + (new / np.maximum(size, 1e-12)) * step
        size = new
    return start + change


def fit(kept: Path, *, pull: float = PULL, write: bool = True) -> dict[str, Any]:
    """Fit, say how close sentences left out come, and write the table. Returns its parts."""
    known = read(kept)
    sentences = {code: known[f"sentences_{code}"][0] for code in LANGUAGES if f"sentences_{code}" in known}
    target = np.concatenate([known[f"sentences_{code}"][1] for code in sentences])
    turn = directions(target)
    target = target @ turn
    target /= np.linalg.norm(target, axis=1, keepdims=True)
    listed: dict[str, list[str]] = {}
    places: dict[str, dict[str, int]] = {}
    start = []
    at = 0
    for code in LANGUAGES:
        texts, matrix = known[f"words_{code}"]
        keys = [(folded(word) or [word])[0] for word in texts]
        share = frequencies(code)
        weight = np.array([RARE / (RARE + share.get(key, 0.0)) for key in keys], np.float32)
        start.append((matrix @ turn) * weight[:, None])
        listed[code] = keys
        places[code] = {key: at + number for number, key in enumerate(keys)}
        at += len(keys)
    first = np.concatenate(start)
    shares = incidence(sentences, places, at)
    tested = np.random.default_rng(3).random(shares.shape[0]) < 0.05
    made = shares[~tested] @ first
    first *= float((made * target[~tested]).sum() / (made**2).sum())
    print("start", closeness(shares[tested] @ first, target[tested]))
    rows = solve(shares[~tested], target[~tested], first, pull)
    print("fitted", closeness(shares[tested] @ rows, target[tested]), "on its own", closeness(
        shares[~tested] @ rows, target[~tested]))  # fmt: skip
    table = np.concatenate([rows, of_pieces(listed, rows)])
    if write:
        store(table, listed)
    return {"table": table, "listed": listed, "turn": turn}


def of_pieces(listed: dict[str, list[str]], rows: np.ndarray) -> np.ndarray:
    """Rows of pieces whose mean comes closest to the words they make up."""
    words = [word for code in LANGUAGES for word in listed[code]]
    at, columns, values = list[int](), list[int](), list[float]()
    for number, word in enumerate(words):
        found = static.pieces(word)
        at += [number] * len(found)
        columns += found
        values += [1.0 / len(found)] * len(found)
    matrix = sparse.csr_matrix((values, (at, columns)), shape=(len(words), static.PIECES), dtype=np.float32)
    return solve(matrix, rows, np.zeros((static.PIECES, static.WIDTH), np.float32), 0.05)


def closeness(made: np.ndarray, wanted: np.ndarray) -> float:
    """Mean cosine."""
    norms = np.linalg.norm(made, axis=1) * np.linalg.norm(wanted, axis=1)
    return round(float(((made * wanted).sum(1) / np.maximum(norms, 1e-9)).mean()), 4)


def store(table: np.ndarray, listed: dict[str, list[str]]) -> None:
    """Write the table in eight bits a number, with a scale a row, and the rotation that brings French to English."""
    scales = np.maximum(np.abs(table).max(1), 1e-9) / 127
    parts: dict[str, Any] = {
        "rows": np.round(table / scales[:, None]).astype(np.int8),
        "scales": scales.astype(np.float16),
        **{f"words_{code}": np.frombuffer("\n".join(listed[code]).encode(), np.uint8) for code in LANGUAGES},
        "turn": np.eye(static.WIDTH, dtype=np.float16),
    }
    _write(parts)
    pairs = corpus.pairs()
    sides = [static.texts([pair[side] for pair in pairs], [code] * len(pairs)) for side, code in enumerate(LANGUAGES)]
    print("pairs before", closeness(*sides))
    left, _, right = np.linalg.svd(sides[0].T @ sides[1])
    _write(parts | {"turn": (left @ right).astype(np.float16)})
    sides[0] = static.texts([pair[0] for pair in pairs], ["fr"] * len(pairs))
    print("pairs after", closeness(*sides))
    print(f"{static.FILE.name}: {static.FILE.stat().st_size / 1e6:.1f} MB, {len(table)} rows")


def _write(parts: dict[str, Any]) -> None:
    np.savez_compressed(static.FILE, **parts)
    static._model.cache_clear()
