"""Put one product with its reviews into the oscar shop; prints the product page's path.

Usage: python -m oscar_shop.load REVIEWS.json
"""

import io
import json
import sys
from decimal import Decimal
from pathlib import Path

import django

django.setup()

from django.core.files.base import ContentFile
from django.core.management import call_command
from oscar.apps.catalogue.categories import create_from_breadcrumbs
from oscar.core.loading import get_model
from PIL import Image

Product = get_model("catalogue", "Product")
ProductClass = get_model("catalogue", "ProductClass")
ProductReview = get_model("reviews", "ProductReview")
Partner = get_model("partner", "Partner")
StockRecord = get_model("partner", "StockRecord")
Country = get_model("address", "Country")
ProductImage = get_model("catalogue", "ProductImage")


def photo() -> ContentFile:
    """A plain picture, so that the page makes its thumbnails as usual (once; later pages find them)."""
    made = io.BytesIO()
    Image.new("RGB", (800, 1000), "#c9b79c").save(made, "JPEG")
    return ContentFile(made.getvalue(), name="dress.jpg")


def main() -> None:
    data = json.loads(Path(sys.argv[1]).read_text())
    call_command("migrate", verbosity=0, interactive=False)
    kind, _ = ProductClass.objects.get_or_create(name="Clothing", requires_shipping=True, track_stock=True)
    product, _ = Product.objects.get_or_create(
        title=data["name"], upc="1", product_class=kind, defaults={"description": data["description"]}
    )
    product.categories.set([create_from_breadcrumbs("Clothing > Dresses")])
    partner, _ = Partner.objects.get_or_create(name="Warehouse")
    StockRecord.objects.get_or_create(
        product=product, partner=partner, partner_sku="1",
        defaults={"price": Decimal("89.00"), "num_in_stock": 100, "price_currency": "EUR"},
    )  # fmt: skip
    StockRecord.objects.update(num_in_stock=1_000_000, num_allocated=0)
    Country.objects.get_or_create(
        iso_3166_1_a2="FR", defaults={"name": "France", "printable_name": "France", "is_shipping_country": True}
    )
    ProductReview.objects.all().delete()
    ProductReview.objects.bulk_create(
        ProductReview(
            product=product, score=review["stars"], title=(review["title"] or "Review")[:255], body=review["text"],
            name="Shopper", email="shopper@example.com", status=ProductReview.APPROVED,
        )
        for review in data["reviews"]
    )  # fmt: skip
    if not product.images.exists():
        ProductImage.objects.create(product=product, original=photo())
    product.update_rating()
    print(product.get_absolute_url())


if __name__ == "__main__":
    main()
