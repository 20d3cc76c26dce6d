"""Structured data of a product with 500 reviews: how long it takes to make.

    .venv/bin/python benchmarks/structured_data.py [--json] [--reviews 500]

Ours: the node of a product with twelve variants and so many reviews with their strengths and weaknesses, written as the
script element of a page. Peer: the
finished dictionaries given to json.dumps without any escape, which is the least that any implementation has to do.
Reviews are the demo's real ones, read by the
project's reader.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
AT = datetime(2026, 3, 12, tzinfo=UTC)


def proofs(count: int) -> list[Any]:
    """Real reviews as proofs."""
    import polars as pl

    from parvis.domains.evidence.contracts import Proof
    from parvis.domains.voices.contracts import AspectSpan, AuthorRole, Origin, Reading, Voice, VoiceKind, VoiceState
    from parvis.science import text

    rows = pl.read_parquet(ROOT / "data" / "womens_clothing_reviews.parquet").head(count)
    rows = rows.select(id=pl.int_range(pl.len()), title="title", text="review_text", rating="rating").fill_null("")
    found = text.read(rows).to_dicts()
    made = []
    for row, read in zip(rows.to_dicts(), found, strict=True):
        reading = Reading(
            voice_id=row["id"], model="bench", language="en", sentiment=0.0, stars=4.0, toxicity=0.0, spam=0.0,
            aspects=tuple(
                AspectSpan(aspect=a["aspect"], polarity=a["polarity"], start=a["start"], end=a["end"])
                for a in read["aspects"]
            ),
        )  # fmt: skip
        voice = Voice(
            id=row["id"], kind=VoiceKind.REVIEW, state=VoiceState.PUBLISHED, product_id=1, parent_id=None,
            customer_id=None, author_name="Ana", author_role=AuthorRole.SHOPPER, title=row["title"], text=row["text"],
            stars=row["rating"], language="en", submitted_at=AT, received_at=AT, published_at=AT,
            experienced_on=None, verified=True, order_ref="", incentive="", size_worn="", fit_felt=None, age=None,
            height_cm=None, origin=Origin.DEMO, origin_ref=str(row["id"]), votes_up=0, votes_down=0, provenance={},
            reading=reading, syndicated_from="", syndicated_url="",
        )  # fmt: skip
        made.append(Proof(voice=voice, score=0.5, reasons=(), highlights=()))
    return made


def detail() -> Any:
    """A dress in twelve variants."""
    from parvis.core.money import Money
    from parvis.domains.catalog.contracts import Product, ProductDetail, ProductState, Variant

    price = Money(5900, "EUR")
    product = Product(
        id=1, slug="dress", external_ref="1", name="Dress", description="A dress.", brand="Atelier", category_key="d",
        category_name="Dresses", department="d", department_name="Dresses", image_url="/media/d.svg",
        state=ProductState.ACTIVE, price_from=price, price_was=None, in_stock=True, created_at=AT, updated_at=AT,
        provenance={},
    )  # fmt: skip
    variants = tuple(
        Variant(
            id=number, product_id=1, sku=f"D-{number}", size="SMLX"[number % 4], colour_key=str(number % 3),
            colour=("Red", "Blue", "Green")[number % 3], price=price, price_was=None, available=number % 5, on_hand=5,
            reserved=0, position=number, archived=False,
        )
        for number in range(12)
    )  # fmt: skip
    return ProductDetail(product=product, variants=variants)


def timed(make: Callable[[], object], rounds: int = 60) -> dict[str, float]:
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        make()
        taken.append((time.process_time() - began) * 1000)
    return {"median_ms": round(statistics.median(taken), 2), "p95_ms": round(sorted(taken)[int(rounds * 0.95)], 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--reviews", type=int, default=500)
    chosen = parser.parse_args()
    from parvis.domains.checkout.rules.shipping import DEFAULT_METHODS
    from parvis.domains.evidence.web import structured
    from parvis.domains.evidence.web.script import ld_json

    shown, goods = proofs(chosen.reviews), detail()
    countries = tuple(sorted({country for method in DEFAULT_METHODS for country in method.countries}))
    site = structured.Site(
        url="https://shop.example", name="Shop", locale="en", shipping=DEFAULT_METHODS, countries=countries
    )

    def ours() -> str:
        node = structured.product(
            site, goods, path="/en/products/dress/", summary=None, proofs=shown, anonymous="A customer"
        )
        return str(ld_json(structured.graph(node, structured.organization(site))))

    plain = json.loads(ours().removeprefix('<script type="application/ld+json">').removesuffix("</script>"))
    own, least = timed(ours), timed(lambda: json.dumps(plain, ensure_ascii=False))
    print(f"{chosen.reviews} reviews: {own['median_ms']} ms; json.dumps alone {least['median_ms']} ms")
    if chosen.json:
        summary = {
            "name": f"structured data of a product with {chosen.reviews} reviews", "ours": own["median_ms"],
            "peer": least["median_ms"], "ratio": round(own["median_ms"] / least["median_ms"], 2), "unit": "ms",
            "p95_ms": own["p95_ms"],
        }  # fmt: skip
        print(json.dumps(summary))


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.project.settings")
    main()
