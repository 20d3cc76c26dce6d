"""Structured data, canonical addresses and language versions of a running shop: every page, held against every rule.

    .venv/bin/python benchmarks/markup_of_shop.py --shop http://localhost:8000 [--pages 0] [--reference 20] [--json]

Pages are those of the site maps, the pages of reviews of each product and further pages of the list, fetched as a
search program fetches them; --pages takes so many, spread over all (0: every one). Each is judged by

- schema.org's own SHACL shapes (tests/shapes.py; --reference so many of them by pySHACL too, which must say the same),
- what search engines ask beyond the vocabulary (science/visibility), and the vocabulary itself,
- addresses: the canonical one is the page's own, each language version answers and names this page in turn.

Needs the development packages. All is well when nothing is found; --json ends with the counts.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
AGENT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; OAI-SearchBot/1.0)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--shop", default="http://localhost:8000")
    parser.add_argument("--pages", type=int, default=0)
    parser.add_argument("--reference", type=int, default=20)
    chosen = parser.parse_args()
    from tests import crawl

    client = httpx.Client(headers={"User-Agent": AGENT, "Parvis-Look": "1"}, timeout=60)

    def get(address: str) -> tuple[int, str]:
        answer = client.get(address)
        return answer.status_code, answer.text

    listed = crawl.addresses(get, chosen.shop)
    taken = listed[:: max(1, len(listed) // chosen.pages)] if chosen.pages else listed
    checked = taken[:: max(1, len(taken) // chosen.reference)] if chosen.reference else []
    began = time.perf_counter()
    told = crawl.judge(get, taken, whole=not chosen.pages, checked=checked)
    seconds = time.perf_counter() - began
    print(f"{len(taken)} of {len(listed)} pages in {seconds:.0f} s: {len(told.faulty)} faults")
    print(f"pages {dict(told.pages)}\nnodes {dict(told.nodes)}\nadvice not followed {dict(told.advice)}")
    print(f"{told.checked} pages by pySHACL as well: {told.otherwise} documents judged otherwise")
    for line in told.faulty[:20]:
        print(" ", *line)
    if chosen.json:
        print(json.dumps({"name": "faults of structured data and addresses, every page", "ours": len(told.faulty),
                          "pages": told.pages.total(), "by_kind": dict(told.pages), "pyshacl": told.checked,
                          "otherwise": told.otherwise}))  # fmt: skip


if __name__ == "__main__":
    main()
