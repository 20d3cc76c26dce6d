"""How much of what speaks to machines is noticed, how often honest reviews are taken for it, and how fast.

    python benchmarks/prompt_injection.py

SEEN texts were at hand when the sieve was written; UNSEEN ones were not. Honest text: the real reviews of the demo. The
sieve is one of four walls (see ``parvis.domains.voices.rules.opinions``); the tests hold that none of these texts moves
a verdict even when a model obeys it.
"""

import sys
import time
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from parvis.connectors.llm.tests.injections import HONEST, SEEN, UNSEEN
from parvis.domains.voices.rules.addressed import speaks_to_machine
from parvis.science.intervals import wilson


def main() -> None:
    reviews = pl.read_parquet(ROOT / "data" / "womens_clothing_reviews.parquet")
    column = next(name for name in reviews.columns if name.lower() in {"text", "review_text", "review text"})
    texts = reviews[column].drop_nulls().to_list()
    begun = time.perf_counter()
    false = [text for text in texts if speaks_to_machine(text)]
    seconds = time.perf_counter() - begun
    for name, sample in (("seen", SEEN), ("unseen", UNSEEN), ("honest, written for it", HONEST)):
        found = wilson(sum(map(speaks_to_machine, sample)), len(sample))
        print(f"{name:25} {found.value:6.1%} of {len(sample):6d}  [{found.low:.1%}, {found.high:.1%}]")
    rate = wilson(len(false), len(texts))
    print(f"{'honest, real reviews':25} {rate.value:6.2%} of {len(texts):6d}  [{rate.low:.2%}, {rate.high:.2%}]")
    print(f"{len(texts) / seconds:,.0f} texts/s on one core")
    for text in false[: 20 if "--show" in sys.argv else 0]:
        print("  taken for it:", " ".join(text.split())[:140])


if __name__ == "__main__":
    main()
