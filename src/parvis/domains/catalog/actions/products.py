"""Products one at a time, as the team works on them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog import rules
from parvis.domains.catalog.actions.bulk import load
from parvis.domains.catalog.actions.documents import refresh_documents
from parvis.domains.catalog.actions.prices import refresh_products
from parvis.domains.catalog.contracts import NewProduct, ProductChanged, ProductRecord, ProductState
from parvis.domains.catalog.models import Category, Product, Variant
from parvis.domains.catalog.queries import record
from parvis.domains.people import actions as people

EDITABLE = frozenset({"name_en", "name_fr", "description_en", "description_fr", "brand", "image"})


@transaction.atomic
def create_product(new: NewProduct, *, at: datetime) -> ProductRecord:
    """A new product with its variants. Raises Invalid (also when its reference or a SKU is taken), NotFound."""
    if new.external_ref and Product.objects.filter(external_ref=new.external_ref).exists():
        raise Invalid(field="external_ref", problem=f"{new.external_ref} is another product's reference")
    if new.slug and Product.objects.filter(slug=new.slug).exists():
        raise Invalid(field="slug", problem=f"{new.slug} is another product's address")
    taken = Variant.objects.filter(sku__in=[variant.sku for variant in new.variants]).values_list("sku", flat=True)
    if found := sorted(taken):
        raise Invalid(field="sku", problem=f"{', '.join(found)}: taken")
    (product_id,) = load([_with_slug(new)], at=at).product_ids.values()
    return record(product_id)


def _with_slug(new: NewProduct) -> NewProduct:
    """Without a reference a product is known by its slug: make sure that it is a new one."""
    if new.external_ref or new.slug:
        return new
    base, number = rules.slug(new.name_en or new.name_fr), 1
    wanted = base
    while Product.objects.filter(slug=wanted).exists():
        number += 1
        wanted = f"{base}-{number}"
    return replace(new, slug=wanted)


@transaction.atomic
def update_product(
    *,
    product_id: int,
    texts: "dict[str, str] | None" = None,
    category_key: str | None = None,
    state: ProductState | str | None = None,
    provenance: "dict[str, str] | None" = None,
    actor_id: int | None = None,
    at: datetime,
) -> ProductRecord:
    """Change texts (EDITABLE fields), category or state, with a line in the audit. What is left out stays.
    Raises Invalid, NotFound.

    A text that is edited is no longer what was simulated or drawn: its provenance goes unless ``provenance`` says it.
    """
    product = Product.objects.select_for_update().filter(id=product_id).first()
    if product is None:
        raise NotFound(kind="product", key=product_id)
    changes: dict[str, Any] = dict(texts or {})
    if unknown := sorted(set(changes) - EDITABLE):
        raise Invalid(field=unknown[0], problem="this cannot be changed here")
    if category_key is not None:
        category = Category.objects.filter(key=category_key).first()
        if category is None:
            raise NotFound(kind="category", key=category_key)
        changes["category_id"] = category.id
    if state is not None:
        changes["state"] = _state(state)
    changed = {name: value for name, value in changes.items() if getattr(product, name) != value}
    for name, value in changed.items():
        setattr(product, name, value)
    if not (product.name_en.strip() or product.name_fr.strip()):
        raise Invalid(field="name", problem="a product has a name in one language at least")
    kept = {
        name: origin
        for name, origin in product.provenance.items()
        if name not in changed and f"{name}_en" not in changed and f"{name}_fr" not in changed
    }
    product.provenance = kept | dict(provenance or {})
    if changed or provenance:
        product.updated_at = at
        product.save()
        refresh_documents([product.id])
        _note(product.id, "catalog.product_updated", {"changed": sorted(changed)}, actor_id=actor_id, at=at)
        outbox.publish(ProductChanged(product_id=product.id), at=at)
    return record(product_id)


def _note(product_id: int, verb: str, detail: dict[str, Any], *, actor_id: int | None, at: datetime) -> None:
    people.note(actor_id=actor_id, verb=verb, subject_kind="product", subject_id=str(product_id), detail=detail, at=at)


def _state(state: ProductState | str) -> ProductState:
    try:
        return ProductState(state)
    except ValueError as error:
        raise Invalid(field="state", problem=f"unknown state {state!r}") from error


@transaction.atomic
def set_gtin(*, variant_id: int, gtin: str, actor_id: int | None = None, at: datetime) -> str:
    """Write down the number of a variant's barcode ("" takes it away); returns it in its shortest standard form.

    Raises rules.NotAGtin, rules.GtinTaken, NotFound."""
    number = rules.gtin(gtin)
    row = Variant.objects.select_for_update().filter(id=variant_id).first()
    if row is None:
        raise NotFound(kind="variant", key=variant_id)
    if row.gtin == number:
        return number
    other = Variant.objects.filter(gtin=number).exclude(id=variant_id).first() if number else None
    if other is not None:
        raise rules.GtinTaken(gtin=number, sku=other.sku)
    before, row.gtin = row.gtin, number
    row.save(update_fields=["gtin"])
    Product.objects.filter(id=row.product_id).update(updated_at=at)
    refresh_documents([row.product_id])
    detail = {"sku": row.sku, "before": before, "now": number}
    _note(row.product_id, "catalog.gtin_set", detail, actor_id=actor_id, at=at)
    outbox.publish(ProductChanged(product_id=row.product_id), at=at)
    return number


@transaction.atomic
def archive_variant(
    *, variant_ids: Iterable[int], archived: bool = True, actor_id: int | None = None, at: datetime
) -> None:
    """Take variants off sale, or put them back. What is on hand stays counted. Raises NotFound."""
    wanted = sorted(variant_ids)
    rows = list(Variant.objects.select_for_update().filter(id__in=wanted).order_by("id"))
    if missing := sorted(set(wanted) - {row.id for row in rows}):
        raise NotFound(kind="variant", key=missing[0])
    Variant.objects.filter(id__in=wanted).update(archived=archived)
    product_ids = {row.product_id for row in rows}
    refresh_products(product_ids)
    refresh_documents(product_ids)
    verb = "catalog.variant_archived" if archived else "catalog.variant_restored"
    for product_id in sorted(product_ids):
        skus = [row.sku for row in rows if row.product_id == product_id]
        _note(product_id, verb, {"skus": skus}, actor_id=actor_id, at=at)
    outbox.publish(*(ProductChanged(product_id=key) for key in sorted(product_ids)), at=at)
