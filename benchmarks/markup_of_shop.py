"""Structured data of a running shop: pages of its site map held against engines' rules, some against the shapes.

    .venv/bin/python benchmarks/markup_of_shop.py --shop http://localhost:8000 [--pages 400] [--shapes 10] [--json]

Pages are fetched as a search program fetches them. --pages takes so many, spread over the map (0: all); --shapes of
them are also validated by schema.org's own SHACL shapes (about a second each; needs the development packages).
"""

import argparse
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
AGENT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; OAI-SearchBot/1.0)"


def addresses(client: httpx.Client, shop: str) -> list[str]:
    """Every page of the site maps."""
    found: list[str] = []
    for place in re.findall(r"<loc>([^<]+)</loc>", client.get(f"{shop}/sitemap.xml").text):
        found += re.findall(r"<loc>([^<]+)</loc>", client.get(place).text)
    return list(dict.fromkeys(found))


def documents(page: str) -> list[Any]:
    return [json.loads(each) for each in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--shop", default="http://localhost:8000")
    parser.add_argument("--pages", type=int, default=0)
    parser.add_argument("--shapes", type=int, default=10)
    chosen = parser.parse_args()
    from parvis.science.visibility import markup

    client = httpx.Client(headers={"User-Agent": AGENT, "Parvis-Look": "1"}, timeout=60)
    listed = addresses(client, chosen.shop)
    step = max(1, len(listed) // chosen.pages) if chosen.pages else 1
    taken = listed[::step]
    shapes = set(taken[:: max(1, len(taken) // chosen.shapes)]) if chosen.shapes else set()
    faulty, unshaped, kinds, began = [], [], {}, time.perf_counter()
    for address in taken:
        answer = client.get(address)
        found = documents(answer.text) if answer.status_code == 200 else []
        errors = [fault for document in found for fault in markup.check(document) if fault.severity == "error"]
        if answer.status_code != 200 or errors:
            faulty.append((address, answer.status_code, [f"{each.code} {each.at} {each.field}" for each in errors[:3]]))
        for document in found:
            for node in markup.roots(document):
                for kind in markup.kinds(node):
                    kinds[kind] = kinds.get(kind, 0) + 1
        if address in shapes:
            from parvis.interfaces.storefront.tests.test_structured import faults

            unshaped += [(address, told) for told in map(faults, found) if told]
    seconds = time.perf_counter() - began
    print(f"{len(taken)} of {len(listed)} pages in {seconds:.0f} s, {len(faulty)} faulty; nodes {kinds}")
    print(f"{len(shapes)} pages by the shapes, {len(unshaped)} faulty")
    for line in (*faulty[:10], *unshaped[:3]):
        print(" ", line)
    if chosen.json:
        print(json.dumps({"name": "pages with faulty structured data", "ours": len(faulty) + len(unshaped),
                          "pages": len(taken), "shapes": len(shapes)}))  # fmt: skip


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.project.settings")
    import django

    django.setup()
    main()
